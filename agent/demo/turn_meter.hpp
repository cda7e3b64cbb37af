#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

/// Measures the response time that the caller hears: in one recording of the caller's side, never from events (docs/architecture.md).
namespace offhook::inline v0::agent::demo {

/// The sent and the received audio of the caller's telephone, sample by sample on one clock.
struct Recording {
  std::uint32_t rate_hz = 16000;
  std::vector<std::int16_t> sent;
  std::vector<std::int16_t> heard;
};

/// Loudness above which 5 ms count as voice: -45 dBov. It is well below quiet speech and well above mu-law's idle noise.
inline constexpr double kVoicedDbov = -45.0;

/// Return the index of the first or the last voiced sample in [from, to); nullopt when there is none.
[[nodiscard]] std::optional<std::size_t> first_voiced(std::span<const std::int16_t> pcm, std::uint32_t rate_hz, std::size_t from, std::size_t to);
[[nodiscard]] std::optional<std::size_t> last_voiced(std::span<const std::int16_t> pcm, std::uint32_t rate_hz, std::size_t from, std::size_t to);

/// Returns the milliseconds from the caller's last voiced sample in [question_begin, question_end) to the first voiced sample that the caller hears
/// after it and before `until`. Returns nullopt if one of these samples is missing.
[[nodiscard]] std::optional<double> response_ms(const Recording& recording, std::size_t question_begin, std::size_t question_end, std::size_t until);

}  // namespace offhook::inline v0::agent::demo
