#include <offhook/rtp/ice/detail/transactions.hpp>
#include <offhook/rtp/ice/limits.hpp>

#include <doctest/doctest.h>

#include <vector>

using namespace offhook;
using namespace std::chrono_literals;
using rtp::IceTransaction;
using rtp::IceTransactions;

namespace {

constexpr base::TimePoint kStart = base::TimePoint{} + 1000s;

IceTransaction check_of(rtp::IcePairId pair, std::uint8_t id = 1, bool persists = false) {
  IceTransaction check;
  check.id.fill(id);
  check.pair = pair;
  check.persists = persists;
  return check;
}

/// Runs one check until its end. Returns the times of its repetitions in milliseconds after the first request; the last value is the time of its end.
std::vector<long> schedule_of(bool persists, base::Duration rto) {
  IceTransactions transactions;
  transactions.begin(check_of(1, 1, persists), rto, kStart);
  std::vector<long> times;
  const auto since_start = [](base::TimePoint now) { return static_cast<long>((now - kStart) / 1ms); };
  while (const auto now = transactions.next_deadline()) {
    while (transactions.next_due(*now) != nullptr) times.push_back(since_start(*now));
    if (transactions.next_ended(*now)) times.push_back(since_start(*now));
  }
  return times;
}

}  // namespace

TEST_CASE("A check is sent seven times, and ends 16 RTO after the last request [RFC 8489 section 6.2.1]") {
  CHECK(schedule_of(false, 500ms) == std::vector<long>{500, 1500, 3500, 7500, 15500, 31500, 39500});
}

TEST_CASE("No check lives longer than 39.5 s, even with a larger RTO") {
  CHECK(schedule_of(false, 1s) == std::vector<long>{1000, 3000, 7000, 15000, 31000, 39500});
  CHECK(schedule_of(false, 10s) == std::vector<long>{10000, 30000, 39500});
}

TEST_CASE("A check that persists is repeated every 4 RTO until its end") {
  const auto times = schedule_of(true, 500ms);
  REQUIRE(times.size() == 21);
  CHECK(std::vector<long>(times.begin(), times.begin() + 5) == std::vector<long>{500, 1500, 3500, 5500, 7500});
  CHECK(times[19] == 37500);
  CHECK(times[20] == 39500);
}

TEST_CASE("A cancelled check is not repeated, and its answer still counts until its end [RFC 8445 section 7.3.1.4]") {
  IceTransactions transactions;
  transactions.begin(check_of(1, 1), 500ms, kStart);
  transactions.begin(check_of(2, 2), 500ms, kStart);
  transactions.cancel(1);
  CHECK(transactions.next_due(kStart + 500ms)->pair == 2);
  CHECK(transactions.next_due(kStart + 500ms) == nullptr);
  CHECK(transactions.find(check_of(1, 1).id)->cancelled);
  CHECK(transactions.take(check_of(1, 1).id));
  CHECK_FALSE(transactions.take(check_of(1, 1).id));
  CHECK(transactions.size() == 1);
}

TEST_CASE("IceTransactions keeps kMaxCancelledChecks cancelled checks, and a further one replaces the oldest") {
  IceTransactions transactions;
  for (std::size_t i = 0; i < rtp::kMaxCancelledChecks; ++i) {
    transactions.begin(check_of(1, static_cast<std::uint8_t>(i)), 500ms, kStart);
    transactions.cancel(1);
  }
  CHECK(transactions.size() == rtp::kMaxCancelledChecks);
  CHECK(transactions.find(check_of(1, 0).id) != nullptr);
  transactions.begin(check_of(1, 200), 500ms, kStart);
  transactions.cancel(1);
  CHECK(transactions.size() == rtp::kMaxCancelledChecks);
  CHECK(transactions.find(check_of(1, 0).id) == nullptr);
  CHECK(transactions.find(check_of(1, 200).id) != nullptr);
}

TEST_CASE("forget_if() removes the checks of removed pairs") {
  IceTransactions transactions;
  transactions.begin(check_of(1, 1), 500ms, kStart);
  transactions.begin(check_of(2, 2), 500ms, kStart);
  transactions.forget_if([](rtp::IcePairId pair) { return pair == 1; });
  CHECK(transactions.size() == 1);
  CHECK(transactions.find(check_of(1, 1).id) == nullptr);
}
