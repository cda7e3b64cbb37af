#pragma once

#include <offhook/bench/echo_line.hpp>
#include <offhook/bench/recordings.hpp>

#include <vector>

namespace offhook::bench {

/// Who speaks in the trials: a human voice on both sides where it is installed, else a synthetic one.
struct EchoVoices {
  Pcm ours;                  ///< ten minutes of an agent that never pauses for long
  std::vector<Pcm> callers;  ///< each from its onset on, at our level: where it first comes within 20 dB of its active level
};
[[nodiscard]] EchoVoices synthetic_voices(double seconds);
/// Empty where they are not installed.
[[nodiscard]] EchoVoices human_voices(double seconds);

/// Seconds at which we would have interrupted ourselves while `ours` was said to a silent caller, as a stream would.
[[nodiscard]] std::vector<double> false_barge_ins(const EchoLineOptions& line, const Pcm& ours);

struct BargeIns {
  std::vector<double> found_ms;  ///< from the caller's onset to the end of the tick that found it, sorted
  std::size_t callers = 0;       ///< those whom nobody heard within a second are not in found_ms
  /// Of all callers: who was not found counts as a second.
  [[nodiscard]] double quantile(double share) const;
  [[nodiscard]] double share_within(double ms) const;
};
/// Each caller speaks for a second while we go on.
[[nodiscard]] BargeIns barge_ins(const EchoLineOptions& line, const EchoVoices& voices);

}  // namespace offhook::bench
