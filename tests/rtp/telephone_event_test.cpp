#include <offhook/rtp/telephone_event.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace offhook;
using namespace std::chrono_literals;

namespace {

struct Receiving {
  rtp::EventReceiver receiver;
  base::TimePoint now = base::TimePoint{} + 100s;
  std::string heard;
  std::vector<rtp::ReceivedDigit> digits;

  void drain() {
    while (const auto digit = receiver.poll()) {
      heard += digit->digit;
      digits.push_back(*digit);
    }
  }
  void packet(std::uint8_t event, std::uint32_t timestamp, std::uint16_t duration, bool end = false) {
    receiver.on_packet(rtp::write_telephone_event({.event = event, .end = end, .duration = duration}), timestamp, now);
    drain();
    now += 20ms;
  }
  void wait(base::Duration time) {
    now += time;
    receiver.on_time(now);
    drain();
  }
};

struct Sent {
  std::uint32_t at;
  rtp::EventSender::Outgoing packet;
  rtp::TelephoneEvent event;
};

std::vector<Sent> run(rtp::EventSender& sender, std::uint32_t begin, int ticks) {
  std::vector<Sent> sent;
  for (int i = 0; i < ticks; ++i) {
    const std::uint32_t at = begin + static_cast<std::uint32_t>(i) * 160;
    if (const auto packet = sender.tick(at)) sent.push_back({at, *packet, *rtp::parse_telephone_event(packet->payload)});
  }
  return sent;
}

}  // namespace

TEST_CASE("The payload's four octets [RFC 4733 section 2.3]") {
  const auto octets = rtp::write_telephone_event({.event = 11, .end = true, .volume = 10, .duration = 0x1234});
  CHECK(octets == std::array<std::uint8_t, 4>{11, 0x8A, 0x12, 0x34});
  const auto event = rtp::parse_telephone_event(octets);
  CHECK(event->event == 11);
  CHECK(event->end);
  CHECK(event->volume == 10);
  CHECK(event->duration == 0x1234);
  CHECK_FALSE(rtp::parse_telephone_event(base::Bytes(octets).first(3)));
}

TEST_CASE("Sixteen digits have numbers, nothing else has [RFC 4733 section 3.2]") {
  const std::string digits = "0123456789*#ABCD";
  for (std::uint8_t i = 0; i < 16; ++i) {
    CHECK(rtp::event_of(digits[i]) == i);
    CHECK(rtp::digit_of(i) == digits[i]);
  }
  CHECK(rtp::event_of('d') == 15);
  CHECK_FALSE(rtp::event_of('E'));
  CHECK_FALSE(rtp::event_of(' '));
  CHECK_FALSE(rtp::digit_of(16));   // A flash is no digit.
}

TEST_CASE(
    "One digit: marker on the first, growing duration, one timestamp, the end three times, then a pause [RFC 4733 section "
    "2.5.1]") {
  rtp::EventSender sender;
  REQUIRE(sender.queue('5', 100, 60));
  const auto sent = run(sender, 1000, 20);
  REQUIRE(sent.size() == 7);
  for (std::size_t i = 0; i < sent.size(); ++i) {
    CHECK(sent[i].packet.timestamp == 1000);
    CHECK(sent[i].packet.marker == (i == 0));
    CHECK(sent[i].event.event == 5);
    CHECK(sent[i].event.duration == std::min<std::size_t>(i + 1, 5) * 160);
    CHECK(sent[i].event.end == (i >= 4));
  }
  CHECK_FALSE(sender.busy());
}

TEST_CASE("Digits follow each other after the pause, and are taken apart again") {
  rtp::EventSender sender;
  Receiving r;
  for (const char digit : std::string("11#*A0")) REQUIRE(sender.queue(digit));
  for (const auto& sent : run(sender, 0xFFFFFF00, 100)) {   // The timestamps wrap on the way.
    r.receiver.on_packet(sent.packet.payload, sent.packet.timestamp,
                         r.now + std::chrono::milliseconds((sent.at - 0xFFFFFF00) / 8));
    r.drain();
  }
  CHECK(r.heard == "11#*A0");
  for (const auto& digit : r.digits) CHECK(digit.duration_ms == 100);
}

TEST_CASE("A pause between digits lasts as long as it was asked for") {
  rtp::EventSender sender, plain;
  REQUIRE(plain.queue('1'));
  REQUIRE(plain.queue('2'));
  REQUIRE(sender.queue('1'));
  REQUIRE(sender.queue_pause(500));
  REQUIRE(sender.queue('2'));
  const auto without = run(plain, 0, 60), with = run(sender, 0, 60);
  REQUIRE(with.size() == without.size());
  CHECK(with.back().at - without.back().at == 500 * 8);
  for (std::size_t i = 0; i < rtp::kMaxQueuedDigits; ++i) REQUIRE(sender.queue_pause());
  CHECK_FALSE(sender.queue_pause());
}

TEST_CASE("The queue takes kMaxQueuedDigits, and one more when one has left") {
  rtp::EventSender sender;
  CHECK_FALSE(sender.queue('x'));
  for (std::size_t i = 0; i < rtp::kMaxQueuedDigits; ++i) CHECK(sender.queue('1'));
  CHECK_FALSE(sender.queue('1'));
  CHECK(sender.tick(0));
  CHECK(sender.queue('1'));
}

TEST_CASE("Events over 0xFFFF units go on in a segment of their own and are one digit [RFC 4733 section 2.5.1.3]") {
  rtp::EventSender sender;
  REQUIRE(sender.queue('7', 20000, 20));
  Receiving r;
  std::vector<std::uint32_t> begins;
  int markers = 0;
  for (const auto& sent : run(sender, 500, 1100)) {
    if (begins.empty() || begins.back() != sent.packet.timestamp) begins.push_back(sent.packet.timestamp);
    markers += sent.packet.marker;
    r.now = base::TimePoint{} + std::chrono::milliseconds(sent.at / 8);
    r.packet(sent.event.event, sent.packet.timestamp, sent.event.duration, sent.event.end);
  }
  CHECK(begins == std::vector<std::uint32_t>{500, 500 + 409 * 160, 500 + 818 * 160});
  CHECK(markers == 1);
  CHECK(r.heard == "7");
  CHECK(r.digits.at(0).duration_ms == 20000);
  CHECK(r.digits.at(0).timestamp == 500);
}

TEST_CASE("clear() drops what waits but ends what sounds") {
  rtp::EventSender sender;
  REQUIRE(sender.queue('1'));
  REQUIRE(sender.queue('2'));
  (void)sender.tick(0);
  sender.clear();
  const auto sent = run(sender, 160, 50);
  CHECK(sent.back().event.end);
  for (const auto& packet : sent) CHECK(packet.event.event == 1);
}

TEST_CASE_FIXTURE(Receiving, "Repeated ends report one digit [RFC 4733 section 2.5.1.4]") {
  packet(3, 1000, 160);
  packet(3, 1000, 320);
  for (int i = 0; i < 3; ++i) packet(3, 1000, 480, true);
  packet(3, 1000, 320);                     // A straggler.
  wait(1s);
  CHECK(heard == "3");
  CHECK(digits[0].duration_ms == 60);
}

TEST_CASE_FIXTURE(Receiving, "With the beginning lost, the end alone reports the digit") {
  packet(9, 5000, 800, true);
  CHECK(heard == "9");
  CHECK(digits[0].duration_ms == 100);
}

TEST_CASE_FIXTURE(Receiving, "With the end lost, the next digit or 200 ms of silence ends it") {
  packet(1, 1000, 160);
  packet(2, 3000, 160);
  CHECK(heard == "1");
  wait(179ms);
  CHECK(heard == "1");
  wait(1ms);
  CHECK(heard == "12");
  packet(2, 3000, 320);                     // It goes on after all: already reported.
  wait(1s);
  CHECK(heard == "12");
}

TEST_CASE_FIXTURE(Receiving, "The same digit twice in a row is two digits, even when the first end is lost") {
  packet(4, 1000, 160);
  packet(4, 2600, 160);
  packet(4, 2600, 320, true);
  CHECK(heard == "44");
}

TEST_CASE_FIXTURE(Receiving, "The end of one and the beginning and end of the next in one packet burst are both reported") {
  packet(1, 1000, 160);
  packet(2, 2000, 480, true);
  CHECK(heard == "12");
}

TEST_CASE_FIXTURE(Receiving, "Too short payloads and events that are no digits are counted, not reported") {
  const std::array<std::uint8_t, 3> cut{1, 0, 0};
  receiver.on_packet(cut, 0, now);
  packet(16, 0, 160, true);
  packet(255, 400, 160, true);
  CHECK(receiver.malformed() == 3);
  CHECK(heard.empty());
}

TEST_CASE_FIXTURE(Receiving, "Timestamps that went back are heard again after five seconds, and at once after reset()") {
  packet(1, 0x70000000, 160, true);
  packet(2, 1000, 160, true);
  CHECK(heard == "1");
  now += 5s;
  packet(2, 1000, 160, true);
  CHECK(heard == "12");
  receiver.reset();
  packet(3, 500, 160, true);
  CHECK(heard == "123");
}
