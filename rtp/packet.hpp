#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/base/result.hpp>

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace offhook::inline v0::rtp {

inline constexpr std::size_t kMaxCsrc = 15;             ///< The CC field has four bits.
inline constexpr std::size_t kFixedHeaderOctets = 12;
inline constexpr std::uint8_t kMaxPayloadType = 127;    ///< The PT field has seven bits.

/// One RTP packet, in host order. As parsed, `extension` and `payload` borrow from the datagram; as written, from the caller.
struct Packet {
  bool marker = false;
  std::uint8_t payload_type = 0;      ///< 0..127
  std::uint16_t sequence = 0;
  std::uint32_t timestamp = 0;
  std::uint32_t ssrc = 0;
  std::uint8_t csrc_count = 0;        ///< valid in csrc, at most kMaxCsrc
  std::array<std::uint32_t, kMaxCsrc> csrc{};
  bool has_extension = false;
  std::uint16_t extension_profile = 0;
  base::Bytes extension{};            ///< behind the extension's own four octets; a multiple of 4
  base::Bytes payload{};              ///< without padding; may be empty
  std::uint8_t padding = 0;           ///< octets of padding, its count included; 0: none
};

enum class PacketError : std::uint8_t {
  TooShort,       ///< shorter than what its own header announces
  BadVersion,     ///< not version 2
  BadPadding,     ///< P set and the count is 0 or runs into the header
  BadField,       ///< writing: a field does not fit its bits, or the extension is no multiple of 4 octets
  OutputTooSmall,
};
[[nodiscard]] std::string_view to_string(PacketError error);

/// Parses one datagram as RTP. RFC 3550 section 5.1; extension section 5.3.1. Views in the result borrow from `datagram`.
/// Errors: TooShort, BadVersion, BadPadding. Nothing beyond `datagram` is ever read.
[[nodiscard]] base::Result<Packet, PacketError> parse_packet(base::Bytes datagram);

/// Writes `packet` into `out`; returns the octets written. Errors: BadField, OutputTooSmall; then `out` holds rubbish.
[[nodiscard]] base::Result<std::size_t, PacketError> write_packet(const Packet& packet, std::span<std::uint8_t> out);

/// Tells RTCP from RTP on a port that carries both, by the second octet: RFC 5761 section 4. Says nothing about validity.
[[nodiscard]] bool is_rtcp(base::Bytes datagram);

}  // namespace offhook::inline v0::rtp
