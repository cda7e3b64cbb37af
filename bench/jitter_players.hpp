#pragma once

#include <offhook/bench/jitter_traces.hpp>
#include <offhook/rtp/jitter/jitter_buffer.hpp>

#include <cstddef>
#include <vector>

namespace offhook::bench {

/// The result of playing a trace. A delay runs from the time at which the fastest packet would have arrived to the time at which its first sample
/// plays.
struct Playing {
  struct Heard {
    double at_ms, delay_ms;
  };
  std::vector<Heard> heard;                  ///< one entry for each frame that was played
  double concealed_percent = 0;              ///< of the time in which audio was due
  double mean_delay_ms = 0;
  double stretched_percent = 0;              ///< samples inserted or removed, as a share of all samples
  double longest_start_ms = 0;               ///< the largest delay of a talk spurt's first frame
  double late_delay_ms = 0;                  ///< the 99th percentile of the frames' delays
  std::size_t frames = 0;
  std::size_t unplayed = 0;                  ///< packets of audio that arrived but were not played at all
  std::size_t out_of_order = 0;              ///< frames that overlap or precede audio that was already played
  std::size_t clipped = 0;                   ///< talk spurts whose first packet was not played
  std::size_t concealed_in_silence = 0;      ///< units of 1/8000 s
  rtp::JitterStatistics counts{};            ///< filled by play() only
};

/// Plays a trace with our jitter buffer on a line that can be stretched by 8 ms at a time. In every third second, which is quiet, it can be stretched
/// by any time up to 15 ms. The ticks are at phase_ms and every 20 ms after it.
[[nodiscard]] Playing play(const JitterTrace& trace, rtp::DelayProfile profile, double phase_ms);
/// Plays a trace with speexdsp's jitter buffer, used as its manual says.
[[nodiscard]] Playing play_by_speexdsp(const JitterTrace& trace, double phase_ms);
/// Plays a trace with the policy of WebRTC's NetEq (its defaults of 2022) on the same line. It models NetEq's decisions, not its sound.
[[nodiscard]] Playing play_by_neteq_policy(const JitterTrace& trace, double phase_ms);

/// Offsets of the ticks from the packets, in ms. The offset limits the possible delays, which are whole ticks; results are means over these offsets.
inline constexpr double kPhases[] = {2, 7, 12, 17};

}  // namespace offhook::bench
