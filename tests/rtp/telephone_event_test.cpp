#include <offhook/rtp/telephone_event.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace offhook;
using namespace std::chrono_literals;

namespace {

struct Receiving {
  explicit Receiving(std::uint32_t clock_hz = rtp::kEventClockHz) : receiver(clock_hz) {}
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
  void packed(const std::vector<rtp::TelephoneEvent>& events, std::uint32_t timestamp) {
    std::vector<std::uint8_t> payload;
    for (const auto& event : events) {
      const auto octets = rtp::write_telephone_event(event);
      payload.insert(payload.end(), octets.begin(), octets.end());
    }
    receiver.on_packet(payload, timestamp, now);
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

std::vector<Sent> run(rtp::EventSender& sender, std::uint32_t begin, int ticks, std::uint32_t tick_units = 160) {
  std::vector<Sent> sent;
  for (int i = 0; i < ticks; ++i) {
    const std::uint32_t at = begin + static_cast<std::uint32_t>(i) * tick_units;
    if (const auto packet = sender.tick(at)) sent.push_back({at, *packet, *rtp::parse_telephone_event(packet->payload)});
  }
  return sent;
}

}  // namespace

TEST_CASE("The payload of an event has the RFC's four octets [RFC 4733 section 2.3]") {
  const auto octets = rtp::write_telephone_event({.event = 11, .end = true, .volume = 10, .duration = 0x1234});
  CHECK(octets == std::array<std::uint8_t, 4>{11, 0x8A, 0x12, 0x34});
  const auto event = rtp::parse_telephone_event(octets);
  CHECK(event->event == 11);
  CHECK(event->end);
  CHECK(event->volume == 10);
  CHECK(event->duration == 0x1234);
  CHECK_FALSE(rtp::parse_telephone_event(base::Bytes(octets).first(3)));
}

TEST_CASE("event_of() and digit_of() convert only the sixteen digits [RFC 4733 section 3.2]") {
  const std::string digits = "0123456789*#ABCD";
  for (std::uint8_t i = 0; i < 16; ++i) {
    CHECK(rtp::event_of(digits[i]) == i);
    CHECK(rtp::digit_of(i) == digits[i]);
  }
  CHECK(rtp::event_of('d') == 15);
  CHECK_FALSE(rtp::event_of('E'));
  CHECK_FALSE(rtp::event_of(' '));
  CHECK_FALSE(rtp::digit_of(16));   // Event 16 is the flash, which is not a digit.
}

TEST_CASE("A sent digit has the marker on its first packet, growing durations, one timestamp, three end packets and a pause [RFC 4733 section 2.5.1]") {
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

TEST_CASE("EventSender sends digits one after the other with a pause, and EventReceiver receives the same digits") {
  rtp::EventSender sender;
  Receiving r;
  for (const char digit : std::string("11#*A0")) REQUIRE(sender.queue(digit));
  for (const auto& sent : run(sender, 0xFFFFFF00, 100)) {   // The timestamps wrap during these digits.
    r.receiver.on_packet(sent.packet.payload, sent.packet.timestamp,
                         r.now + std::chrono::milliseconds((sent.at - 0xFFFFFF00) / 8));
    r.drain();
  }
  CHECK(r.heard == "11#*A0");
  for (const auto& digit : r.digits) CHECK(digit.duration_ms == 100);
}

TEST_CASE("queue_pause() adds a pause of the given length between two digits") {
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

TEST_CASE("EventSender queues kMaxQueuedDigits digits, and accepts one more after it has begun to send a digit") {
  rtp::EventSender sender;
  CHECK_FALSE(sender.queue('x'));
  for (std::size_t i = 0; i < rtp::kMaxQueuedDigits; ++i) CHECK(sender.queue('1'));
  CHECK_FALSE(sender.queue('1'));
  CHECK(sender.tick(0));
  CHECK(sender.queue('1'));
}

/// Sends one key that is held for `ms` at this clock rate, without the packets for which `lost` returns true. Returns the
/// received digits.
template <class Lost>
std::vector<rtp::ReceivedDigit> held(std::uint32_t clock_hz, std::uint32_t ms, std::uint32_t begin, Lost lost) {
  rtp::EventSender sender(clock_hz);
  REQUIRE(sender.queue('7', ms, 20));
  Receiving r(clock_hz);
  const std::uint32_t tick_units = clock_hz / 50;
  for (const auto& sent : run(sender, begin, static_cast<int>(ms / 20) + 20, tick_units)) {
    const std::uint32_t tick = (sent.at - begin) / tick_units;
    r.now = base::TimePoint{} + tick * 20ms;
    r.receiver.on_time(r.now);
    if (!lost(tick)) r.packet(sent.event.event, sent.packet.timestamp, sent.event.duration, sent.event.end);
    r.drain();
  }
  r.wait(1s);
  return r.digits;
}
constexpr auto kNothing = [](std::uint32_t) { return false; };

TEST_CASE("EventSender ends a segment at a duration of 0xFFFF without the E bit, and begins the next segment there without the marker [RFC 4733 section 2.5.1.3]") {
  rtp::EventSender sender;
  REQUIRE(sender.queue('7', 20000, 20));
  std::vector<std::uint32_t> begins;
  int markers = 0;
  std::uint16_t longest = 0;
  for (const auto& sent : run(sender, 500, 1100)) {
    if (begins.empty() || begins.back() != sent.packet.timestamp) {
      if (!begins.empty()) CHECK(longest == 0xFFFF);
      begins.push_back(sent.packet.timestamp);
    }
    longest = sent.event.duration;
    markers += sent.packet.marker;
    CHECK(sent.event.end == (sent.at >= 500 + 999 * 160));
    CHECK(sent.event.duration != 0);
  }
  CHECK(begins == std::vector<std::uint32_t>{500, 500 + 0xFFFF, 500 + 2 * 0xFFFF});
  CHECK(longest == 20000 * 8 - 2 * 0xFFFF);
  CHECK(markers == 1);
}

TEST_CASE("The receiver reports an event of more than 0xFFFF units as one digit, at any clock rate and across a wrap of the timestamp [RFC 4733 section 2.5.2.3]") {
  for (const std::uint32_t clock_hz : {8000u, 16000u, 48000u}) {
    for (const std::uint32_t begin : {500u, 0xFFFFFF00u, 0xFFFF0001u}) {
      for (const std::uint32_t ms : {1360u, 1380u, 2740u, 8180u, 8200u, 16400u, 20000u}) {
        CAPTURE(clock_hz);
        CAPTURE(begin);
        CAPTURE(ms);
        const auto digits = held(clock_hz, ms, begin, kNothing);
        REQUIRE(digits.size() == 1);
        CHECK(digits[0].digit == '7');
        CHECK(digits[0].duration_ms == ms);
        CHECK(digits[0].timestamp == begin);
      }
    }
  }
}

TEST_CASE("The receiver reports one digit even if the packets at the end of a segment are lost for up to kEndSilence [RFC 4733 section 2.5.2.3]") {
  const auto around = [](std::uint32_t from, std::uint32_t to) {
    return [from, to](std::uint32_t tick) { return tick >= from && tick < to; };
  };
  for (std::uint32_t from = 400; from < 411; ++from) {  // The segment ends in tick 409.
    CAPTURE(from);
    const auto digits = held(8000, 9000, 77, around(from, from + 8));
    REQUIRE(digits.size() == 1);
    CHECK(digits[0].duration_ms == 9000);
  }
  for (std::uint32_t from = 60; from < 70; ++from) CHECK(held(48000, 3000, 77, around(from, from + 8)).size() == 1);
}

TEST_CASE("If a key continues after a long loss, in the same segment or in the next, the receiver reports no second digit [RFC 4733 section 2.5.2.2]") {
  for (const std::uint32_t clock_hz : {8000u, 48000u}) {
    const auto digits = held(clock_hz, 20000, 1, [](std::uint32_t tick) { return tick >= 5 && tick < 25; });
    REQUIRE(digits.size() == 1);
    CHECK(digits[0].duration_ms == 100);
  }
}

TEST_CASE_FIXTURE(Receiving, "The receiver joins segments shorter than 0xFFFF if each segment begins where the previous segment ended [RFC 4733 section 2.5.2.3.1]") {
  packet(6, 1000, 0x3FFF);
  packet(6, 1000 + 0x3FFF, 0x3FFF);
  packet(6, 1000 + 2 * 0x3FFF, 800, true);
  CHECK(heard == "6");
  CHECK(digits[0].duration_ms == (2 * 0x3FFF + 800) / 8);
}

TEST_CASE_FIXTURE(Receiving, "The receiver reports two digits if a gap of one unit follows a full segment [RFC 4733 section 2.5.2.3]") {
  packet(6, 1000, 0xFFFF);
  packet(6, 1000 + 0xFFFF + 1, 160, true);
  CHECK(heard == "66");
}

TEST_CASE("EventSender sends a digit with the same duration in ms at clock rates of 16000 and 48000 [RFC 4733 section 2.5.1.2]") {
  for (const std::uint32_t clock_hz : {16000u, 48000u}) {
    rtp::EventSender sender(clock_hz);
    REQUIRE(sender.queue('5', 100, 60));
    const auto sent = run(sender, 1000, 20, clock_hz / 50);
    REQUIRE(sent.size() == 7);
    for (std::size_t i = 0; i < sent.size(); ++i) {
      CHECK(sent[i].packet.timestamp == 1000);
      CHECK(sent[i].event.duration == std::min<std::size_t>(i + 1, 5) * clock_hz / 50);
    }
    Receiving r(clock_hz);
    r.packet(5, 1000, static_cast<std::uint16_t>(clock_hz / 10), true);
    CHECK(r.digits.at(0).duration_ms == 100);
  }
}

TEST_CASE("clear() removes the queued digits, and ends the digit that is being sent") {
  rtp::EventSender sender;
  REQUIRE(sender.queue('1'));
  REQUIRE(sender.queue('2'));
  (void)sender.tick(0);
  sender.clear();
  const auto sent = run(sender, 160, 50);
  CHECK(sent.back().event.end);
  for (const auto& packet : sent) CHECK(packet.event.event == 1);
}

TEST_CASE_FIXTURE(Receiving, "The receiver reports one digit for repeated end packets [RFC 4733 section 2.5.1.4]") {
  packet(3, 1000, 160);
  packet(3, 1000, 320);
  for (int i = 0; i < 3; ++i) packet(3, 1000, 480, true);
  packet(3, 1000, 320);                     // A late packet of the same digit.
  wait(1s);
  CHECK(heard == "3");
  CHECK(digits[0].duration_ms == 60);
}

TEST_CASE_FIXTURE(Receiving, "When the first packets are lost, the receiver reports the digit from its end packet alone") {
  packet(9, 5000, 800, true);
  CHECK(heard == "9");
  CHECK(digits[0].duration_ms == 100);
}

TEST_CASE_FIXTURE(Receiving, "When the end packets are lost, the next digit or 200 ms of silence ends the digit") {
  packet(1, 1000, 160);
  packet(2, 3000, 160);
  CHECK(heard == "1");
  wait(179ms);
  CHECK(heard == "1");
  wait(1ms);
  CHECK(heard == "12");
  packet(2, 3000, 320);                     // The event continues after it was reported.
  wait(1s);
  CHECK(heard == "12");
}

TEST_CASE_FIXTURE(Receiving, "The receiver reports the same digit twice if two events follow each other, even if the end of the first event is lost") {
  packet(4, 1000, 160);
  packet(4, 2600, 160);
  packet(4, 2600, 320, true);
  CHECK(heard == "44");
}

TEST_CASE_FIXTURE(Receiving, "A second event that begins and ends in one packet also ends the first event, and the receiver reports both") {
  packet(1, 1000, 160);
  packet(2, 2000, 480, true);
  CHECK(heard == "12");
}

TEST_CASE_FIXTURE(Receiving, "The receiver counts payloads that are too short as malformed") {
  const std::array<std::uint8_t, 3> cut{1, 0, 0};
  receiver.on_packet(cut, 0, now);
  receiver.on_packet({}, 0, now);
  CHECK(receiver.malformed() == 2);
  CHECK(receiver.ignored() == 0);
  CHECK(heard.empty());
}

TEST_CASE_FIXTURE(Receiving, "The receiver ignores events that are not digits, and they do not end the current digit [RFC 4733 section 2.5.2.1]") {
  packet(1, 1000, 160);
  packet(16, 1160, 160, true);
  CHECK(receiver.sounding());
  for (int event = 17; event < 256; ++event) packet(static_cast<std::uint8_t>(event), 1160, 160, true);  // Flash, fax, line and trunk events.
  CHECK(receiver.ignored() == 240);
  CHECK(receiver.malformed() == 0);
}

TEST_CASE_FIXTURE(Receiving, "The receiver ignores an event with a duration of zero, which is for states [RFC 4733 section 2.3.5]") {
  packet(1, 1000, 0);
  CHECK_FALSE(receiver.sounding());
  packet(1, 1000, 0, true);
  wait(1s);
  CHECK(heard.empty());
  CHECK(receiver.ignored() == 2);
  packet(1, 9000, 0);  // An event with duration 0 before the packets with a duration changes nothing.
  packet(1, 9000, 160);
  packet(1, 9000, 320, true);
  CHECK(heard == "1");
  CHECK(digits[0].duration_ms == 40);
}

TEST_CASE_FIXTURE(Receiving, "The receiver reports a digit once, for packets in any order, with the duration in its end packet") {
  packet(8, 1000, 480);
  packet(8, 1000, 160);
  packet(8, 1000, 320);
  packet(8, 1000, 800, true);
  packet(8, 1000, 640);
  CHECK(heard == "8");
  CHECK(digits[0].duration_ms == 100);
  packet(9, 5000, 800, true);
  packet(9, 5000, 160);
  packet(8, 1000, 800, true);  // This event is older than the event that ended last.
  wait(1s);
  CHECK(heard == "89");
  CHECK(digits[1].duration_ms == 100);
}

TEST_CASE_FIXTURE(Receiving, "An end packet that comes after the beginning of the next digit neither ends nor repeats a digit") {
  packet(1, 1000, 800);
  packet(2, 3000, 160);
  packet(1, 1000, 800, true);
  CHECK(receiver.sounding());
  packet(2, 3000, 800, true);
  CHECK(heard == "12");
  CHECK(digits[1].duration_ms == 100);
}

TEST_CASE_FIXTURE(Receiving, "The receiver reports each digit once when every packet comes twice") {
  rtp::EventSender sender;
  for (const char digit : std::string("4711")) REQUIRE(sender.queue(digit));
  for (const auto& sent : run(sender, 0xFFFFF000, 60)) {
    for (int i = 0; i < 2; ++i) receiver.on_packet(sent.packet.payload, sent.packet.timestamp, now);
    now += 20ms;
    drain();
  }
  CHECK(heard == "4711");
}

TEST_CASE_FIXTURE(Receiving, "Each event packed into one packet begins where the event before it ended [RFC 4733 section 2.5.1.5]") {
  const std::vector<rtp::TelephoneEvent> two{{.event = 1, .end = true, .duration = 800}, {.event = 2, .end = true, .duration = 400}};
  packed(two, 0xFFFFFF00);
  CHECK(heard == "12");
  CHECK(digits[1].timestamp == 0xFFFFFF00 + 800);
  CHECK(digits[1].duration_ms == 50);
  packed(two, 0xFFFFFF00);  // The receiver reports no digit for a repeated packet.
  CHECK(heard == "12");
  // If one packet has the end of a segment and the beginning of the next segment, the receiver reports one digit.
  packed({{.event = 3, .duration = 0xFFFF}, {.event = 3, .end = true, .duration = 100}}, 10000);
  CHECK(heard == "123");
  CHECK(digits[2].duration_ms == (0xFFFF + 100) / 8);
  // The next event begins after the duration of the ignored event.
  packed({{.event = 64, .end = true, .duration = 800}, {.event = 4, .end = true, .duration = 800}}, 200000);
  CHECK(heard == "1234");
  CHECK(digits[3].timestamp == 200800);
}

TEST_CASE_FIXTURE(Receiving, "The receiver reads kMaxPackedEvents events from one packet, and ignores further ones") {
  std::vector<rtp::TelephoneEvent> events;
  for (std::uint8_t i = 0; i < rtp::kMaxPackedEvents; ++i) events.push_back({.event = i, .end = true, .duration = 160});
  packet(9, 100, 160);  // The first event of the next packet ends this digit.
  packed(events, 1000);
  CHECK(heard == "901234567");
  CHECK(receiver.dropped() == 0);
  CHECK(receiver.ignored() == 0);
  events.push_back({.event = 9, .end = true, .duration = 160});
  packed(events, 100000);
  CHECK(heard == "90123456701234567");
  CHECK(receiver.ignored() == 1);
}

TEST_CASE_FIXTURE(Receiving, "The receiver keeps kMaxReady digits for the reader. When one more digit comes, it drops and counts the oldest digit") {
  const auto press = [this](std::uint8_t event, std::uint32_t timestamp) {
    receiver.on_packet(rtp::write_telephone_event({.event = event, .end = true, .duration = 160}), timestamp, now);
  };
  for (std::uint8_t i = 0; i < rtp::EventReceiver::kMaxReady; ++i) press(i, 1000u * (i + 1u));
  CHECK(receiver.dropped() == 0);
  press(15, 1000 * (rtp::EventReceiver::kMaxReady + 1));
  CHECK(receiver.dropped() == 1);
  drain();
  CHECK(heard == "12345678D");
}

TEST_CASE_FIXTURE(Receiving, "The receiver accepts an event with an earlier timestamp only after five seconds, or at once after reset()") {
  packet(1, 0x70000000, 160, true);
  packet(2, 1000, 160, true);
  CHECK(heard == "1");
  now += 5s - 41ms;  // packet() has advanced the time by 40 ms.
  packet(2, 1000, 160, true);
  CHECK(heard == "1");
  packet(2, 1000, 160, true);
  CHECK(heard == "12");
  receiver.reset();
  packet(3, 500, 160, true);
  CHECK(heard == "123");
}
