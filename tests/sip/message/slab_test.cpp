#include "support.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace offhook::sip;

TEST_CASE("a slab returns to its pool once, even if it was moved several times") {
  SlabPool pool;
  const std::vector<std::uint8_t> bytes(100, 7);
  {
    Slab a = pool.copy(bytes);
    Slab b = std::move(a);
    Slab c;
    c = std::move(b);
    CHECK(c.bytes().size() == 100);
    CHECK(std::all_of(c.bytes().begin(), c.bytes().end(), [](auto octet) { return octet == 7; }));
    CHECK(pool.idle() == 0);
  }
  CHECK(pool.idle() == 1);
  const auto* first = pool.copy(bytes).bytes().data();
  CHECK(pool.copy(bytes).bytes().data() == first);  // The pool uses the same memory again.
  CHECK(pool.idle() == 1);
}

TEST_CASE("an assignment to a Slab returns its old memory to the pool") {
  SlabPool pool;
  const std::vector<std::uint8_t> bytes(10, 1);
  Slab kept = pool.copy(bytes);
  kept = pool.copy(bytes);
  CHECK(pool.idle() == 1);
  kept = Slab();
  CHECK(pool.idle() == 2);
}

TEST_CASE("a pool has slabs of two sizes, and keeps at most kMaxMessageBytes + 1 octets of a message") {
  SlabPool pool;
  for (const std::size_t size :
       {std::size_t{0}, SlabPool::kSmallBytes, SlabPool::kSmallBytes + 1, kMaxMessageBytes, kMaxMessageBytes + 1})
    CHECK(pool.copy(std::vector<std::uint8_t>(size)).bytes().size() == size);
  CHECK(pool.idle() == 2);
  CHECK(pool.copy(std::vector<std::uint8_t>(kMaxMessageBytes + 2)).bytes().size() == kMaxMessageBytes + 1);
  CHECK(Slab::exact(std::vector<std::uint8_t>(kMaxMessageBytes + 2)).bytes().size() == kMaxMessageBytes + 1);
}

TEST_CASE("a pool keeps at most kMaxIdle unused slabs of each size") {
  SlabPool pool;
  {
    std::vector<Slab> slabs;
    for (std::size_t i = 0; i < SlabPool::kMaxIdle + 1; ++i) slabs.push_back(pool.copy({}));
  }
  CHECK(pool.idle() == SlabPool::kMaxIdle);
}
