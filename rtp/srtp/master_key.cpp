#include <offhook/rtp/srtp/master_key.hpp>

#include <openssl/crypto.h>

#include <algorithm>

namespace offhook::inline v0::rtp {

std::optional<SrtpMasterKey> SrtpMasterKey::make(SrtpSuite suite, base::Bytes secret) {
  SrtpMasterKey made(suite);
  if (secret.size() != made.secret().size()) return std::nullopt;
  std::copy(secret.begin(), secret.end(), made.secret_.begin());
  return made;
}

SrtpMasterKey::~SrtpMasterKey() { OPENSSL_cleanse(secret_.data(), secret_.size()); }

}  // namespace offhook::inline v0::rtp
