#include <offhook/sip/session/reliable_provisionals.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <vector>

using namespace offhook;
using namespace std::chrono_literals;
using sip::Method;
using sip::RAck;
using sip::session::ReliableProvisionals;

namespace {

struct Reliable {
  base::SeededRandom random{7};
  base::TimePoint now{10s};
  ReliableProvisionals all{{}, 5};

  const ReliableProvisionals::Provisional* send(int status = 183, const char* body = "") {
    REQUIRE(all.push(status, {"application/sdp", body}));
    return all.start_next(random, now);
  }
};

}  // namespace

TEST_CASE_FIXTURE(Reliable, "ReliableProvisionals repeats a response after T1, then after doubled intervals without the limit T2, until 64 T1 [RFC 3262 section 3]") {
  REQUIRE(send() != nullptr);
  const auto begin = now;
  std::vector<base::Duration> repeats;
  for (auto due = all.next_deadline(); due; due = all.next_deadline()) {
    now = *due;
    const auto what = all.on_time(now);
    if (what == ReliableProvisionals::Due::Repeat) repeats.push_back(now - begin);
    if (what == ReliableProvisionals::Due::GiveUp) CHECK(now - begin == 32s);
  }
  CHECK(repeats == std::vector<base::Duration>{500ms, 1500ms, 3500ms, 7500ms, 15500ms, 31500ms});
}

TEST_CASE_FIXTURE(Reliable, "RSeq begins between 1 and 2^31 - 1 and rises by one [RFC 3262 section 3]") {
  for (int i = 0; i < 200; ++i) {
    ReliableProvisionals one({}, 5);
    REQUIRE(one.push(180, {}));
    const auto rseq = one.start_next(random, now)->rseq;
    REQUIRE((rseq >= 1 && rseq <= 2147483647));
  }
  const auto first = send()->rseq;
  REQUIRE(all.on_prack({first, 5, Method::Invite}));
  CHECK(send()->rseq == first + 1);
}

TEST_CASE_FIXTURE(Reliable, "The second provisional response waits until the first is acknowledged [RFC 3262 section 3]") {
  const auto first = send(180)->rseq;
  CHECK(send(183) == nullptr);
  CHECK_FALSE(all.on_prack({first + 1, 5, Method::Invite}));
  CHECK_FALSE(all.on_prack({first, 6, Method::Invite}));
  CHECK_FALSE(all.on_prack({first, 5, Method::Update}));
  CHECK(all.on_prack({first, 5, Method::Invite})->status == 180);
  CHECK_FALSE(all.on_prack({first, 5, Method::Invite}));
  CHECK_FALSE(all.next_deadline());
  CHECK(all.start_next(random, now)->status == 183);
}

TEST_CASE_FIXTURE(Reliable, "ReliableProvisionals accepts kMaxWaiting waiting responses, and refuses one more") {
  (void)send();
  for (std::size_t i = 0; i < ReliableProvisionals::kMaxWaiting; ++i) CHECK(all.push(183, {}));
  CHECK_FALSE(all.push(183, {}));
}

TEST_CASE_FIXTURE(Reliable, "A 2xx waits until the provisional responses with a session description are acknowledged, even those that are not sent yet [RFC 3262 section 5]") {
  const auto first = send(180)->rseq;
  CHECK_FALSE(all.holds_answer());
  REQUIRE(all.push(183, {"application/sdp", "answer"}));
  CHECK(all.holds_answer());
  REQUIRE(all.on_prack({first, 5, Method::Invite}));
  const auto second = all.start_next(random, now)->rseq;
  CHECK(all.holds_answer());
  REQUIRE(all.on_prack({second, 5, Method::Invite}));
  CHECK_FALSE(all.holds_answer());
}

TEST_CASE_FIXTURE(Reliable, "After a final response ReliableProvisionals repeats nothing, but accepts the PRACK for an earlier response [RFC 3262 section 3]") {
  const auto first = send(180)->rseq;
  REQUIRE(all.push(183, {}));
  all.stop();
  CHECK_FALSE(all.next_deadline());
  CHECK(all.on_prack({first, 5, Method::Invite}));
  CHECK(all.start_next(random, now) == nullptr);
}
