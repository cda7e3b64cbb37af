#include <offhook/agent/providers/transcription/turn_uplink.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <vector>

using namespace offhook;
using namespace offhook::agent;
using namespace std::chrono_literals;

namespace {

constexpr Sound kLinear{Sound::Encoding::Linear16, 8000};
constexpr std::size_t kMostMs = 30'000;
constexpr TurnUplink::Shape kKeepsEnd{.frame_ms = 100, .max_resend_ms = kMostMs, .resends_part = true, .free_ms = 5'000, .pace_percent = 200};

std::vector<std::int16_t> sound_of(std::size_t ms) { return std::vector<std::int16_t>(ms * 8, 7); }

/// Takes all frames that may be sent at `now`, and returns their length in ms.
std::size_t drain(TurnUplink& uplink, base::TimePoint now = {}) {
  std::size_t octets = 0;
  for (std::string frame = uplink.next_frame(now); !frame.empty(); frame = uplink.next_frame(now)) octets += frame.size();
  return octets / 16;
}

}  // namespace

TEST_CASE("On a new stream, TurnUplink sends only the audio that has no answer yet") {
  TurnUplink uplink(kLinear, kKeepsEnd);
  uplink.connect();
  uplink.begin_turn();
  REQUIRE(uplink.feed(std::vector<std::int16_t>{1, 2, 3, -2}));
  CHECK(uplink.next_frame({}).empty());
  CHECK(uplink.last_frame() == std::string("\x01\0\x02\0\x03\0\xFE\xFF", 8));
  uplink.answer_to(6);
  uplink.restart({});
  CHECK(uplink.sent() == 0);
  CHECK(uplink.end() == 2);
  CHECK(uplink.last_frame() == "\xFE\xFF");
  uplink.answer_to(99);  // Unsent audio cannot have an answer.
  CHECK(uplink.answered_to() == 2);
  CHECK(uplink.is_consistent());
}

TEST_CASE("TurnUplink keeps at most max_resend_ms of audio without an answer, and drops the oldest second of longer audio") {
  TurnUplink uplink(kLinear, kKeepsEnd);
  uplink.connect();
  uplink.begin_turn();
  for (std::size_t ms = 0; ms < kMostMs; ms += 1'000) {
    REQUIRE(uplink.feed(sound_of(1'000)));
    drain(uplink);
  }
  CHECK(uplink.forgotten() == 0);
  REQUIRE(uplink.feed(sound_of(100)));
  drain(uplink);
  CHECK(uplink.forgotten() == 16'000);
  CHECK(uplink.may_restart());
  uplink.restart({});
  CHECK(uplink.unsent() == (kMostMs - 900) * 16);
  CHECK(uplink.is_consistent());
}

TEST_CASE("TurnUplink keeps at most kMaxUnsentMs of unsent audio, and drops the first second of longer audio") {
  TurnUplink uplink(kLinear, kKeepsEnd);
  uplink.connect();
  uplink.begin_turn();
  for (std::size_t ms = 0; ms < TurnUplink::kMaxUnsentMs; ms += 1'000) REQUIRE(uplink.feed(sound_of(1'000)));
  uplink.bound_unsent();
  CHECK(uplink.forgotten() == 0);
  REQUIRE(uplink.feed(std::vector<std::int16_t>(1, 7)));
  uplink.bound_unsent();
  CHECK(uplink.forgotten() == 16'000);
  CHECK(uplink.unsent() == (TurnUplink::kMaxUnsentMs - 1'000) * 16 + 2);
}

TEST_CASE("TurnUplink refuses another stream for more than max_resend_ms of audio if it may not send only the end again") {
  for (const std::size_t ms : {4'000U, 4'100U}) {
    TurnUplink uplink(kLinear, {.frame_ms = 100, .max_resend_ms = 4'000, .free_ms = 100});
    uplink.connect();
    uplink.begin_turn();
    REQUIRE(uplink.feed(sound_of(ms)));
    CHECK(drain(uplink) == ms);
    CHECK(uplink.may_restart() == (ms == 4'000));
  }
}

TEST_CASE("TurnUplink allows another stream again when an answer leaves at most max_resend_ms of audio without an answer") {
  TurnUplink uplink(kLinear, {.frame_ms = 60, .max_resend_ms = 4'000, .free_ms = 60});
  uplink.connect();
  uplink.begin_turn();
  REQUIRE(uplink.feed(sound_of(4'080)));
  CHECK(drain(uplink) == 4'080);
  CHECK_FALSE(uplink.may_restart());
  uplink.answer_to(uplink.octets_of(500));
  CHECK(uplink.may_restart());
  uplink.restart({});
  CHECK(uplink.unsent() == uplink.octets_of(3'580));
}

TEST_CASE("TurnUplink sends repeated audio at a limited pace, and later audio at once") {
  TurnUplink uplink(kLinear, kKeepsEnd);
  uplink.connect();
  uplink.begin_turn();
  REQUIRE(uplink.feed(sound_of(8'000)));
  const base::TimePoint start{};
  uplink.restart(start);
  CHECK(drain(uplink, start) == 5'000);
  CHECK(drain(uplink, start + 500ms) == 1'000);
  CHECK(drain(uplink, start + 1500ms) == 2'000);
  REQUIRE(uplink.feed(sound_of(9'000)));
  CHECK(drain(uplink, start + 1500ms) == 9'000);
}

TEST_CASE("TurnUplink accepts at most kMaxTurnMs of audio in a turn") {
  TurnUplink uplink(kLinear, {});
  uplink.connect();
  uplink.begin_turn();
  for (std::size_t ms = 0; ms < TurnUplink::kMaxTurnMs; ms += 1'000) {
    REQUIRE(uplink.feed(sound_of(1'000)));
    drain(uplink);
  }
  CHECK_FALSE(uplink.feed(std::vector<std::int16_t>(1, 7)));
  uplink.end_turn();
  CHECK(uplink.feed(std::vector<std::int16_t>(1, 7)));
}
