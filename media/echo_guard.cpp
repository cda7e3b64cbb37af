#include <offhook/media/echo_guard.hpp>

#include <offhook/media/four_floats.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>

namespace offhook::inline v0::media {
namespace {

// Mean squares of int16; full scale is 0 dBov as in RFC 6464.
constexpr float kFullScale = 32768.0F * 32768.0F;
constexpr float kSentFloor = kFullScale * 1e-5F;     // -50 dBov in a band: quieter steps of ours prove nothing
constexpr float kHeardFloor = kFullScale * 1e-6F;    // -60 dBov in a frame: nobody's voice
constexpr float kMargin = 3.0F;                      // 5 dB over what an echo should have
constexpr float kCaller = 0.4F;                      // so much of the energy unexplained, and it is the caller
constexpr float kTail = 0.65F;                       // 1.9 dB per step: a room that rings for 300 ms
constexpr float kFall = 0.7F, kRise = 1.02F;         // of a bound, per step that contradicts or outgrows it
constexpr float kMaxCoupling = 1.0F;
constexpr float kMinCoupling = 1e-9F;                // -90 dB explains nothing; without it a silent line's bounds become denormals, which are dear

// An echo's envelope follows ours closely; two people who speak at once agree for a moment, but not for a second at one lag.
constexpr float kForget = 0.988F;                    // 0.8 s
constexpr float kEnoughSteps = 50.0F;                // effective steps before a correlation is believed
constexpr float kAlike = 0.88F;

constexpr std::size_t kAtLeastSteps = 2;             // our own packet has 20 ms: no echo comes sooner

float to_dbov(float mean_square) { return mean_square <= 0 ? -127.0F : std::max(-127.0F, 10.0F * std::log10(mean_square / kFullScale)); }

float fourth_root(float power) { return std::sqrt(std::sqrt(power)); }

}  // namespace

EchoGuard::Bank::Bank(std::uint32_t rate_hz) {
  constexpr Levels kCentres{300, 700, 1500, 2700};
  constexpr float kQ = 1.2F;
  for (std::size_t band = 0; band < kBands; ++band) {
    const float omega = 2.0F * std::numbers::pi_v<float> * kCentres[band] / static_cast<float>(rate_hz);
    const float alpha = std::sin(omega) / (2.0F * kQ);
    b0_[band] = alpha / (1.0F + alpha);
    a1_[band] = -2.0F * std::cos(omega) / (1.0F + alpha);
    a2_[band] = (1.0F - alpha) / (1.0F + alpha);
  }
}

EchoGuard::Levels EchoGuard::Bank::measure(std::span<const std::int16_t> pcm) {
  Levels levels{}, y1 = y1_, y2 = y2_;
  float x1 = x1_, x2 = x2_;
  for (const std::int16_t sample : pcm) {
    const auto x = static_cast<float>(sample);
    const float difference = x - x2;
    for (std::size_t band = 0; band < kBands; ++band) {
      const float y = b0_[band] * difference - a1_[band] * y1[band] - a2_[band] * y2[band];
      y2[band] = y1[band];
      y1[band] = y;
      levels[band] += y * y;
    }
    x2 = x1;
    x1 = x;
  }
  x1_ = x1;
  x2_ = x2;
  for (std::size_t band = 0; band < kBands; ++band) {
    levels[band] /= static_cast<float>(std::max<std::size_t>(pcm.size(), 1));
    // Denormals would make silence dear.
    y1_[band] = std::fabs(y1[band]) < 1e-6F ? 0.0F : y1[band];
    y2_[band] = std::fabs(y2[band]) < 1e-6F ? 0.0F : y2[band];
  }
  return levels;
}

EchoGuard::EchoGuard(std::uint32_t rate_hz) : sent_bank_(rate_hz), heard_bank_(rate_hz) { reset(); }

void EchoGuard::reset() {
  for (auto& bound : bound_) bound.fill(kMaxCoupling);
  sums_ = {};
  heard_sum_ = {};
  heard_square_ = {};
  weight_ = 0;
  likeness_ = 0;
}

void EchoGuard::on_sent(std::span<const std::int16_t> sent) {
  const auto half = sent.size() / 2;
  push_sent(sent_bank_.measure(sent.first(half)));
  push_sent(sent_bank_.measure(sent.subspan(half)));
}

void EchoGuard::push_sent(const Levels& levels) {
  const auto now = slot(steps_), before = slot(steps_ - 1), earlier = slot(steps_ - 2);
  sent_[now] = levels;
  std::transform(levels.begin(), levels.end(), sent_root_[now].begin(), fourth_root);
  for (std::size_t band = 0; band < kBands; ++band) {
    // The newest has one neighbour so far; the one before it gets its second now.
    sent_low_[now][band] = std::min(levels[band], sent_[before][band]);
    sent_low_[before][band] = std::min(sent_low_[before][band], levels[band]);
    sent_high_[before][band] = std::max({sent_[before][band], sent_[earlier][band], levels[band], sent_high_[earlier][band] * kTail});
    sent_high_[now][band] = std::max(levels[band], sent_high_[before][band] * kTail);
  }
  const bool loud = std::any_of(levels.begin(), levels.end(), [](float level) { return level >= kSentFloor; });
  quiet_steps_ = loud ? 0 : quiet_steps_ + 1;
  ++steps_;
}

/// Without a branch: what is heard decides like a coin.
void EchoGuard::learn(std::uint64_t step, const Levels& heard) {
  static_assert(kBands == 4);
  constexpr FourFloats kFloor{kSentFloor, kSentFloor, kSentFloor, kSentFloor}, kMost{kMaxCoupling, kMaxCoupling, kMaxCoupling, kMaxCoupling};
  constexpr FourFloats kLeast{kMinCoupling, kMinCoupling, kMinCoupling, kMinCoupling};
  const FourFloats level = load_four(heard.data());
  for (std::size_t lag = 0; lag < kLags; ++lag) {
    const FourFloats sent = load_four(sent_low_[slot(step - lag)].data()), bound = load_four(bound_[lag].data());
    const FourFloats expected = bound * sent, risen = bound * kRise, fallen = bound * kFall;
    const FourFloats raised = risen > kMost ? kMost : risen, lowered = fallen < kLeast ? kLeast : fallen;
    const FourFloats moved = level < 0.5F * expected ? lowered : (level > expected ? raised : bound);
    const FourFloats learnt = sent < kFloor ? bound : moved;
    std::memcpy(bound_[lag].data(), &learnt, sizeof learnt);
  }
}

void EchoGuard::correlate(std::uint64_t step, const Levels& heard) {
  Levels root;
  std::transform(heard.begin(), heard.end(), root.begin(), fourth_root);
  weight_ = weight_ * kForget + 1.0F;
  float heard_variance = 0;
  for (std::size_t band = 0; band < kBands; ++band) {
    heard_sum_[band] = heard_sum_[band] * kForget + root[band];
    heard_square_[band] = heard_square_[band] * kForget + root[band] * root[band];
    heard_variance += heard_square_[band] - heard_sum_[band] * heard_sum_[band] / weight_;
  }
  float best = 0;
  std::size_t best_lag = 0;
  for (std::size_t lag = 0; lag < kLags; ++lag) {
    float covariance = 0, variance = 0;
    for (std::size_t band = 0; band < kBands; ++band) {
      Sums& sums = sums_[lag][band];
      const float sent = sent_root_[slot(step - lag)][band];
      sums.sent = sums.sent * kForget + sent;
      sums.square = sums.square * kForget + sent * sent;
      sums.product = sums.product * kForget + sent * root[band];
      variance += sums.square - sums.sent * sums.sent / weight_;
      covariance += sums.product - sums.sent * heard_sum_[band] / weight_;
    }
    const float scale = variance * heard_variance;
    const float likeness = scale > 0 && covariance > 0 ? covariance / std::sqrt(scale) : 0.0F;
    if (likeness > best) {
      best = likeness;
      best_lag = lag;
    }
  }
  likeness_ = best;
  if (best < kAlike || weight_ < kEnoughSteps) return;
  for (std::size_t band = 0; band < kBands; ++band) {
    const Sums& sums = sums_[best_lag][band];
    const float variance = sums.square - sums.sent * sums.sent / weight_;
    const float covariance = sums.product - sums.sent * heard_sum_[band] / weight_;
    if (variance <= 0 || covariance <= 0) continue;
    const float slope = covariance / variance;
    const float coupling = std::min(slope * slope * slope * slope, kMaxCoupling);
    bound_[best_lag][band] = std::max(bound_[best_lag][band], coupling);
  }
}

EchoGuard::Levels EchoGuard::explain(std::uint64_t step) const {
  FourFloats most{};
  for (std::size_t lag = 0; lag < kLags; ++lag) {
    const FourFloats echo = load_four(bound_[lag].data()) * load_four(sent_high_[slot(step - lag)].data());
    most = echo > most ? echo : most;
  }
  Levels levels;
  std::memcpy(levels.data(), &most, sizeof most);
  return levels;
}

EchoGuard::Verdict EchoGuard::on_heard(std::span<const std::int16_t> heard, bool trust) {
  const auto half = heard.size() / 2;
  float total = 0, explained = 0, over = 0;
  for (std::size_t part = 0; part < 2; ++part) {
    const auto levels = heard_bank_.measure(part == 0 ? heard.first(half) : heard.subspan(half));
    for (const float level : levels) total += level;
    if (quiet_steps_ > kLags + kHistory / 4) {  // Nothing of ours can come back any more, the room's tail included.
      for (const float level : levels) over += level;
      continue;
    }
    // steps_ is the step that is about to be sent with this tick's first half.
    const auto step = steps_ + part - kAtLeastSteps;
    if (trust) correlate(step, levels);
    if (trust) learn(step, levels);
    const auto most = explain(step);
    for (std::size_t band = 0; band < kBands; ++band) {
      explained += kMargin * most[band];
      over += std::max(0.0F, levels[band] - kMargin * most[band]);
    }
  }
  Verdict verdict;
  verdict.heard_dbov = to_dbov(total / 2);
  verdict.explained_dbov = to_dbov(explained / 2);
  verdict.echo = total / 2 >= kHeardFloor && over < kCaller * total;
  return verdict;
}

EchoGuard::Path EchoGuard::path() const {
  float best = -1;
  std::size_t best_lag = 0;
  for (std::size_t lag = 0; lag < kLags; ++lag) {
    float sum = 0;
    for (const float bound : bound_[lag]) sum += bound;
    if (sum <= best) continue;
    best = sum;
    best_lag = lag;
  }
  return {static_cast<std::uint32_t>((best_lag + kAtLeastSteps) * kStepMs), 10.0F * std::log10(std::max(best / kBands, 1e-12F)), likeness_};
}

}  // namespace offhook::inline v0::media
