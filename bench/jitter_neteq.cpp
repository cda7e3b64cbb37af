#include <offhook/bench/jitter_log.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <deque>
#include <iterator>
#include <limits>
#include <map>
#include <optional>

// A model of the policy of WebRTC's NetEq for bench/jitter_players.hpp: it decides when to play, expand, merge, accelerate and decelerate.
namespace offhook::bench {

namespace {

constexpr double kUnitsPerMs = 8;
constexpr std::int64_t kOutput = 80;            // units of output; NetEq returns 10 ms each time
constexpr double kBucketMs = 20, kStartDelayMs = 80, kHistoryMs = 2000;
constexpr int kBuckets = 100;
constexpr std::size_t kMaxPackets = 200;

/// A histogram of relative delays. Old values lose weight, at first fast and later slowly.
class DelayHistogram {
 public:
  explicit DelayHistogram(double forget) : forget_(forget) {}
  void add(double delay_ms) {
    const auto bucket = static_cast<std::size_t>(delay_ms / kBucketMs);
    if (bucket >= kBuckets) return;
    constexpr double kStartWeight = 2;
    const double forget = std::clamp(1 - kStartWeight / ++added_, 0.0, forget_);
    for (double& share : shares_) share *= forget;
    shares_[bucket] += 1 - forget;
  }
  [[nodiscard]] const std::array<double, kBuckets>& shares() const { return shares_; }

 private:
  double forget_, added_ = 1;
  std::array<double, kBuckets> shares_{};
};

/// The target delay. It is the delay that suffices for 95 % of the intervals of half a second, or the best delay for reordered packets if
/// that is longer.
class DelayTarget {
 public:
  void on_packet(double now_ms, double transit_ms, bool reordered) {
    history_.push_back({now_ms, transit_ms});
    while (now_ms - history_.front().at > kHistoryMs) history_.pop_front();
    const auto fastest = std::min_element(history_.begin(), history_.end(), [](auto a, auto b) { return a.transit < b.transit; });
    const double delay = transit_ms - fastest->transit;
    if (!reordered) add_to_interval(now_ms, delay);
    reorders_.add(reordered ? delay : 0);
    target_ms_ = std::max(quantile_ms(), reordered_ms());
  }
  [[nodiscard]] double target_ms() const { return target_ms_; }

 private:
  void add_to_interval(double now_ms, double delay_ms) {
    constexpr double kIntervalMs = 500;
    if (now_ms - interval_begin_ > kIntervalMs) {
      if (interval_most_) underruns_.add(*interval_most_);
      has_any_ = has_any_ || interval_most_;
      interval_begin_ = now_ms;
      interval_most_.reset();
    }
    interval_most_ = std::max(interval_most_.value_or(0), delay_ms);
  }
  [[nodiscard]] double quantile_ms() const {
    if (!has_any_) return kStartDelayMs;
    double sum = 0;
    std::size_t bucket = 0;
    while (bucket + 1 < kBuckets && (sum += underruns_.shares()[bucket]) < 0.95) ++bucket;
    return (static_cast<double>(bucket) + 1) * kBucketMs;
  }
  [[nodiscard]] double reordered_ms() const {
    constexpr double kMsPerPercent = 20;
    double late = 1, least = std::numeric_limits<double>::max(), best = 0;
    for (std::size_t bucket = 0; bucket < kBuckets; ++bucket) {
      late -= reorders_.shares()[bucket];
      const double delay = static_cast<double>(bucket) * kBucketMs, cost = std::max(0.0, delay - quantile_ms()) + 100 * kMsPerPercent * std::max(late, 0.0);
      if (cost < least - 1e-9) {
        least = cost;
        best = delay;
      }
    }
    return best + kBucketMs;
  }

  struct Arrival {
    double at, transit;
  };
  std::deque<Arrival> history_;
  DelayHistogram underruns_{0.983}, reorders_{0.9993};
  double interval_begin_ = 0;
  std::optional<double> interval_most_;
  bool has_any_ = false;
  double target_ms_ = kStartDelayMs;
};

class NetEqPolicy {
 public:
  explicit NetEqPolicy(const JitterTrace& trace) : log_(trace) {}

  void put(const TracePacket& packet) {
    if (held_.size() == kMaxPackets) held_.clear();
    held_.emplace(packet.timestamp, packet.comfort_noise);
    if (packet.comfort_noise) return;
    const bool reordered = newest_ && packet.timestamp < *newest_;
    if (!reordered) newest_ = packet.timestamp;
    target_.on_packet(packet.arrives_ms, packet.arrives_ms - packet.timestamp / kUnitsPerMs, reordered);
  }

  void play_10_ms(double now_ms) {
    now_ms_ = now_ms;
    if (next_) held_.erase(held_.begin(), held_.lower_bound(static_cast<std::uint32_t>(*next_)));
    filter_level();
    if (line_.waiting() >= kOutput && mode_ != Mode::Expand) {
      maybe_stretch();
      return finish();
    }
    decide();
  }

  [[nodiscard]] Playing result() {
    Playing playing = log_.finish();
    playing.stretched_percent = 100.0 * static_cast<double>(stretched_) / static_cast<double>(playing.frames * kPacketUnits);
    return playing;
  }

 private:
  enum class Mode : std::uint8_t { Normal, Expand, Noise };

  [[nodiscard]] double target_units() const { return std::max(target_.target_ms() * kUnitsPerMs, static_cast<double>(kPacketUnits)); }
  [[nodiscard]] double span() const {
    return held_.empty() ? 0 : static_cast<double>(held_.rbegin()->first - held_.begin()->first) + kPacketUnits;
  }
  void filter_level() {
    if (mode_ == Mode::Noise) return;
    const double target_ms = target_.target_ms(), keep = (target_ms <= 20 ? 251 : target_ms <= 60 ? 252 : target_ms <= 140 ? 253 : 254) / 256.0;
    level_ = std::max(0.0, level_ * keep + span() * (1 - keep) - static_cast<double>(removed_));
    removed_ = 0;
  }

  void decide() {
    if (held_.empty()) return mode_ == Mode::Noise ? noise() : expand();
    const auto next = held_.begin();
    if (!next_) next_ = next->first;
    const std::int64_t leap = next->first - *next_;
    if (next->second) return begin_noise(next->first);
    if (expands_ > 100) return decode();                                          // NetEq continues as if the sender had restarted.
    const bool muted = expands_ > 5;
    if (mode_ == Mode::Expand && muted && span() < target_units() / 2) return expand();
    if (leap == 0) return decode();
    if (mode_ == Mode::Noise) {
      const double window = 50 * kUnitsPerMs;
      const bool enough = made_up_ >= leap && span() >= target_units() - window;
      return enough || span() > target_units() + window ? decode() : noise();
    }
    if (mode_ == Mode::Normal) return expand();
    const bool waits = leap < 100 * kOutput && expands_ < 10 && leap > kOutput * expands_ && level_ < target_units();
    return waits ? expand() : decode();                                            // NetEq merges the decoded audio with the concealment.
  }

  void decode() {
    take();
    const bool was_expanding = mode_ == Mode::Expand;
    mode_ = Mode::Normal;
    expands_ = 0;
    if (!was_expanding) maybe_stretch();
    finish();
  }

  void take() {
    const auto packet = held_.begin();
    log_.frame(packet->first, now_ms_ + static_cast<double>(line_.waiting()) / kUnitsPerMs);
    next_ = packet->first + kPacketUnits;
    held_.erase(packet);
    line_.add(kPacketUnits);
  }
  [[nodiscard]] bool has_next() const { return !held_.empty() && !held_.begin()->second && held_.begin()->first == next_; }

  /// Removes or adds one pitch period, at most every 50 ms. Stretching needs 30 ms of audio. If the buffer holds four times its target,
  /// audio is removed without delay, whatever the quality is.
  void maybe_stretch() {
    if (mode_ != Mode::Normal) return;
    const double target = target_units(), low = std::max(target * 3 / 4, target - 85 * kUnitsPerMs), high = std::max(target, low + 20 * kUnitsPerMs);
    const bool fast = level_ >= 4 * high, may = now_ms_ - stretched_at_ >= 50;
    if (!fast && (!may || (level_ >= low && level_ < high))) return;
    constexpr std::int64_t kMost = 120, kNeeded = 2 * kMost;
    while (line_.waiting() < kNeeded && has_next()) take();
    if (line_.waiting() < kNeeded) return;
    const std::int64_t by = level_ >= high ? line_.stretch(-kMost, fast) : line_.stretch(kMost, false);
    if (by == 0) return;
    stretched_at_ = now_ms_;
    stretched_ += std::abs(by);
    removed_ = -by;
  }

  void finish() {
    mode_ = Mode::Normal;
    line_.play(kOutput);
  }
  void expand() {
    mode_ = Mode::Expand;
    ++expands_;
    next_ ? log_.concealed(kOutput) : log_.silence(kOutput);
  }
  void begin_noise(std::uint32_t at) {
    held_.erase(held_.begin());
    next_ = at;
    made_up_ = 0;
    expands_ = 0;
    noise();
  }
  void noise() {
    mode_ = Mode::Noise;
    made_up_ += kOutput;
    log_.silence(kOutput);
  }

  PlayingLog log_;
  DelayTarget target_;
  ModelLine line_;
  std::map<std::uint32_t, bool> held_;   // packets in the buffer, by timestamp; true: comfort noise
  std::optional<std::uint32_t> newest_;
  std::optional<std::int64_t> next_;     // timestamp after the audio that was decoded last
  Mode mode_ = Mode::Normal;
  int expands_ = 0;                      // number of consecutive expansions of 10 ms
  std::int64_t made_up_ = 0, removed_ = 0, stretched_ = 0;
  double level_ = 0, now_ms_ = 0, stretched_at_ = -1000;
};

}  // namespace

Playing play_by_neteq_policy(const JitterTrace& trace, double phase_ms) {
  NetEqPolicy neteq(trace);
  Arrivals arrivals(trace);
  for (double now = phase_ms; now < trace.packets.back().sent_ms; now += 10) {
    while (const auto number = arrivals.next(now)) neteq.put(trace.packets[*number]);
    neteq.play_10_ms(now);
  }
  return neteq.result();
}

}  // namespace offhook::bench
