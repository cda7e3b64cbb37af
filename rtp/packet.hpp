#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/base/result.hpp>

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace offhook::inline v0::rtp {

inline constexpr std::size_t kMaxCsrc = 15;             ///< the CC field has four bits
inline constexpr std::size_t kFixedHeaderOctets = 12;
inline constexpr std::uint8_t kMaxPayloadType = 127;    ///< the PT field has seven bits

/// One RTP packet, with fields in host byte order. After parsing, `extension` and `payload` borrow from the datagram. For writing, they
/// borrow from the application.
struct Packet {
  bool marker = false;
  std::uint8_t payload_type = 0;      ///< 0..127
  std::uint16_t sequence = 0;
  std::uint32_t timestamp = 0;
  std::uint32_t ssrc = 0;
  std::uint8_t csrc_count = 0;        ///< number of valid items in csrc, at most kMaxCsrc
  std::array<std::uint32_t, kMaxCsrc> csrc{};
  bool has_extension = false;
  std::uint16_t extension_profile = 0;
  base::Bytes extension{};            ///< data after the four octets of the extension's header; a multiple of 4
  base::Bytes payload{};              ///< without padding; may be empty
  std::uint8_t padding = 0;           ///< octets of padding, including the count octet; 0 without padding
};

enum class PacketError : std::uint8_t {
  TooShort,       ///< the packet is shorter than its own header says
  BadVersion,     ///< the packet is not version 2
  BadPadding,     ///< P is set, and the count is 0 or reaches into the header
  BadField,       ///< for writing: a field does not fit its bits, or the extension is not a multiple of 4 octets
  OutputTooSmall,
};
[[nodiscard]] std::string_view to_string(PacketError error);

/// Parses one datagram as RTP: RFC 3550 section 5.1, extension section 5.3.1. Views in the result borrow from `datagram`. Errors: TooShort,
/// BadVersion, BadPadding. Reads nothing outside `datagram`.
[[nodiscard]] base::Result<Packet, PacketError> parse_packet(base::Bytes datagram);

/// Writes `packet` into `out`, and returns the number of octets written. Errors: BadField, OutputTooSmall; after an error the contents of `out` are undefined.
[[nodiscard]] base::Result<std::size_t, PacketError> write_packet(const Packet& packet, std::span<std::uint8_t> out);

/// Returns true if a datagram on a port for both RTP and RTCP is RTCP, by its second octet: RFC 5761 section 4. Does not check that it is valid.
[[nodiscard]] bool is_rtcp(base::Bytes datagram);

}  // namespace offhook::inline v0::rtp
