// 10,000 calls between stacks, on virtual time. What fails says its seed:
//   OFFHOOK_SEED=N       that world alone, of each kind of trouble
//   OFFHOOK_SIM_CALLS=N  so many calls (10,000; fewer under a sanitizer)
#include <offhook/tests/sim/town.hpp>

#include <doctest/doctest.h>

#include <cstdlib>

using namespace offhook;
using namespace offhook::sim;

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(NDEBUG)
constexpr std::uint64_t kCalls = 1200;
#else
constexpr std::uint64_t kCalls = 10000;
#endif
constexpr unsigned kCallsPerWorld = 5;
constexpr std::uint64_t kKinds = 6;

std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

struct Tally {
  std::uint64_t calls = 0, offered = 0, by_timers = 0;
  std::map<std::string, unsigned> ends;
};

Tally live_through(Trouble trouble) {
  const auto only = setting("OFFHOOK_SEED", 0);
  const auto worlds = only != 0 ? 1 : setting("OFFHOOK_SIM_CALLS", kCalls) / kCallsPerWorld / kKinds + 1;
  Tally tally;
  for (std::uint64_t n = 1; n <= worlds; ++n) {
    const std::uint64_t seed = only != 0 ? only : n;
    CAPTURE(seed);
    Town town(seed, trouble, kCallsPerWorld);
    const std::string complaint = town.complaint();
    CHECK_MESSAGE(complaint.empty(), to_string(trouble), ", OFFHOOK_SEED=", seed, ": ", complaint);
    tally.calls += kCallsPerWorld;
    tally.offered += town.offered();
    tally.by_timers += town.ended_by_timers();
    for (const auto& [end, count] : town.ends()) tally.ends[end] += count;
  }
  std::string ends;
  for (const auto& [end, count] : tally.ends) ends += " " + end + ": " + std::to_string(count);
  MESSAGE(to_string(trouble), ": ", tally.calls, " calls, ", tally.offered, " came through, ", tally.by_timers,
          " ends by timers;", ends);
  return tally;
}

}  // namespace

TEST_CASE("Calls over a good network: both sides agree on each end, and nothing is left behind") {
  const Tally tally = live_through(Trouble::None);
  CHECK(tally.offered == tally.calls);
  // The worlds are worth living in: BYE from either side, CANCEL, a refusal, and a telephone that rings until the caller gives
  // up.
  for (const auto* end : {"0/0", "1/0", "0/1", "1/1", "0/2", "1/2"}) {
    CAPTURE(end);
    CHECK(tally.ends.contains(end));
  }
}

TEST_CASE("Up to a fifth lost, a tenth doubled, out of order: both sides agree on each end, and nothing is left behind") {
  const Tally tally = live_through(Trouble::Loss);
  CHECK(tally.offered * 100 > tally.calls * 95);
  CHECK(tally.by_timers * 100 < tally.calls);  // Eleven tries of a BYE seldom all fail.
}

TEST_CASE("One telephone is killed and started again in mid-call: the other's calls end, and nothing is left behind") {
  (void)live_through(Trouble::Restart);
}

TEST_CASE("The line is cut in mid-call: both sides end by their own timers, and nothing is left behind") {
  CHECK(live_through(Trouble::Cut).by_timers > 0);
}

TEST_CASE("Behind a NAT, through a registrar and proxy: both sides agree on each end, and nothing is left behind") {
  const Tally tally = live_through(Trouble::Nat);
  CHECK(tally.offered * 100 > tally.calls * 90);
  CHECK(tally.by_timers * 100 < tally.calls);
}

TEST_CASE("Behind a NAT that forgets its ports: each call ends on both sides, and nothing is left behind") {
  (void)live_through(Trouble::ForgetfulNat);
}
