#pragma once

#include <offhook/bench/jitter_traces.hpp>
#include <offhook/rtp/jitter/jitter_buffer.hpp>

#include <cstddef>
#include <vector>

namespace offhook::bench {

/// The result of playing a trace. A delay is the time from the arrival that the fastest packet would have had to the time at which the
/// first sample plays.
struct Playing {
  struct Heard {
    double at_ms, delay_ms;
  };
  std::vector<Heard> heard;                  ///< one entry for each played frame
  double concealed_percent = 0;              ///< percentage of the time in which audio was due
  double mean_delay_ms = 0;
  double stretched_percent = 0;              ///< inserted and removed samples, as a percentage of all samples
  double longest_start_ms = 0;               ///< largest delay of the first frame of a talk spurt
  double late_delay_ms = 0;                  ///< 99th percentile of the delays of the frames
  std::size_t frames = 0;
  std::size_t unplayed = 0;                  ///< number of audio packets that arrived, but of which nothing was played
  std::size_t out_of_order = 0;              ///< number of frames that overlap or precede audio that was already played
  std::size_t clipped = 0;                   ///< number of talk spurts whose first packet was not played
  std::size_t concealed_in_silence = 0;      ///< concealment while the sender was silent, in units of 1/8000 s
  rtp::JitterStatistics counts{};            ///< set only by play()
};

/// Plays a trace with our jitter buffer. The model of the line can stretch by 8 ms at a time. In every third second, which is quiet, it can
/// stretch by any time up to 15 ms. The first tick is at phase_ms, and the others follow every 20 ms.
[[nodiscard]] Playing play(const JitterTrace& trace, rtp::DelayProfile profile, double phase_ms);
/// Plays a trace with speexdsp's jitter buffer. The buffer is used as its manual says.
[[nodiscard]] Playing play_by_speexdsp(const JitterTrace& trace, double phase_ms);
/// Plays a trace with the policy of WebRTC's NetEq (with the defaults of 2022) on the same model of the line. It models the decisions of
/// NetEq, and not its sound.
[[nodiscard]] Playing play_by_neteq_policy(const JitterTrace& trace, double phase_ms);

/// Offsets of the ticks from the packets, in ms. Delays are whole ticks, so the offset limits the possible delays. Results are means over
/// these offsets.
inline constexpr double kPhases[] = {2, 7, 12, 17};

}  // namespace offhook::bench
