#pragma once

#include <offhook/bench/recordings.hpp>

#include <functional>
#include <span>
#include <vector>

namespace offhook::bench {

enum class Noise : std::uint8_t {
  White,
  LowPassed,   ///< at 500 Hz
  Knocks,      ///< low-passed bursts that die away within 150 ms, two or three a second
  Music,       ///< chords of plucked strings, one every 400 ms
};

/// A caller in noise, through G.711. What counts as voice is told by the clean signal: 20 ms within 30 dB of the active level.
struct VoiceCondition {
  const char* name;
  double snr_db;             ///< against the active level of the voice; of knocks and music their loudest
  Noise noise = Noise::White;
  double level_dbov = -26;
};
inline constexpr VoiceCondition kVoiceConditions[] = {
    {"quiet", 60}, {"white_20", 20}, {"white_10", 10}, {"low_passed_20", 20, Noise::LowPassed},
    {"low_passed_10", 10, Noise::LowPassed}};
/// What is no voice, and comes and goes as one does.
inline constexpr VoiceCondition kSoundConditions[] = {{"knocks_10", 10, Noise::Knocks}, {"music_15", 15, Noise::Music}};

struct VoiceScore {
  double miss = 0;           ///< % of voiced frames that were not found
  double false_alarm = 0;    ///< % of the others that were taken for voice, from the second second of a call on
  std::vector<double> onset_ms;  ///< from the first voiced frame's begin to SpeechStarted, sorted
  std::vector<double> end_ms;    ///< from the last voiced frame to the last that was found, sorted: how much later a turn ends
  std::size_t early = 0;     ///< calls in which speech was taken to have begun in the second before it did
  [[nodiscard]] double onset_quantile(double share) const;
  [[nodiscard]] double end_quantile(double share) const;
};

/// Whether a frame of 160 samples has voice.
using VoiceJudge = std::function<bool(std::span<const std::int16_t>)>;
/// Each of `voices` is a call of its own, with a judge of its own: two seconds of noise, the voice, a second of noise.
[[nodiscard]] VoiceScore score_voice(const VoiceCondition& condition, const std::vector<Pcm>& voices,
                                     const std::function<VoiceJudge()>& make);

}  // namespace offhook::bench
