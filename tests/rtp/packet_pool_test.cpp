#include <offhook/rtp/packet_pool.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

using namespace offhook;

namespace {

struct Cargo {
  std::uint32_t number = 0;
  std::array<std::uint32_t, 40> copies{};
};
using Pool = rtp::PacketPool<Cargo, 12, 4>;

void fill(Cargo& cargo, std::uint32_t number) {
  cargo.number = number;
  cargo.copies.fill(number);
}

}  // namespace

TEST_CASE("A pool gives its places out, each once, until all are in use, and again when they come back") {
  Pool pool;
  std::vector<Pool::Number> used;
  Pool::Number number = 0;
  for (std::uint32_t i = 0; i < 12; ++i) {
    Cargo* const place = pool.place();
    REQUIRE(place != nullptr);
    fill(*place, i);
    REQUIRE(pool.publish());
    REQUIRE(pool.take(number));
    used.push_back(number);
  }
  CHECK(pool.place() == nullptr);
  for (std::uint32_t i = 0; i < 12; ++i) CHECK(pool[used[i]].number == i);
  pool.give_back(used[5]);
  CHECK(pool.place() == &pool[used[5]]);
}

TEST_CASE("As many as may be ready are; one more keeps its place until there is room") {
  Pool pool;
  for (std::uint32_t i = 0; i < 4; ++i) {
    fill(*pool.place(), i);
    CHECK(pool.publish());
  }
  fill(*pool.place(), 4);
  CHECK_FALSE(pool.publish());
  Cargo* const kept = pool.place();
  Pool::Number number = 0;
  REQUIRE(pool.take(number));
  CHECK(pool[number].number == 0);
  CHECK(pool.place() == kept);
  CHECK(pool.publish());
}

TEST_CASE("Nothing but the pool orders the two threads, and nothing is torn, lost or doubled [design: wait-free inbox]") {
  const auto pool = std::make_unique<Pool>();
  constexpr std::uint32_t kCount = 20000;
  std::thread filling([&] {
    for (std::uint32_t i = 0; i < kCount;) {
      Cargo* const place = pool->place();
      if (place != nullptr) fill(*place, i);
      if (place != nullptr && pool->publish()) {
        ++i;
      } else {
        std::this_thread::yield();
      }
    }
  });
  std::uint32_t wrong = 0;
  std::vector<Pool::Number> held;  // As a jitter buffer does: a place stays in use for a while.
  Pool::Number number = 0;
  for (std::uint32_t expected = 0; expected < kCount;) {
    if (!pool->take(number)) {
      std::this_thread::yield();
      continue;
    }
    const Cargo& cargo = (*pool)[number];
    for (const auto copy : cargo.copies) wrong += copy != expected || cargo.number != expected;
    ++expected;
    held.push_back(number);
    if (held.size() < 6) continue;
    for (const auto old : held) pool->give_back(old);
    held.clear();
  }
  filling.join();
  CHECK(wrong == 0);
}
