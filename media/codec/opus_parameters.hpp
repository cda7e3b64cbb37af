#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::media {

/// The Opus parameters of an a=fmtp line. They describe the audio that the sender of the line prefers to receive: RFC 7587 section 6.1. Offer and
/// answer are independent (section 7.1): our parameters describe our receiver, the peer's parameters control our encoder.
struct OpusParameters {
  std::uint32_t max_playback_rate_hz = 48000;          ///< 8000..48000
  std::uint32_t max_capture_rate_hz = 48000;           ///< 8000..48000, sprop-maxcapturerate: the highest rate that the line's sender sends
  std::optional<std::uint32_t> max_average_bitrate{};  ///< 6000..510000
  bool stereo = false, cbr = false, in_band_fec = false, dtx = false;
  friend bool operator==(const OpusParameters&, const OpusParameters&) = default;
};

inline constexpr std::size_t kMaxOpusParameters = 32;  ///< parameters read from one a=fmtp line

/// Parses the value of a=fmtp after the payload type, for example `minptime=10;useinbandfec=1`. Never fails: ignores parameters that are unknown,
/// unreadable or out of range. If a parameter occurs twice, the last one counts.
[[nodiscard]] OpusParameters parse_opus_parameters(std::string_view text);
/// Returns the value for a=fmtp, without the parameters that have their default value. Returns "" if all parameters have their default value.
[[nodiscard]] std::string write_opus_parameters(const OpusParameters& parameters);

/// Returns the bitrate to send: `wish`, but at most the peer's limit. If `wish` is 0, starts from the middle of the range that
/// RFC 7587 section 3.1.1 recommends for speech at `rate_hz`.
[[nodiscard]] std::uint32_t opus_bitrate(const OpusParameters& peer, std::uint32_t rate_hz, std::uint32_t wish = 0);

}  // namespace offhook::inline v0::media
