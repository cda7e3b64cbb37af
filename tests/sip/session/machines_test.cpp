#include <offhook/sip/session/answer_repeater.hpp>
#include <offhook/sip/session/glare.hpp>
#include <offhook/sip/session/transfer.hpp>

#include <doctest/doctest.h>

#include <chrono>

using namespace offhook;
using namespace std::chrono_literals;
using sip::session::AnswerRepeater;
using sip::session::Glare;

TEST_CASE("AnswerRepeater repeats a 2xx at 0.5, 1.5, 3.5 and 7.5 s, then every 4 s, and gives up at 32 s [RFC 3261 section 13.3.1.4]") {
  AnswerRepeater repeater({});
  base::TimePoint now{10s};
  const auto begin = now;
  repeater.start({1}, 7, now);
  std::vector<base::Duration> repeats;
  for (auto due = repeater.next_deadline(); due; due = repeater.next_deadline()) {
    now = *due;
    const auto what = repeater.on_time(now);
    if (what == AnswerRepeater::Due::Repeat) repeats.push_back(now - begin);
    if (what == AnswerRepeater::Due::GiveUp) CHECK(now - begin == 32s);
  }
  REQUIRE(repeats.size() == 10);
  CHECK(repeats[0] == 500ms);
  CHECK(repeats[1] == 1500ms);
  CHECK(repeats[3] == 7500ms);
  CHECK(repeats[4] == 11500ms);
  CHECK_FALSE(repeater.running());
}

TEST_CASE("AnswerRepeater stops at the ACK with the CSeq of the INVITE, and on_ack() returns true once") {
  AnswerRepeater repeater({});
  repeater.start({1}, 7, base::TimePoint{});
  CHECK_FALSE(repeater.on_ack(8));
  CHECK(repeater.on_ack(7));
  CHECK_FALSE(repeater.on_ack(7));
  CHECK_FALSE(repeater.next_deadline());
}

TEST_CASE("After a 491 the side that chose the Call-ID waits 2.1 to 4 s, and the other side waits 0 to 2 s, in steps of 10 ms [RFC 3261 section 14.1]") {
  base::SeededRandom random(3);
  base::Duration shortest = 1h, longest{};
  for (int i = 0; i < 2000; ++i) {
    Glare owner(true), other(false);
    REQUIRE(owner.retry_later({}, random));
    REQUIRE(other.retry_later({}, random));
    const auto a = owner.next_deadline()->time_since_epoch(), b = other.next_deadline()->time_since_epoch();
    REQUIRE((a >= 2100ms && a <= 4s));
    REQUIRE((b >= 0s && b <= 2s));
    REQUIRE(a % 10ms == 0ms);
    shortest = std::min<base::Duration>(shortest, b);
    longest = std::max<base::Duration>(longest, a);
  }
  CHECK(shortest < 50ms);
  CHECK(longest > 3950ms);
}

TEST_CASE("Glare allows kMaxRetries retries after 491, and no more") {
  base::SeededRandom random(3);
  Glare glare(true);
  for (int i = 0; i < Glare::kMaxRetries; ++i) {
    REQUIRE(glare.retry_later({}, random));
    REQUIRE(glare.take_due(base::TimePoint{5s}));
    CHECK_FALSE(glare.take_due(base::TimePoint{5s}));
  }
  CHECK_FALSE(glare.retry_later({}, random));
  glare.reset();
  CHECK(glare.retry_later({}, random));
}

TEST_CASE("A transfer ends once, by a refusal or by its time limit [RFC 3515 section 2.4]") {
  sip::session::Transfer transfer;
  CHECK_FALSE(transfer.on_failure(603));
  transfer.start({});
  CHECK(transfer.on_failure(403) == 403);
  CHECK_FALSE(transfer.on_failure(403));
  transfer.start({});
  CHECK_FALSE(transfer.on_time(base::TimePoint{179s}));
  CHECK(transfer.on_time(base::TimePoint{180s}) == 408);
  CHECK_FALSE(transfer.next_deadline());
}
