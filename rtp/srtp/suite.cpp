#include <offhook/rtp/srtp/suite.hpp>

#include <algorithm>
#include <array>

namespace offhook::inline v0::rtp {
namespace {

constexpr std::array<SrtpSuiteFacts, 4> kSuites{{
    {SrtpSuite::AeadAes256Gcm, "AEAD_AES_256_GCM", 0x0008, 32, 12, 16, 16},
    {SrtpSuite::AeadAes128Gcm, "AEAD_AES_128_GCM", 0x0007, 16, 12, 16, 16},
    {SrtpSuite::AesCm128Sha1_80, "AES_CM_128_HMAC_SHA1_80", 0x0001, 16, 14, 10, 10},
    {SrtpSuite::AesCm128Sha1_32, "AES_CM_128_HMAC_SHA1_32", 0x0002, 16, 14, 4, 10},
}};

template <class Matches>
std::optional<SrtpSuite> find(Matches matches) {
  const auto* const found = std::find_if(kSuites.begin(), kSuites.end(), matches);
  return found == kSuites.end() ? std::nullopt : std::optional(found->suite);
}

}  // namespace

std::span<const SrtpSuiteFacts> srtp_suites() noexcept { return kSuites; }

const SrtpSuiteFacts& facts_of(SrtpSuite suite) noexcept {
  return *std::find_if(kSuites.begin(), kSuites.end(), [suite](const auto& facts) { return facts.suite == suite; });
}

std::optional<SrtpSuite> srtp_suite_named(std::string_view name) noexcept {
  return find([name](const auto& facts) { return facts.name == name; });
}

std::optional<SrtpSuite> srtp_suite_of_profile(std::uint16_t dtls_profile) noexcept {
  return find([dtls_profile](const auto& facts) { return facts.dtls_profile == dtls_profile; });
}

}  // namespace offhook::inline v0::rtp
