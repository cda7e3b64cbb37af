#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace offhook::inline v0::rtp {

/// A pair of cipher and authentication for SRTP and SRTCP.
enum class SrtpSuite : std::uint8_t {
  AesCm128Sha1_80,   ///< AES_CM_128_HMAC_SHA1_80: RFC 3711 section 8.1, RFC 4568 section 6.2.1
  AesCm128Sha1_32,   ///< AES_CM_128_HMAC_SHA1_32: RFC 4568 section 6.2.2; the tag of SRTCP has 80 bits
  AeadAes128Gcm,     ///< AEAD_AES_128_GCM: RFC 7714 section 12
  AeadAes256Gcm,     ///< AEAD_AES_256_GCM: RFC 7714 section 12
};

struct SrtpSuiteFacts {
  SrtpSuite suite{};
  std::string_view name;              ///< name in SDP: RFC 4568 section 6.2, RFC 7714 section 14.2
  std::uint16_t dtls_profile = 0;     ///< SRTPProtectionProfile of DTLS: RFC 5764 section 4.1.2, RFC 7714 section 14.2
  std::size_t key_octets = 0;         ///< size of the master key, and of the cipher's session key
  std::size_t salt_octets = 0;        ///< size of the master salt, and of the session salt
  std::size_t rtp_tag_octets = 0;     ///< octets of the authentication tag in an RTP packet
  std::size_t rtcp_tag_octets = 0;    ///< octets of the authentication tag in an RTCP packet
};

inline constexpr std::size_t kMaxSrtpKeyOctets = 32;
inline constexpr std::size_t kMaxSrtpSaltOctets = 14;
inline constexpr std::size_t kMaxSrtpTagOctets = 16;
/// The most octets that SrtpSender adds to a packet: a tag and the SRTCP index (RFC 3711 section 3.4).
inline constexpr std::size_t kMaxSrtpAddedOctets = kMaxSrtpTagOctets + 4;

/// Returns all suites, the strongest first.
[[nodiscard]] std::span<const SrtpSuiteFacts> srtp_suites() noexcept;
[[nodiscard]] const SrtpSuiteFacts& facts_of(SrtpSuite suite) noexcept;
/// Returns the suite with this name in SDP. The name is case-sensitive (RFC 4568 section 9.2). Returns nullopt if Offhook does not implement the suite.
[[nodiscard]] std::optional<SrtpSuite> srtp_suite_named(std::string_view name) noexcept;
/// Returns the suite of a protection profile of DTLS. Returns nullopt if Offhook does not implement the profile.
[[nodiscard]] std::optional<SrtpSuite> srtp_suite_of_profile(std::uint16_t dtls_profile) noexcept;

}  // namespace offhook::inline v0::rtp
