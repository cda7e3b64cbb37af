#include <offhook/agent/providers/circuit_breaker.hpp>

#include <doctest/doctest.h>

using namespace offhook;
using namespace offhook::agent;
using namespace std::chrono_literals;

namespace {

constexpr base::TimePoint kStart{1000s};

}  // namespace

TEST_CASE("CircuitBreaker pauses a service after three failures in a row, and after the pause allows one trial at a time") {
  CircuitBreaker breaker;
  auto now = kStart;
  breaker.on_failure(FailureKind::Network, now);
  breaker.on_failure(FailureKind::Timeout, now);
  CHECK(breaker.try_ask(now));
  breaker.on_failure(FailureKind::Overloaded, now);
  CHECK_FALSE(breaker.try_ask(now));
  now += CircuitBreaker::kFirstPause - 1ms;
  CHECK_FALSE(breaker.try_ask(now));
  now += 1ms;
  CHECK(breaker.try_ask(now));
  CHECK_FALSE(breaker.try_ask(now));  // A second call may not try at the same time.
  breaker.on_success();
  CHECK(breaker.try_ask(now));
}

TEST_CASE("CircuitBreaker doubles the pause after each failed trial, up to kLongestPause") {
  CircuitBreaker breaker;
  auto now = kStart;
  for (int i = 0; i < 3; ++i) breaker.on_failure(FailureKind::Network, now);
  base::Duration pause = CircuitBreaker::kFirstPause;
  for (int i = 0; i < 10; ++i) {
    CHECK_FALSE(breaker.try_ask(now + pause - 1ms));
    now += pause;
    REQUIRE(breaker.try_ask(now));
    breaker.on_failure(FailureKind::Network, now);
    pause = std::min(pause * 2, CircuitBreaker::kLongestPause);
  }
}

TEST_CASE("CircuitBreaker allows another trial if a trial has no result within kTrialLimit") {
  CircuitBreaker breaker;
  for (int i = 0; i < 3; ++i) breaker.on_failure(FailureKind::Network, kStart);
  const auto now = kStart + CircuitBreaker::kFirstPause;
  REQUIRE(breaker.try_ask(now));
  CHECK_FALSE(breaker.try_ask(now + CircuitBreaker::kTrialLimit - 1ms));
  CHECK(breaker.try_ask(now + CircuitBreaker::kTrialLimit));
}

TEST_CASE("CircuitBreaker pauses a service immediately for kPauseAfterRefusedKey after a refused key, and never for a failure of kind Local") {
  CircuitBreaker breaker;
  for (int i = 0; i < 10; ++i) breaker.on_failure(FailureKind::Local, kStart);
  CHECK(breaker.try_ask(kStart));
  breaker.on_failure(FailureKind::Auth, kStart);
  CHECK_FALSE(breaker.try_ask(kStart + CircuitBreaker::kPauseAfterRefusedKey - 1ms));
  CHECK(breaker.try_ask(kStart + CircuitBreaker::kPauseAfterRefusedKey));
}

TEST_CASE("If a service loads its model, CircuitBreaker pauses it for kFirstPause, counts no failure, and does not shorten a longer pause") {
  CircuitBreaker breaker;
  for (int i = 0; i < 10; ++i) breaker.on_failure(FailureKind::Loading, kStart);
  CHECK_FALSE(breaker.try_ask(kStart + CircuitBreaker::kFirstPause - 1ms));
  CHECK(breaker.try_ask(kStart + CircuitBreaker::kFirstPause));
  CHECK_FALSE(breaker.try_ask(kStart + CircuitBreaker::kFirstPause));  // Only one call may try.
  breaker.on_success();
  for (int i = 0; i < 2; ++i) breaker.on_failure(FailureKind::Network, kStart);
  CHECK(breaker.try_ask(kStart));
  breaker.on_failure(FailureKind::Auth, kStart);
  breaker.on_failure(FailureKind::Loading, kStart);
  CHECK_FALSE(breaker.try_ask(kStart + CircuitBreaker::kPauseAfterRefusedKey - 1ms));
}

TEST_CASE("Breakers keeps one breaker for each name, up to a bound [kMaxNames]") {
  Breakers breakers;
  for (std::size_t i = 0; i < Breakers::kMaxNames; ++i) breakers.on_failure("p" + std::to_string(i), FailureKind::Auth, kStart);
  breakers.on_failure("one more", FailureKind::Auth, kStart);
  CHECK_FALSE(breakers.try_ask("p255", kStart));
  CHECK(breakers.try_ask("one more", kStart));
  breakers.on_success("p255");
  CHECK(breakers.try_ask("p255", kStart));
}

TEST_CASE("Breakers creates no breaker when its state is read") {
  Breakers breakers;
  CHECK_FALSE(breakers.is_open("a", kStart));
  CHECK(breakers.states(kStart).empty());
  breakers.on_failure("a", FailureKind::Auth, kStart);
  breakers.on_success("b");
  CHECK(breakers.is_open("a", kStart));
  CHECK(breakers.states(kStart) == std::vector<std::pair<std::string, bool>>{{"a", true}, {"b", false}});
  CHECK_FALSE(breakers.is_open("a", kStart + CircuitBreaker::kPauseAfterRefusedKey));
}

TEST_CASE("Breakers reports each failure to its watch, even failures of kind Local") {
  std::string told;
  Breakers breakers({.on_failed = [&](std::string_view name, FailureKind kind) { told += std::string(name) + " " + std::string(to_string(kind)) + ";"; }});
  breakers.on_failure("a/think", FailureKind::Network, kStart);
  breakers.on_success("a/think");
  breakers.on_failure("b/speak", FailureKind::Local, kStart);
  CHECK(told == "a/think network;b/speak local;");
}

TEST_CASE("Breakers reports to its watch each pause with its length, and that a service works again") {
  std::string told;
  Breakers breakers({.on_paused =
                         [&](std::string_view name, FailureKind kind, base::Duration pause) {
                           told += std::string(name) + " " + std::string(to_string(kind)) + " " + std::to_string(pause / 1s) + ";";
                         },
                     .on_back = [&](std::string_view name) { told += std::string(name) + " back;"; }});
  for (unsigned i = 0; i + 1 < CircuitBreaker::kFailuresToOpen; ++i) breakers.on_failure("a", FailureKind::Network, kStart);
  CHECK(told.empty());
  breakers.on_failure("a", FailureKind::Network, kStart);
  CHECK(told == "a network 5;");
  REQUIRE(breakers.try_ask("a", kStart + CircuitBreaker::kFirstPause));
  breakers.on_failure("a", FailureKind::Timeout, kStart + CircuitBreaker::kFirstPause);
  CHECK(told == "a network 5;a timeout 10;");
  breakers.on_success("a");
  breakers.on_success("a");
  breakers.on_success("b");
  CHECK(told == "a network 5;a timeout 10;a back;");
  told.clear();
  for (int i = 0; i < 2; ++i) breakers.on_failure("a", FailureKind::Loading, kStart);  // The second failure does not extend the pause.
  CHECK(told == "a loading 5;");
}

TEST_CASE("CircuitBreaker does not count a failure of kind Filtered") {
  CircuitBreaker breaker;
  for (int i = 0; i < 10; ++i) breaker.on_failure(FailureKind::Filtered, kStart);
  CHECK(breaker.try_ask(kStart));
}
