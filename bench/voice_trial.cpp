#include <offhook/bench/voice_trial.hpp>

#include <offhook/media/codec/g711.hpp>
#include <offhook/media/voice_activity.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>

namespace offhook::bench {

namespace {

constexpr std::size_t kFrame = 160, kSecond = 8000;
constexpr double kVoicedWithinDb = 30;

double power_of(double dbov) { return 32768.0 * 32768.0 * std::pow(10.0, dbov / 10); }

Pcm clean_call(Pcm voice, double level_dbov) {
  set_level(voice, level_dbov);
  Pcm call(2 * kSecond, 0);
  call.insert(call.end(), voice.begin(), voice.end());
  call.resize((call.size() + kSecond) / kFrame * kFrame, 0);
  return call;
}

Pcm through_line(const Pcm& clean, const VoiceCondition& condition, std::mt19937& random) {
  std::normal_distribution<double> white(0, 1);
  const double pass = condition.low_passed ? 1 - std::exp(-2 * std::numbers::pi * 500 / kSecond) : 1;
  // Of the noise before it is filtered.
  const double amplitude = std::sqrt(power_of(condition.level_dbov - condition.snr_db) * (2 - pass) / pass);
  Pcm heard(clean.size());
  double noise = 0;
  for (std::size_t i = 0; i < clean.size(); ++i) {
    noise += pass * (white(random) - noise);
    const auto sample = static_cast<std::int16_t>(std::clamp(std::lround(clean[i] + amplitude * noise), -32768L, 32767L));
    heard[i] = media::decode_mulaw(media::encode_mulaw(sample));
  }
  return heard;
}

bool is_voiced(std::span<const std::int16_t> frame, double level_dbov) {
  double power = 0;
  for (const double sample : frame) power += sample * sample;
  return power / kFrame > power_of(level_dbov - kVoicedWithinDb);
}

}  // namespace

double VoiceScore::onset_quantile(double share) const {
  if (onset_ms.empty()) return 0;
  return onset_ms[std::min(static_cast<std::size_t>(share * static_cast<double>(onset_ms.size())), onset_ms.size() - 1)];
}

VoiceScore score_voice(const VoiceCondition& condition, const std::vector<Pcm>& voices, const std::function<VoiceJudge()>& make) {
  std::mt19937 random(7);
  VoiceScore score;
  double voiced_frames = 0, missed = 0, others = 0, alarms = 0;
  for (const Pcm& voice : voices) {
    const Pcm clean = clean_call(voice, condition.level_dbov), heard = through_line(clean, condition, random);
    const auto judge = make();
    media::SpeechDetector speech;
    std::size_t onset = 0;
    bool started = false;
    for (std::size_t at = 0; at + kFrame <= clean.size(); at += kFrame) {
      const bool voiced = is_voiced(std::span(clean).subspan(at, kFrame), condition.level_dbov);
      const bool found = judge(std::span(heard).subspan(at, kFrame));
      if (voiced && onset == 0) onset = at;
      (voiced ? voiced_frames : others) += voiced || at >= kSecond ? 1 : 0;
      missed += voiced && !found ? 1 : 0;
      alarms += !voiced && found && at >= kSecond ? 1 : 0;
      if (at == kSecond) speech.reset();  // A call that begins with noise may be taken for voice at first.
      const auto event = speech.process(found, kFrame);
      if (at < kSecond || started || !event || event->kind != media::SpeechDetector::Event::Kind::Started) continue;
      started = true;
      if (onset == 0) {
        ++score.early;
      } else {
        score.onset_ms.push_back(static_cast<double>(at + kFrame - onset) / 8);
      }
    }
  }
  std::sort(score.onset_ms.begin(), score.onset_ms.end());
  score.miss = 100 * missed / std::max(voiced_frames, 1.0);
  score.false_alarm = 100 * alarms / std::max(others, 1.0);
  return score;
}

}  // namespace offhook::bench
