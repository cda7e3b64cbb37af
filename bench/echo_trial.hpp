#pragma once

#include <offhook/bench/echo_line.hpp>
#include <offhook/bench/recordings.hpp>

#include <vector>

namespace offhook::bench {

/// The voices of the trials: recorded human voices on both sides if they are installed, otherwise synthetic ones.
struct EchoVoices {
  Pcm ours;                  ///< ten minutes of an agent that never pauses for long
  std::vector<Pcm> callers;  ///< each from its onset, at our level; the onset is within 20 dB of the active level
};
[[nodiscard]] EchoVoices synthetic_voices(double seconds);
/// Returns no voices when the recordings are not installed.
[[nodiscard]] EchoVoices human_voices(double seconds);

/// Returns the seconds at which a media stream would take the echo for an interruption, while `ours` plays to a silent caller.
[[nodiscard]] std::vector<double> false_barge_ins(const EchoLineOptions& line, const Pcm& ours);

struct BargeIns {
  std::vector<double> found_ms;  ///< from the caller's onset to the end of the tick that found it, sorted
  std::size_t callers = 0;       ///< includes callers that were not detected within a second; these are not in found_ms
  /// Returns a quantile over all callers. A caller that was not detected counts as one second.
  [[nodiscard]] double quantile(double share) const;
  [[nodiscard]] double share_within(double ms) const;
};
/// Lets each caller speak for one second while our voice continues.
[[nodiscard]] BargeIns barge_ins(const EchoLineOptions& line, const EchoVoices& voices);

}  // namespace offhook::bench
