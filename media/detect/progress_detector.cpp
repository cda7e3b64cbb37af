#include <offhook/media/detect/progress_detector.hpp>

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace offhook::inline v0::media {
namespace {

constexpr std::uint32_t kFrameMs = 20;
constexpr double kProgressCoefficient = 256;
constexpr auto kProgressGain = static_cast<float>(kProgressCoefficient * 80);   // a sine's amplitude in the sums of a window
constexpr float kProgressPowerUnit = float{1u << kPowerShift} / 160;
constexpr float kProgressMinPower = 12'500;          // -43 dBm0
constexpr float kProgressShare = 0.6F;               // least share of one tone in all power; a fully modulated tone has two thirds
constexpr float kChordShare = 0.5F;          // least share of two tones; they beat: a window has more or less of their power than its two frames
constexpr float kWeaker = 0.08F;             // least share of the weaker tone of a chord: 10 dB below the stronger one
constexpr float kFaded = 1.0F / 16;          // a frame with less than this share of the tone's power is a pause
constexpr std::uint32_t kDropOut = 2;        // frames for which a modulated tone may be silent
constexpr std::uint32_t kLongPause = 1000;   // ms: a pause of this length counts before it ends
constexpr std::uint32_t kEndless = 1000;
// Steps of two cycles. One cycle is not enough, because a syllable and a pause of speech may have the same lengths.
constexpr std::size_t kTwice = 4;

std::uint32_t slack_of(std::uint32_t ms) { return ms / 10 + 2 * kFrameMs; }
bool is_near(std::uint32_t ms, std::uint32_t nominal) {
  return ms <= nominal + slack_of(nominal) && nominal <= ms + slack_of(nominal);
}

}  // namespace

const ProgressPlan& ProgressPlan::of(Country country) {
  static const std::array<ProgressPlan, kCountries> plans{
      ProgressPlan(Country::UnitedStates), ProgressPlan(Country::UnitedKingdom), ProgressPlan(Country::Germany),
      ProgressPlan(Country::France), ProgressPlan(Country::Netherlands), ProgressPlan(Country::Italy),
      ProgressPlan(Country::Spain), ProgressPlan(Country::Australia), ProgressPlan(Country::Japan)};
  return plans.at(static_cast<std::size_t>(country));
}

ProgressPlan::ProgressPlan(Country country) : specs_(progress_tones(country)) {
  for (std::size_t i = 0; i < specs_.size(); ++i) {
    const auto steps = specs_[i].script.steps();
    for (std::size_t at = 0; at < steps.size(); ++at) {
      const std::uint8_t number = chord_of(steps[at]);
      chords_of_[i][at] = number;
      if (number == kNone) continue;
      Chord& chord = chord_[number];
      chord.most_steps = std::max(chord.most_steps, static_cast<std::uint8_t>(steps[at].ms == 0 ? 0 : steps.size()));
      chord.longest_ms = std::max(chord.longest_ms, static_cast<std::uint16_t>(steps[at].ms));
    }
  }
  bank_ = make_bank_tables<kPairs>(hz_, kProgressCoefficient);
}

std::uint8_t ProgressPlan::tone_of(double hz) {
  if (hz == 0) return kNone;
  const auto known = std::find(hz_.begin(), hz_.begin() + static_cast<std::ptrdiff_t>(tone_count_), hz);
  const auto at = static_cast<std::size_t>(known - hz_.begin());
  if (at == tone_count_) hz_.at(tone_count_++) = hz;
  return static_cast<std::uint8_t>(at);
}

std::uint8_t ProgressPlan::chord_of(const ToneStep& step) {
  if (!step.sounds()) return kNone;
  for (std::size_t i = 0; i < chord_count_; ++i) {
    if (chord_[i].low_hz == step.low_hz && chord_[i].high_hz == step.high_hz) return static_cast<std::uint8_t>(i);
  }
  chord_.at(chord_count_) = Chord{step.low_hz, step.high_hz, tone_of(step.low_hz), tone_of(step.high_hz)};
  return static_cast<std::uint8_t>(chord_count_++);
}

std::optional<ProgressTone> ProgressDetector::hear(std::span<const std::int16_t, 160> pcm) noexcept {
  const auto& kernels = tone_bank_chosen();
  const float power = static_cast<float>(kernels.power(pcm.data(), ProgressPlan::kPairs)) * kProgressPowerUnit;
  kernels.feed(pcm.data(), ProgressPlan::kPairs, plan_->bank_.falling.data(), plan_->bank_.rising.data(), window_, next_);
  const std::uint8_t what = classify(power);
  if (what < plan_->chord_count_) tone_power_ = std::max(before_, power);  // The tone's last frame may be nearly empty.
  window_ = next_;
  before_ = power;
  const bool step_over = count(what);
  const ProgressSpec* const spec = match();
  const auto found = spec != nullptr ? std::optional(spec->tone) : std::nullopt;
  const bool news = found && found != sounding_;
  count_cycles(spec, step_over && !news);
  sounding_ = found;
  return news ? found : std::nullopt;
}

void ProgressDetector::count_cycles(const ProgressSpec* found, bool step_over) noexcept {
  if (found == nullptr || found->tone != sounding_) steps_ = 0;
  cycle_steps_ = found != nullptr && found->script.steps()[0].ms != 0 ? found->script.count : 0;
  if (step_over) ++steps_;
}

std::uint8_t ProgressDetector::classify(float power) const noexcept {
  const float whole = (before_ + power) / 2;
  const auto square = [this](std::uint8_t tone) {
    if (tone == ProgressPlan::kNone) return 0.0F;
    const auto cosine = static_cast<float>(window_.of[tone]), sine = static_cast<float>(window_.of[kBankTones + tone]);
    return cosine * cosine + sine * sine;
  };
  std::uint8_t best = kOther;
  float most = 0;
  for (std::size_t i = 0; whole >= kProgressMinPower && i < plan_->chord_count_; ++i) {
    const auto& chord = plan_->chord_[i];
    const float low = square(chord.low), high = square(chord.high), sum = low + high;
    const bool single = chord.high == ProgressPlan::kNone, has_all = single || std::min(low, high) > kWeaker * sum;
    if (!has_all || sum < most || sum < (single ? kProgressShare : kChordShare) * 2 * kProgressGain * kProgressGain * whole) continue;
    most = sum;
    best = static_cast<std::uint8_t>(i);
  }
  if (best == kOther && (power < kProgressMinPower || power < kFaded * tone_power_)) return kQuiet;
  return best;
}

/// Returns true when a tone or a pause has ended, and another one sounds.
bool ProgressDetector::count(std::uint8_t what) noexcept {
  if (what == now_.what) {
    now_.frames += 1 + astray_.frames;
    astray_ = {};
    return false;
  }
  // After a pause, a tone counts more than other sound, because a modulated tone is only detected at its peaks.
  const auto is_chord = [this](std::uint8_t one) { return one < plan_->chord_count_; };
  const bool keeps = astray_.frames != 0 && is_chord(astray_.what) && !is_chord(what) && !is_chord(now_.what);
  astray_ = {keeps ? astray_.what : what, astray_.frames + 1};
  if (astray_.frames <= kDropOut) return false;
  // The first half window of a tone or of a pause looks like neither. It belongs to the run that follows.
  if (now_.what == kOther) {
    past_count_ = 0;
  } else {
    if (past_count_ == past_.size()) {
      std::copy(past_.begin() + 1, past_.end(), past_.begin());
      --past_count_;
    }
    past_[past_count_++] = now_;
  }
  now_ = std::exchange(astray_, {});
  return true;
}

/// A tone must fill its whole window, a pause need not. Therefore a tone counts one window too few, and a pause one window too many.
std::uint32_t ProgressDetector::length_ms(const Run& run) noexcept {
  return run.what == kQuiet ? (run.frames - 1) * kFrameMs : (run.frames + 1) * kFrameMs;
}

const ProgressSpec* ProgressDetector::match() const noexcept {
  for (std::size_t i = 0; i < plan_->specs_.size(); ++i) {
    if (fits(i)) return &plan_->specs_[i];
  }
  return nullptr;
}

bool ProgressDetector::fits(std::size_t spec) const noexcept {
  const auto steps = plan_->specs_[spec].script.steps();
  const auto& chord = plan_->chord_[plan_->chords_of_[spec][0]];
  if (steps[0].ms == 0) {
    return now_.what == plan_->chords_of_[spec][0] && length_ms(now_) >= std::max(kEndless, chord.longest_ms + 300u);
  }
  const bool long_pause = steps.back().ms >= kLongPause;
  const std::size_t needed = long_pause ? steps.size() : std::max<std::size_t>({steps.size(), chord.most_steps, kTwice});
  for (std::size_t rotation = 0; rotation < steps.size(); ++rotation) {
    if (fits_from(spec, needed, rotation)) return true;
  }
  return false;
}

/// Returns true if the last `steps` runs match the script's steps from `rotation` on. A long pause counts before it ends.
bool ProgressDetector::fits_from(std::size_t spec, std::size_t steps, std::size_t rotation) const noexcept {
  const bool pausing = now_.what == kQuiet && length_ms(now_) >= kLongPause;
  const std::size_t past = steps - (pausing ? 1 : 0);
  if (past_count_ < past) return false;
  const auto script = plan_->specs_[spec].script.steps();
  for (std::size_t i = 0; i < steps; ++i) {
    const ToneStep& step = script[(rotation + i) % script.size()];
    const std::uint8_t chord = plan_->chords_of_[spec][(rotation + i) % script.size()];
    const Run& run = i < past ? past_[past_count_ - past + i] : now_;
    if (run.what != (chord == ProgressPlan::kNone ? kQuiet : chord)) return false;
    const std::uint32_t ms = length_ms(run);
    if (i == past ? step.ms < kLongPause || ms > step.ms + slack_of(step.ms) : !is_near(ms, step.ms)) return false;
  }
  return true;
}

}  // namespace offhook::inline v0::media
