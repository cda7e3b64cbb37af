#include <offhook/agent/phone/call_capacity.hpp>
#include <offhook/base/free_descriptors.hpp>
#include <offhook/tests/agent/phone/telephone.hpp>
#include <offhook/tests/testkit/descriptor_limit.hpp>

using namespace offhook;
using offhook_test::DescriptorLimit;
using phone::CallCapacity;
using phone::Shortage;
using test::Pair;

namespace {

constexpr std::size_t kEnough = CallCapacity::kDescriptorsPerCall + CallCapacity::kDescriptorReserve;
constexpr std::size_t kEnoughMemory = CallCapacity::kMemoryPerCall + CallCapacity::kMemoryReserve;
constexpr base::TimePoint kStart{};

Shortage shortage_with(std::size_t descriptors, std::size_t memory) {
  return CallCapacity([=] { return CallCapacity::Left{descriptors, memory}; }).shortage(kStart);
}

/// Returns a limit that leaves the process `left` free descriptors.
std::size_t limit_that_leaves(std::size_t left) {
  rlimit now{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &now) == 0);
  return now.rlim_cur - base::free_descriptors() + left;
}

/// Waits until the endpoints measure again.
void let_looks_expire() {
  const auto then = base::Clock::now() + CallCapacity::kLookInterval;
  REQUIRE(offhook_test::wait_until([&] { return base::Clock::now() >= then; }));
}

}  // namespace

TEST_CASE("CallCapacity accepts a call if enough descriptors and memory are free, and refuses the call if one descriptor or octet less is free") {
  CHECK(shortage_with(kEnough, kEnoughMemory) == Shortage::None);
  CHECK(shortage_with(kEnough - 1, kEnoughMemory) == Shortage::Descriptors);
  CHECK(shortage_with(kEnough, kEnoughMemory - 1) == Shortage::Memory);
}

TEST_CASE("Until the next measurement, CallCapacity counts the possible need of each call that it accepted since the last measurement") {
  unsigned looks = 0;
  CallCapacity::Left left;
  CallCapacity room([&] { return ++looks, left; });
  const auto calls_let_in = [&](base::TimePoint now) {
    int calls = 0;
    for (; room.shortage(now) == Shortage::None; ++calls) room.on_call();
    return calls;
  };
  left = {kEnough + 2 * CallCapacity::kDescriptorsPerCall, kEnoughMemory + 5 * CallCapacity::kMemoryPerCall};
  CHECK(calls_let_in(kStart) == 3);
  CHECK(room.shortage(kStart + CallCapacity::kLookInterval - std::chrono::nanoseconds(1)) == Shortage::Descriptors);
  CHECK(looks == 1);
  left = {kEnough + 5 * CallCapacity::kDescriptorsPerCall, kEnoughMemory + 2 * CallCapacity::kMemoryPerCall};
  CHECK(calls_let_in(kStart + CallCapacity::kLookInterval) == 3);
  CHECK(room.shortage(kStart + CallCapacity::kLookInterval) == Shortage::Memory);
  CHECK(looks == 2);
}

TEST_CASE("free_descriptors() returns the limit minus the number of open descriptors") {
  const DescriptorLimit limit(limit_that_leaves(10));
  CHECK(base::free_descriptors() == 10);
  std::vector<int> open;
  for (int i = 0; i < 10; ++i) open.push_back(::dup(0));
  CHECK(base::free_descriptors() == 0);
  for (const int fd : open) ::close(fd);
}

TEST_CASE_FIXTURE(Pair, "When descriptors are short, an incoming call gets 503, and dial() fails [RFC 3261 section 21.5.4]") {
  {
    const DescriptorLimit limit(limit_that_leaves(kEnough - 1));
    let_looks_expire();
    b.on_thread([&] {
      const auto dialled = b.endpoint->dial({b.account, "sip:anna@127.0.0.1", {}, false}, b.port);
      REQUIRE_FALSE(dialled.has_value());
      CHECK(phone::is(dialled.error(), phone::PhoneError::NoDescriptors));
    });
  }
  const DescriptorLimit limit(limit_that_leaves(kEnough));  // This is enough for the caller's call. The called telephone then finds too few.
  let_looks_expire();
  a.dial("bert", b.endpoint->sip_port());
  REQUIRE(a.wait_for<phone::CallFinished>());
  CHECK(a.last<phone::CallFinished>()->details.status == 503);
  REQUIRE(b.last<phone::CallTurnedAway>());
  CHECK(b.last<phone::CallTurnedAway>()->status == 503);
}
