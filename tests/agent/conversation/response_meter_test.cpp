#include <offhook/agent/conversation/response_meter.hpp>
#include <offhook/tests/media/event_kind.hpp>

#include <doctest/doctest.h>

using namespace offhook;
using namespace offhook::agent;
using offhook_test::EventKind;
using namespace std::chrono_literals;

namespace {

struct Meter : ResponseMeter {
  std::optional<ReplyBegan> at(EventKind kind, std::uint64_t tick, std::uint32_t utterance = 0) {
    media::MediaEvent event;
    event.kind = kind;
    event.at_tick = event.tick = tick;
    event.utterance = utterance;
    return on_media(event);
  }
};

}  // namespace

TEST_CASE_FIXTURE(Meter, "The response time runs from the caller's last voiced frame to the first frame of the reply, once per reply") {
  on_turn(1, TurnInput::Kind::Opening);
  on_speak(1);
  const auto greeting = at(EventKind::Sent, 10, 1);
  REQUIRE(greeting);
  CHECK_FALSE(greeting->response);
  CHECK_FALSE(at(EventKind::SpeechStopped, 100));
  on_turn(2, TurnInput::Kind::Speech);
  on_speak(2);
  CHECK_FALSE(at(EventKind::Sent, 120, 1));  // This frame still belongs to the greeting.
  const auto began = at(EventKind::Sent, 132, 2);
  REQUIRE(began);
  CHECK(began->turn == 2);
  CHECK(began->response == 640ms);
  CHECK_FALSE(at(EventKind::Sent, 140, 2));
}

TEST_CASE_FIXTURE(Meter, "The response time to keys runs from the last key, and a reply to silence has no response time") {
  (void)at(EventKind::SpeechStopped, 100);
  (void)at(EventKind::Digit, 200);
  on_turn(2, TurnInput::Kind::Digits);
  on_speak(5);
  CHECK(at(EventKind::Sent, 225, 5)->response == 500ms);
  on_turn(3, TurnInput::Kind::Silence);
  on_speak(6);
  CHECK_FALSE(at(EventKind::Sent, 600, 6)->response);
}
