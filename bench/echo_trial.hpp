#pragma once

#include <offhook/bench/echo_line.hpp>
#include <offhook/bench/recordings.hpp>

#include <vector>

namespace offhook::bench {

/// The voices of the trials. On both sides they are recorded human voices if these are installed, and synthetic voices otherwise.
struct EchoVoices {
  Pcm ours;                  ///< ten minutes of an agent without long pauses
  std::vector<Pcm> callers;  ///< each caller's voice from its onset, at our level; the onset is within 20 dB of the active level
};
[[nodiscard]] EchoVoices synthetic_voices(double seconds);
/// Returns no voices if the recordings are not installed.
[[nodiscard]] EchoVoices human_voices(double seconds);

/// Returns the times in seconds at which a media stream would take the echo for an interruption, while `ours` plays to a silent caller.
[[nodiscard]] std::vector<double> false_barge_ins(const EchoLineOptions& line, const Pcm& ours);

struct BargeIns {
  std::vector<double> found_ms;  ///< for each caller, the time from the onset of the voice to the end of the tick in which it was detected, sorted
  std::size_t callers = 0;       ///< number of all callers; found_ms has no entry for a caller that was not detected within a second
  /// Returns a quantile over all callers. A caller that was not detected counts as one second.
  [[nodiscard]] double quantile(double share) const;
  [[nodiscard]] double share_within(double ms) const;
};
/// Lets each caller speak for one second while our own voice continues.
[[nodiscard]] BargeIns barge_ins(const EchoLineOptions& line, const EchoVoices& voices);

}  // namespace offhook::bench
