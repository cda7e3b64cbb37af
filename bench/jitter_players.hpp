#pragma once

#include <offhook/bench/jitter_traces.hpp>
#include <offhook/rtp/jitter_buffer.hpp>

#include <cstddef>
#include <vector>

namespace offhook::bench {

/// How a trace sounded. Delays run from when the fastest packet would have come to when the first sample is played.
struct Playing {
  struct Heard {
    double at_ms, delay_ms;
  };
  std::vector<Heard> heard;                  ///< each frame that was played
  double concealed_percent = 0;              ///< of the time in which something should have been heard
  double mean_delay_ms = 0;
  double stretched_percent = 0;              ///< samples inserted or removed, of all
  double longest_start_ms = 0;               ///< the largest delay of a talk spurt's first frame
  double late_delay_ms = 0;                  ///< the delay that one of a hundred frames exceeds
  std::size_t frames = 0;
  std::size_t unplayed = 0;                  ///< packets of audio that came, and of which nothing was played
  std::size_t out_of_order = 0;              ///< frames that overlap or precede what was played
  std::size_t clipped = 0;                   ///< talk spurts whose first packet was not played
  std::size_t concealed_in_silence = 0;      ///< units of 1/8000 s
  rtp::JitterStatistics counts{};            ///< of ours only
};

/// Our jitter buffer with a line of samples that can be stretched by 8 ms at a time, or in every third second, which is quiet, by any
/// time up to 15 ms. Ticks are at phase_ms, and every 20 ms.
[[nodiscard]] Playing play(const JitterTrace& trace, rtp::DelayProfile profile, double phase_ms);
/// speexdsp's, as its manual has it.
[[nodiscard]] Playing play_by_speexdsp(const JitterTrace& trace, double phase_ms);
/// The policy of WebRTC's NetEq (its defaults of 2022), on the same line: a model of ours, of its decisions and not of its sound.
[[nodiscard]] Playing play_by_neteq_policy(const JitterTrace& trace, double phase_ms);

/// Where ticks fall between packets decides what a delay in whole ticks can be: figures are means over these.
inline constexpr double kPhases[] = {2, 7, 12, 17};

}  // namespace offhook::bench
