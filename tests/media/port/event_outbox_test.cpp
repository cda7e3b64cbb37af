#include <offhook/media/port/event_outbox.hpp>

#include <offhook/tests/media/event_kind.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

using namespace offhook;
using offhook_test::EventKind;

namespace {

/// A port whose conversation reads no events. The ring of events is full from the start.
struct Asleep {
  std::unique_ptr<media::AudioPort> port = std::make_unique<media::AudioPort>();
  media::EventOutbox outbox{*port};

  Asleep() {
    for (std::size_t i = 0; i < port->events.capacity(); ++i) outbox.push({});
  }
  void push(EventKind kind, char digit = 0) {
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

TEST_CASE_FIXTURE(Asleep, "If the conversation does not read, EventOutbox keeps important events in order, and drops and counts word events") {
  CHECK(outbox.waiting() == 0);
  push(EventKind::Sent);
  push(EventKind::SpeechStarted);
  push(EventKind::Digit, '7');
  push(EventKind::MediaLost);
  push(EventKind::UtteranceSent);
  push(EventKind::Flushed);
  CHECK(port->events_dropped.load() == 1);
  CHECK(outbox.waiting() == 5);
  const auto told = wake();
  REQUIRE(told.size() == 5);
  CHECK(told[0].kind == EventKind::SpeechStarted);
  CHECK(told[1].digit == '7');
  CHECK(told[2].kind == EventKind::MediaLost);
  CHECK(told[3].kind == EventKind::UtteranceSent);
  CHECK(told[4].kind == EventKind::Flushed);
  CHECK(outbox.waiting() == 0);
}

TEST_CASE_FIXTURE(Asleep, "EventOutbox keeps only the newest speech event and the newest media event") {
  for (int i = 0; i < 100; ++i) {
    push(EventKind::SpeechStarted);
    push(EventKind::SpeechStopped);
    push(EventKind::MediaLost);
    push(EventKind::MediaBack);
  }
  CHECK(outbox.waiting() == 2);
  CHECK(port->events_dropped.load() == 398);
  const auto told = wake();
  REQUIRE(told.size() == 2);
  CHECK(told[0].kind == EventKind::SpeechStopped);
  CHECK(told[1].kind == EventKind::MediaBack);
}

TEST_CASE_FIXTURE(Asleep, "EventOutbox keeps up to kMaxDigits digits, and drops and counts the next digit") {
  std::string expected;
  for (std::size_t i = 0; i < media::EventOutbox::kMaxDigits; ++i) {
    expected += static_cast<char>('0' + i % 10);
    push(EventKind::Digit, expected.back());
  }
  CHECK(port->events_dropped.load() == 0);
  push(EventKind::Digit, '#');
  CHECK(port->events_dropped.load() == 1);
  for (const auto kind : {EventKind::UtteranceSent, EventKind::Flushed, EventKind::SpeechStarted, EventKind::MediaStarted}) push(kind);
  CHECK(outbox.waiting() == media::EventOutbox::kMaxDigits + 4);
  std::string told;
  for (const auto& event : wake()) {
    if (event.kind == EventKind::Digit) told += event.digit;
  }
  CHECK(told == expected);
}

TEST_CASE_FIXTURE(Asleep, "EventOutbox delivers waiting events before later events") {
  push(EventKind::SpeechStarted);
  media::MediaEvent event;
  while (port->events.try_pop(event)) {
  }
  push(EventKind::Sent);
  REQUIRE(port->events.try_pop(event));
  CHECK(event.kind == EventKind::SpeechStarted);
  REQUIRE(port->events.try_pop(event));
  CHECK(event.kind == EventKind::Sent);
}
