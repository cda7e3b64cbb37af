#include <offhook/rtp/sequence.hpp>

#include <doctest/doctest.h>

using namespace offhook;
using SequenceVerdict = rtp::SequenceTracker::Verdict;

TEST_CASE("The unwrappers count up and down across the wrap of the numbers [RFC 3550 appendix A.1]") {
  rtp::SequenceUnwrapper sequence;
  const auto first = sequence.unwrap(65534);
  CHECK(sequence.unwrap(65535) == first + 1);
  CHECK(sequence.unwrap(0) == first + 2);
  CHECK(sequence.unwrap(65533) == first - 1);
  CHECK(sequence.unwrap(1) == first + 3);

  rtp::TimestampUnwrapper timestamp;
  const auto begin = timestamp.unwrap(0xFFFFFFFF - 80);
  CHECK(timestamp.unwrap(79) == begin + 160);
  CHECK(timestamp.peek(0xFFFFFFFF - 80) == begin);
  CHECK(timestamp.unwrap(239) == begin + 320);
  for (int i = 0; i < 100; ++i)
    CHECK(timestamp.unwrap(static_cast<std::uint32_t>(239u + (i + 1) * 0x40000000u)) == begin + 320 + (i + 1) * 0x40000000ll);
}

TEST_CASE("The unwrapped value of a packet before the first one is positive") {
  rtp::SequenceUnwrapper sequence;
  CHECK(sequence.unwrap(0) > 0);
  CHECK(sequence.unwrap(65535) > 0);
}

TEST_CASE("SequenceTracker accepts a source, and begins to count, at the second packet in sequence [RFC 3550 appendix A.1]") {
  rtp::SequenceTracker tracker;
  CHECK(tracker.on_packet(10) == SequenceVerdict::Probation);
  CHECK(tracker.on_packet(20) == SequenceVerdict::Probation);
  CHECK(tracker.expected() == 0);
  CHECK(tracker.on_packet(21) == SequenceVerdict::Restarted);
  CHECK(tracker.on_packet(22) == SequenceVerdict::Valid);
  CHECK(tracker.expected() == 2);
}

TEST_CASE("SequenceTracker counts cycles, and does not count a small step back as a cycle [RFC 3550 appendix A.1]") {
  rtp::SequenceTracker tracker;
  for (const std::uint16_t sequence : std::initializer_list<std::uint16_t>{65533, 65534, 65535})
    (void)tracker.on_packet(sequence);
  CHECK(tracker.on_packet(1) == SequenceVerdict::Valid);
  CHECK(tracker.extended_highest() == 0x10001);
  CHECK(tracker.on_packet(0) == SequenceVerdict::Valid);
  CHECK(tracker.extended_highest() == 0x10001);
  CHECK(tracker.expected() == 4);  // The packets 65534, 65535, 0 and 1.
}

TEST_CASE("SequenceTracker follows a jump when the next packet confirms it (tested at both limits, and one beyond them) [RFC 3550 appendix A.1]") {
  const auto begun = [] {
    rtp::SequenceTracker tracker;
    (void)tracker.on_packet(4999);
    (void)tracker.on_packet(5000);
    return tracker;
  };
  auto a = begun();
  CHECK(a.on_packet(5000 + rtp::kMaxDropout - 1) == SequenceVerdict::Valid);
  auto b = begun();
  CHECK(b.on_packet(5000 + rtp::kMaxDropout) == SequenceVerdict::Jump);
  CHECK(b.on_packet(5001) == SequenceVerdict::Valid);
  CHECK(b.on_packet(5000 + rtp::kMaxDropout + 1) == SequenceVerdict::Jump);  // The packet between the two jumps cancelled the confirmation.
  CHECK(b.on_packet(5000 + rtp::kMaxDropout + 2) == SequenceVerdict::Restarted);
  CHECK(b.expected() == 1);
  auto c = begun();
  CHECK(c.on_packet(5000 - rtp::kMaxMisorder + 1) == SequenceVerdict::Valid);
  CHECK(c.on_packet(5000 - rtp::kMaxMisorder - 1) == SequenceVerdict::Jump);
}
