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

/// A call in which b hears a's tone. While stall() runs, one packet of 100 delays the packets behind it by up to 60 ms.
struct Stalling : Call {
  Stalling() { a_says = sine(kToneHz, 8000, 60); }
  void stall(int ticks) {
    for (int i = 0; i < ticks; ++i) {
      delay = i % 100 == 50 ? 65ms : 5ms;
      run(1);
      for (std::size_t k = 1; k < wire.size(); ++k) wire[k].at = std::max(wire[k].at, wire[k - 1].at);  // The packets stay in order.
    }
    delay = 5ms;
  }
  [[nodiscard]] std::uint32_t delay_ms() const { return b.stream->statistics().jitter_buffer_ms; }
  /// Returns the largest second difference of the samples in these ticks, divided by the largest one of the tone itself.
  [[nodiscard]] double bend(std::size_t first, std::size_t last) const {
    const auto pcm = b.heard_between(first, last);
    const double turn = 2 * std::numbers::pi * kToneHz / 8000;
    int most = 0;
    for (std::size_t i = 2; i < pcm.size(); ++i) most = std::max(most, std::abs(pcm[i] - 2 * pcm[i - 1] + pcm[i - 2]));
    return most / (kToneAmplitude * turn * turn);
  }
};

}  // namespace

TEST_CASE_FIXTURE(Stalling, "A stream for a machine plays the caller with less delay than a stream for a person, over the same route") {
  begin();
  stall(1000);
  CHECK(delay_ms() >= 60);
  Stalling machine;
  machine.b.port->listener = media::Listener::Machine;
  machine.b.stream = std::make_unique<media::Stream>(media::StreamOptions{}, *machine.b.port, machine.b.random);  // A stream with this listener from the start.
  machine.begin();
  machine.stall(1000);
  CHECK(machine.delay_ms() <= 40);
}

TEST_CASE("After an outage, a stream plays all late packets, whether a machine or a person listens. For a machine, the delay is then as before the outage") {
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
      CHECK(after.jitter_buffer_ms <= before.jitter_buffer_ms + (listener == media::Listener::Machine ? 20 : 120));  // For a person, the delay is longer now.
    }
  }
}

TEST_CASE("If an outage is longer than the jitter buffer holds, the stream drops and counts the oldest packets, and plays the newest ones") {
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

TEST_CASE_FIXTURE(Stalling, "When the listener of a stream changes between a machine and a person, the delay changes without a click") {
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
  CHECK(again.played.concealed_samples == as_person.played.concealed_samples);  // The stream stretched the audio, and did not conceal any.
  CHECK(bend(1050, 1350) < 1.2 * bend(5, 45));
}
