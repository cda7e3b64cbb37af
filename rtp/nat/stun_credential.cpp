#include <offhook/rtp/nat/stun_credential.hpp>

#include <offhook/base/base64.hpp>
#include <offhook/base/bytes.hpp>
#include <offhook/rtp/hmac_sha1.hpp>

namespace offhook::inline v0::rtp {

StunCredential time_limited_credential(std::string_view secret, std::string_view name, std::int64_t expires_at) {
  const auto octets = [](std::string_view text) { return base::Bytes(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()); };
  StunCredential credential{std::to_string(expires_at).append(":").append(name), ""};
  base::append_base64(credential.password, HmacSha1(octets(secret)).of(octets(credential.username), {}));
  return credential;
}

}  // namespace offhook::inline v0::rtp
