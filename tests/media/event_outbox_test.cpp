#include <offhook/media/event_outbox.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

using namespace offhook;
using Kind = media::MediaEvent::Kind;

namespace {

/// A port whose conversation sleeps: its ring is full from the start.
struct Asleep {
  std::unique_ptr<media::AudioPort> port = std::make_unique<media::AudioPort>();
  media::EventOutbox outbox{*port};

  Asleep() {
    for (std::size_t i = 0; i < port->events.capacity(); ++i) outbox.push({});
  }
  void push(Kind kind, char digit = 0) {
    media::MediaEvent event;
    event.kind = kind;
    event.digit = digit;
    outbox.push(event);
  }
  std::vector<media::MediaEvent> wake() {
    std::vector<media::MediaEvent> all;
    media::MediaEvent event;
    while (port->events.try_pop(event)) all.push_back(event);
    all.clear();
    outbox.retry();
    while (port->events.try_pop(event)) all.push_back(event);
    return all;
  }
};

}  // namespace

TEST_CASE_FIXTURE(Asleep, "What a sleeping conversation must know waits for it in order; words are dropped and counted") {
  CHECK(outbox.waiting() == 0);
  push(Kind::Sent);
  push(Kind::SpeechStarted);
  push(Kind::Digit, '7');
  push(Kind::MediaLost);
  push(Kind::UtteranceSent);
  push(Kind::Flushed);
  CHECK(port->events_dropped.load() == 1);
  CHECK(outbox.waiting() == 5);
  const auto told = wake();
  REQUIRE(told.size() == 5);
  CHECK(told[0].kind == Kind::SpeechStarted);
  CHECK(told[1].digit == '7');
  CHECK(told[2].kind == Kind::MediaLost);
  CHECK(told[3].kind == Kind::UtteranceSent);
  CHECK(told[4].kind == Kind::Flushed);
  CHECK(outbox.waiting() == 0);
}

TEST_CASE_FIXTURE(Asleep, "Of speech and media only the newest state waits") {
  for (int i = 0; i < 100; ++i) {
    push(Kind::SpeechStarted);
    push(Kind::SpeechStopped);
    push(Kind::MediaLost);
    push(Kind::MediaBack);
  }
  CHECK(outbox.waiting() == 2);
  CHECK(port->events_dropped.load() == 398);
  const auto told = wake();
  REQUIRE(told.size() == 2);
  CHECK(told[0].kind == Kind::SpeechStopped);
  CHECK(told[1].kind == Kind::MediaBack);
}

TEST_CASE_FIXTURE(Asleep, "Digits wait up to their bound, and the next one is dropped and counted") {
  std::string expected;
  for (std::size_t i = 0; i < media::EventOutbox::kMaxDigits; ++i) {
    expected += static_cast<char>('0' + i % 10);
    push(Kind::Digit, expected.back());
  }
  CHECK(port->events_dropped.load() == 0);
  push(Kind::Digit, '#');
  CHECK(port->events_dropped.load() == 1);
  for (const auto kind : {Kind::UtteranceSent, Kind::Flushed, Kind::SpeechStarted, Kind::MediaStarted}) push(kind);
  CHECK(outbox.waiting() == media::EventOutbox::kMaxDigits + 4);
  std::string told;
  for (const auto& event : wake()) {
    if (event.kind == Kind::Digit) told += event.digit;
  }
  CHECK(told == expected);
}

TEST_CASE_FIXTURE(Asleep, "What waits goes before what comes later") {
  push(Kind::SpeechStarted);
  media::MediaEvent event;
  while (port->events.try_pop(event)) {
  }
  push(Kind::Sent);
  REQUIRE(port->events.try_pop(event));
  CHECK(event.kind == Kind::SpeechStarted);
  REQUIRE(port->events.try_pop(event));
  CHECK(event.kind == Kind::Sent);
}
