#include "driven_buffer.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <vector>

using namespace offhook;

using Buffer = test::DrivenBuffer;

namespace {

constexpr std::size_t kRecord = 160 + 24;   // octets of a packet in the ring: its payload and the record header

}  // namespace

TEST_CASE_FIXTURE(Buffer, "The buffer holds kMaxBufferedPackets packets. When one more packet arrives, the buffer drops the oldest one") {
  for (std::uint16_t i = 0; i < rtp::kMaxBufferedPackets; ++i) {
    put(i, i * 4u, 4);                  // Each packet lasts 0.5 ms. Together they last less than the start delay, so the buffer plays none of them.
    if (i % 16 == 15) (void)pull();
  }
  CHECK(buffer->buffered_packets() == rtp::kMaxBufferedPackets);
  CHECK(counts().overflowed == 0);
  put(rtp::kMaxBufferedPackets, rtp::kMaxBufferedPackets * 4u, 4);
  (void)pull();
  CHECK(buffer->buffered_packets() == rtp::kMaxBufferedPackets);
  CHECK(counts().overflowed == 1);
}

TEST_CASE_FIXTURE(Buffer, "put() accepts packets of kRingOctets octets together between two ticks, and refuses and counts the next packet") {
  std::uint16_t i = 0;
  for (; i < rtp::kRingOctets / kRecord; ++i) CHECK(put(i, i * 160u));
  CHECK_FALSE(put(i, i * 160u));
  CHECK(counts().inbox_full == 1);
  (void)pull();
  (void)pull();
  CHECK(put(i, i * 160u));
}

TEST_CASE_FIXTURE(Buffer, "If more than kRingOctets octets arrive between two ticks, put_or_push_out() drops the oldest packets, never the newest ones") {
  (void)run(0, 50);
  for (int i = 0; i < 110; ++i) (void)tick();
  const auto put_all = [this](std::uint16_t first, std::uint16_t last) {
    for (std::uint16_t i = first; i < last; ++i) {
      std::vector<std::uint8_t> octets(160);
      for (std::uint32_t k = 0; k < 160; ++k) octets[k] = octet_at(i * 160u + k);
      CHECK(buffer->put_or_push_out({.payload_type = 0, .sequence = i, .timestamp = i * 160u, .ssrc = ssrc, .payload = octets}, now));
      REQUIRE(buffer->is_consistent());
    }
  };
  put_all(50, 160);                                                              // These packets last 2.2 s.
  CHECK(counts().inbox_full == 0);
  (void)tick();
  CHECK(counts().overflowed == 110 - rtp::kMaxBufferedPackets);
  CHECK(buffer->buffered_packets() >= rtp::kMaxBufferedPackets - 1);
  const auto frames = counts().frames;
  for (int i = 0; i < 70; ++i) (void)tick();
  CHECK(counts().frames - frames >= rtp::kMaxBufferedPackets - 1);
}

TEST_CASE_FIXTURE(Buffer, "The buffer drops its oldest packet if the buffered packets would otherwise leave less than kInboxOctets of the ring free") {
  constexpr std::size_t kSize = 320, kLarge = kSize + 24;  // So large that the bound of octets applies before that of packets.
  constexpr std::size_t kHeld = (rtp::kRingOctets - rtp::kInboxOctets + 24) / kLarge;
  static_assert(kHeld < rtp::kMaxBufferedPackets);
  for (int round = 0; round < 10; ++round) {
    const auto overflowed = counts().overflowed;
    std::uint16_t i = 0;
    for (; i < kHeld; ++i) CHECK(put(i, i * 4u, kSize));   // 0.5 ms apart: together they last less than the start delay, so the buffer plays none.
    (void)pull();
    CHECK(buffer->buffered_packets() >= kHeld - 1);  // The last octets of the ring may stay unused.
    CHECK(counts().overflowed <= overflowed + 1);
    CHECK(put(i, i * 4u, kSize));
    (void)pull();
    CHECK(buffer->buffered_packets() <= kHeld);
    CHECK(counts().overflowed >= overflowed + 1);
    std::size_t taken = 0;
    for (++i; put(i, i * 4u, kSize); ++i) ++taken;
    CHECK(taken >= rtp::kInboxOctets / kLarge - 1);
    ++ssrc;
    buffer->reset();
    CHECK(buffer->buffered_packets() == 0);
  }
}

TEST_CASE_FIXTURE(Buffer, "put() accepts payloads of kMaxPayloadOctets, and refuses empty and longer ones") {
  CHECK(put(0, 0, rtp::kMaxPayloadOctets));
  CHECK_FALSE(put(1, 480, rtp::kMaxPayloadOctets + 1));
  CHECK_FALSE(put(2, 480, 0));
  CHECK(counts().refused_payload == 2);
}
