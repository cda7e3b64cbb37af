#define OPENSSL_SUPPRESS_DEPRECATED  // for the reason given in hmac_sha1.cpp
#include <offhook/rtp/hmac_sha256.hpp>

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <algorithm>

namespace offhook::inline v0::rtp {
namespace {

/// Returns the hash of the key with each octet XORed with `pad`, followed by the texts.
HmacSha256::Digest padded_hash(std::array<std::uint8_t, SHA256_CBLOCK> key, std::uint8_t pad, base::Bytes first, base::Bytes second) {
  for (std::uint8_t& octet : key) octet ^= pad;
  HmacSha256::Digest digest;
  SHA256_CTX hash;
  SHA256_Init(&hash);
  SHA256_Update(&hash, key.data(), key.size());
  SHA256_Update(&hash, first.data(), first.size());
  SHA256_Update(&hash, second.data(), second.size());
  SHA256_Final(digest.data(), &hash);
  OPENSSL_cleanse(key.data(), key.size());
  return digest;
}

}  // namespace

HmacSha256::HmacSha256(base::Bytes key) {
  if (key.size() > key_.size()) {
    SHA256(key.data(), key.size(), key_.data());
  } else {
    std::copy(key.begin(), key.end(), key_.begin());
  }
}

HmacSha256::~HmacSha256() { OPENSSL_cleanse(key_.data(), key_.size()); }

HmacSha256::Digest HmacSha256::of(base::Bytes first, base::Bytes second) const { return padded_hash(key_, 0x5c, padded_hash(key_, 0x36, first, second), {}); }

}  // namespace offhook::inline v0::rtp
