#include <offhook/rtp/jitter/held_packets.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <memory>

using namespace offhook;

namespace {

rtp::HeldPacket waiting(std::int64_t begin, std::int64_t units, std::uint64_t place = 0) {
  return {.begin = begin, .end = begin + units, .place = place};
}

}  // namespace

TEST_CASE("HeldPackets keeps packets in the order of their begin, and end() returns the latest end of all packets") {
  const auto held = std::make_unique<rtp::HeldPackets>();
  for (const std::int64_t begin : {320, 0, 160}) held->insert(waiting(begin, 160), held->index_of(begin));
  CHECK(held->size() == 3);
  for (std::size_t i = 0; i < 3; ++i) CHECK((*held)[i].begin == static_cast<std::int64_t>(i) * 160);
  CHECK(held->end() == 480);
  held->insert(waiting(170, 800), held->index_of(170));  // This long packet begins before the last packet and ends after it.
  CHECK(held->end() == 970);
  held->remove_and_measure(2);
  CHECK(held->end() == 480);
  held->remove(0);
  CHECK(held->front().begin == 160);
  CHECK(held->back().begin == 320);
  CHECK(held->is_consistent(0));
}

TEST_CASE("HeldPackets can hold kMaxBufferedPackets packets, at any start position in its ring") {
  const auto held = std::make_unique<rtp::HeldPackets>();
  for (std::int64_t i = 0; i < 3 * static_cast<std::int64_t>(rtp::kMaxBufferedPackets); ++i) {
    if (held->full()) held->remove(0);
    held->insert(waiting(i * 160, 160), held->size());
  }
  CHECK(held->size() == rtp::kMaxBufferedPackets);
  CHECK(held->front().begin == static_cast<std::int64_t>(2 * rtp::kMaxBufferedPackets) * 160);
  CHECK(held->is_consistent(0));
}

TEST_CASE("oldest() returns the packet that arrived first, even if another packet begins earlier") {
  const auto held = std::make_unique<rtp::HeldPackets>();
  held->insert(waiting(0, 160, 900), 0);
  held->insert(waiting(160, 160, 200), 1);
  held->insert(waiting(320, 160, 500), 2);
  CHECK(held->oldest() == 1);
}
