// Tests two relayed streams in virtual time. Ann talks with stream a, and Bob talks with stream b.
#include <offhook/tests/media/allocations.hpp>
#include <offhook/tests/media/stream_call.hpp>

#include <offhook/rtp/telephone_event.hpp>

#include <cmath>
#include <optional>
#include <variant>

using namespace offhook_test;

namespace {

/// A remote peer. The last three fields are those of its next packet.
struct RtpPeer {
  base::SocketAddress here;
  std::uint8_t type = 0;
  std::uint32_t ssrc = 0;
  std::uint16_t sequence = 100;
  std::uint32_t timestamp = 7000;
};

struct Relay {
  End a{kA, 8000, 1}, b{kB, 8000, 2};
  RtpPeer ann{at("192.0.2.11", 7000), 0, 0xA1}, bob{at("192.0.2.12", 8000), 96, 0xB1};
  std::uint64_t tick = 0;
  base::TimePoint now{5h};
  media::Sendout sendout;
  std::vector<std::uint8_t> octets = std::vector<std::uint8_t>(160, 0x31);

  Relay() {
    Call::start(a, plan_of(ann), now);
    Call::start(b, plan_of(bob), now);
    for (End* end : {&a, &b}) end->stream->take(std::make_unique<rtp::Translator>());
  }
  /// Returns a plan in which the payload type of events is one higher than the payload type of audio.
  static media::MediaPlan plan_of(const RtpPeer& peer) {
    media::MediaPlan plan;
    plan.send_payload_type = plan.receive_payload_type = peer.type;
    plan.send_events = plan.receive_events = static_cast<std::uint8_t>(peer.type + 1);
    plan.remote_rtp = peer.here;
    plan.remote_rtcp = next_port(peer.here);
    return plan;
  }
  void join() { media::Stream::join(*a.stream, *b.stream, now); }
  /// Runs `count` ticks of both streams. Keeps the packets that the streams send themselves in End::sent.
  void run(int count = 1) {
    for (int i = 0; i < count; ++i, ++tick, now += 20ms) {
      for (End* end : {&a, &b}) {
        sendout.clear();
        end->stream->tick({tick, now, rtp::NtpTime::from_unix(1'700'000'000s + now.time_since_epoch())}, end->voice, sendout);
        for (const auto& datagram : sendout.all()) end->sent.push_back(datagram);
        media::MediaEvent event;
        while (end->port->events.try_pop(event)) end->events.push_back(event);
        media::HeardFrame frame;
        while (end->port->heard.try_pop(frame)) end->frames.push_back(frame);
      }
    }
  }
  std::optional<media::Onward> send(RtpPeer& peer, const std::optional<rtp::Packet>& other = std::nullopt) {
    rtp::Packet packet;
    packet.payload_type = peer.type;
    packet.timestamp = peer.timestamp += 160;
    packet.payload = octets;
    if (other) packet = *other;
    packet.sequence = ++peer.sequence;
    packet.ssrc = peer.ssrc;
    std::array<std::uint8_t, 2000> datagram;
    const auto size = rtp::write_packet(packet, datagram);
    REQUIRE(size);
    last_.assign(datagram.begin(), datagram.begin() + static_cast<std::ptrdiff_t>(*size));
    return (peer.here == ann.here ? a : b).stream->on_packet(media::Channel::Rtp, peer.here, last_, now);
  }
  std::optional<media::Onward> send_event(RtpPeer& peer, std::uint32_t timestamp, std::uint16_t duration, bool end) {
    const auto payload = rtp::write_telephone_event({.event = 5, .end = end, .duration = duration});
    rtp::Packet packet;
    packet.payload_type = static_cast<std::uint8_t>(peer.type + 1);
    packet.timestamp = timestamp;
    packet.payload = payload;
    auto onward = send(peer, packet);
    if (onward) CHECK(onward->packet.payload.size() == payload.size());
    return onward;
  }
  /// Runs `count` ticks. Both peers send a packet in each tick.
  void talk(int count) {
    for (int i = 0; i < count; ++i) {
      (void)send(ann);
      (void)send(bob);
      run();
    }
  }
  std::size_t sent_rtp(const End& end) const { return end.rtp().size(); }

 private:
  std::vector<std::uint8_t> last_;   // the last packet, to whose octets the last Onward refers
};

}  // namespace

TEST_CASE("Joined streams pass on each other's packets without delay, with the payload types of their own peers") {
  Relay relay;
  relay.talk(5);
  const auto own = relay.b.rtp().back();
  const auto sent_before = relay.sent_rtp(relay.b);
  relay.join();
  CHECK(relay.a.stream->is_relayed());
  const auto there = relay.send(relay.ann);
  REQUIRE(there);
  CHECK(there->to == relay.bob.here);
  CHECK(there->packet.payload_type == 96);
  CHECK(there->packet.ssrc == own.ssrc);
  CHECK(there->packet.sequence == static_cast<std::uint16_t>(own.sequence + 1));
  CHECK(there->packet.timestamp == own.timestamp + 160);
  CHECK(std::equal(there->packet.payload.begin(), there->packet.payload.end(), relay.octets.begin(), relay.octets.end()));
  const auto back = relay.send(relay.bob);
  REQUIRE(back);
  CHECK(back->to == relay.ann.here);
  CHECK(back->packet.payload_type == 0);
  CHECK(back->packet.ssrc == relay.a.rtp().back().ssrc);
  relay.run(50);
  CHECK(relay.sent_rtp(relay.b) == sent_before);  // In these ticks b sends no packets of its own.
  CHECK(relay.b.stream->statistics().packets_passed == 1);
  CHECK(relay.b.stream->statistics().packets_sent == sent_before + 1);
  CHECK(relay.b.stream->statistics().bytes_sent == (sent_before + 1) * 172);
}

TEST_CASE("After part(), the streams send their own packets again. These continue the sequence of the relayed packets, and the first has the marker") {
  Relay relay;
  relay.talk(5);
  relay.join();
  relay.talk(19);
  const auto last = relay.send(relay.ann);
  REQUIRE(last);
  relay.a.stream->part(relay.now);
  CHECK_FALSE(relay.a.stream->is_relayed());
  CHECK_FALSE(relay.b.stream->is_relayed());
  CHECK_FALSE(relay.send(relay.ann));
  const auto before = relay.sent_rtp(relay.b);
  relay.talk(2);
  REQUIRE(relay.sent_rtp(relay.b) == before + 2);
  const auto own = relay.b.rtp()[before];
  CHECK(own.sequence == static_cast<std::uint16_t>(last->packet.sequence + 1));
  CHECK(own.timestamp == last->packet.timestamp + 160);
  CHECK(own.marker);
  CHECK_FALSE(relay.b.rtp().back().marker);
  relay.talk(20);
  CHECK_FALSE(relay.a.frames.back().concealed);  // a hears Ann again.
  relay.join();
  CHECK(relay.send(relay.ann)->packet.sequence == static_cast<std::uint16_t>(relay.b.rtp().back().sequence + 1));
}

TEST_CASE("A relayed stream gives no audio to its port and sends none. Afterwards it sends the audio that was queued") {
  Relay relay;
  relay.talk(20);
  relay.join();
  const auto heard = relay.a.frames.size();
  const auto voice = sine(600, 8000, 1);
  std::size_t spoken = 0;
  give(*relay.a.port, voice, spoken);
  relay.talk(50);
  CHECK(relay.a.frames.size() == heard);
  CHECK(relay.a.port->playout.size() == 3);
  relay.a.stream->part(relay.now);
  relay.talk(5);
  CHECK(relay.a.frames.size() == heard + 5);
  CHECK(relay.a.port->playout.size() == 0);
}

TEST_CASE("If Ann changes her SSRC, the stream accepts it after a probation, and the packets continue in the same stream to Bob") {
  Relay relay;
  relay.join();
  relay.talk(9);
  const auto last = relay.send(relay.ann);
  relay.run();
  relay.ann.ssrc = 0xA2;
  relay.ann.sequence = 40000;
  relay.ann.timestamp = 1;
  for (int i = 1; i < rtp::kSsrcPackets; ++i) {
    CHECK_FALSE(relay.send(relay.ann));
    relay.run();
  }
  const auto first = relay.send(relay.ann);
  REQUIRE(first);
  CHECK(first->packet.ssrc == last->packet.ssrc);
  CHECK(first->packet.sequence == static_cast<std::uint16_t>(last->packet.sequence + 1));
  CHECK(first->packet.timestamp == last->packet.timestamp + rtp::kSsrcPackets * 160);
  CHECK(first->packet.marker);
}

TEST_CASE("A relay does not pass on packets of a stranger, malformed packets and unknown payload types, and counts them") {
  Relay relay;
  relay.join();
  relay.talk(5);
  auto& stream = *relay.a.stream;
  for (std::uint16_t sequence = 0; sequence < 50; ++sequence)
    CHECK_FALSE(stream.on_packet(media::Channel::Rtp, kStranger, Call::packet(9, sequence, 0), relay.now));
  const std::vector<std::uint8_t> rubbish(30, 0x11);
  CHECK_FALSE(stream.on_packet(media::Channel::Rtp, relay.ann.here, rubbish, relay.now));
  CHECK_FALSE(stream.on_packet(media::Channel::Rtp, relay.ann.here, Call::packet(relay.ann.ssrc, 1, 77), relay.now));
  CHECK(stream.statistics().refused_source == 50);
  CHECK(stream.statistics().malformed == 1);
  CHECK(stream.statistics().refused_payload == 1);
  CHECK(relay.b.stream->statistics().packets_passed == 5);
}

TEST_CASE("A relay passes on the events of a digit. The port gets the digit once, even if the relay ends during the digit") {
  Relay relay;
  relay.talk(3);
  relay.join();
  relay.talk(3);
  const auto begun = relay.ann.timestamp + 160;
  const auto first = relay.send_event(relay.ann, begun, 160, false);
  REQUIRE(first);
  CHECK(first->packet.payload_type == 97);
  relay.run();
  const auto second = relay.send_event(relay.ann, begun, 320, false);
  CHECK(second->packet.timestamp == first->packet.timestamp);
  relay.run();
  relay.b.stream->part(relay.now);
  for (int i = 0; i < 3; ++i) CHECK_FALSE(relay.send_event(relay.ann, begun, 480, true));
  relay.run(30);
  CHECK(relay.a.count(EventKind::Digit) == 1);
  CHECK(relay.a.first(EventKind::Digit)->digit == '5');
  CHECK(relay.a.first(EventKind::Digit)->duration_ms == 60);
  CHECK(relay.b.count(EventKind::Digit) == 0);
}

namespace {

/// Returns a plan like that of Opus: RFC 7587 section 4.1.
media::MediaPlan plan_of_48000(const RtpPeer& peer) {
  auto plan = Relay::plan_of(peer);
  plan.codec = media::AudioCodec::Opus;
  plan.event_clock_hz = 48000;
  return plan;
}

void start_at_48000(Relay& relay) {
  Call::start(relay.a, plan_of_48000(relay.ann), relay.now);
  Call::start(relay.b, plan_of_48000(relay.bob), relay.now);
}

}  // namespace

TEST_CASE("The duration of a relayed digit is measured with the clock rate of its events [RFC 4733 section 2.1]") {
  Relay relay;
  start_at_48000(relay);
  relay.join();
  relay.talk(3);
  const auto begun = relay.ann.timestamp + 960;
  for (int i = 0; i < 3; ++i) CHECK(relay.send_event(relay.ann, begun, 4800, true));
  relay.run(30);
  REQUIRE(relay.a.count(EventKind::Digit) == 1);
  CHECK(relay.a.first(EventKind::Digit)->duration_ms == 100);
}

TEST_CASE("After a relay, a leg sends digits with the agreed clock rate, as before the relay [RFC 4733 section 2.1]") {
  Relay relay;
  start_at_48000(relay);
  relay.talk(3);
  relay.join();
  relay.talk(3);
  relay.a.stream->part(relay.now);
  REQUIRE(relay.a.port->commands.try_push({media::PlayoutCommand::Kind::Digits, 0, '5'}));
  relay.run(30);
  std::uint16_t longest = 0;
  for (const auto& packet : relay.a.rtp()) {
    if (packet.payload_type == 1) longest = std::max(longest, rtp::parse_telephone_event(packet.payload)->duration);
  }
  REQUIRE(longest > 0);
  CHECK(longest % 960 == 0);  // Each step is a tick of 20 ms at 48000 Hz.
}

TEST_CASE("If both sides of a relay change to a codec with another clock rate, timestamps advance at the new rate [RFC 3550 section 7.1]") {
  Relay relay;
  relay.join();
  relay.talk(5);
  start_at_48000(relay);
  const auto last = relay.send(relay.ann);
  REQUIRE(last);
  relay.run(50);
  relay.ann.ssrc = 0xA9;  // The first timestamp of another source continues by the time that has passed.
  std::optional<media::Onward> next;
  for (int i = 0; i < 10 && !next; ++i) next = relay.send(relay.ann);
  REQUIRE(next);
  CHECK(next->packet.timestamp - last->packet.timestamp == 48000);
}

TEST_CASE("Audio that waits for the rest of its packet when a relay starts is not sent after the relay") {
  Relay relay;
  auto slow = plan_of_48000(relay.bob);
  slow.ptime_ms = 60;
  Call::start(relay.b, slow, relay.now);
  relay.run(4);  // These ticks fill one packet and a third of the next packet.
  const auto before = relay.sent_rtp(relay.b);
  REQUIRE(before == 1);
  relay.join();
  relay.run(10);
  relay.b.stream->part(relay.now);
  relay.run(2);
  CHECK(relay.sent_rtp(relay.b) == before);
  relay.run(1);
  CHECK(relay.sent_rtp(relay.b) == before + 1);
}

TEST_CASE("If a peer accepts no events, a relay does not pass them on, but the port gets them") {
  Relay relay;
  auto deaf = Relay::plan_of(relay.bob);
  deaf.send_events.reset();
  Call::start(relay.b, deaf, relay.now);
  relay.join();
  relay.talk(3);
  CHECK_FALSE(relay.send_event(relay.ann, relay.ann.timestamp + 160, 160, true));
  relay.run(30);
  CHECK(relay.a.count(EventKind::Digit) == 1);
  CHECK(relay.b.stream->statistics().packets_unpassed == 1);
}

TEST_CASE("A relay passes on comfort noise only to a peer that accepts it [RFC 3389 section 4]") {
  for (const bool takes : {true, false}) {
    CAPTURE(takes);
    Relay relay;
    auto to_bob = Relay::plan_of(relay.bob);
    to_bob.send_comfort_noise = takes;
    Call::start(relay.b, to_bob, relay.now);
    relay.talk(5);
    relay.join();
    REQUIRE(relay.send(relay.ann));
    const std::vector<std::uint8_t> description{60};
    rtp::Packet noise;
    noise.payload_type = media::kComfortNoiseType;
    noise.timestamp = relay.ann.timestamp + 160;
    noise.payload = description;
    const auto onward = relay.send(relay.ann, noise);
    CHECK(onward.has_value() == takes);
    if (onward) CHECK(onward->packet.payload_type == media::kComfortNoiseType);
    CHECK(relay.b.stream->statistics().packets_unpassed == (takes ? 0 : 1));
    CHECK(relay.send(relay.ann));
    // While the streams are joined, a new agreement takes effect.
    to_bob.send_comfort_noise = !takes;
    relay.b.stream->start(to_bob, nullptr, false, relay.now);
    CHECK(relay.send(relay.ann, noise).has_value() != takes);
  }
}

TEST_CASE("After a relay, a stream that leaves out silence sends audio first, and then the description of the silence") {
  Relay relay;
  auto to_bob = Relay::plan_of(relay.bob);
  to_bob.send_comfort_noise = true;
  relay.b.port->leaves_out_silence = true;
  Call::start(relay.b, to_bob, relay.now);
  relay.run(30);
  REQUIRE(relay.b.rtp().back().payload_type == media::kComfortNoiseType);
  relay.join();
  relay.talk(5);
  relay.b.stream->part(relay.now);
  const auto before = relay.sent_rtp(relay.b);
  relay.run(media::DiscontinuousSender::kHangoverFrames + 1);
  const auto packets = relay.b.rtp();
  REQUIRE(packets.size() == before + media::DiscontinuousSender::kHangoverFrames + 1);
  CHECK(packets[before].payload_type == relay.bob.type);
  CHECK(packets.back().payload_type == media::kComfortNoiseType);
}

TEST_CASE("During a relay, a stream refuses and counts digits from the agent") {
  Relay relay;
  relay.join();
  REQUIRE(relay.a.port->commands.try_push({media::PlayoutCommand::Kind::Digits, 0, '1'}));
  relay.talk(3);
  CHECK(relay.a.stream->digits_refused() == 1);
  CHECK(relay.a.sent.empty());
}

TEST_CASE("Each relayed stream ends RTCP: the reports for a peer are about that peer's losses and about the packets to that peer") {
  Relay relay;
  relay.join();
  for (int i = 0; i < 500; ++i) {
    if (i % 4 == 3) ++relay.ann.sequence;  // One of five packets of Ann is lost on the way to a. None of Bob's packets are lost.
    (void)relay.send(relay.ann);
    const auto to_ann = relay.send(relay.bob);
    REQUIRE(to_ann);
    relay.run();
  }
  const auto last_of = [](const End& end) {
    REQUIRE_FALSE(end.sent.empty());
    auto reader = rtp::CompoundReader::open(end.sent.back().bytes());
    REQUIRE(reader);
    const auto packet = reader->next();
    REQUIRE(std::holds_alternative<rtp::SenderReport>(*packet));
    return std::get<rtp::SenderReport>(*packet);
  };
  const auto to_ann = last_of(relay.a), to_bob = last_of(relay.b);
  CHECK(relay.a.sent.back().to == next_port(relay.ann.here));
  REQUIRE(to_ann.blocks.count == 1);
  CHECK(to_ann.blocks.items[0].ssrc == relay.ann.ssrc);
  CHECK(to_ann.blocks.items[0].fraction_lost == doctest::Approx(51).epsilon(0.05));
  CHECK(to_ann.packets == relay.a.stream->statistics().packets_passed - (relay.a.stream->statistics().packets_sent - to_ann.packets));
  CHECK(to_ann.octets == to_ann.packets * 160);
  REQUIRE(to_bob.blocks.count == 1);
  CHECK(to_bob.blocks.items[0].ssrc == relay.bob.ssrc);
  CHECK(to_bob.blocks.items[0].fraction_lost == 0);
  // The timestamps of reports and of packets have the same clock.
  const auto passed = relay.send(relay.bob);
  const auto ticks = static_cast<std::int64_t>((relay.now.time_since_epoch() + 1'700'000'000s) / 20ms);
  const auto reported = rtp::NtpTime::from_unix(1'700'000'000s + relay.now.time_since_epoch()).value - to_ann.ntp.value;
  CHECK(ticks > 0);
  const double seconds = static_cast<double>(reported) / 4294967296.0;
  CHECK(std::abs(static_cast<double>(passed->packet.timestamp - to_ann.rtp_timestamp) - seconds * 8000) < 161);  // one tick, and rounding
  CHECK(relay.a.stream->statistics().packets_lost > 100);
  CHECK(relay.b.stream->statistics().packets_lost == 0);
}

TEST_CASE("During a hold, a relay passes on no packets. Afterwards the sequence numbers continue without a gap") {
  Relay relay;
  relay.join();
  relay.talk(5);
  const auto last = relay.send(relay.ann);
  auto held = Relay::plan_of(relay.bob);
  held.send = false;
  relay.b.stream->start(held, nullptr, false, relay.now);
  for (int i = 0; i < 200; ++i) {
    CHECK_FALSE(relay.send(relay.ann));
    relay.run();
  }
  relay.b.stream->start(Relay::plan_of(relay.bob), nullptr, false, relay.now);
  CHECK(relay.send(relay.ann)->packet.sequence == static_cast<std::uint16_t>(last->packet.sequence + 1));
  auto deaf = Relay::plan_of(relay.ann);
  deaf.receive = false;
  relay.a.stream->start(deaf, nullptr, false, relay.now);
  CHECK_FALSE(relay.send(relay.ann));
  relay.a.stream->start(Relay::plan_of(relay.ann), nullptr, false, relay.now);
  CHECK(relay.send(relay.ann)->packet.sequence == static_cast<std::uint16_t>(last->packet.sequence + 2));
}

TEST_CASE("A re-INVITE during a relay changes the payload types without delay. A relay does not pass on packets of another codec") {
  Relay relay;
  relay.join();
  relay.talk(3);
  relay.bob.type = 100;
  relay.b.stream->start(Relay::plan_of(relay.bob), nullptr, false, relay.now);
  CHECK(relay.send(relay.ann)->packet.payload_type == 100);
  CHECK(relay.send(relay.bob)->packet.payload_type == 0);
  auto other = Relay::plan_of(relay.bob);
  other.codec = media::AudioCodec::Pcma;
  Call::start(relay.b, other, relay.now);
  CHECK_FALSE(relay.send(relay.ann));
  CHECK_FALSE(relay.send(relay.bob));
  // Bob's answer has Ann's codec as its second codec, and Bob sends this codec.
  other.also_receivable[0] = media::ReceivableCodec{media::AudioCodec::Pcmu, 99};
  Call::start(relay.b, other, relay.now);
  relay.bob.type = 99;
  CHECK(relay.send(relay.bob)->packet.payload_type == 0);
}

TEST_CASE("A relayed stream reports the start, loss and return of media like other streams, and reports no silence of relayed audio") {
  Relay relay;
  relay.join();
  relay.talk(600);
  CHECK(relay.a.count(EventKind::MediaStarted) == 1);
  CHECK_FALSE(relay.a.stream->statistics().one_way_ever.any());
  for (int i = 0; i < 510; ++i) {
    (void)relay.send(relay.bob);
    relay.run();
  }
  CHECK(relay.a.count(EventKind::MediaLost) == 1);
  CHECK(relay.b.count(EventKind::MediaLost) == 0);
  CHECK(relay.a.stream->statistics().one_way.nothing_comes);
  relay.talk(5);
  CHECK(relay.a.count(EventKind::MediaBack) == 1);
}

TEST_CASE("If a relay starts while the caller speaks, the stream reports the end of the speech") {
  Relay relay;
  relay.talk(20);
  for (int i = 0; i < 40; ++i) {
    for (auto& octet : relay.octets) octet = static_cast<std::uint8_t>(i * 7 + (&octet - relay.octets.data()) * 3);
    relay.talk(1);
  }
  REQUIRE(relay.a.count(EventKind::SpeechStarted) == relay.a.count(EventKind::SpeechStopped) + 1);
  relay.join();
  relay.run(2);
  CHECK(relay.a.count(EventKind::SpeechStopped) == relay.a.count(EventKind::SpeechStarted));
}

TEST_CASE("When one of two joined streams finishes, the other stream is no longer relayed") {
  Relay relay;
  relay.join();
  relay.talk(5);
  relay.sendout.clear();
  relay.a.stream->finish(relay.now, relay.sendout);
  CHECK_FALSE(relay.b.stream->is_relayed());
  CHECK_FALSE(relay.send(relay.ann));
  const auto before = relay.sent_rtp(relay.b);
  relay.run(3);
  CHECK(relay.sent_rtp(relay.b) == before + 3);
}

TEST_CASE("Two streams can be joined before they start. They pass packets on when both have started") {
  Relay relay;
  End fresh{kB, 8000, 3};
  fresh.stream->take(std::make_unique<rtp::Translator>());
  media::Stream::join(*relay.a.stream, *fresh.stream, relay.now);
  CHECK_FALSE(relay.send(relay.ann));
  Call::start(fresh, Relay::plan_of(relay.bob), relay.now);
  const auto passed = relay.send(relay.ann);
  REQUIRE(passed);
  CHECK(passed->to == relay.bob.here);
  fresh.stream->part(relay.now);
}

TEST_CASE("Joining, passing packets on and parting allocate nothing [design: no allocation on the path]") {
  Relay relay;
  relay.talk(5);
  const auto datagram = Call::packet(relay.ann.ssrc, static_cast<std::uint16_t>(relay.ann.sequence + 1), 0);
  media::Sendout out;
  const auto before = allocations();
  relay.join();
  const bool passed = relay.a.stream->on_packet(media::Channel::Rtp, relay.ann.here, datagram, relay.now).has_value();
  for (int i = 0; i < 3; ++i) {
    out.clear();
    relay.a.stream->tick({relay.tick + static_cast<std::uint64_t>(i), relay.now, {}}, relay.a.voice, out);
  }
  relay.a.stream->part(relay.now);
  CHECK(allocations() == before);
  CHECK(passed);
}
