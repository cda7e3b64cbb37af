#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::media {

/// What a=fmtp says of Opus: how whoever wrote it likes to be sent to. RFC 7587 section 6.1. Offer and answer are free of each
/// other (section 7.1): ours says what we take, the peer's tells our encoder what to do.
struct OpusParameters {
  std::uint32_t max_playback_rate_hz = 48000;          ///< 8000..48000
  std::uint32_t max_capture_rate_hz = 48000;           ///< 8000..48000, sprop-maxcapturerate: what it will send at the most
  std::optional<std::uint32_t> max_average_bitrate{};  ///< 6000..510000
  bool stereo = false, cbr = false, in_band_fec = false, dtx = false;
  friend bool operator==(const OpusParameters&, const OpusParameters&) = default;
};

inline constexpr std::size_t kMaxOpusParameters = 32;  ///< looked at in one a=fmtp

/// Reads the value of a=fmtp behind the payload type, such as `minptime=10;useinbandfec=1`. Refuses nothing: what is unknown,
/// cannot be read or is out of range is as if it had not been said; of two alike the last counts.
[[nodiscard]] OpusParameters parse_opus_parameters(std::string_view text);
/// As it goes into a=fmtp; what has its default value is left out. "" when nothing remains.
[[nodiscard]] std::string write_opus_parameters(const OpusParameters& parameters);

/// The bitrate to send with: `wish` (0: the middle of what RFC 7587 section 3.1.1 recommends for speech at `rate_hz`), and no more
/// than the peer takes.
[[nodiscard]] std::uint32_t opus_bitrate(const OpusParameters& peer, std::uint32_t rate_hz, std::uint32_t wish = 0);

}  // namespace offhook::inline v0::media
