#include <offhook/tests/media/stream_call.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numbers>

using namespace offhook;
using namespace offhook_test;

namespace {

constexpr double kToneHz = 440, kToneAmplitude = 8000;

/// b hears a's tone over a route on which 3 % of the packets come up to 60 ms late.
struct Stalling : Call {
  Stalling() { a_says = sine(kToneHz, 8000, 60); }
  void stall(int ticks) {
    for (int i = 0; i < ticks; ++i) {
      delay = i % 100 == 50 ? 65ms : 5ms;
      run(1);
      for (std::size_t k = 1; k < wire.size(); ++k) wire[k].at = std::max(wire[k].at, wire[k - 1].at);  // Keeps the packets in order.
    }
    delay = 5ms;
  }
  [[nodiscard]] std::uint32_t delay_ms() const { return b.stream->statistics().jitter_buffer_ms; }
  /// Returns the largest second difference of the samples in these ticks, relative to that of the tone itself.
  [[nodiscard]] double bend(std::size_t first, std::size_t last) const {
    const auto pcm = b.heard_between(first, last);
    const double turn = 2 * std::numbers::pi * kToneHz / 8000;
    int most = 0;
    for (std::size_t i = 2; i < pcm.size(); ++i) most = std::max(most, std::abs(pcm[i] - 2 * pcm[i - 1] + pcm[i - 2]));
    return most / (kToneAmplitude * turn * turn);
  }
};

}  // namespace

TEST_CASE_FIXTURE(Stalling, "A machine hears the caller with less delay than a person, over the same route") {
  begin();
  stall(1000);
  CHECK(delay_ms() >= 60);
  Stalling machine;
  machine.b.port->listener = media::Listener::Machine;
  machine.b.stream = std::make_unique<media::Stream>(media::StreamOptions{}, *machine.b.port, machine.b.random);  // A leg makes its stream when it opens.
  machine.begin();
  machine.stall(1000);
  CHECK(machine.delay_ms() <= 40);
}

TEST_CASE("After an outage a machine and a person hear all late packets, and a machine has its former delay again") {
  for (const auto listener : {media::Listener::Machine, media::Listener::Person}) {
    for (const int outage : {30, 60}) {
      CAPTURE(static_cast<int>(listener));
      CAPTURE(outage);
      Stalling call;
      call.b.port->listener = listener;
      call.b.stream = std::make_unique<media::Stream>(media::StreamOptions{}, *call.b.port, call.b.random);
      call.begin();
      call.run(200);
      const auto before = call.b.stream->statistics();
      call.delay = outage * 20ms;
      for (int i = 0; i < outage; ++i, call.delay -= 20ms) call.run(1);
      call.delay = 5ms;
      call.run(50);
      CHECK(call.b.stream->statistics().played.removed_samples_for_acceleration > before.played.removed_samples_for_acceleration);
      call.run(300);
      const auto after = call.b.stream->statistics();
      const auto still_held = after.jitter_buffer_ms / 20;
      CHECK(after.frames_played - before.frames_played + still_held >= static_cast<std::uint64_t>(outage + 350 - 1));
      CHECK(after.packets_late + after.packets_overflowed + after.packets_unplaced == 0);
      CHECK(after.jitter_buffer_ms <= before.jitter_buffer_ms + (listener == media::Listener::Machine ? 20 : 120));  // A person's buffer waits longer now.
    }
  }
}

TEST_CASE("When an outage is longer than the jitter buffer holds, the oldest packets are dropped and counted, and the newest are played") {
  Stalling call;
  call.begin();
  call.run(100);
  constexpr int kOutage = 110;
  call.delay = kOutage * 20ms;
  for (int i = 0; i < kOutage; ++i, call.delay -= 20ms) call.run(1);
  call.delay = 5ms;
  const auto before = call.b.stream->statistics();
  call.run(300);
  const auto after = call.b.stream->statistics();
  const auto dropped = after.packets_overflowed - before.packets_overflowed;
  CHECK(dropped >= kOutage - rtp::kMaxBufferedPackets);
  CHECK(dropped <= kOutage - rtp::kMaxBufferedPackets + 2);
  CHECK(after.frames_played - before.frames_played + after.jitter_buffer_ms / 20 >= 300 + kOutage - dropped - 3);
}

TEST_CASE_FIXTURE(Stalling, "When a person joins or leaves a machine's call, the delay changes without a click") {
  begin();
  stall(1000);
  run(50);
  const auto as_person = b.stream->statistics();
  b.port->listener = media::Listener::Machine;
  run(150);
  const auto as_machine = b.stream->statistics();
  CHECK(as_machine.jitter_buffer_ms + 20 <= as_person.jitter_buffer_ms);
  CHECK(as_machine.played.removed_samples_for_acceleration > as_person.played.removed_samples_for_acceleration);
  b.port->listener = media::Listener::Person;
  run(150);
  const auto again = b.stream->statistics();
  CHECK(again.jitter_buffer_ms >= as_machine.jitter_buffer_ms + 20);
  CHECK(again.played.concealed_samples == as_person.played.concealed_samples);  // The audio was stretched, not concealed.
  CHECK(bend(1050, 1350) < 1.2 * bend(5, 45));
}
