// 20,000 calls between stacks, on virtual time. What fails says its seed:
//   OFFHOOK_SEED=N       that world alone, of each kind of trouble
//   OFFHOOK_SIM_TRACE=1  and each message of it, in a line
//   OFFHOOK_SIM_CALLS=N  so many calls (a fifteenth of them in debug builds and under a sanitizer)
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
  for (const std::string& complaint : lives.complaints) FAIL_CHECK(complaint);
  MESSAGE(to_string(trouble), ": ", lives.told());
  return lives;
}

/// The worlds were worth living in. A few of them, under a sanitizer, need not have held everything.
void check_happened(const Lives& lives, std::initializer_list<const char*> what) {
  if (kShare != 1) return;
  for (const std::string one : what) {
    CAPTURE(one);
    CHECK((lives.happenings.contains(one) || lives.sent.contains(one)));
  }
}

}  // namespace

TEST_CASE("Calls over a good network: both sides agree on each end, and nothing is left behind") {
  const Lives lives = live_through(Trouble::None);
  // But for who hangs up while a 422 is on its way to him.
  CHECK(lives.count("came through") * 1000 > lives.count("calls") * 995);
  CHECK(lives.count("ends by timers") == lives.count("end 2/3"));  // Nobody at home: the caller gives up.
  // BYE from either side, CANCEL, a refusal, and a telephone that rings until the caller gives up.
  check_happened(lives, {"end 0/0", "end 1/0", "end 0/1", "end 1/1", "end 0/2", "end 1/2"});
  check_happened(lives, {"491", "PRACK", "UPDATE", "REFER", "early media", "answered offers", "refused offers",
                         "answers to a late offer", "ends of transfers", "422"});
}

TEST_CASE("Up to 30 % lost, 15 % doubled, out of order: both sides agree on each end, and nothing is left behind") {
  const Lives lives = live_through(Trouble::Loss);
  CHECK(lives.count("came through") * 100 > lives.count("calls") * 95);
  CHECK(lives.count("ends by timers") * 100 <
        lives.count("calls") * 5);  // Seven tries of an INVITE, eleven of a BYE seldom all fail.
}

TEST_CASE("One telephone is killed and started again in mid-call: the other's calls end, and nothing is left behind") {
  check_happened(live_through(Trouble::Restart), {"481", "ends by timers"});
}

TEST_CASE("One telephone's process stands still for seconds or hours: calls end on both sides, and nothing is left behind") {
  check_happened(live_through(Trouble::Stopped), {"ends by timers"});
}

TEST_CASE("The line is cut in mid-call: both sides end by their own timers, and nothing is left behind") {
  check_happened(live_through(Trouble::Cut), {"ends by timers"});
}

TEST_CASE("Nothing passes for a while, one way or both: calls end on both sides, and nothing is left behind") {
  check_happened(live_through(Trouble::Partition), {"ends by timers", "answered offers"});
}

TEST_CASE("Behind a NAT, through a registrar and proxy: both sides agree on each end, and nothing is left behind") {
  const Lives lives = live_through(Trouble::Nat);
  CHECK(lives.count("came through") * 100 > lives.count("calls") * 90);
  CHECK(lives.count("ends by timers") * 100 < lives.count("calls") * 5);
}

TEST_CASE("Behind a NAT that forgets its ports: each call ends on both sides, and nothing is left behind") {
  (void)live_through(Trouble::ForgetfulNat);
}

TEST_CASE("One call rings two telephones: one of them keeps it, each ends as the caller says, and nothing is left behind") {
  check_happened(live_through(Trouble::Fork), {"PRACK", "491", "REFER"});
}

TEST_CASE("Several troubles at once: each call ends on each side, and nothing is left behind") {
  (void)live_through(Trouble::Everything);
}

TEST_CASE("A seed is the same world each time, to the byte, and another one is another") {
  for (const Trouble trouble : kTroubles) {
    CAPTURE(to_string(trouble));
    const Town one(77, trouble, kCallsPerWorld), again(77, trouble, kCallsPerWorld), other(78, trouble, kCallsPerWorld);
    CHECK(one.traffic() == again.traffic());
    CHECK(one.happenings() == again.happenings());
    CHECK(one.traffic() != other.traffic());
  }
}
