#include "driven_buffer.hpp"

#include <doctest/doctest.h>

#include <cstdint>

using namespace offhook;
using namespace std::chrono_literals;

using Buffer = test::DrivenBuffer;

TEST_CASE_FIXTURE(Buffer, "A stall increases the delay by the concealed time. With steady packets, stretching alone reduces the delay again") {
  stretches = true;
  (void)run(0, 100);
  const auto before = counts();
  for (int i = 0; i < 4; ++i) (void)tick();      // A stall of 80 ms.
  for (std::uint16_t i = 100; i < 104; ++i) put(i, i * 160u);
  (void)run(104, 5);                             // All delayed packets have arrived.
  const auto after = counts();
  CHECK(after.concealed_samples >= before.concealed_samples + 480);   // The delay before the stall may cover one of the four ticks.
  CHECK(after.delay_ms >= before.delay_ms + 50);
  (void)run(109, 1500);
  CHECK(counts().delay_ms <= 40);
  CHECK(counts().removed_samples_for_acceleration >= 60 * 8);
  CHECK(counts().late == 0);
}

TEST_CASE_FIXTURE(Buffer, "A new delay profile changes the target delay at once and the delay gradually. The buffer keeps the delay statistics") {
  stretches = true;
  // 3 % of the packets are delayed, by at most 60 ms. The call profile waits for them, the recogniser profile does not.
  const auto stalls = [this](std::uint16_t first, int count) {
    for (int i = 0; i < count; ++i) {
      for (int late = i % 100 == 3 ? 3 : 0; i % 100 >= 3 && late >= 0; --late) {
        const auto sequence = static_cast<std::uint16_t>(first + i - late);
        put(sequence, sequence * 160U);
      }
      (void)tick();
    }
  };
  stalls(0, 3000);
  const auto as_call = counts();
  CHECK(as_call.target_ms >= 60);
  CHECK(as_call.delay_ms >= 60);
  buffer->set_profile(rtp::kRecogniserProfile);
  const auto as_machine = counts();
  CHECK(as_machine.target_ms <= 20);
  CHECK(as_machine.delay_ms == as_call.delay_ms);
  (void)run(3000, 100);
  CHECK(counts().delay_ms <= 30);
  CHECK(counts().removed_samples_for_acceleration > as_machine.removed_samples_for_acceleration);
  CHECK(counts().concealed_samples == as_machine.concealed_samples);
  buffer->set_profile(rtp::kCallProfile);
  CHECK(counts().target_ms >= 60);
  (void)run(3100, 100);
  CHECK(counts().delay_ms >= 60);
  CHECK(counts().late == as_machine.late);
}

TEST_CASE_FIXTURE(Buffer, "Before the first statistics, the target delay is the start value of the profile") {
  CHECK(counts().target_ms == 40);
  buffer->set_profile(rtp::kRecogniserProfile);
  CHECK(counts().target_ms == 20);
}

TEST_CASE_FIXTURE(Buffer, "The buffer counts the delay and the emitted samples as the WebRTC statistics define them") {
  (void)run(0, 200);
  const auto before = counts();
  (void)run(200, 100);
  const auto after = counts();
  const auto emitted = after.jitter_buffer_emitted_count - before.jitter_buffer_emitted_count;
  CHECK(emitted == 100 * 160);
  CHECK((after.jitter_buffer_delay - before.jitter_buffer_delay) / emitted == 8 * after.delay_ms);
}

TEST_CASE_FIXTURE(Buffer, "The buffer requests urgent shortening of late audio with the call profile, but not with the recogniser profile") {
  for (const bool machine : {false, true}) {
    ++ssrc;
    waiting = 0;
    buffer->set_profile(machine ? rtp::kRecogniserProfile : rtp::kCallProfile);
    (void)run(0, 50);
    for (int i = 0; i < 30; ++i) (void)tick();
    for (std::uint16_t i = 50; i < 80; ++i) put(i, i * 160u);
    now += 20ms;
    const auto late = pull();
    CHECK(late.stretch < 0);
    CHECK(late.urgent == !machine);
  }
}

TEST_CASE_FIXTURE(Buffer, "The buffer requests to shorten late audio at most once per tick") {
  (void)run(0, 50);
  for (int i = 0; i < 30; ++i) (void)tick();
  for (std::uint16_t i = 50; i < 80; ++i) put(i, i * 160u);
  now += 20ms;
  CHECK(pull().stretch < 0);
  CHECK(pull().stretch == 0);
  now += 20ms;
  CHECK(pull().stretch < 0);
}
