// Forks, reliable provisional responses, crossing offers and transfers, combined in one call. A failure prints the seed of its world:
//   OFFHOOK_SEED=N       runs only that world
//   OFFHOOK_SIM_TRACE=1  prints each SIP message of the world in one line
#include <offhook/tests/sim/crossroads.hpp>
#include <offhook/tests/testkit/sanitized.hpp>

#include <doctest/doctest.h>

using namespace offhook;
using namespace offhook::sim;

namespace {

#if OFFHOOK_SANITIZED || !defined(NDEBUG)
constexpr std::uint64_t kRounds = 3;
#else
constexpr std::uint64_t kRounds = 20;
#endif

}  // namespace

TEST_CASE("In calls with forks, PRACK, glare and transfers, both sides agree on how each call ended, and no state remains") {
  const char* only = std::getenv("OFFHOOK_SEED");
  const std::uint64_t first = only != nullptr ? std::strtoull(only, nullptr, 10) : 0;
  const std::uint64_t last = only != nullptr ? first : kRounds * Crossing::kAll - 1;
  Happenings all;
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    Crossroads world(seed, Crossing::of(seed));
    for (const auto& [what, times] : world.happenings()) all[what] += times;
    for (const auto* what : {"PRACK", "UPDATE", "REFER", "491", "500"}) {
      if (const auto at = world.sent().find(what); at != world.sent().end()) all[what] += at->second;
    }
    if (const std::string wrong = world.complaint(); !wrong.empty()) FAIL_CHECK("OFFHOOK_SEED=" << seed << ": " << wrong);
  }
  std::string told;
  for (const auto& [what, times] : all) told += what + " " + std::to_string(times) + ", ";
  MESSAGE(told);
  if (only != nullptr) return;
  for (const std::string what : {"offers before the answer", "answered offers", "replaced calls", "transfers that ended with 200",
                                 "transfers that ended with 603", "PRACK", "491", "500"}) {
    CAPTURE(what);
    CHECK(all[what] >= kRounds);
  }
}

TEST_CASE("Two runs of Crossroads with the same seed have the same traffic, octet by octet. A run with another seed has different traffic") {
  for (const std::uint64_t seed : {7, 35, 71}) {
    CAPTURE(seed);
    const Crossroads one(seed, Crossing::of(seed)), again(seed, Crossing::of(seed)), other(seed + 72, Crossing::of(seed));
    CHECK(one.traffic() == again.traffic());
    CHECK(one.traffic() != other.traffic());
  }
}
