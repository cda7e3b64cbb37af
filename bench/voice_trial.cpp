#include <offhook/bench/voice_trial.hpp>

#include <offhook/media/codec/g711.hpp>
#include <offhook/media/detect/voice_activity.hpp>

#include <algorithm>
#include <array>
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

/// Noise of amplitude 1: the standard deviation of white or low-passed noise, and the peak of knocks and music.
class NoiseSource {
 public:
  NoiseSource(Noise kind, std::mt19937& random) : kind_(kind), random_(&random) {}

  double next() {
    switch (kind_) {
      case Noise::White: return white_(*random_);
      case Noise::LowPassed: return low_passed();
      case Noise::Knocks: return knock();
      case Noise::Music: return pluck();
    }
    return 0;
  }

 private:
  double low_passed() {
    filtered_ += kPass * (white_(*random_) - filtered_);
    return filtered_ * std::sqrt((2 - kPass) / kPass);
  }
  double knock() {
    if (left_ == 0) {
      left_ = kSecond / 3 + (*random_)() % (kSecond / 3);
      loud_ = 1;
    }
    --left_;
    loud_ *= kKnockDecay;
    return loud_ * low_passed();
  }
  double pluck() {
    if (left_ == 0) {
      left_ = kSecond * 2 / 5;
      loud_ = 1;
      for (auto& hz : chord_) hz = 110 * std::pow(2.0, static_cast<double>((*random_)() % 30) / 12);
    }
    --left_;
    loud_ *= kStringDecay;
    ++at_;
    double sum = 0;
    for (const double hz : chord_) {
      for (int partial = 1; partial <= 3; ++partial)
        sum += std::sin(2 * std::numbers::pi * hz * partial * static_cast<double>(at_) / kSecond) / partial;
    }
    return loud_ * sum / std::sqrt(2.0);  // These are three strings with a power of 0.68 each.
  }

  static constexpr double kKnockDecay = 0.9965, kStringDecay = 0.9998;  // factor per sample: a knock decays to a tenth in 82 ms, a string in 1.4 s
  static inline const double kPass = 1 - std::exp(-2 * std::numbers::pi * 500 / kSecond);
  Noise kind_;
  std::mt19937* random_;
  std::normal_distribution<double> white_{0, 1};
  double filtered_ = 0, loud_ = 0;
  std::size_t left_ = 0, at_ = 0;
  std::array<double, 3> chord_{};
};

Pcm through_line(const Pcm& clean, const VoiceCondition& condition, std::mt19937& random) {
  NoiseSource noise(condition.noise, random);
  const double amplitude = std::sqrt(power_of(condition.level_dbov - condition.snr_db));
  Pcm heard(clean.size());
  for (std::size_t i = 0; i < clean.size(); ++i) {
    const auto sample = static_cast<std::int16_t>(std::clamp(std::lround(clean[i] + amplitude * noise.next()), -32768L, 32767L));
    heard[i] = media::decode_mulaw(media::encode_mulaw(sample));
  }
  return heard;
}

bool is_voiced(std::span<const std::int16_t> frame, double level_dbov) {
  double power = 0;
  for (const double sample : frame) power += sample * sample;
  return power / kFrame > power_of(level_dbov - kVoicedWithinDb);
}

double quantile(const std::vector<double>& sorted, double share) {
  if (sorted.empty()) return 0;
  return sorted[std::min(static_cast<std::size_t>(share * static_cast<double>(sorted.size())), sorted.size() - 1)];
}

}  // namespace

double VoiceScore::onset_quantile(double share) const { return quantile(onset_ms, share); }
double VoiceScore::end_quantile(double share) const { return quantile(end_ms, share); }

VoiceScore score_voice(const VoiceCondition& condition, const std::vector<Pcm>& voices, const std::function<VoiceJudge()>& make) {
  std::mt19937 random(7);
  VoiceScore score;
  double voiced_frames = 0, missed = 0, others = 0, alarms = 0;
  for (const Pcm& voice : voices) {
    const Pcm clean = clean_call(voice, condition.level_dbov), heard = through_line(clean, condition, random);
    const auto judge = make();
    media::SpeechDetector speech;
    std::size_t onset = 0, voice_end = 0, found_end = 0;
    bool started = false;
    for (std::size_t at = 0; at + kFrame <= clean.size(); at += kFrame) {
      const bool voiced = is_voiced(std::span(clean).subspan(at, kFrame), condition.level_dbov);
      const bool found = judge(std::span(heard).subspan(at, kFrame));
      if (voiced && onset == 0) onset = at;
      if (voiced) voice_end = at;
      if (found) found_end = at;
      (voiced ? voiced_frames : others) += voiced || at >= kSecond ? 1 : 0;
      missed += voiced && !found ? 1 : 0;
      alarms += !voiced && found && at >= kSecond ? 1 : 0;
      if (at == kSecond) speech.reset();  // At the start of a call, the detector may take noise for voice.
      const auto event = speech.process(found, kFrame);
      if (at < kSecond || started || !event || event->kind != media::SpeechDetector::Event::Kind::Started) continue;
      started = true;
      if (onset == 0) {
        ++score.early;
      } else {
        score.onset_ms.push_back(static_cast<double>(at + kFrame - onset) / 8);
      }
    }
    score.end_ms.push_back((static_cast<double>(found_end) - static_cast<double>(voice_end)) / 8);
  }
  std::sort(score.onset_ms.begin(), score.onset_ms.end());
  std::sort(score.end_ms.begin(), score.end_ms.end());
  score.miss = 100 * missed / std::max(voiced_frames, 1.0);
  score.false_alarm = 100 * alarms / std::max(others, 1.0);
  return score;
}

}  // namespace offhook::bench
