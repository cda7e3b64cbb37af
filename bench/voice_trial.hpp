#pragma once

#include <offhook/bench/recordings.hpp>

#include <functional>
#include <span>
#include <vector>

namespace offhook::bench {

enum class Noise : std::uint8_t {
  White,
  LowPassed,   ///< white noise behind a low-pass filter of 500 Hz
  Knocks,      ///< low-passed bursts that decay within 150 ms; two or three per second
  Music,       ///< chords of plucked strings, one every 400 ms
};

/// A caller in noise, through G.711. A frame of the clean signal counts as voice if its level is within 30 dB of the active level.
struct VoiceCondition {
  const char* name;
  double snr_db;             ///< ratio of the active level of the voice to the noise; for knocks and music, to their peak
  Noise noise = Noise::White;
  double level_dbov = -26;
};
inline constexpr VoiceCondition kVoiceConditions[] = {
    {"quiet", 60}, {"white_20", 20}, {"white_10", 10}, {"low_passed_20", 20, Noise::LowPassed},
    {"low_passed_10", 10, Noise::LowPassed}};
/// Sounds that are not a voice, but start and end as a voice does.
inline constexpr VoiceCondition kSoundConditions[] = {{"knocks_10", 10, Noise::Knocks}, {"music_15", 15, Noise::Music}};

struct VoiceScore {
  double miss = 0;           ///< percentage of the voiced frames that were not found
  double false_alarm = 0;    ///< percentage of the other frames that were taken for voice, without the first second of a call
  std::vector<double> onset_ms;  ///< times from the start of the first voiced frame to SpeechStarted, sorted
  std::vector<double> end_ms;    ///< delays of the ends of turns, sorted: from the last voiced frame to the last frame that was found
  std::size_t early = 0;     ///< number of calls in which speech was detected before the voice started
  [[nodiscard]] double onset_quantile(double share) const;
  [[nodiscard]] double end_quantile(double share) const;
};

/// Returns true if a frame of 160 samples has voice.
using VoiceJudge = std::function<bool(std::span<const std::int16_t>)>;
/// Runs one call for each of `voices`, each call with its own judge: two seconds of noise, the voice, and a second of noise.
[[nodiscard]] VoiceScore score_voice(const VoiceCondition& condition, const std::vector<Pcm>& voices,
                                     const std::function<VoiceJudge()>& make);

}  // namespace offhook::bench
