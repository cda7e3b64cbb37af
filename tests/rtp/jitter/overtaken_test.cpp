#include <offhook/rtp/jitter/overtaken.hpp>

#include <doctest/doctest.h>

using offhook::rtp::Overtaken;

namespace {

constexpr std::int64_t kStart = 8'000'000, kDelay = 400;

}  // namespace

TEST_CASE("Overtaken uses the delay of an overtaken packet until the end of the following slot, which is for one to two slots") {
  for (const std::int64_t at : {std::int64_t{0}, Overtaken::kSlot - 1}) {  // at the start and at the end of the first slot
    Overtaken overtaken;
    overtaken.add(kStart, at == 0 ? kDelay : 0);
    overtaken.add(kStart + at, kDelay);
    CHECK(overtaken.may_come(kStart + at + Overtaken::kSlot, kDelay));
    CHECK(overtaken.may_come(kStart + 2 * Overtaken::kSlot - 1, kDelay));
    CHECK_FALSE(overtaken.may_come(kStart + 2 * Overtaken::kSlot, kDelay));
  }
}

TEST_CASE("A further overtaken packet does not extend the time for which Overtaken uses the delay of an earlier one") {
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

TEST_CASE("may_come() returns false before any packet was overtaken, and ignores an overtaken packet that came later than kMostDelay") {
  Overtaken overtaken;
  CHECK_FALSE(overtaken.may_come(0, 0));
  overtaken.add(kStart, Overtaken::kMostDelay + 1);
  CHECK_FALSE(overtaken.may_come(kStart, 0));
}
