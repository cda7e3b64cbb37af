// Tests of the jitter buffer with kRecogniserProfile, the profile for a speech recogniser. `machine` is true for this profile.
#include "driven_buffer.hpp"

using namespace offhook;
using namespace std::chrono_literals;
using MachineBuffer = test::DrivenBuffer;

namespace {

struct EachProfile : test::DrivenBuffer {
  /// Calls test(false) with a new buffer that has kCallProfile, and test(true) with a new buffer that has kRecogniserProfile.
  template <class Test>
  void for_each_profile(Test test) {
    for (const rtp::DelayProfile& profile : {rtp::kCallProfile, rtp::kRecogniserProfile}) {
      INFO("machine: " << profile.machine);
      buffer = std::make_unique<rtp::JitterBuffer>(profile);
      waiting = 0;
      test(profile.machine);
    }
  }
};

}  // namespace

TEST_CASE_FIXTURE(MachineBuffer, "If a packet arrives up to one tick late, the recogniser profile plays it, and the call profile counts it as late") {
  for (const bool machine : {false, true}) {
    ++ssrc;
    waiting = 0;
    buffer->set_profile(machine ? rtp::kRecogniserProfile : rtp::kCallProfile);
    (void)run(0, 50);
    const auto before = counts();
    const auto begun = buffer->buffered_packets();
    for (std::uint16_t i = 51; counts().concealed == before.concealed; ++i) {  // The buffer conceals packet 50, which has not arrived.
      put(i, i * 160u);
      (void)tick();
    }
    put(50, 50 * 160);
    for (int i = 0; i < 80; ++i) (void)tick();
    CHECK(counts().late - before.late == (machine ? 0 : 1));
    CHECK(begun > 0);
    CHECK(counts().suspect + counts().duplicate == 0);
  }
}

TEST_CASE_FIXTURE(MachineBuffer, "With the recogniser profile, the buffer conceals only the length of a lost packet, and the delay does not change") {
  buffer->set_profile(rtp::kRecogniserProfile);
  (void)run(0, 50);
  const auto before = counts();
  for (int i = 0; i < 2; ++i) (void)tick();
  (void)run(52, 50);
  CHECK(counts().concealed_samples - before.concealed_samples == 2 * 160);
  CHECK(counts().delay_ms == before.delay_ms);
}

TEST_CASE_FIXTURE(MachineBuffer, "After a late packet, the recogniser profile waits up to 100 ms for a missing packet, and plays it in order") {
  buffer->set_profile(rtp::kRecogniserProfile);
  stretches = true;
  const auto played = [&](std::uint16_t first, int late) {
    const auto before = counts().late;
    run_around_eleventh(first, late);
    return counts().late == before;
  };
  (void)run(0, 50);
  CHECK_FALSE(played(50, 4));   // No packet was late before, so the buffer does not wait.
  CHECK(played(100, 4));        // A packet was late before, so the buffer waits.
  CHECK_FALSE(played(150, 6));  // 120 ms late: the buffer does not wait so long.
  CHECK_FALSE(played(200, 6));  // A packet that was 120 ms late does not make the buffer wait for the next ones.
  CHECK_FALSE(played(250, 5));
  CHECK(played(300, 5));        // 100 ms late.
  CHECK(counts().frames + counts().late + 1 + buffer->buffered_packets() >= counts().packets);
}

TEST_CASE_FIXTURE(MachineBuffer, "With the recogniser profile, a lost packet causes 80 to 120 ms of concealment after a late packet, and 20 ms ten seconds later") {
  buffer->set_profile(rtp::kRecogniserProfile);
  stretches = true;
  (void)run(0, 50);
  run_around_eleventh(50, 5);
  (void)run(100, 50);
  const auto lose_one = [&](std::uint16_t first) {
    const auto before = counts();
    run_around_eleventh(first, 0);
    CHECK(counts().delay_ms <= before.delay_ms + 20);
    return (counts().concealed_samples - before.concealed_samples) / 8;
  };
  const auto waited = lose_one(150);
  CHECK(waited > 80);
  CHECK(waited <= 120);
  (void)run(200, 500);
  CHECK(lose_one(700) == 20);
}

TEST_CASE_FIXTURE(MachineBuffer, "After a late packet, if timestamps skip 10 ms and no packet is missing, the recogniser profile conceals only these 10 ms") {
  buffer->set_profile(rtp::kRecogniserProfile);
  stretches = true;
  (void)run(0, 50);
  run_around_eleventh(50, 5);
  const auto before = counts();
  for (std::uint16_t i = 0; i < 4; ++i) (void)run(static_cast<std::uint16_t>(100 + i * 20), 20, i * 80u);
  CHECK(counts().concealed_samples - before.concealed_samples == 3 * 80);
}

TEST_CASE_FIXTURE(MachineBuffer, "Timestamps that step back do not count as overtaken packets, so the recogniser profile does not wait for a later lost packet") {
  buffer->set_profile(rtp::kRecogniserProfile);
  stretches = true;
  (void)run(0, 50);
  constexpr std::uint32_t kBack = 0u - 480u;
  (void)run(50, 80, kBack);
  const auto before = counts();
  (void)tick();  // Packet 130 is lost.
  (void)run(131, 30, kBack);
  CHECK(counts().concealed_samples - before.concealed_samples == 160);
  CHECK(counts().reordered == 0);
}

TEST_CASE_FIXTURE(MachineBuffer, "The recogniser profile waits a whole tick for a missing packet, even if the packet is very short, and a tick takes few pulls") {
  buffer->set_profile(rtp::kRecogniserProfile);
  (void)run(0, 50);
  run_around_eleventh(50, 5);
  (void)run(100, 5);
  for (std::uint16_t i = 106; i < 150; ++i) {  // Packet 105 lasts 1/8000 s and does not come.
    put(i, (i - 1) * 160u + 1);
    (void)tick();
  }
  CHECK(counts().late == 1);
}

TEST_CASE_FIXTURE(EachProfile, "If a lost packet begins inside a frame, the buffer also drops the part of the packet before it in this frame, but only once") {
  for_each_profile([&](bool machine) {
    put(0, 0, 80);  // After this short packet, packets and frames have different boundaries.
    for (std::uint16_t i = 1; i < 100; ++i) {
      if (i != 30 && i != 60) put(i, i * 160u - 80);
      (void)tick();
    }
    const std::uint64_t underrun = machine ? 160 : 0;  // The packet after the first lost packet comes too late for the delay of one tick.
    CHECK(counts().concealed_samples == underrun + 80 + 160 + 160);
  });
}

TEST_CASE_FIXTURE(EachProfile, "A tick takes few pulls even if packets are short, some are lost, and payload types alternate [found by fuzzing]") {
  for_each_profile([&](bool) {
    for (std::uint16_t i = 0; i < 400; ++i) {
      put(static_cast<std::uint16_t>(2 * i), i * 40u, 20, static_cast<std::uint8_t>(i % 2 * 8));
      if (i % 4 == 3) (void)tick();
    }
    CHECK(counts().concealed > 0);
  });
}
