#pragma once

#include <offhook/rtp/rtcp.hpp>

#include <cstdint>
#include <optional>

namespace offhook::inline v0::rtp {

inline constexpr std::uint8_t kExtendedReport = 207;        ///< the packet type of XR, RFC 3611 section 2
inline constexpr std::size_t kMaxReportParts = 64;          ///< blocks of one XR packet that are walked over
inline constexpr std::uint8_t kNoFigure = 127;              ///< in a VoipMetrics member that may be unknown

/// The VoIP metrics block, in the units of the wire. RFC 3611 section 4.7.
struct VoipMetrics {
  std::uint32_t ssrc = 0;                     ///< of the stream that it is about
  std::uint8_t loss_rate = 0;                 ///< in 1/256 of the packets expected, since the beginning; and so the next three
  std::uint8_t discard_rate = 0;
  std::uint8_t burst_density = 0;
  std::uint8_t gap_density = 0;
  std::uint16_t burst_ms = 0;                 ///< mean; 0: there was none
  std::uint16_t gap_ms = 0;
  std::uint16_t round_trip_ms = 0;
  std::uint16_t end_system_ms = 0;            ///< what the sender of the report adds: buffer, coding, decoding
  std::int8_t signal_dbm0 = kNoFigure;        ///< of speech alone
  std::int8_t noise_dbm0 = kNoFigure;         ///< between speech
  std::uint8_t residual_echo_db = kNoFigure;  ///< RERL: how much is left of the peer's voice in what goes back to it
  std::uint8_t gmin = 16;
  std::uint8_t r_factor = kNoFigure;          ///< 0..100
  std::uint8_t external_r_factor = kNoFigure;
  std::uint8_t mos_listening = kNoFigure;     ///< in tenths, 10..50; without delay and echo
  std::uint8_t mos_conversation = kNoFigure;
  enum class Concealment : std::uint8_t { Unspecified = 0, Disabled = 1, Enhanced = 2, Standard = 3 };
  enum class Buffer : std::uint8_t { Unknown = 0, Reserved = 1, Fixed = 2, Adaptive = 3 };
  Concealment concealment = Concealment::Unspecified;
  Buffer buffer = Buffer::Unknown;
  std::uint8_t buffer_rate = 0;               ///< 0..15: how fast it adapts
  std::uint16_t buffer_nominal_ms = 0;
  std::uint16_t buffer_maximum_ms = 0;        ///< of now
  std::uint16_t buffer_limit_ms = 0;          ///< what it may become at most
  friend bool operator==(const VoipMetrics&, const VoipMetrics&) = default;
};

/// The first VoIP metrics block of an XR packet's body, as CompoundReader gives it (OtherRtcp, type kExtendedReport). Blocks of
/// other types are passed over by their length. Nothing when there is none, when the lengths do not add up, or behind more than
/// kMaxReportParts blocks.
[[nodiscard]] std::optional<VoipMetrics> parse_voip_metrics(base::Bytes body);

/// The body of an XR packet with this block alone, from `sender`: what CompoundWriter::other() writes.
inline constexpr std::size_t kVoipMetricsOctets = 4 + 36;
/// False when `out` is shorter than kVoipMetricsOctets: then nothing is written.
[[nodiscard]] bool write_voip_metrics(std::uint32_t sender, const VoipMetrics& metrics, std::span<std::uint8_t> out);

}  // namespace offhook::inline v0::rtp
