#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

/// Response time as the caller hears it: from one recording made at the caller's end, never from events (docs/architecture.md).
namespace offhook::inline v0::agent::demo {

/// What the caller's telephone sent and heard, sample by sample on one clock.
struct Recording {
  std::uint32_t rate_hz = 16000;
  std::vector<std::int16_t> sent;
  std::vector<std::int16_t> heard;
};

/// Loudness above which 5 ms count as voice: -45 dBov, well below quiet speech and well above mu-law's idle noise.
inline constexpr double kVoicedDbov = -45.0;

/// Index of the first (last) voiced sample in [from, to), or nothing.
[[nodiscard]] std::optional<std::size_t> first_voiced(std::span<const std::int16_t> pcm, std::uint32_t rate_hz, std::size_t from, std::size_t to);
[[nodiscard]] std::optional<std::size_t> last_voiced(std::span<const std::int16_t> pcm, std::uint32_t rate_hz, std::size_t from, std::size_t to);

/// Milliseconds from the caller's last voiced sample in [question_begin, question_end) to the first voiced sample heard after
/// it and before `until`. Nothing when either is missing.
[[nodiscard]] std::optional<double> response_ms(const Recording& recording, std::size_t question_begin, std::size_t question_end, std::size_t until);

}  // namespace offhook::inline v0::agent::demo
