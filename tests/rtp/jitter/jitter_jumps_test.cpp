#include "driven_buffer.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>

using namespace offhook;

using Buffer = test::DrivenBuffer;

TEST_CASE_FIXTURE(Buffer, "The buffer restarts at once when a packet with another SSRC arrives") {
  (void)run(0, 10);
  ssrc = 2;
  const auto kinds = run(1000, 10, 0x80000000);
  CHECK(counts().resets == 1);
  CHECK(counts().suspect == 0);  // After a jump of the timestamps alone, the buffer would suspect the first packet.
  CHECK(std::count(kinds.begin(), kinds.end(), rtp::Pull::Kind::Frame) >= 8);
}

TEST_CASE_FIXTURE(Buffer, "The buffer follows a jump of the timestamps when the next packet confirms it, and drops a single stray packet [RFC 3550 appendix A.1]") {
  (void)run(0, 10);
  put(500, 0x70000000);
  const auto kinds = run(10, 10);
  CHECK(counts().suspect == 1);
  CHECK(counts().resets == 0);
  CHECK(std::count(kinds.begin(), kinds.end(), rtp::Pull::Kind::Frame) == 10);
  (void)run(20, 10, 0x40000000);
  CHECK(counts().suspect == 2);
  CHECK(counts().resets == 1);
}

TEST_CASE_FIXTURE(Buffer, "The buffer accepts a timestamp up to one second ahead of the expected time, and suspects a timestamp further ahead") {
  for (const std::uint32_t further : {0u, 1u}) {
    ++ssrc;
    (void)run(0, 10);
    const auto suspect = counts().suspect;
    put(10, 10 * 160u + 8000u + further);   // The expected times by the clock and by the sequence number are equal, because the last packet came one tick ago.
    (void)tick();
    CHECK(counts().suspect == suspect + further);
  }
}

TEST_CASE_FIXTURE(Buffer, "The buffer accepts a packet whose sequence number is kMaxDropout ahead, and suspects a packet that is further ahead [RFC 3550 appendix A.1]") {
  for (const unsigned further : {0U, 1U}) {
    (void)run(0, 10);
    const auto suspect = counts().suspect;
    const auto next = static_cast<std::uint16_t>(9 + rtp::kMaxDropout + further);
    put(next, next * 160u);
    (void)tick();
    CHECK(counts().suspect == suspect + further);
    buffer->reset();
  }
}
