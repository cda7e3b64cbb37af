#include <offhook/rtp/translator.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

using namespace offhook;
using namespace std::chrono_literals;

namespace {

constexpr std::uint32_t kOurs = 0xABCD0001;
constexpr std::uint16_t kFirst = 65534;             // With this start the translated sequence numbers wrap.
constexpr std::uint32_t kBegin = 0xFFFFFF00;

/// A translator whose stream begins at kFirst and kBegin, and a source that sends a packet every 20 ms.
struct Side {
  rtp::Translator translator;
  base::TimePoint now{100s};
  std::array<std::uint8_t, rtp::kMaxPassedOctets> octets{};
  std::uint32_t ssrc = 7;
  std::uint16_t sequence = 1000;
  std::uint32_t timestamp = 5000;

  Side() {
    translator.begin(kOurs, kFirst, kBegin, now);
    translator.map_type(0, 96, rtp::Translator::Kind::Audio);
    translator.map_type(13, 13, rtp::Translator::Kind::ComfortNoise);
    translator.map_type(101, 110, rtp::Translator::Kind::Event);
  }
  rtp::Packet packet(std::uint8_t type = 0) const {
    rtp::Packet made;
    made.payload_type = type;
    made.sequence = sequence;
    made.timestamp = timestamp;
    made.ssrc = ssrc;
    made.payload = base::Bytes(octets).first(160);
    return made;
  }
  std::optional<rtp::Packet> pass(const rtp::Packet& packet) { return translator.translate(packet, now); }
  /// Translates the source's next packet, 20 ms later.
  std::optional<rtp::Packet> next(std::uint8_t type = 0) {
    now += 20ms;
    ++sequence;
    timestamp += 160;
    return pass(packet(type));
  }
  std::optional<rtp::Packet> again(int back) {
    auto older = packet();
    older.sequence = static_cast<std::uint16_t>(older.sequence - back);
    older.timestamp -= static_cast<std::uint32_t>(160 * back);
    return pass(older);
  }
};

}  // namespace

TEST_CASE("The translator replaces the SSRC, the sequence numbers, the timestamps and the payload types, and keeps marker and payload [RFC 3550 section 7.1]") {
  Side side;
  const auto first = side.pass(side.packet());
  REQUIRE(first);
  CHECK(first->ssrc == kOurs);
  CHECK(first->sequence == kFirst);
  CHECK(first->timestamp == kBegin);
  CHECK(first->payload_type == 96);
  CHECK(first->marker);  // This is the first packet of another source.
  CHECK(first->payload.data() == side.octets.data());
  const auto second = side.next();
  CHECK(second->sequence == 65535);
  CHECK(second->timestamp == kBegin + 160);
  CHECK_FALSE(second->marker);
  CHECK(side.next(13)->payload_type == 13);
  auto marked = side.packet(101);
  marked.sequence = ++side.sequence;
  marked.marker = true;
  const auto event = side.pass(marked);
  CHECK(event->payload_type == 110);
  CHECK(event->marker);
  CHECK(event->sequence == 1);  // The translated sequence number wrapped.
  CHECK(side.translator.next_sequence() == 2);
  CHECK(side.translator.statistics().passed == 4);
  CHECK(side.translator.statistics().dropped() == 0);
}

TEST_CASE("The translator removes padding, header extensions and CSRCs") {
  Side side;
  auto rich = side.packet();
  const std::array<std::uint8_t, 4> extension{};
  rich.has_extension = true;
  rich.extension_profile = 0xBEDE;
  rich.extension = extension;
  rich.csrc_count = 2;
  rich.padding = 4;
  const auto plain = side.pass(rich);
  REQUIRE(plain);
  CHECK_FALSE(plain->has_extension);
  CHECK(plain->extension.empty());
  CHECK(plain->csrc_count == 0);
  CHECK(plain->padding == 0);
  CHECK(plain->payload.size() == 160);
}

TEST_CASE("The translator drops and counts packets whose payload type has no mapping or is out of range") {
  Side side;
  for (const std::uint8_t type : std::array<std::uint8_t, 3>{1, 96, 127}) CHECK_FALSE(side.pass(side.packet(type)));
  CHECK_FALSE(side.pass(side.packet(128)));
  CHECK(side.translator.statistics().unknown_type == 4);
  side.translator.map_type(127, 127, rtp::Translator::Kind::Audio);
  side.translator.map_type(128, 0, rtp::Translator::Kind::Audio);
  side.translator.map_type(5, 128, rtp::Translator::Kind::Audio);
  CHECK(side.pass(side.packet(127)));
  CHECK_FALSE(side.next(128));
  CHECK_FALSE(side.next(5));
  side.translator.forget_types();
  CHECK_FALSE(side.next());
}

TEST_CASE("The translator passes a packet of kMaxPassedOctets, and drops one with one octet more") {
  Side side;
  auto longest = side.packet();
  longest.payload = base::Bytes(side.octets).first(rtp::kMaxPassedOctets - rtp::kFixedHeaderOctets);
  CHECK(side.pass(longest));
  auto longer = side.packet();
  longer.sequence = ++side.sequence;
  longer.payload = base::Bytes(side.octets).first(rtp::kMaxPassedOctets - rtp::kFixedHeaderOctets + 1);
  CHECK_FALSE(side.pass(longer));
  CHECK(side.translator.statistics().too_long == 1);
}

TEST_CASE("The translator keeps gaps and the order of the packets, and drops duplicates") {
  Side side;
  REQUIRE(side.pass(side.packet()));
  side.sequence += 3;  // Three packets are lost or late.
  const auto behind_gap = side.next();
  CHECK(behind_gap->sequence == static_cast<std::uint16_t>(kFirst + 4));
  CHECK(side.again(2)->sequence == static_cast<std::uint16_t>(kFirst + 2));
  CHECK(side.translator.next_sequence() == static_cast<std::uint16_t>(kFirst + 5));
  CHECK_FALSE(side.again(2));
  CHECK_FALSE(side.again(0));
  CHECK(side.translator.statistics().duplicate == 2);
  CHECK(side.again(1));
}

TEST_CASE("The translator passes a packet that is kMaxMisorder behind, and treats a packet further behind as a jump [RFC 3550 appendix A.1]") {
  Side side;
  REQUIRE(side.pass(side.packet()));
  side.sequence += 1000;
  REQUIRE(side.next());
  CHECK(side.again(rtp::kMaxMisorder));
  CHECK_FALSE(side.again(rtp::kMaxMisorder));
  CHECK(side.translator.statistics().duplicate == 1);
  CHECK_FALSE(side.again(rtp::kMaxMisorder + 1));
  CHECK(side.translator.statistics().unconfirmed == 1);
}

TEST_CASE("The translator keeps a gap below kMaxDropout. After a larger gap, it restarts when a second packet confirms the gap [RFC 3550 appendix A.1]") {
  Side side;
  REQUIRE(side.pass(side.packet()));
  side.sequence += rtp::kMaxDropout - 2;
  CHECK(side.next()->sequence == static_cast<std::uint16_t>(kFirst + rtp::kMaxDropout - 1));
  side.sequence += rtp::kMaxDropout - 1;
  CHECK_FALSE(side.next());
  CHECK(side.translator.statistics().unconfirmed == 1);
  const auto anew = side.next();
  REQUIRE(anew);
  CHECK(anew->sequence == static_cast<std::uint16_t>(kFirst + rtp::kMaxDropout));
  CHECK(anew->marker);
  CHECK(side.translator.statistics().restarts == 1);
}

TEST_CASE("The first packet of another source gets the next sequence number, a timestamp that fits the elapsed time, and the marker") {
  Side side;
  REQUIRE(side.pass(side.packet()));
  const auto last = side.next();
  side.ssrc = 8;
  side.sequence = 20;
  side.timestamp = 0x80000000;
  side.now += 100ms;
  const auto first = side.pass(side.packet());
  REQUIRE(first);
  CHECK(first->ssrc == kOurs);
  CHECK(first->sequence == static_cast<std::uint16_t>(last->sequence + 1));
  CHECK(first->timestamp == last->timestamp + 800);
  CHECK(first->marker);
  CHECK(side.next()->timestamp == last->timestamp + 960);
}

TEST_CASE("When a new source begins during the last source's packet, the timestamp does not go back") {
  Side side;
  const auto last = side.pass(side.packet());
  side.ssrc = 8;
  side.timestamp = 1;
  CHECK(side.pass(side.packet())->timestamp == last->timestamp + 160);
}

TEST_CASE("A packet from before a restart does not get the number of another packet") {
  Side side;
  REQUIRE(side.pass(side.packet()));
  side.translator.interrupt();
  const auto anew = side.next();
  CHECK(anew->sequence == static_cast<std::uint16_t>(kFirst + 1));
  CHECK_FALSE(side.again(2));
  CHECK(side.translator.statistics().late == 1);
  REQUIRE(side.next());
  REQUIRE(side.next());
  CHECK_FALSE(side.again(3));
  CHECK(side.translator.statistics().late == 2);
  CHECK_FALSE(side.again(2));  // This is the first packet after the restart. The translator has already passed it.
  CHECK(side.translator.statistics().duplicate == 1);
}

TEST_CASE("After interrupt() the sequence numbers continue without a gap, and the timestamp advances with the time") {
  Side side;
  const auto last = side.pass(side.packet());
  side.translator.interrupt();
  side.sequence += 2000;
  side.timestamp += 2000 * 160;
  side.now += 40s;
  const auto first = side.next();
  CHECK(first->sequence == static_cast<std::uint16_t>(last->sequence + 1));
  CHECK(first->timestamp == last->timestamp + 40 * 8000 + 160);
  CHECK(first->marker);
}

TEST_CASE("The translator keeps a pause during which the source's timestamps advanced, and removes a jump of the timestamps alone") {
  Side side;
  REQUIRE(side.pass(side.packet()));
  REQUIRE(side.next());
  side.timestamp += 8000 * 5;  // The source was silent for five seconds and sent nothing.
  side.now += 5s;
  const auto late = side.next();
  CHECK(late->timestamp == kBegin + 2 * 160 + 8000 * 5);
  CHECK(side.translator.statistics().clock_jumps == 0);
  side.timestamp += 8000;  // A timestamp one second ahead of the time may be jitter.
  const auto ahead = side.next();
  CHECK(ahead->timestamp == late->timestamp + 8160);
  side.timestamp += 8001;
  const auto leapt = side.next();
  CHECK(side.translator.statistics().clock_jumps == 1);
  CHECK(leapt->timestamp == ahead->timestamp + 160);
  CHECK(leapt->sequence == static_cast<std::uint16_t>(ahead->sequence + 1));
  CHECK(leapt->marker);
  side.timestamp -= 8000 + 160;  // The translator keeps a step of one second back.
  CHECK(side.next()->timestamp == leapt->timestamp - 8000);
  side.timestamp -= 8001 + 160;  // The translator removes a larger step back.
  CHECK(side.next()->timestamp == leapt->timestamp - 8000 + 160);
  CHECK(side.translator.statistics().clock_jumps == 2);
}

TEST_CASE("The packets of one event keep one timestamp even if the timestamps of the audio jump between them [RFC 4733 section 2.5.1.2]") {
  Side side;
  REQUIRE(side.pass(side.packet()));
  const std::uint32_t begun = side.timestamp;
  const auto event = [&] {
    auto packet = side.packet(101);
    packet.sequence = ++side.sequence;
    packet.timestamp = begun;
    side.now += 20ms;
    return side.pass(packet)->timestamp;
  };
  const auto ours = event();
  side.timestamp += 1'000'000;
  REQUIRE(side.next());
  REQUIRE(side.translator.statistics().clock_jumps == 1);
  CHECK(event() == ours);
}

TEST_CASE("next_sequence() and timestamp_at() continue the translated stream, and begin() starts at the given numbers") {
  Side side;
  REQUIRE(side.pass(side.packet()));
  const auto last = side.next();
  CHECK(side.translator.next_sequence() == static_cast<std::uint16_t>(last->sequence + 1));
  CHECK(side.translator.timestamp_at(side.now) == last->timestamp + 160);
  CHECK(side.translator.timestamp_at(side.now + 20ms) == last->timestamp + 160);
  CHECK(side.translator.timestamp_at(side.now + 60ms) == last->timestamp + 480);
  side.translator.begin(kOurs, 9, 77, side.now + 1s);
  side.now += 1s;
  const auto anew = side.next();
  CHECK(anew->sequence == 9);
  CHECK(anew->timestamp == 77 + 160);  // The timestamp 20 ms later.
}

TEST_CASE("With a clock rate of 48000 Hz the timestamps advance six times as fast") {
  Side side;
  side.translator = rtp::Translator(48000);
  side.translator.map_type(0, 96, rtp::Translator::Kind::Audio);
  side.translator.begin(kOurs, 1, 0, side.now);
  REQUIRE(side.pass(side.packet()));
  side.ssrc = 8;
  side.now += 60ms;
  CHECK(side.pass(side.packet())->timestamp == 2880);
}
