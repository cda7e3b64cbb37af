#include <offhook/media/detect/signal_tone_detector.hpp>

#include <offhook/media/dsp/four_floats.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <numbers>
#include <utility>

namespace offhook::inline v0::media {
namespace {

constexpr double kSignalMinPower = 12'500;      // -43 dBm0
constexpr double kNarrow = 0.97;          // least narrowness: noise 15 dB below the tone
constexpr double kWhole = 0.9;
constexpr double kSignalSteady = 0.015;         // largest relative change of the frequency
constexpr double kShortest = 50;          // ms; a shorter sound does not count as a tone
constexpr std::uint32_t kMaxBroken = 1;   // frames: a change of the phase disturbs one frame
constexpr std::uint32_t kPatience = 5;    // frames after a tone until it counts as the last one: 100 ms
constexpr std::uint32_t kGap = 3;         // frames between special information tones

bool is_about(double value, double nominal, double slack) { return std::abs(value - nominal) <= slack; }
bool is_rung(double ms) { return ms >= 200 && ms <= 450; }

constexpr double kLongFrom = 327;         // ms: between North America's 274 and 380
constexpr std::array<double, 3> kRungHz{950, 1400, 1800};
constexpr double kRungSlack = 50;

/// Compares a frequency with the middle of ITU-T E.180: 1 if it is clearly higher, -1 if it is clearly lower, as in North America, 0 otherwise.
std::int8_t pitch_of(double hz, double middle) {
  if (std::abs(hz - middle) < 15) return 0;
  return hz > middle ? 1 : -1;
}

SpecialInformation kind_of(bool long_first, int first, bool long_second, int second) {
  if (long_first && first == 1 && long_second && second == 1) return SpecialInformation::NoCircuit;
  if (!long_first && first == -1 && !long_second && second == -1) return SpecialInformation::Intercept;
  if (long_first && first == 1 && !long_second && second == -1) return SpecialInformation::VacantCode;
  if (!long_first && first == -1 && long_second && second == 1) return SpecialInformation::Reorder;
  return SpecialInformation::Unspecified;
}

constexpr std::size_t kMostSamples = 160;

double sum_of(FourFloats four) { return double{four[0]} + four[1] + four[2] + four[3]; }

/// Returns the power per sample of a sine of `angle` that runs through all of `pcm`.
double power_at(std::span<const std::int16_t> pcm, double angle) {
  const std::complex<double> step = std::polar(1.0, -angle);
  std::complex<double> turn = 1, sum = 0;
  for (const std::int16_t sample : pcm) {
    sum += turn * static_cast<double>(sample);
    turn = {turn.real() * step.real() - turn.imag() * step.imag(), turn.real() * step.imag() + turn.imag() * step.real()};
  }
  return 2 * std::norm(sum) / (static_cast<double>(pcm.size()) * static_cast<double>(pcm.size()));
}

}  // namespace

PureTone measure_pure_tone(std::span<const std::int16_t> all) noexcept {
  const auto pcm = all.first(std::min(all.size(), kMostSamples));
  if (pcm.size() < 3) return {};
  std::array<float, kMostSamples + 4> x{};
  load_samples(pcm.data(), pcm.size() / 4 * 4, x.data());
  for (std::size_t n = pcm.size() / 4 * 4; n < pcm.size(); ++n) x[n] = pcm[n];
  FourFloats middles{}, crosses{}, outers{};
  std::size_t n = 0;
  for (; n + 6 <= pcm.size(); n += 4) {
    const FourFloats between = load_four(&x[n + 1]), sum = load_four(&x[n]) + load_four(&x[n + 2]);
    middles += between * between;
    crosses += between * sum;
    outers += sum * sum;
  }
  double middle = sum_of(middles), cross = sum_of(crosses), outer = sum_of(outers);
  for (; n + 2 < pcm.size(); ++n) {
    const float between = x[n + 1], sum = x[n] + x[n + 2];
    middle += between * between;
    cross += between * sum;
    outer += sum * sum;
  }
  if (middle == 0) return {};
  const double count = static_cast<double>(pcm.size() - 2), cosine = cross / (2 * middle);
  // White noise of power p leaves (2 + 4 cos^2) p of the recursion unexplained.
  const double noise = (outer - cross * cross / middle) / (count * (2 + 4 * cosine * cosine));
  const double power = middle / count;
  const double angle = std::acos(std::clamp(cosine, -1.0, 1.0)), narrowness = std::clamp(1 - noise / power, 0.0, 1.0);
  const double share = narrowness < 0.9 ? 0 : std::min(power_at(pcm, angle) / power, 1.0);
  return {angle * 8000 / (2 * std::numbers::pi), power, narrowness, share};
}

void SignalToneDetector::Run::add(const PureTone& tone) noexcept {
  if (frames >= 2) lowest = frames == 2 ? latest : std::min(lowest, latest);  // The frame before this one is now between two others.
  ++frames;
  latest = tone.power;
  power += tone.power;
  if (tone.share >= kWhole) ++whole;
  if (tone.power > highest) highest = tone.power, hz = tone.hz;
}

/// Returns true if the tone is steady. The tone may fill only a part of its first and last frame. A change of the phase or a click may disturb one
/// frame in five.
bool SignalToneDetector::Run::is_steady() const {
  return frames >= 3 && 5 * whole >= 4 * (frames - 2) && 2 * lowest >= highest;
}

std::optional<SignalTone> SignalToneDetector::hear(std::span<const std::int16_t, 160> pcm) noexcept {
  const PureTone tone = measure_pure_tone(pcm);
  const bool pure = tone.power >= kSignalMinPower && tone.narrowness >= kNarrow;
  if (now_.frames != 0 && !(pure && goes_on(tone))) {
    if (++broken_ > kMaxBroken || (pure && tone.power > now_.highest / 4)) end();
  }
  if (pure && (now_.frames == 0 || goes_on(tone))) {
    now_.add(tone);
    broken_ = 0;
    return while_it_sounds();
  }
  return when_over();
}

bool SignalToneDetector::goes_on(const PureTone& tone) const noexcept {
  return std::abs(tone.hz - now_.hz) <= std::max(kSignalSteady * now_.hz, 12.0);
}

void SignalToneDetector::end() noexcept {
  const double ms = now_.ms();
  if (ms < kShortest) {  // Between two tones, one frame may look like a tone between them.
    since_ += now_.frames + broken_;
    broken_ = 0;
    now_ = {};
    return;
  }
  // Is it the next special information tone of the sequence?
  const bool follows = rungs_ == 0 || since_ <= kGap;
  const bool steady = now_.is_steady();
  if (rungs_ < 2 && follows && steady && is_about(now_.hz, kRungHz[rungs_], kRungSlack) && is_rung(ms)) {
    pitch_[rungs_] = pitch_of(now_.hz, kRungHz[rungs_]);
    ladder_[rungs_++] = ms;
  } else {
    rungs_ = 0;
  }
  last_ = told_ || !steady ? Run{} : now_;
  now_ = {};
  told_ = false;
  since_ = broken_ > 0 ? broken_ - 1 : 0;
  broken_ = 0;
}

std::optional<SignalTone> SignalToneDetector::while_it_sounds() noexcept {
  if (now_.frames == 1 && since_ > kGap) rungs_ = 0;
  if (now_.ms() > 40) last_ = {};  // Another tone follows. Therefore the last tone was not a beep.
  if (told_ || !now_.is_steady()) return std::nullopt;
  if (rungs_ == 2 && is_about(now_.hz, kRungHz[2], kRungSlack) && now_.ms() >= 200) {
    told_ = true;
    rungs_ = 0;
    return SignalTone{SignalTone::Kind::SpecialInformation,
                      kind_of(ladder_[0] > kLongFrom, pitch_[0], ladder_[1] > kLongFrom, pitch_[1]), now_.hz};
  }
  if (is_about(now_.hz, 2100, 15) && now_.ms() >= 500) {
    told_ = true;
    return SignalTone{.kind = SignalTone::Kind::FaxAnswering, .hz = now_.hz};
  }
  return std::nullopt;
}

std::optional<SignalTone> SignalToneDetector::when_over() noexcept {
  if (now_.frames != 0) return std::nullopt;
  since_ = std::min(since_ + 1, 1000u);
  if (last_.frames == 0 || since_ < kPatience) return std::nullopt;
  const Run over = std::exchange(last_, {});
  const double ms = over.ms();
  if (is_about(over.hz, 1100, 38) && is_about(ms, 500, 75 + 5)) {
    return SignalTone{.kind = SignalTone::Kind::FaxCalling, .hz = over.hz};
  }
  if (over.hz < 500 || over.hz > 2200 || ms < 120 || ms > 2000) return std::nullopt;
  return SignalTone{.kind = SignalTone::Kind::Beep, .hz = over.hz};
}

}  // namespace offhook::inline v0::media
