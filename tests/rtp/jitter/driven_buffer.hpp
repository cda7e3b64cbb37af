#pragma once

#include <offhook/rtp/jitter/jitter_buffer.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

namespace offhook::test {

using namespace std::chrono_literals;

/// A jitter buffer with a clock that the test sets. Each octet of a payload has the value of its position: the low 8 bits of
/// its timestamp divided by 4.
struct DrivenBuffer {
  std::unique_ptr<rtp::JitterBuffer> buffer = std::make_unique<rtp::JitterBuffer>();
  base::TimePoint now = base::TimePoint{} + 1000s;
  std::uint32_t ssrc = 1;
  std::int64_t waiting = 0;
  bool stretches = false;   // true: each stretch that the buffer requests takes place, by up to 10 ms

  static std::uint8_t octet_at(std::uint32_t timestamp) { return static_cast<std::uint8_t>(timestamp / 4); }
  bool put(std::uint16_t sequence, std::uint32_t timestamp, std::size_t size = 160, std::uint8_t type = 0) {
    std::vector<std::uint8_t> payload(size);
    for (std::size_t i = 0; i < size; ++i) payload[i] = octet_at(timestamp + static_cast<std::uint32_t>(i));
    return buffer->put({.payload_type = type, .sequence = sequence, .timestamp = timestamp, .ssrc = ssrc, .payload = payload},
                       now);
  }
  /// Puts one packet of a key event that began at `timestamp`.
  bool put_key(std::uint16_t sequence, std::uint32_t timestamp) {
    const std::vector<std::uint8_t> payload(4);
    return buffer->put({.payload_type = 101, .sequence = sequence, .timestamp = timestamp, .ssrc = ssrc, .payload = payload}, now,
                       rtp::PacketContent::Key);
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
  /// Advances the clock by 20 ms and pulls until the result has the samples of a whole tick. Returns the last pull.
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
  /// Puts one packet and pulls one tick, `count` times. Returns the kind of the last pull of each tick.
  std::vector<rtp::Pull::Kind> run(std::uint16_t first, int count, std::uint32_t offset = 0) {
    std::vector<rtp::Pull::Kind> kinds;
    for (int i = 0; i < count; ++i) {
      const auto sequence = static_cast<std::uint16_t>(first + i);
      put(sequence, offset + static_cast<std::uint32_t>(first + i) * 160u);
      kinds.push_back(tick().kind);
    }
    return kinds;
  }
  /// Puts 50 packets, with one tick for each packet. The eleventh packet arrives `late` ticks late, or never if `late` is 0.
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
