#include <offhook/bench/jitter_traces.hpp>

#include <offhook/base/random.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>
#include <stdexcept>

namespace offhook::bench {

namespace {

constexpr double kPacketMs = 20;

/// A source of random values. The distributions of std are not used, because their values differ between standard libraries.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : random_(seed) {}
  double uniform(double low = 0, double high = 1) { return low + (high - low) * (random_.next_u32() + 0.5) / 4294967296.0; }
  bool chance(double share) { return uniform() < share; }
  double exponential(double mean) { return -mean * std::log(uniform()); }
  double gamma2(double theta) { return exponential(theta) + exponential(theta); }
  double normal(double deviation) {
    return deviation * std::sqrt(-2 * std::log(uniform())) * std::cos(2 * std::numbers::pi * uniform());
  }

 private:
  base::SeededRandom random_;
};

/// The Gilbert-Elliott model of loss. In the good state no packet is lost, and in the bad state every packet is lost.
class BurstLoss {
 public:
  BurstLoss(double share, double mean_burst) : leave_(1 / mean_burst), enter_(leave_ * share / (1 - share)) {}
  bool is_lost(Dice& dice) { return bad_ = bad_ ? !dice.chance(leave_) : dice.chance(enter_); }

 private:
  double leave_, enter_;
  bool bad_ = false;
};

/// A network that stalls. During a stall no packet passes, and at its end all packets arrive together.
class Stalls {
 public:
  double held_ms(double sent_ms, Dice& dice) {
    if (sent_ms >= next_) {
      end_ = sent_ms + dice.uniform(60, 180);
      next_ = sent_ms + dice.uniform(4000, 6000);
    }
    return std::max(end_ - sent_ms, 0.0);
  }

 private:
  double end_ = 0, next_ = 3000;
};

using DelayOf = std::function<double(double sent_ms, Dice& dice)>;  // returns kLost if the packet never arrives
enum class Order : std::uint8_t { Kept, Changed };

void send_all(JitterTrace& trace, const DelayOf& delay_of, Order order, Dice& dice) {
  double latest = 0, least = kLost;
  std::size_t lost = 0;
  for (TracePacket& packet : trace.packets) {
    packet.sent_ms = trace.sent_ms(packet.timestamp);
    packet.arrives_ms = packet.sent_ms + delay_of(packet.sent_ms, dice);
    if (packet.arrives_ms == kLost) {
      ++lost;
      continue;
    }
    if (order == Order::Kept) packet.arrives_ms = latest = std::max(packet.arrives_ms, latest);
    least = std::min(least, packet.arrives_ms - packet.sent_ms);
  }
  trace.least_ms = least;
  trace.loss_percent = 100.0 * static_cast<double>(lost) / static_cast<double>(trace.packets.size());
}

void talk_on(JitterTrace& trace, double minutes) {
  const auto count = static_cast<std::uint32_t>(minutes * 60'000 / kPacketMs);
  for (std::uint32_t i = 0; i < count; ++i) trace.packets.push_back({.timestamp = i * kPacketUnits, .begins_talk = i == 0});
}

void talk_in_spurts(JitterTrace& trace, double minutes, Dice& dice) {
  const auto end = static_cast<std::uint32_t>(minutes * 60'000 * 8);
  for (std::uint32_t at = 0; at < end;) {
    const auto spurt = static_cast<std::uint32_t>(dice.uniform(1000, 3000) / kPacketMs);
    for (std::uint32_t i = 0; i < spurt; ++i, at += kPacketUnits) trace.packets.push_back({.timestamp = at, .begins_talk = i == 0});
    trace.packets.push_back({.timestamp = at, .comfort_noise = true});
    at += static_cast<std::uint32_t>(dice.uniform(500, 2000) / kPacketMs) * kPacketUnits;
  }
}

/// Returns a delay function for outages: in the last `length_ms` of each period of `every_ms`, no packet passes.
DelayOf outage(double length_ms, double every_ms) {
  return [=](double sent_ms, Dice& dice) {
    const double since = std::fmod(sent_ms, every_ms) - (every_ms - length_ms);
    return std::max(since > 0 ? length_ms - since : 0.0, dice.exponential(2));
  };
}

JitterTrace talk_and_silence(const char* name, const char* what, double minutes, std::uint64_t seed, const DelayOf& delay_of) {
  JitterTrace trace{.name = name, .what = what, .packets = {}};
  Dice dice(seed);
  talk_in_spurts(trace, minutes, dice);
  send_all(trace, delay_of, Order::Kept, dice);
  return trace;
}

JitterTrace talk(const char* name, const char* what, double minutes, double clock_ratio, const DelayOf& delay_of,
                 Order order = Order::Kept) {
  JitterTrace trace{.name = name, .what = what, .packets = {}, .clock_ratio = clock_ratio};
  Dice dice(20260 + static_cast<unsigned char>(trace.name[1]));
  talk_on(trace, minutes);
  send_all(trace, delay_of, order, dice);
  return trace;
}

}  // namespace

std::vector<JitterTrace> jitter_traces(double minutes) {
  const auto exponential = [](double, Dice& dice) { return dice.exponential(2); };
  const auto gamma = [](double theta) { return [theta](double, Dice& dice) { return dice.gamma2(theta); }; };
  const auto lossy = [](double theta) {
    return [theta, loss = BurstLoss(0.03, 3)](double, Dice& dice) mutable { return loss.is_lost(dice) ? kLost : dice.gamma2(theta); };
  };
  std::vector<JitterTrace> traces;
  traces.push_back(talk("T1", "clean", minutes, 1, [](double, Dice& dice) { return 10 + dice.normal(1); }));
  traces.push_back(talk("T2", "gamma jitter, mean 20 ms", minutes, 1, gamma(10)));
  traces.push_back(talk("T3", "stalls of 60 to 180 ms", minutes, 1,
                        [stalls = Stalls()](double at, Dice& dice) mutable { return stalls.held_ms(at, dice) + dice.uniform(0, 2); }));
  traces.push_back(talk("T4", "bursts of loss, 3 %", minutes, 1, lossy(2)));
  traces.push_back(talk("T5+", "clock 100 ppm fast", minutes, 1 - 1e-4, exponential));
  traces.push_back(talk("T5-", "clock 100 ppm slow", minutes, 1 + 1e-4, exponential));
  traces.push_back(talk("T6", "2 % overtaken by 40 ms", minutes, 1,
                        [](double, Dice& dice) { return dice.exponential(2) + (dice.chance(0.02) ? 40 : 0); }, Order::Changed));
  traces.push_back(talk("T7", "80 ms more every other 30 s", minutes, 1, [](double at, Dice& dice) {
    return dice.gamma2(5) + (static_cast<int>(at / 30'000) % 2 == 1 ? 80 : 0);
  }));
  traces.push_back(talk("T8", "T2's jitter, T4's loss", minutes, 1, lossy(10)));
  traces.push_back(talk_and_silence("T9", "talk and silence", minutes, 9, gamma(2)));
  return traces;
}

std::vector<JitterTrace> outage_traces(double minutes) {
  const auto bursts = [](double at, Dice& dice) { return dice.exponential(2) + (std::fmod(at, 2000) < 200 ? dice.uniform(0, 80) : 0); };
  const auto exponential = [](double, Dice& dice) { return dice.exponential(2); };
  std::vector<JitterTrace> traces;
  traces.push_back(talk("O1", "stalls of 300 ms, every 5 s", minutes, 1, outage(300, 5000)));
  traces.push_back(talk("O2", "outages of 600 ms, every 20 s", minutes, 1, outage(600, 20'000)));
  traces.push_back(talk("O3", "outages of 1.2 s, every 30 s", minutes, 1, outage(1200, 30'000)));
  traces.push_back(talk("O4", "bursts of 200 ms out of order", minutes, 1, bursts, Order::Changed));
  traces.push_back(talk_and_silence("O5", "talk and silence, O1's stalls", minutes, 5, outage(300, 5000)));
  traces.push_back(talk("O6+", "clock 200 ppm fast", minutes, 1 - 2e-4, exponential));
  traces.push_back(talk("O6-", "clock 200 ppm slow", minutes, 1 + 2e-4, exponential));
  return traces;
}

JitterTrace jitter_trace(const std::string& name, double minutes) {
  for (JitterTrace& trace : jitter_traces(minutes)) {
    if (trace.name == name) return std::move(trace);
  }
  throw std::invalid_argument("there is no trace " + name);
}

std::vector<double> relative_delays_ms(const JitterTrace& trace) {
  std::vector<double> delays;
  delays.reserve(trace.packets.size());
  for (const auto& packet : trace.packets) delays.push_back(packet.arrives_ms - packet.sent_ms - trace.least_ms);
  std::sort(delays.begin(), delays.end());
  return delays;
}

double best_fixed_delay_ms(std::span<const double> relative_delays, double percent) {
  const auto count = relative_delays.size();
  const auto may_miss = static_cast<std::size_t>(percent / 100 * static_cast<double>(count));
  const auto arrived = std::lower_bound(relative_delays.begin(), relative_delays.end(), kLost) - relative_delays.begin();
  if (arrived == 0) return 0;
  const std::size_t needed = may_miss >= count ? 1 : count - may_miss;
  return relative_delays[std::min(needed, static_cast<std::size_t>(arrived)) - 1];
}

}  // namespace offhook::bench
