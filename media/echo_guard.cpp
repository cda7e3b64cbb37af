#include <offhook/media/echo_guard.hpp>

#include <offhook/media/detail/four_windows.hpp>
#include <offhook/media/detail/narrow_frame.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>

namespace offhook::inline v0::media {
namespace {

// Levels and losses are in units of 0.376 dB; 240 is 0 dBov.
constexpr float kDbPerUnit = 3.0103F / 8;
constexpr unsigned kSentFloor = 107;      // -50 dBov in a band: quieter steps of ours prove nothing
constexpr float kHeardFloor = detail::kFullScalePower * 1e-6F;  // -60 dBov in a step: nobody's voice
constexpr unsigned kMargin = 2, kFaintMargin = 12;   // 0.8 and 4.5 dB over what an echo should have, by the path's loss
constexpr unsigned kLoudestMargin = 14;   // 5.3 dB more where nothing is lost: a room may even add
constexpr unsigned kFarAbove = 12;        // 4.5 dB more: this band counts in full, others half
constexpr unsigned kTail = 5;             // 1.9 dB per step: a room that rings for 300 ms
constexpr unsigned kContradicted = 8;     // 3 dB under what an echo would have at least
constexpr unsigned kFall = 4;             // 1.5 dB per step that contradicts a loss
constexpr std::uint64_t kRiseEvery = 4;   // 0.1 dB per step that outgrows it
constexpr std::uint64_t kForgetEvery = 38;  // The path as a whole is forgotten by 1 dB in a second.
constexpr unsigned kFirstSteps = 150;     // of our speech, in which it is not: then the path is known

constexpr unsigned kAll = 255U * 256U;    // of LagState::unexplained
constexpr unsigned kOpenAtKnown = kAll * 2 / 5;    // so much of the energy unexplained, and it is the caller
constexpr unsigned kOpenAtUnknown = kAll / 8;      // at a lag where no echo was known
constexpr unsigned kPlain = kAll * 3 / 4, kPlainSteps = 3, kHoldSteps = 6;  // The echo between two syllables, of 60 ms, does not count.
constexpr unsigned kKnownWithin = 16 * 16;         // 6 dB of the strongest lag, in 16 bands
constexpr unsigned kLoudestPath = 16 * 8, kLoudPath = 16 * 21;  // 3 and 8 dB of loss
constexpr unsigned kFaintPath = 16 * 48;  // 18 dB: over such a path a caller is plain anyway

constexpr unsigned kAlike = 16U * 4096U * 4 / 5;   // Two people who speak at once agree for a moment, but not for a second at one lag.
constexpr unsigned kEnoughSteps = 50;
constexpr unsigned kAlikeNow = 14;                 // bands of a step that has nothing of the caller

SixteenBytes to_levels(const detail::BandPowers& powers) {
  SixteenBytes levels;
  constexpr std::int32_t kOne = std::bit_cast<std::int32_t>(1.0F) >> 20;  // The exponent and three bits of the mantissa are a logarithm.
  for (std::size_t band = 0; band < powers.size(); ++band) {
    levels[band] = static_cast<std::uint8_t>((std::bit_cast<std::int32_t>(powers[band] + 1.0F) >> 20) - kOne);
  }
  return levels;
}

/// By amplitude, not by power: one harmonic on a resonance of the room may be well above what was expected, and says little.
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

/// The median in steps of one unit: up where it is exceeded, down where it is not reached.
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
  loss_.fill(Levels{});
  lags_.fill({});
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
  if (std::abs(moved_) >= step * static_cast<int>(kLags)) {  // No lag of before is one of now.
    moved_ = 0;
    return reset();
  }
  const int steps = (moved_ + (moved_ < 0 ? -step : step) / 2) / step;
  moved_ -= steps * step;
  if (steps != 0) move_lags(steps);
}

/// Lags that come in at an end are taken for what their neighbour was.
void EchoGuard::move_lags(int steps) {
  const auto by = static_cast<std::ptrdiff_t>(std::abs(steps));
  const auto move = [by, later = steps > 0](auto& lags) {
    if (later) {
      std::fill(lags.begin(), std::copy_backward(lags.begin(), lags.end() - by, lags.end()), lags.front());
    } else {
      std::fill(std::copy(lags.begin() + by, lags.end(), lags.begin()), lags.end(), lags.back());
    }
  };
  move(loss_);
  move(lags_);
  best_ = static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(best_) + steps, 0, kLags - 1));
}

void EchoGuard::on_sent(std::span<const std::int16_t> sent) {
  std::copy_n(sent_line_.end() - kPast, kPast, sent_line_.begin());
  const auto frame = std::span(sent_line_).subspan(kPast);
  detail::each_narrow_sample(sent.size() == samples_ ? sent : sent.first(0),
                             [frame](std::size_t i, std::int16_t sample) { frame[i] = sample; });
  sent_sound_ = !is_silent(sent_line_);
}

void EchoGuard::push_sent(Levels levels) {
  const auto now = slot(steps_), before = slot(steps_ - 1), earlier = slot(steps_ - 2);
  const bool loud = sum_of(where_more(levels, all_sixteen(kSentFloor))) != 0;
  sent_[now] = levels;
  // The newest has one neighbour so far; the one before it gets its second now.
  sent_low_[now] = least_of(levels, sent_[before]);
  sent_low_[before] = least_of(sent_low_[before], levels);
  sent_high_[before] = most_of(most_of(sent_[before], sent_[earlier]), most_of(levels, less(sent_high_[earlier], all_sixteen(kTail))));
  sent_high_[now] = most_of(levels, less(sent_high_[before], all_sixteen(kTail)));
  sent_pattern_[now] = where_more(levels, sent_usual_);
  sent_loud_[now] = loud;
  if (loud) sent_usual_ = follow(sent_usual_, levels);
  quiet_steps_ = loud ? 0 : quiet_steps_ + 1;
  ++steps_;
}

/// An echo at this lag would have been heard: that it was not, or not so loud, says how much is lost on the way at least.
void EchoGuard::learn(std::uint64_t step, std::size_t lag, Levels heard) {
  const Levels low = sent_low_[slot(step - lag)], expected = less(low, loss_[lag]), active = where_more(low, all_sixteen(kSentFloor));
  const Levels contradicts = where_more(expected, more(heard, all_sixteen(kContradicted))) & active;
  const Levels outgrows = where_more(heard, expected) & active;
  const Levels rise = all_sixteen(step % kRiseEvery == 0 ? 1 : 0);
  loss_[lag] = less(more(loss_[lag], contradicts & all_sixteen(kFall)), outgrows & rise);
}

void EchoGuard::compare(std::uint64_t step, std::size_t lag, Levels pattern) {
  const auto at = slot(step - lag);
  if (!sent_loud_[at]) return;
  LagState& state = lags_[lag];
  const int alike = static_cast<int>(sum_of(~(pattern ^ sent_pattern_[at]) & all_sixteen(1)));
  state.likeness = static_cast<std::uint16_t>(state.likeness + (alike * 4095 - state.likeness) / 64);
  state.compared = static_cast<std::uint8_t>(std::min(state.compared + 1, 255));
}

/// Where the patterns have been alike for long, there is an echo, and it may be louder than was known.
void EchoGuard::follow_likeness(std::uint64_t step, const Step& heard, Levels pattern) {
  for (std::size_t lag = 0; lag < kLags; ++lag) {
    if (lags_[lag].likeness > lags_[best_].likeness) best_ = lag;
  }
  const auto at = slot(step - best_);
  const unsigned alike = sum_of(~(pattern ^ sent_pattern_[at]) & all_sixteen(1));
  if (lags_[best_].likeness < kAlike || lags_[best_].compared < kEnoughSteps || !sent_loud_[at] || alike < kAlikeNow) return;
  Levels& loss = loss_[best_];
  loss = least_of(loss, path_loss_);
  const Levels low = sent_low_[at];
  loss = less(loss, where_more(heard.levels, less(low, loss)) & where_more(low, all_sixteen(kSentFloor)) & all_sixteen(1));
}

void EchoGuard::follow_losses(std::uint64_t step) {
  Levels least = loss_[0];
  for (const Levels loss : loss_) least = least_of(least, loss);
  if (learnt_steps_ < kFirstSteps) {
    path_loss_ = least;
    if (sent_loud_[slot(step)]) ++learnt_steps_;
    return;
  }
  const Levels forgotten = all_sixteen(step % kForgetEvery == 0 ? 1 : 0);
  path_loss_ = least_of(least, more(path_loss_, forgotten));
}

/// Whether the step is our echo.
bool EchoGuard::judge(std::uint64_t step, const Step& heard, bool trust) {
  const Levels pattern = where_more(heard.levels, heard_usual_);
  if (trust) {
    for (std::size_t lag = 0; lag < kLags; ++lag) learn(step, lag, heard.levels);
    follow_losses(step);
  }
  if (!heard.heard) return false;
  unsigned strongest = ~0U;
  for (const Levels loss : loss_) strongest = std::min(strongest, sum_of(loss));
  const unsigned path = std::clamp(sum_of(path_loss_), kLoudPath, kFaintPath);
  const unsigned at_unknown = kOpenAtUnknown + (kOpenAtKnown - kOpenAtUnknown) * (path - kLoudPath) / (kFaintPath - kLoudPath);
  const unsigned loudest = kLoudestMargin * (kLoudestPath - std::min(sum_of(path_loss_), kLoudestPath)) / kLoudestPath;
  const Levels margin = all_sixteen(kMargin + loudest + (kFaintMargin - kMargin) * (path - kLoudPath) / (kFaintPath - kLoudPath));
  // A band that seems to lose more than most is one of whose resonances our pitch has not met the strongest yet.
  const Levels levelled = least_of(path_loss_, all_sixteen(sum_of(path_loss_) / 16));
  const Levels loss = less(levelled, margin), gain = less(margin, levelled);
  bool echo = false;
  unsigned least = kAll;
  for (std::size_t lag = 0; lag < kLags; ++lag) {
    const Levels most = more(less(sent_high_[slot(step - lag)], loss), gain);
    LagState& state = lags_[lag];
    const Levels above = heard.share & where_more(heard.levels, most);
    const Levels far_above = above & where_more(heard.levels, more(most, all_sixteen(kFarAbove)));
    const int open = static_cast<int>(sum_of(above) + sum_of(far_above)) * 128;
    state.unexplained = static_cast<std::uint16_t>(state.unexplained + (open - state.unexplained) * 3 / 8);
    echo = echo || state.unexplained <= (sum_of(loss_[lag]) <= strongest + kKnownWithin ? kOpenAtKnown : at_unknown);
    least = std::min<unsigned>(least, state.unexplained);
    if (trust) compare(step, lag, pattern);
  }
  open_ = static_cast<std::uint16_t>(least);
  if (trust) {
    follow_likeness(step, heard, pattern);
    heard_usual_ = follow(heard_usual_, heard.levels);
  }
  return echo;
}

EchoGuard::Verdict EchoGuard::on_heard(std::span<const std::int16_t> heard, bool trust) {
  std::copy_n(heard_line_.end() - kPast, kPast, heard_line_.begin());
  const auto frame = std::span(heard_line_).subspan(kPast);
  detail::each_narrow_sample(heard.size() == samples_ ? heard : heard.first(0),
                             [frame](std::size_t i, std::int16_t sample) { frame[i] = sample; });
  if (!sent_sound_ && quiet_steps_ > kLags + kHistory) {  // Nothing of ours can come back any more, the room's tail included.
    quiet_steps_ += 2;
    return {};
  }
  const auto powers = detail::four_windows(heard_line_.data(), &heard_line_[detail::kStepSamples], sent_line_.data(),
                                           &sent_line_[detail::kStepSamples]);
  push_sent(to_levels(powers[2]));
  push_sent(to_levels(powers[3]));
  Verdict verdict;
  for (std::size_t half = 0; half < 2; ++half) {
    float total = 1;
    for (const float power : powers[half]) total += power;
    const Step step{to_levels(powers[half]), to_shares(powers[half]), total >= kHeardFloor};
    // What was sent with the last tick is the newest that can be heard now.
    const bool echo = judge(steps_ - 2 + half, step, trust);
    if (step.heard) verdict.echo = echo;
    plain_ = step.heard && open_ > kPlain ? plain_ + 1 : 0;
    hold_ = plain_ >= kPlainSteps ? kHoldSteps : hold_ - (hold_ > 0 ? 1 : 0);
    if (hold_ > 0) verdict.echo = false;
  }
  verdict.unexplained = static_cast<float>(open_) / static_cast<float>(kAll);
  return verdict;
}

EchoGuard::Path EchoGuard::path() const {
  const auto strongest = std::min_element(loss_.begin(), loss_.end(), [](Levels a, Levels b) { return sum_of(a) < sum_of(b); });
  const auto lag = static_cast<std::uint32_t>(strongest - loss_.begin());
  return {lag * kStepMs + kMinLagMs, -kDbPerUnit * static_cast<float>(sum_of(*strongest)) / 16,
          static_cast<float>(lags_[best_].likeness) / (16 * 4096)};
}

}  // namespace offhook::inline v0::media
