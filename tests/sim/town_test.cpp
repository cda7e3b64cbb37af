// 20,000 calls between stacks on virtual time. A failure prints its seed:
//   OFFHOOK_SEED=N       runs only that world, with each kind of disturbance
//   OFFHOOK_SIM_TRACE=1  prints each of its messages in one line
//   OFFHOOK_SIM_CALLS=N  sets the number of calls (a fifteenth of them in debug builds and under a sanitizer)
#include <offhook/tests/sim/lives.hpp>
#include <offhook/tests/testkit/sanitized.hpp>

#include <doctest/doctest.h>

#include <cstdlib>

using namespace offhook;
using namespace offhook::sim;

namespace {

#if OFFHOOK_SANITIZED || !defined(NDEBUG)
constexpr std::uint64_t kShare = 15;
#else
constexpr std::uint64_t kShare = 1;
#endif

std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

Lives live_through(Trouble trouble) {
  const auto only = setting("OFFHOOK_SEED", 0);
  const auto calls = setting("OFFHOOK_SIM_CALLS", 20000) / kShare;
  const auto worlds = only != 0 ? 1 : calls / kCallsPerWorld / std::size(kTroubles) + 1;
  Lives lives;
  for (std::uint64_t n = 1; n <= worlds; ++n) lives.live(only != 0 ? only : n, trouble);
  CHECK(lives.count("calls") > 0);
  for (const std::string& complaint : lives.complaints) FAIL_CHECK(complaint);
  MESSAGE(to_string(trouble), ": ", lives.told());
  return lives;
}

/// Checks that the worlds contained these events. A sanitizer runs only a few worlds, which need not contain all of them.
void check_happened(const Lives& lives, std::initializer_list<const char*> what) {
  if (kShare != 1) return;
  for (const std::string one : what) {
    CAPTURE(one);
    CHECK((lives.happenings.contains(one) || lives.sent.contains(one)));
  }
}

}  // namespace

TEST_CASE("Over a good network, both sides agree on each end, and no state remains") {
  const Lives lives = live_through(Trouble::None);
  // Some callers hang up while a 422 is on its way.
  CHECK(lives.count("came through") * 1000 > lives.count("calls") * 995);
  CHECK(lives.count("ends by timers") == lives.count("end 2/3"));  // No answer: the caller gives up.
  // BYE from either side, CANCEL, a refusal, and a telephone that rings until the caller gives up.
  check_happened(lives, {"end 0/0", "end 1/0", "end 0/1", "end 1/1", "end 0/2", "end 1/2"});
  check_happened(lives, {"491", "PRACK", "UPDATE", "REFER", "early media", "answered offers", "refused offers",
                         "answers to a late offer", "ends of transfers", "422"});
}

TEST_CASE("With up to 30 % loss, 15 % duplicates and reordering, both sides agree on each end, and no state remains") {
  const Lives lives = live_through(Trouble::Loss);
  CHECK(lives.count("came through") * 100 > lives.count("calls") * 95);
  CHECK(lives.count("ends by timers") * 100 <
        lives.count("calls") * 5);  // Seven INVITEs or eleven BYEs rarely all fail.
}

TEST_CASE("When one telephone is killed and restarted during a call, the other's calls end, and no state remains") {
  check_happened(live_through(Trouble::Restart), {"481", "ends by timers"});
}

TEST_CASE("When one telephone's process stops for seconds or hours, calls end on both sides, and no state remains") {
  check_happened(live_through(Trouble::Stopped), {"ends by timers"});
}

TEST_CASE("When the line is cut during a call, both sides end by their own timers, and no state remains") {
  check_happened(live_through(Trouble::Cut), {"ends by timers"});
}

TEST_CASE("When one or both directions are interrupted for a while, calls end on both sides, and no state remains") {
  check_happened(live_through(Trouble::Partition), {"ends by timers", "answered offers"});
}

TEST_CASE("Behind a NAT with registrar and proxy, both sides agree on each end, and no state remains") {
  const Lives lives = live_through(Trouble::Nat);
  CHECK(lives.count("came through") * 100 > lives.count("calls") * 90);
  CHECK(lives.count("ends by timers") * 100 < lives.count("calls") * 5);
}

TEST_CASE("Behind a NAT that loses its ports, each call ends on both sides, and no state remains") {
  (void)live_through(Trouble::ForgetfulNat);
}

TEST_CASE("When one call rings two telephones, one of them keeps it, each ends as the caller reports, and no state remains") {
  check_happened(live_through(Trouble::Fork), {"PRACK", "491", "REFER"});
}

TEST_CASE("With several disturbances at once, each call ends on each side, and no state remains") {
  (void)live_through(Trouble::Everything);
}

TEST_CASE("The same seed produces the same world to the byte, and another seed another world") {
  for (const Trouble trouble : kTroubles) {
    CAPTURE(to_string(trouble));
    const Town one(77, trouble, kCallsPerWorld), again(77, trouble, kCallsPerWorld), other(78, trouble, kCallsPerWorld);
    CHECK(one.traffic() == again.traffic());
    CHECK(one.happenings() == again.happenings());
    CHECK(one.traffic() != other.traffic());
  }
}
