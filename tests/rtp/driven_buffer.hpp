#pragma once

#include <offhook/rtp/jitter_buffer.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

namespace offhook::test {

using namespace std::chrono_literals;

/// A jitter buffer on a clock that the test drives. Each octet tells its own place: the low 8 bits of timestamp / 4.
struct DrivenBuffer {
  std::unique_ptr<rtp::JitterBuffer> buffer = std::make_unique<rtp::JitterBuffer>();
  base::TimePoint now = base::TimePoint{} + 1000s;
  std::uint32_t ssrc = 1;
  std::int64_t waiting = 0;
  bool stretches = false;   // by up to 10 ms each time that it is asked for

  static std::uint8_t octet_at(std::uint32_t timestamp) { return static_cast<std::uint8_t>(timestamp / 4); }
  bool put(std::uint16_t sequence, std::uint32_t timestamp, std::size_t size = 160, std::uint8_t type = 0) {
    std::vector<std::uint8_t> payload(size);
    for (std::size_t i = 0; i < size; ++i) payload[i] = octet_at(timestamp + static_cast<std::uint32_t>(i));
    return buffer->put({.payload_type = type, .sequence = sequence, .timestamp = timestamp, .ssrc = ssrc, .payload = payload},
                       now);
  }
  /// One packet of a key that began at `timestamp`.
  bool put_key(std::uint16_t sequence, std::uint32_t timestamp) {
    const std::vector<std::uint8_t> payload(4);
    return buffer->put({.payload_type = 101, .sequence = sequence, .timestamp = timestamp, .ssrc = ssrc, .payload = payload}, now,
                       rtp::JitterBuffer::Content::Key);
  }
  rtp::Pull pull() {
    const auto result = buffer->pull(now, waiting);
    REQUIRE(buffer->is_consistent());
    if (result.kind == rtp::Pull::Kind::Frame) {
      REQUIRE(result.payload.size() == 160);
      int wrong = 0;
      for (std::uint32_t i = 0; i < 160; ++i) wrong += result.payload[i] != octet_at(result.timestamp + i);
      REQUIRE(wrong == 0);
    }
    return result;
  }
  /// Pulls until a tick is there; what came last.
  rtp::Pull tick() {
    now += 20ms;
    rtp::Pull result;
    for (int pulls = 0; waiting < rtp::kUnitsPerTick; ++pulls) {
      REQUIRE(pulls < 4);
      result = pull();
      REQUIRE(result.units > 0);
      waiting += result.units;
      if (stretches && result.stretch != 0) {
        const auto by = std::clamp<std::int64_t>(result.stretch, -80, 80);
        buffer->on_stretched(by);
        waiting += by;
      }
    }
    waiting -= rtp::kUnitsPerTick;
    return result;
  }
  /// One packet and one tick, `count` times; the kinds that came out.
  std::vector<rtp::Pull::Kind> run(std::uint16_t first, int count, std::uint32_t offset = 0) {
    std::vector<rtp::Pull::Kind> kinds;
    for (int i = 0; i < count; ++i) {
      const auto sequence = static_cast<std::uint16_t>(first + i);
      put(sequence, offset + static_cast<std::uint32_t>(first + i) * 160u);
      kinds.push_back(tick().kind);
    }
    return kinds;
  }
  /// 50 packets, of which the eleventh comes `late` ticks behind its time, or never (0). Then a tick a packet.
  void run_around_eleventh(std::uint16_t first, int late) {
    const auto eleventh = static_cast<std::uint16_t>(first + 10);
    for (int i = 0; i < 50; ++i) {
      if (i == 10) {
        (void)tick();
        continue;
      }
      if (late != 0 && i == 10 + late) put(eleventh, eleventh * 160u);
      (void)run(static_cast<std::uint16_t>(first + i), 1);
    }
  }
  [[nodiscard]] rtp::JitterStatistics counts() const { return buffer->statistics(); }
};

}  // namespace offhook::test
