#include <offhook/rtp/jitter/overtaken.hpp>

#include <doctest/doctest.h>

using offhook::rtp::Overtaken;

namespace {

constexpr std::int64_t kStart = 8'000'000, kDelay = 400;

}  // namespace

TEST_CASE("The delay of an overtaken packet counts for one to two slots") {
  for (const std::int64_t at : {std::int64_t{0}, Overtaken::kSlot - 1}) {  // at the start and at the end of the first slot
    Overtaken overtaken;
    overtaken.add(kStart, at == 0 ? kDelay : 0);
    overtaken.add(kStart + at, kDelay);
    CHECK(overtaken.may_come(kStart + at + Overtaken::kSlot, kDelay));
    CHECK(overtaken.may_come(kStart + 2 * Overtaken::kSlot - 1, kDelay));
    CHECK_FALSE(overtaken.may_come(kStart + 2 * Overtaken::kSlot, kDelay));
  }
}

TEST_CASE("The delay of an overtaken packet counts for no longer than two slots when more packets are overtaken") {
  for (const std::int64_t next : {Overtaken::kSlot, 2 * Overtaken::kSlot - 1}) {  // the first and the last unit of the second slot
    Overtaken overtaken;
    overtaken.add(kStart, kDelay);
    overtaken.add(kStart + next, 0);
    CHECK(overtaken.may_come(kStart + 2 * Overtaken::kSlot - 1, kDelay));
    CHECK_FALSE(overtaken.may_come(kStart + 2 * Overtaken::kSlot, kDelay));
    CHECK(overtaken.may_come(kStart + 2 * Overtaken::kSlot, 0));
    CHECK_FALSE(overtaken.may_come(kStart + 3 * Overtaken::kSlot, 0));
  }
}

TEST_CASE("No packet may still come before one was overtaken, nor after a delay that is too long to wait for") {
  Overtaken overtaken;
  CHECK_FALSE(overtaken.may_come(0, 0));
  overtaken.add(kStart, Overtaken::kMostDelay + 1);
  CHECK_FALSE(overtaken.may_come(kStart, 0));
}
