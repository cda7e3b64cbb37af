#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/rtp/packet.hpp>
#include <offhook/rtp/srtp/detail/session_cipher.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace offhook::inline v0::rtp::detail {

inline constexpr std::size_t kRtcpHeaderOctets = 8;                            ///< these octets are not encrypted: RFC 3711 section 3.4
inline constexpr std::size_t kRtcpIndexOctets = 4;
inline constexpr std::uint32_t kEncryptedFlag = 1U << 31;                      ///< the E flag: RFC 3711 section 3.4
inline constexpr std::uint32_t kMaxRtcpIndex = kEncryptedFlag - 1;             ///< RFC 3711 section 9.2
inline constexpr std::uint64_t kMaxRtpIndex = (std::uint64_t{1} << 48) - 1;    ///< RFC 3711 section 9.2

struct RtpHeader {
  std::uint32_t ssrc = 0;
  std::uint16_t sequence = 0;
  std::size_t octets = 0;         ///< size of the header with the CSRCs and the extension: the part that is not encrypted
};

/// Reads the header of an RTP packet, even if the rest is encrypted. Returns nullopt if the packet is shorter than its header, or not of version 2.
[[nodiscard]] constexpr std::optional<RtpHeader> read_rtp_header(base::Bytes packet) {
  base::ByteReader reader(packet);
  const std::uint8_t first = reader.u8();
  (void)reader.u8();
  RtpHeader header;
  header.sequence = reader.u16();
  (void)reader.u32();
  header.ssrc = reader.u32();
  (void)reader.take(std::size_t{4} * (first & 0x0F));
  if ((first & 0x10) != 0) {
    (void)reader.u16();
    const std::size_t words = reader.u16();
    (void)reader.take(4 * words);
  }
  if (!reader.ok() || first >> 6 != 2) return std::nullopt;
  header.octets = packet.size() - reader.remaining();
  return header;
}

/// Returns the SSRC of an RTCP packet, even if its body is encrypted. Returns nullopt if the packet is shorter than its header, or not of version 2.
[[nodiscard]] constexpr std::optional<std::uint32_t> read_rtcp_header(base::Bytes packet) {
  base::ByteReader reader(packet);
  const std::uint32_t first = reader.u32(), ssrc = reader.u32();
  if (!reader.ok() || first >> 30 != 2) return std::nullopt;
  return ssrc;
}

[[nodiscard]] constexpr std::array<std::uint8_t, 4> to_octets(std::uint32_t value) {
  return {static_cast<std::uint8_t>(value >> 24), static_cast<std::uint8_t>(value >> 16), static_cast<std::uint8_t>(value >> 8),
          static_cast<std::uint8_t>(value)};
}

/// The tag and the index at the end of an SRTCP packet, without the MKI. With an AEAD, the tag comes first (RFC 7714 section 9.2); otherwise, the index comes
/// first (RFC 3711 section 3.4).
struct RtcpEnd {
  std::span<std::uint8_t> index, tag;
};
/// Splits `end`, which has kRtcpIndexOctets + cipher.tag_octets() octets.
[[nodiscard]] inline RtcpEnd rtcp_end(std::span<std::uint8_t> end, const SessionCipher& cipher) {
  if (cipher.is_aead()) return {end.last(kRtcpIndexOctets), end.first(cipher.tag_octets())};
  return {end.first(kRtcpIndexOctets), end.last(cipher.tag_octets())};
}

}  // namespace offhook::inline v0::rtp::detail
