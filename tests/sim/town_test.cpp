// 20,000 calls between stacks on virtual time. A failure prints the seed of its world:
//   OFFHOOK_SEED=N       runs only that world, with each kind of disturbance
//   OFFHOOK_SIM_TRACE=1  prints each SIP message in one line
//   OFFHOOK_SIM_CALLS=N  makes N calls in all tests together (N / 15 in debug builds and under a sanitizer)
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

/// Checks that the worlds contained these events. Does nothing in debug builds and under a sanitizer, whose few worlds need not contain all events.
void check_happened(const Lives& lives, std::initializer_list<const char*> what) {
  if (kShare != 1) return;
  for (const std::string one : what) {
    CAPTURE(one);
    CHECK((lives.happenings.contains(one) || lives.sent.contains(one)));
  }
}

}  // namespace

TEST_CASE("Over a good network, both sides agree on how each call ended, and no state remains") {
  const Lives lives = live_through(Trouble::None);
  // A few calls do not come through, because the caller hangs up while a 422 is on its way.
  CHECK(lives.count("came through") * 1000 > lives.count("calls") * 995);
  CHECK(lives.count("ends by timers") == lives.count("end 2/3"));  // "2/3" is By::Network, Why::NoAnswer: the caller gives up.
  // By::Local and By::Remote, each with Why::Bye, Why::Cancelled and Why::Rejected.
  check_happened(lives, {"end 0/0", "end 1/0", "end 0/1", "end 1/1", "end 0/2", "end 1/2"});
  check_happened(lives, {"491", "PRACK", "UPDATE", "REFER", "early media", "answered offers", "refused offers",
                         "answers to a late offer", "ends of transfers", "422"});
}

TEST_CASE("With up to 30 % loss, 15 % duplicates and reordering, both sides agree on how each call ended, and no state remains") {
  const Lives lives = live_through(Trouble::Loss);
  CHECK(lives.count("came through") * 100 > lives.count("calls") * 95);
  CHECK(lives.count("ends by timers") * 100 <
        lives.count("calls") * 5);  // It is rare that all seven INVITEs or all eleven BYEs are lost.
}

TEST_CASE("When one telephone is killed and restarted during a call, the other telephone's calls end, and no state remains") {
  check_happened(live_through(Trouble::Restart), {"481", "ends by timers"});
}

TEST_CASE("When one telephone's process stops for seconds or hours, all calls end on both sides, and no state remains") {
  check_happened(live_through(Trouble::Stopped), {"ends by timers"});
}

TEST_CASE("When the network is cut during a call, each side ends the call by its own timer, and no state remains") {
  check_happened(live_through(Trouble::Cut), {"ends by timers"});
}

TEST_CASE("When the network drops datagrams in one or both directions for a while, all calls end on both sides, and no state remains") {
  check_happened(live_through(Trouble::Partition), {"ends by timers", "answered offers"});
}

TEST_CASE("Behind a NAT, with a registrar and proxy, both sides agree on how each call ended, and no state remains") {
  const Lives lives = live_through(Trouble::Nat);
  CHECK(lives.count("came through") * 100 > lives.count("calls") * 90);
  CHECK(lives.count("ends by timers") * 100 < lives.count("calls") * 5);
}

TEST_CASE("Behind a NAT that forgets idle ports, each call ends on both sides, and no state remains") {
  (void)live_through(Trouble::ForgetfulNat);
}

TEST_CASE("When one call rings two telephones, the caller and the two telephones agree on how the call ended, and no state remains") {
  check_happened(live_through(Trouble::Fork), {"PRACK", "491", "REFER"});
}

TEST_CASE("With several disturbances at the same time, each call ends on both sides, and no state remains") {
  (void)live_through(Trouble::Everything);
}

TEST_CASE("Two towns with the same seed have the same traffic, octet by octet. A town with another seed has different traffic") {
  for (const Trouble trouble : kTroubles) {
    CAPTURE(to_string(trouble));
    const Town one(77, trouble, kCallsPerWorld), again(77, trouble, kCallsPerWorld), other(78, trouble, kCallsPerWorld);
    CHECK(one.traffic() == again.traffic());
    CHECK(one.happenings() == again.happenings());
    CHECK(one.traffic() != other.traffic());
  }
}
