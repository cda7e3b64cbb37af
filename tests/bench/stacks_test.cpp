#include <offhook/bench/call_pair.hpp>
#include <offhook/bench/registered_stack.hpp>

#include <doctest/doctest.h>

// These tests do not run the benchmarks. They check that the measured work succeeds: each function throws if its work fails.

namespace {

using namespace offhook;
using namespace std::chrono_literals;

TEST_CASE("The pair of stacks of sip.call.core completes a hundred calls in one instant") {
  bench::CallPair pair;
  for (int i = 0; i < 100; ++i) CHECK_NOTHROW(pair.complete_call());
}

TEST_CASE("The pair of stacks of sip.message sends offers in established calls") {
  bench::CallPair pair;
  for (int i = 0; i < 10; ++i) CHECK_NOTHROW(pair.add_dialog());
  for (int i = 0; i < 100; ++i) {
    CHECK_NOTHROW(pair.offer_anew());
    pair.pass(500ms);
  }
  CHECK(pair.dialogs() == 10);
}

TEST_CASE("The stack of sip.refresh refreshes each of its registrations in turn") {
  bench::RegisteredStack stack(100);
  for (int i = 0; i < 300; ++i) CHECK_NOTHROW(stack.refresh());
}

TEST_CASE("The stack of sip.stranger refuses strangers for five minutes, and sends no REGISTER meanwhile") {
  bench::RegisteredStack stack(10, true);
  for (int i = 0; i < 4000; ++i) {
    CHECK_NOTHROW(stack.refuse_stranger());
    stack.pass(75ms);
  }
  CHECK(stack.accepted() == 10);
}

}  // namespace
