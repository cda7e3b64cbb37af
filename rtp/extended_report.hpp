#pragma once

#include <offhook/rtp/rtcp.hpp>

#include <cstdint>
#include <optional>

namespace offhook::inline v0::rtp {

inline constexpr std::uint8_t kExtendedReport = 207;        ///< the packet type of XR, RFC 3611 section 2
inline constexpr std::size_t kMaxReportParts = 64;          ///< limit of blocks that parse_voip_metrics() reads in one XR packet
inline constexpr std::uint8_t kNoFigure = 127;              ///< value of a VoipMetrics field whose figure is unknown

/// The VoIP metrics block of RFC 3611 section 4.7, in the units of the wire format.
struct VoipMetrics {
  std::uint32_t ssrc = 0;                     ///< SSRC of the stream that the report describes
  std::uint8_t loss_rate = 0;                 ///< share of the expected packets that were lost, in 1/256; the next three fields have the same unit
  std::uint8_t discard_rate = 0;
  std::uint8_t burst_density = 0;
  std::uint8_t gap_density = 0;
  std::uint16_t burst_ms = 0;                 ///< mean length of a burst; 0 if there was no burst
  std::uint16_t gap_ms = 0;
  std::uint16_t round_trip_ms = 0;
  std::uint16_t end_system_ms = 0;            ///< delay that the sender of the report adds: buffer, encoder, decoder
  std::int8_t signal_dbm0 = kNoFigure;        ///< level of the speech alone
  std::int8_t noise_dbm0 = kNoFigure;         ///< level of the noise between speech
  std::uint8_t residual_echo_db = kNoFigure;  ///< RERL: residual echo of the peer's voice in the audio that returns to the peer
  std::uint8_t gmin = 16;
  std::uint8_t r_factor = kNoFigure;          ///< 0..100
  std::uint8_t external_r_factor = kNoFigure;
  std::uint8_t mos_listening = kNoFigure;     ///< in tenths, 10..50; it does not include delay and echo
  std::uint8_t mos_conversation = kNoFigure;
  enum class Concealment : std::uint8_t { Unspecified = 0, Disabled = 1, Enhanced = 2, Standard = 3 };
  enum class Buffer : std::uint8_t { Unknown = 0, Reserved = 1, Fixed = 2, Adaptive = 3 };
  Concealment concealment = Concealment::Unspecified;
  Buffer buffer = Buffer::Unknown;
  std::uint8_t buffer_rate = 0;               ///< 0..15: how fast the buffer adapts
  std::uint16_t buffer_nominal_ms = 0;
  std::uint16_t buffer_maximum_ms = 0;        ///< the present maximum
  std::uint16_t buffer_limit_ms = 0;          ///< the absolute maximum
  friend bool operator==(const VoipMetrics&, const VoipMetrics&) = default;
};

/// Returns the first VoIP metrics block of an XR packet's body, which CompoundReader returns as OtherRtcp of type kExtendedReport. Skips blocks of other types
/// by their length. Returns nullopt if there is no such block, if the lengths do not add up, or if kMaxReportParts other blocks precede it.
[[nodiscard]] std::optional<VoipMetrics> parse_voip_metrics(base::Bytes body);

/// Size of an XR packet's body with this block alone. CompoundWriter::other() writes the packet.
inline constexpr std::size_t kVoipMetricsOctets = 4 + 36;
/// Writes the body, with `sender` as the SSRC of the report's sender. Returns false, and writes nothing, if `out` is shorter than kVoipMetricsOctets.
[[nodiscard]] bool write_voip_metrics(std::uint32_t sender, const VoipMetrics& metrics, std::span<std::uint8_t> out);

}  // namespace offhook::inline v0::rtp
