#include <offhook/bench/call_pair.hpp>
#include <offhook/bench/registered_stack.hpp>

#include <doctest/doctest.h>

// Benchmarks are not run by the tests: that what they measure still comes about is shown here. A turn that does not throws.

namespace {

using namespace offhook;
using namespace std::chrono_literals;

TEST_CASE("The pair of stacks that sip.call.core measures calls a hundred times in one instant") {
  bench::CallPair pair;
  for (int i = 0; i < 100; ++i) CHECK_NOTHROW(pair.complete_call());
}

TEST_CASE("The pair of stacks that sip.message measures offers anew in calls that are up") {
  bench::CallPair pair;
  for (int i = 0; i < 10; ++i) CHECK_NOTHROW(pair.add_dialog());
  for (int i = 0; i < 100; ++i) {
    CHECK_NOTHROW(pair.offer_anew());
    pair.pass(500ms);
  }
  CHECK(pair.dialogs() == 10);
}

TEST_CASE("The stack that sip.refresh measures refreshes each of its registrations in turn") {
  bench::RegisteredStack stack(100);
  for (int i = 0; i < 300; ++i) CHECK_NOTHROW(stack.refresh());
}

TEST_CASE("The stack that sip.stranger measures refuses strangers for five minutes, and has nothing else to do") {
  bench::RegisteredStack stack(10, true);
  for (int i = 0; i < 4000; ++i) {
    CHECK_NOTHROW(stack.refuse_stranger());
    stack.pass(75ms);
  }
  CHECK(stack.accepted() == 10);
}

}  // namespace
