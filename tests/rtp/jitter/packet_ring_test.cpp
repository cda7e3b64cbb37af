#include <offhook/rtp/jitter/packet_ring.hpp>

#include <offhook/base/random.hpp>
#include <offhook/tests/testkit/sample.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <memory>
#include <thread>
#include <vector>

using namespace offhook;

namespace {

struct Label {
  std::uint32_t number = 0;
  std::uint16_t size = 0;
};
using Ring = rtp::PacketRing<Label, 512>;

std::vector<std::uint8_t> cargo(std::uint32_t number, std::size_t size) {
  std::vector<std::uint8_t> octets(size);
  for (std::size_t i = 0; i < size; ++i) octets[i] = static_cast<std::uint8_t>(number * 7 + i);
  return octets;
}
bool push(Ring& ring, std::uint32_t number, std::size_t size) {
  return ring.try_push({number, static_cast<std::uint16_t>(size)}, cargo(number, size));
}
bool is_cargo(const Ring& ring, const Label& label, Ring::Place place) {
  const auto octets = ring.payload(place, label.size);
  const auto wanted = cargo(label.number, label.size);
  return std::equal(octets.begin(), octets.end(), wanted.begin(), wanted.end());
}

}  // namespace

TEST_CASE("A packet ring accepts exactly as many octets as its capacity") {
  for (const std::size_t excess : {std::size_t{0}, std::size_t{1}}) {
    Ring ring;
    CHECK(push(ring, 1, 200));
    CHECK(push(ring, 2, 512 - 200 - 2 * sizeof(Label) + excess) == (excess == 0));
    Label label;
    Ring::Place place = 0;
    REQUIRE(ring.try_take(label, place));
    CHECK(is_cargo(ring, label, place));
    ring.free_before(ring.next());
  }
}

TEST_CASE("Packets stay intact in any order of release, and space becomes free from the oldest packet on") {
  base::SeededRandom random(4);
  Ring ring;
  struct Taken { Label label; Ring::Place place; };
  std::deque<Taken> held;
  std::uint32_t next = 0, expected = 0;
  std::size_t refused = 0;
  for (int step = 0; step < 100000; ++step) {
    if (push(ring, next, random.below(120))) {
      ++next;
    } else {
      ++refused;
    }
    if (random.below(2) == 0) {
      Taken taken{};
      if (ring.try_take(taken.label, taken.place)) {
        REQUIRE(taken.label.number == expected++);
        held.push_back(taken);
      }
    }
    if (!held.empty() && random.below(2) == 0) held.erase(held.begin() + static_cast<std::ptrdiff_t>(random.below(held.size())));
    for (const auto& taken : held) REQUIRE(is_cargo(ring, taken.label, taken.place));
    ring.free_before(held.empty() ? ring.next() : held.front().place);
  }
  CHECK(next > 30000);
  CHECK(refused > 1000);
}

TEST_CASE("A producer and a consumer thread exchange packets without further locks, and no packet is torn, lost or doubled [design: wait-free inbox]") {
  const auto ring = std::make_unique<Ring>();
  const auto count = static_cast<std::uint32_t>(20'000 / offhook_test::sample_step(4));  // All of them in `./dev test --full`.
  std::thread putting([&] {
    for (std::uint32_t i = 0; i < count;) {
      if (push(*ring, i, i % 97)) {
        ++i;
      } else {
        std::this_thread::yield();
      }
    }
  });
  std::uint32_t wrong = 0;
  std::deque<Ring::Place> held;  // A packet stays in the ring for a while, like in a jitter buffer.
  for (std::uint32_t expected = 0; expected < count;) {
    Label label;
    Ring::Place place = 0;
    if (!ring->try_take(label, place)) {
      std::this_thread::yield();
      continue;
    }
    wrong += label.number != expected++ || !is_cargo(*ring, label, place);
    held.push_back(place);
    if (held.size() == 3) held.pop_front();
    ring->free_before(held.front());
  }
  putting.join();
  CHECK(wrong == 0);
}
