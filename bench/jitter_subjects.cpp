#include <offhook/bench/subjects.hpp>

#include <offhook/rtp/jitter/jitter_buffer.hpp>

#include <speex/speex_jitter.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <memory>
#include <random>

namespace offhook::bench {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t kTicks = 3000;  // The trace lasts one minute and then repeats, with later timestamps.
constexpr std::size_t kOctets = 160;  // 20 ms of G.711
constexpr base::Duration kTick = 20ms;

/// The arrival times of packets: up to 20 ms of jitter, 1 % lost, 2 % late by 40 ms. The seed is fixed. Therefore all runs use the same trace.
class Trace {
 public:
  struct Arrival {
    std::size_t ticks_ago;         ///< age of the tick to which the packet belongs
    std::chrono::microseconds at;  ///< offset within this tick
  };

  Trace() {
    std::mt19937 engine(3550);
    std::gamma_distribution<double> jitter_ms(2.0, 5.0);
    std::uniform_real_distribution<double> chance(0, 1);
    for (std::size_t tick = 0; tick < kTicks; ++tick) {
      if (chance(engine) < 0.01) continue;
      const double delay_ms = std::min(jitter_ms(engine) + (chance(engine) < 0.02 ? 40.0 : 0.0), 150.0);
      const auto late = static_cast<std::size_t>(delay_ms / 20.0);
      arrivals_[(tick + late) % kTicks].push_back(
          {late, std::chrono::microseconds(std::lround(std::fmod(delay_ms, 20.0) * 1000))});
    }
    for (auto& tick : arrivals_) std::sort(tick.begin(), tick.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
  }
  [[nodiscard]] const std::vector<Arrival>& at(std::size_t tick) const { return arrivals_[tick % kTicks]; }

 private:
  std::array<std::vector<Arrival>, kTicks> arrivals_;
};

constexpr std::size_t kBefore = 16;  // The first tick has this number, so that no packet comes before tick 0.

Work ours(std::shared_ptr<const Trace> trace) {
  return repeat(
      [trace, buffer = std::make_shared<rtp::JitterBuffer>(), octets = std::array<std::uint8_t, kOctets>{}](std::size_t turn) {
        const std::size_t now = turn + kBefore;
        const base::TimePoint begin{kTick * static_cast<std::int64_t>(now)};
        for (const auto& arrival : trace->at(now)) {
          const std::size_t number = now - arrival.ticks_ago;
          rtp::Packet packet;
          packet.sequence = static_cast<std::uint16_t>(number);
          packet.timestamp = static_cast<std::uint32_t>(number * kOctets);
          packet.ssrc = 1;
          packet.payload = octets;
          keep(buffer->put(packet, begin + arrival.at));
        }
        keep(buffer->pull(begin + kTick));
      });
}

/// Runs speexdsp's buffer as its manual page says: put the packets that have arrived, get one frame, tick. Like Offhook's buffer, it copies
/// the payloads.
Work speexdsp(std::shared_ptr<const Trace> trace) {
  const std::shared_ptr<JitterBuffer> buffer(jitter_buffer_init(static_cast<int>(kOctets)),
                                             [](JitterBuffer* jitter) { jitter_buffer_destroy(jitter); });
  return repeat(
      [trace, buffer, in = std::array<char, kOctets>{}, out = std::array<char, 4 * kOctets>{}](std::size_t turn) mutable {
        const std::size_t now = turn + kBefore;
        for (const auto& arrival : trace->at(now)) {
          const std::size_t number = now - arrival.ticks_ago;
          const JitterBufferPacket packet{
              in.data(), kOctets, static_cast<spx_uint32_t>(number * kOctets), kOctets, static_cast<spx_uint16_t>(number), 0};
          jitter_buffer_put(buffer.get(), &packet);
        }
        JitterBufferPacket played{out.data(), static_cast<spx_uint32_t>(out.size()), 0, 0, 0, 0};
        spx_int32_t offset = 0;
        keep(jitter_buffer_get(buffer.get(), &played, static_cast<spx_int32_t>(kOctets), &offset));
        jitter_buffer_tick(buffer.get());
        keep(out);
      });
}

}  // namespace

std::vector<Subject> jitter_subjects() {
  const auto trace = std::make_shared<const Trace>();
  std::vector<Subject> subjects;
  subjects.push_back({"jitter.put_get", {"offhook", ours(trace)}, {{"speexdsp", speexdsp(trace)}}, kTicks});
  return subjects;
}

}  // namespace offhook::bench
