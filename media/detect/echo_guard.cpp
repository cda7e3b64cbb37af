#include <offhook/media/detect/echo_guard.hpp>

#include <offhook/media/detect/detail/four_windows.hpp>
#include <offhook/media/detect/detail/narrow_frame.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <utility>

namespace offhook::inline v0::media {
namespace {

// Levels and losses have a unit of 0.376 dB; 240 is 0 dBov.
constexpr float kDbPerUnit = 3.0103F / 8;
constexpr unsigned kSentFloor = 107;      // -50 dBov in a band: the guard learns nothing from quieter sent steps
constexpr float kHeardFloor = detail::kFullScalePower * 1e-6F;  // -60 dBov in a step: fainter sound is not voice
constexpr unsigned kMargin = 2, kFaintMargin = 12;   // 0.8 and 4.5 dB above the expected echo, by the path's loss
constexpr unsigned kLoudestMargin = 14;   // 5.3 dB are added to the margin for a path without loss, because resonances can amplify
constexpr unsigned kFarAbove = 12;        // A band above the margin counts half as unexplained; from 4.5 dB above the margin on, it counts in full.
constexpr unsigned kDecay = 5;            // 1.9 dB per step: a reverberation of 300 ms
constexpr unsigned kContradicted = 8;     // 3 dB below the least possible echo
constexpr unsigned kFall = 4;             // 1.5 dB for each step that contradicts a loss
constexpr std::uint64_t kRiseEvery = 4;   // 0.1 dB for each step that is louder than the loss allows
constexpr std::uint64_t kForgetEvery = 38;  // while no lag has a lower loss, the loss of the whole path rises by 1 dB per second
constexpr unsigned kFirstSteps = 150;     // steps of our speech until the path counts as known

constexpr unsigned kAll = 255U * 256U;    // maximum of EchoLags::unexplained
constexpr unsigned kOpenAtKnown = kAll * 2 / 5;    // a larger unexplained share is the caller's voice
constexpr unsigned kOpenAtUnknown = kAll / 8;      // the same limit for a lag without a known echo
// After kPlainSteps steps that are mostly unexplained, the caller's voice is certain. The guard then ignores echo for kHoldSteps (60 ms), for example
// between two syllables.
constexpr unsigned kPlain = kAll * 3 / 4, kPlainSteps = 3, kHoldSteps = 6;
constexpr unsigned kKnownWithin = 16 * 16;         // 6 dB above the loss of the strongest lag, in 16 bands
constexpr unsigned kLoudestPath = 16 * 8, kLoudPath = 16 * 21;  // 3 and 8 dB of loss
constexpr unsigned kFaintPath = 16 * 48;  // 18 dB: with at least this loss, the caller's voice is always clear

constexpr unsigned kAlike = 16U * 4096U * 4 / 5;   // two people who speak at once match for a moment, but not for a second at one lag
constexpr unsigned kAlikeNow = 14;                 // bands that match in a step without the caller's voice

const detail::EchoKernels& kernels() noexcept {
  static const detail::EchoKernels& chosen = *detail::echo_kernels().back();
  return chosen;
}

SixteenBytes to_levels(const detail::BandPowers& powers) {
  SixteenBytes levels;
  constexpr std::int32_t kOne = std::bit_cast<std::int32_t>(1.0F) >> 20;  // The exponent and three bits of the mantissa are a logarithm.
  for (std::size_t band = 0; band < powers.size(); ++band) {
    levels[band] = static_cast<std::uint8_t>((std::bit_cast<std::int32_t>(powers[band] + 1.0F) >> 20) - kOne);
  }
  return levels;
}

/// Returns each band's share of the amplitudes, 255 in total. With powers, one harmonic that a room amplifies would outweigh all other bands.
SixteenBytes to_shares(const detail::BandPowers& powers) {
  std::array<float, detail::kBands> amplitudes;
  float total = 1;
  for (std::size_t band = 0; band < powers.size(); ++band) total += amplitudes[band] = std::sqrt(powers[band]);
  SixteenBytes shares;
  const float scale = 255.0F / total;
  for (std::size_t band = 0; band < powers.size(); ++band) {
    shares[band] = static_cast<std::uint8_t>(static_cast<std::int32_t>(amplitudes[band] * scale));
  }
  return shares;
}

/// Moves the medians in `usual` by one unit: up where the level is higher, down where it is lower.
SixteenBytes follow(SixteenBytes usual, SixteenBytes levels) {
  return less(more(usual, where_more(levels, usual) & all_sixteen(1)), where_more(usual, levels) & all_sixteen(1));
}

bool is_silent(std::span<const std::int16_t> pcm) {
  std::int16_t any = 0;
  for (const std::int16_t sample : pcm) any = static_cast<std::int16_t>(any | sample);
  return any == 0;
}

}  // namespace

EchoGuard::EchoGuard(std::uint32_t rate_hz) : samples_(rate_hz / 50) {
  static_assert(kPast == detail::kPastSamples && kFrame == detail::kFrameSamples);
  reset();
}

void EchoGuard::reset() {
  std::fill_n(lags_.loss.begin(), kLags, Levels{});
  std::fill(lags_.loss.begin() + kLags, lags_.loss.end(), all_sixteen(255));
  std::fill_n(lags_.unexplained.begin(), kLags, std::uint16_t{0});
  std::fill(lags_.unexplained.begin() + kLags, lags_.unexplained.end(), detail::EchoLags::kNoLag);
  lags_.likeness.fill(0);
  path_loss_ = Levels{};
  sent_usual_ = heard_usual_ = all_sixteen(kSentFloor);
  learnt_steps_ = plain_ = hold_ = 0;
  open_ = 0;
  best_ = 0;
  moved_ = 0;
}

void EchoGuard::shift(int samples) {
  const int step = static_cast<int>(samples_ / 2);
  moved_ += samples;
  if (std::abs(moved_) >= step * static_cast<int>(kLags)) {  // None of the present lags was in range before.
    moved_ = 0;
    return reset();
  }
  const int steps = (moved_ + (moved_ < 0 ? -step : step) / 2) / step;
  moved_ -= steps * step;
  if (steps != 0) move_lags(steps);
}

/// Moves the values of all lags by `steps`. A lag that enters at an end of the range gets the values of its neighbour.
void EchoGuard::move_lags(int steps) {
  const auto by = static_cast<std::ptrdiff_t>(std::abs(steps));
  const auto move = [by, later = steps > 0](auto& all) {
    const auto lags = std::span(all).first(kLags);
    if (later) {
      std::fill(lags.begin(), std::copy_backward(lags.begin(), lags.end() - by, lags.end()), lags.front());
    } else {
      std::fill(std::copy(lags.begin() + by, lags.end(), lags.begin()), lags.end(), lags.back());
    }
  };
  move(lags_.loss);
  move(lags_.unexplained);
  move(lags_.likeness);
  best_ = static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(best_) + steps, 0, kLags - 1));
}

void EchoGuard::take_in(std::span<const std::int16_t> pcm, Line& line) const {
  std::copy_n(line.end() - kPast, kPast, line.begin());
  std::int16_t* const frame = line.data() + kPast;
  if (pcm.size() == kFrame && samples_ == kFrame) {
    std::copy(pcm.begin(), pcm.end(), frame);
    return;
  }
  detail::each_narrow_sample(pcm.size() == samples_ ? pcm : pcm.first(0), [frame](std::size_t i, std::int16_t sample) { frame[i] = sample; });
}

void EchoGuard::on_sent(std::span<const std::int16_t> sent) {
  take_in(sent, sent_line_);
  sent_sound_ = !is_silent(sent_line_);
}

void EchoGuard::prefetch() const noexcept {
  base::prefetch_between(this, &lags_);
  if (quiet_steps_ > kLags + kTail) return;  // Nothing of our audio can come back: the guard has no work.
  base::prefetch(lags_);
  sent_low_.prefetch();
  sent_high_.prefetch();
  sent_pattern_.prefetch();
}

void EchoGuard::push_sent(Levels levels) {
  const Levels before = std::exchange(sent_last_, levels), earlier = std::exchange(sent_before_, before);
  const Levels floor = all_sixteen(kSentFloor), decay = all_sixteen(kDecay);
  const auto proving = [floor](Levels low) { return low & where_more(low, floor); };
  const bool loud = sum_of(where_more(levels, floor)) != 0;
  // The newest step has one neighbour so far; the step before it gets its second neighbour now.
  sent_low_.change(0, proving(least_of(least_of(before, earlier), levels)));
  sent_low_.push(proving(least_of(levels, before)));
  const Levels high = most_of(most_of(before, earlier), most_of(levels, less(sent_high_.from(1)[0], decay)));
  sent_high_.change(0, high);
  sent_high_.push(most_of(levels, less(high, decay)));
  sent_pattern_.push(high_bits(where_more(levels, sent_usual_)));
  sent_loud_ = sent_loud_ << 1 | (loud ? 1 : 0);
  if (loud) sent_usual_ = follow(sent_usual_, levels);
  quiet_steps_ = loud ? 0 : quiet_steps_ + 1;
  ++steps_;
}

/// Lowers the loss of a lag whose patterns have been similar for long, if its echo is louder than this loss allows.
void EchoGuard::compare(std::size_t age, const Step& heard) {
  const auto pattern = high_bits(where_more(heard.levels, heard_usual_));
  const auto* const sent = sent_pattern_.from(age);
  const auto most = kernels().compare(lags_, sent, pattern, sent_loud_ >> age);
  const auto likeness = std::span(lags_.likeness).first(kLags);
  if (likeness[best_] < most) best_ = static_cast<std::size_t>(std::find(likeness.begin(), likeness.end(), most) - likeness.begin());
  const auto alike = static_cast<unsigned>(std::popcount(static_cast<std::uint16_t>(~(pattern ^ sent[best_]))));
  if (most < kAlike || !is_loud(age, best_) || alike < kAlikeNow) return;
  const Levels loss = least_of(lags_.loss[best_], path_loss_), low = sent_low_.from(age)[best_];
  lags_.loss[best_] = less(loss, where_more(heard.levels, less(low, loss)) & where_more(low, Levels{}) & all_sixteen(1));
}

/// Updates `path_loss_`, the least loss of all lags over the last seconds.
void EchoGuard::follow_losses(std::size_t age, Levels least) {
  if (learnt_steps_ < kFirstSteps) {
    path_loss_ = least;
    if (is_loud(age, 0)) ++learnt_steps_;
    return;
  }
  const Levels forgotten = all_sixteen((steps_ - 1 - age) % kForgetEvery == 0 ? 1 : 0);
  path_loss_ = least_of(least, more(path_loss_, forgotten));
}

/// Updates the losses of all lags. Raises the loss of a lag if `heard` has no echo at this lag, or a fainter one than expected.
void EchoGuard::learn(std::size_t age, Levels heard) {
  const Levels rise = all_sixteen((steps_ - 1 - age) % kRiseEvery == 0 ? 1 : 0);
  follow_losses(age, kernels().learn(lags_, sent_low_.from(age), heard, more(heard, all_sixteen(kContradicted)), all_sixteen(kFall), rise));
}

/// Returns true if a step is our echo. `age` is the index of the sent step that was the newest when `heard` came.
bool EchoGuard::is_echo(std::size_t age, const Step& heard, bool trust) {
  if (trust) learn(age, heard.levels);
  if (!heard.heard) return false;
  const unsigned known = sum_of(path_loss_), path = std::clamp(known, kLoudPath, kFaintPath);
  const unsigned at_unknown = kOpenAtUnknown + (kOpenAtKnown - kOpenAtUnknown) * (path - kLoudPath) / (kFaintPath - kLoudPath);
  const unsigned loudest = kLoudestMargin * (kLoudestPath - std::min(known, kLoudestPath)) / kLoudestPath;
  const Levels margin = all_sixteen(kMargin + loudest + (kFaintMargin - kMargin) * (path - kLoudPath) / (kFaintPath - kLoudPath));
  // If a band seems to lose more than the average, our voice has probably not yet met the strongest resonance of this band.
  const Levels levelled = least_of(path_loss_, all_sixteen(known / 16));
  const detail::EchoQuestion question{.heard = heard.levels,
                                      .share = heard.share,
                                      .loss = less(levelled, margin),
                                      .gain = less(margin, levelled),
                                      .far_above = all_sixteen(kFarAbove),
                                      .known_within = kKnownWithin,
                                      .open_at_known = kOpenAtKnown,
                                      .open_at_unknown = static_cast<std::uint16_t>(at_unknown)};
  const auto answer = kernels().judge(lags_, sent_high_.from(age), question);
  open_ = answer.least_unexplained;
  if (trust) {
    compare(age, heard);
    heard_usual_ = follow(heard_usual_, heard.levels);
  }
  return answer.echo;
}

/// Returns true if our last audio was so long ago that not even its reverberation can come back.
bool EchoGuard::rests() {
  if (sent_sound_ || quiet_steps_ <= kLags + kTail) return false;
  quiet_steps_ += 2;
  return true;
}

EchoGuard::Verdict EchoGuard::on_heard(std::span<const std::int16_t> heard, bool trust) {
  take_in(heard, heard_line_);
  if (rests()) return {};
  const auto powers = detail::four_windows(heard_line_.data(), &heard_line_[detail::kStepSamples], sent_line_.data(),
                                           &sent_line_[detail::kStepSamples]);
  push_sent(to_levels(powers[2]));
  push_sent(to_levels(powers[3]));
  return judge(powers[0], powers[1], trust);
}

EchoGuard::Verdict EchoGuard::on_heard(const BandsOfCall& bands, bool trust) {
  if (rests()) return {};
  push_sent(to_levels(bands.sent(0)));
  push_sent(to_levels(bands.sent(1)));
  return judge(bands.heard(0), bands.heard(1), trust);
}

EchoGuard::Verdict EchoGuard::judge(const detail::BandPowers& first, const detail::BandPowers& second, bool trust) {
  Verdict verdict;
  for (const bool newest : {false, true}) {
    const detail::BandPowers& powers = newest ? second : first;
    float total = 1;
    for (const float power : powers) total += power;
    const Step step{to_levels(powers), to_shares(powers), total >= kHeardFloor};
    // The audio sent with the last tick is the newest whose echo can come now.
    const bool echo = is_echo(newest ? 0 : 1, step, trust);
    if (step.heard) verdict.echo = echo;
    plain_ = step.heard && open_ > kPlain ? plain_ + 1 : 0;
    hold_ = plain_ >= kPlainSteps ? kHoldSteps : hold_ - (hold_ > 0 ? 1 : 0);
    if (hold_ > 0) verdict.echo = false;
  }
  verdict.unexplained = static_cast<float>(open_) / static_cast<float>(kAll);
  return verdict;
}

EchoGuard::Path EchoGuard::path() const {
  const auto losses = std::span(lags_.loss).first(kLags);
  const auto strongest = std::min_element(losses.begin(), losses.end(), [](Levels a, Levels b) { return sum_of(a) < sum_of(b); });
  const auto lag = static_cast<std::uint32_t>(strongest - losses.begin());
  return {lag * kStepMs + kMinLagMs, -kDbPerUnit * static_cast<float>(sum_of(*strongest)) / 16,
          static_cast<float>(lags_.likeness[best_]) / (16 * 4096)};
}

}  // namespace offhook::inline v0::media
