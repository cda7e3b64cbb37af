// Tests which sources a stream accepts, to which destination it sends, and how it reports lost media.
#include <offhook/tests/media/stream_call.hpp>
#include <offhook/tests/media/tone_meter.hpp>

#include <offhook/media/codec/g711.hpp>

#include <cmath>

using namespace offhook_test;

namespace {

constexpr double kInjectedHz = 1300;

/// A call with a caller behind a NAT: the SDP names kA, but the signalling and the audio come from `nat`. A stranger knows the port and attacks it.
struct AttackedCall : Call {
  base::SocketAddress nat = at("198.51.100.7", 33333);
  std::vector<std::uint8_t> injected;   // injected audio in mu-law
  std::uint16_t natted_sequence = 0, strangers_sequence = 0;

  AttackedCall() {
    const auto tone = sine(kInjectedHz, 8000, 1.0);
    injected.resize(tone.size());
    REQUIRE(media::encode_mulaw(tone, injected));
  }
  media::MediaPlan natted_plan() const {
    auto made = towards(a);
    made.signalling_host = nat.ip;
    return made;
  }
  void begin_b() { start(b, natted_plan(), now()); }
  void receive(media::Channel channel, const base::SocketAddress& from, base::Bytes datagram) {
    b.stream->on_packet(channel, from, datagram, now());
  }
  void caller_says(const base::SocketAddress& from) {
    receive(media::Channel::Rtp, from, packet(7, natted_sequence++, 0));
  }
  /// Sends RTP packets in sequence from the stranger, with the caller's SSRC in every second thousand, and then an RTCP report with that SSRC.
  void attack(int packets) {
    for (int i = 0; i < packets; ++i) {
      const auto at = static_cast<std::size_t>(strangers_sequence % 50) * 160;
      rtp::Packet made{.payload_type = 0, .sequence = strangers_sequence, .timestamp = strangers_sequence * 160U,
                       .ssrc = strangers_sequence / 1000 % 2 == 0 ? 7U : 666U, .payload = base::Bytes(injected).subspan(at, 160)};
      ++strangers_sequence;
      std::array<std::uint8_t, 200> datagram{};
      receive(media::Channel::Rtp, kStranger, base::Bytes(datagram).first(*rtp::write_packet(made, datagram)));
    }
    std::array<std::uint8_t, 100> report{};
    rtp::CompoundWriter writer(report);
    writer.receiver_report({.ssrc = 7, .blocks = {}});
    receive(media::Channel::Rtcp, next_port(kStranger), base::Bytes(report).first(*writer.finish()));
  }
  /// Attacks with 100,000 packets during two seconds. If `from` is set, the caller sends packets from there in the meantime.
  void attack_while(const std::optional<base::SocketAddress>& from) {
    run(100, [&] {
      attack(1000);
      if (from) caller_says(*from);
    });
  }
  std::size_t datagrams_to(const base::IpAddress& host) const {
    return static_cast<std::size_t>(std::count_if(b.sent.begin(), b.sent.end(), [&](const auto& one) { return one.to.ip == host; }));
  }
};

}  // namespace

TEST_CASE("A stream drops the packets that come before start()") {
  Call call;
  for (std::uint16_t sequence = 0; sequence < 9; ++sequence) {
    call.b.stream->on_packet(media::Channel::Rtp, kA, Call::packet(7, sequence, 0), call.now());
  }
  call.run(2);
  CHECK(call.b.stream->statistics().packets_received == 0);
  CHECK(call.b.sent.empty());
  CHECK(call.b.heard.empty());
}

TEST_CASE("A stream that must not receive plays nothing and reports no lost media") {
  Call call;
  call.a_says = sine(600, 8000, 20);
  call.begin();
  auto deaf = call.towards(call.a);
  deaf.receive = false;
  call.b.stream->start(deaf, nullptr, false, call.now());
  call.run(100);
  for (const auto& frame : call.b.frames) CHECK(frame.level_dbov == -127);
  call.a_is_heard = false;
  call.run(600);
  CHECK(call.b.count(EventKind::MediaLost) == 0);
}

TEST_CASE("A stream plays packets from an address that ICE has proven, and sends nothing to this address [RFC 8445 section 12.2]") {
  AttackedCall call;
  auto plan = call.towards(call.a);
  plan.source_rule = rtp::SourceRule::SdpAddress;
  plan.proven[0] = call.nat;
  call.start(call.b, plan, call.now());
  call.run(10, [&] { call.caller_says(call.nat); });
  CHECK(call.b.stream->statistics().packets_received >= 9);
  CHECK(call.datagrams_to(call.nat.ip) == 0);
  CHECK(call.datagrams_to(kA.ip) > 0);
}

TEST_CASE("If the proven addresses change, the stream loses none of the received audio") {
  Call call;
  call.a_says = sine(600, 8000, 4);
  call.begin();
  call.run(50);
  auto plan = call.towards(call.a);
  plan.source_rule = rtp::SourceRule::SdpAddress;
  const auto concealed = call.b.stream->statistics().frames_concealed;
  call.run(100, [&] {
    plan.proven[call.tick % plan.proven.size()] = at("198.51.100.7", static_cast<std::uint16_t>(1000 + call.tick));
    call.b.stream->start(plan, nullptr, false, call.now());
  });
  CHECK(call.b.stream->statistics().frames_concealed == concealed);
  CHECK(measure_tone(call.b.heard_between(60, 150), 600, 8000).snr_db > 20);
}

TEST_CASE("A stream reports lost media once after the limit, and reports once that media is back") {
  Call call;
  call.begin();
  call.run(100);
  CHECK(call.b.count(EventKind::MediaStarted) == 1);
  call.a_is_heard = false;
  call.run(499);
  CHECK(call.b.count(EventKind::MediaLost) == 0);
  call.run(100);
  REQUIRE(call.b.count(EventKind::MediaLost) == 1);
  CHECK(call.b.first(EventKind::MediaLost)->duration_ms >= 10000);
  CHECK(call.b.first(EventKind::MediaLost)->duration_ms <= 10020);
  CHECK(call.b.count(EventKind::MediaBack) == 0);
  call.a_is_heard = true;
  call.run(50);
  CHECK(call.b.count(EventKind::MediaBack) == 1);
  CHECK(call.b.count(EventKind::MediaLost) == 1);
  CHECK(call.b.count(EventKind::MediaStarted) == 1);
}

TEST_CASE("If no media ever comes, the stream reports lost media, and counts the time from its start") {
  Call call;
  call.a_is_heard = false;
  call.begin();
  call.run(499);
  CHECK(call.b.events.empty());
  call.run(2);
  CHECK(call.b.count(EventKind::MediaLost) == 1);
  CHECK(call.b.count(EventKind::MediaStarted) == 0);
}

TEST_CASE("A stream does not play the packets of a stranger, does not send to the stranger, and counts the packets") {
  Call call;
  call.begin();
  call.run(50);
  std::uint16_t sequence = 0;
  call.run(100, [&] {
    for (int i = 0; i < 3; ++i) {
      const auto datagram = Call::packet(0xBAD, sequence++, 0, 0x02);
      call.b.stream->on_packet(media::Channel::Rtp, kStranger, datagram, call.now());
    }
  });
  CHECK(call.b.stream->statistics().refused_source == 300);
  CHECK(call.b.stream->statistics().source == kA);
  for (const auto& frame : call.b.frames) CHECK(frame.level_dbov < -60);
  for (const auto& datagram : call.b.sent) CHECK(datagram.to.ip == kA.ip);
}

TEST_CASE_FIXTURE(AttackedCall, "A stream sends no reply to 100,000 packets of a stranger before, during or after learning, and plays none of them [RTP Bleed, RTP Inject]") {
  a_is_heard = false;
  begin_b();
  attack_while(std::nullopt);
  CHECK(b.stream->statistics().source == std::nullopt);
  attack_while(nat);
  CHECK(b.stream->statistics().source == nat);
  attack_while(nat);
  CHECK(b.stream->statistics().source == nat);
  run(1500);  // This is a silence of 30 s.
  attack_while(std::nullopt);
  attack_while(nat);
  CHECK(b.stream->statistics().source == nat);
  CHECK(datagrams_to(kStranger.ip) == 0);
  CHECK(datagrams_to(nat.ip) > 0);
  CHECK(b.stream->statistics().refused_source > 500'000);
  const auto heard = b.heard_between(0, b.heard.size());
  double power = 0;
  for (const auto sample : heard) power += static_cast<double>(sample) * sample;
  // The caller sends a constant signal with gaps of concealment and silence. Therefore only a small share of the tone's frequency may be present.
  const double rms = std::sqrt(power / static_cast<double>(heard.size()));
  CHECK(measure_tone(heard, kInjectedHz, 8000).amplitude / std::max(rms, 1.0) < 0.01);
}

TEST_CASE_FIXTURE(AttackedCall,
    "After learning another source, a stream accepts the SDP's address at its first packet, and keeps it through 30 s of silence [CVE-2017-14099]") {
  a_is_heard = false;
  begin_b();
  for (int i = 0; i < 4; ++i) caller_says(nat);
  run(1);
  CHECK(b.sent.back().to == nat);
  caller_says(kA);
  run(1);
  CHECK(b.stream->statistics().source == kA);
  run(1500);  // This is a silence of 30 s.
  b.sent.clear();
  for (int i = 0; i < 100; ++i) caller_says(nat);
  run(20);
  CHECK(datagrams_to(nat.ip) == 0);
  CHECK(datagrams_to(kA.ip) > 0);
}

TEST_CASE_FIXTURE(AttackedCall, "peer_heard() returns the SDP's address, and never a learnt source, because another source may replace a learnt one") {
  a_is_heard = false;
  begin_b();
  for (int i = 0; i < 4; ++i) caller_says(nat);
  CHECK(b.stream->statistics().source == nat);
  CHECK_FALSE(b.stream->peer_heard(now()));
  caller_says(kA);
  CHECK(b.stream->peer_heard(now()) == kA);
  CHECK_FALSE(b.stream->peer_heard(now() + 1ms));
}

TEST_CASE("If the SDP has no address, the stream sends nothing until it has learnt a source") {
  Call call;
  auto blind = call.plan;
  blind.signalling_host = kStranger.ip;
  Call::start(call.b, blind, call.now());
  for (std::uint16_t sequence = 0; sequence < 3; ++sequence, call.run(1)) {
    call.b.stream->on_packet(media::Channel::Rtp, kStranger, Call::packet(7, sequence, 0), call.now());
  }
  CHECK(call.b.sent.empty());
  call.b.stream->on_packet(media::Channel::Rtp, kStranger, Call::packet(7, 3, 0), call.now());
  call.run(1);
  REQUIRE(call.b.sent.size() == 1);
  CHECK(call.b.sent[0].to == kStranger);
  CHECK(call.b.stream->statistics().source == kStranger);
}

TEST_CASE("After a re-INVITE with a new address, the stream sends to this address and accepts it as the source") {
  Call call;
  call.begin();
  call.run(20);
  const auto moved = at("198.51.100.4", 7000);
  auto plan = call.towards(call.a);
  plan.remote_rtp = moved;
  plan.remote_rtcp = next_port(moved);
  call.b.stream->start(plan, nullptr, false, call.now());
  call.b.sent.clear();
  call.run(1);
  REQUIRE(call.b.sent.size() == 1);
  CHECK(call.b.sent[0].to == moved);
  call.b.stream->on_packet(media::Channel::Rtp, moved, Call::packet(9, 1, 0), call.now());
  CHECK(call.b.stream->statistics().source == moved);
}

TEST_CASE("If a caller sends BYE and continues with another SSRC, the stream accepts it without a gap and no longer reports the old SSRC [RFC 3550 section 6.6]") {
  Call call;
  call.a_is_heard = false;
  call.begin();
  std::uint32_t ssrc = 7;
  std::uint16_t sequence = 0;
  const auto says = [&] { call.b.stream->on_packet(media::Channel::Rtp, kA, Call::packet(ssrc, sequence++, 0), call.now()); };
  call.run(50, says);
  const auto bye = [&](const base::SocketAddress& from) {
    std::array<std::uint8_t, 100> octets{};
    rtp::CompoundWriter writer(octets);
    writer.receiver_report({.ssrc = ssrc, .blocks = {}});
    writer.bye(ssrc, "");
    call.b.stream->on_packet(media::Channel::Rtcp, from, base::Bytes(octets).first(*writer.finish()), call.now());
  };
  const auto reported = [&]() -> std::optional<std::uint32_t> {
    call.sendout.clear();
    call.b.stream->finish(call.now(), call.sendout);
    REQUIRE(call.sendout.all().size() == 1);
    auto reader = rtp::CompoundReader::open(call.sendout.all()[0].bytes());
    const auto first = reader->next();
    const auto& blocks = std::get<rtp::SenderReport>(*first).blocks;
    return blocks.count == 0 ? std::nullopt : std::optional(blocks.items[0].ssrc);
  };
  bye(next_port(kStranger));
  CHECK(reported() == 7u);
  bye(next_port(kA));
  call.run(1);
  CHECK(reported() == std::nullopt);
  ssrc = 8;
  const auto refused = call.b.stream->statistics().refused_source;
  call.run(50, says);
  CHECK(call.b.stream->statistics().refused_source == refused);
  CHECK(reported() == 8u);
}

namespace {

/// Returns the SSRCs for which this end has sent BYE.
std::vector<std::uint32_t> byes_of(const End& end) {
  std::vector<std::uint32_t> left;
  for (const auto& datagram : end.sent) {
    if (datagram.channel != media::Channel::Rtcp) continue;
    auto reader = rtp::CompoundReader::open(datagram.bytes());
    REQUIRE(reader);
    while (const auto packet = reader->next()) {
      if (const auto* bye = std::get_if<rtp::Bye>(&*packet)) left.insert(left.end(), bye->ssrcs.begin(), bye->ssrcs.begin() + static_cast<std::ptrdiff_t>(bye->count));
    }
  }
  return left;
}

}  // namespace

TEST_CASE("If the peer uses the stream's SSRC, the stream plays it, sends BYE, and continues with another SSRC [RFC 3550 section 8.2]") {
  Call call;
  call.b_is_heard = false;
  call.begin();
  call.run(50);
  const auto ssrc = call.a.rtp().front().ssrc;
  std::uint16_t sequence = 100;
  call.run(50, [&] { call.a.stream->on_packet(media::Channel::Rtp, kB, Call::packet(ssrc, sequence++, 0), call.now()); });
  CHECK(byes_of(call.a) == std::vector{ssrc});
  const auto packets = call.a.rtp();
  const auto changed = std::find_if(packets.begin(), packets.end(), [ssrc](const auto& packet) { return packet.ssrc != ssrc; });
  REQUIRE(changed != packets.end());
  CHECK(changed - packets.begin() == 51);  // The change comes in the tick after the peer's first packet.
  CHECK(changed->marker);
  for (auto each = changed; each != packets.end(); ++each) {
    CHECK(each->ssrc == changed->ssrc);
    CHECK(each->sequence == static_cast<std::uint16_t>((each - 1)->sequence + 1));
  }
  CHECK(call.a.stream->statistics().frames_played >= 45);
  CHECK(call.a.stream->statistics().packets_sent == packets.size());
  CHECK(call.b.stream->statistics().frames_played >= 95);
}

TEST_CASE("If a peer returns all packets, as echo tests do, the stream plays them, and changes its SSRC once") {
  Call call;
  call.begin();
  call.run(200, [&] {
    const auto packets = call.a.sent;
    if (packets.empty() || packets.back().channel != media::Channel::Rtp) return;
    call.a.stream->on_packet(media::Channel::Rtp, kB, packets.back().bytes(), call.now());
  });
  CHECK(byes_of(call.a).size() == 1);
}

TEST_CASE("When a stream finishes, it sends BYE only if it has sent RTP or RTCP packets [RFC 3550 section 6.3.7]") {
  for (const bool speaks : {false, true}) {
    Call call;
    call.plan.send = speaks;
    call.begin();
    call.run(10);
    call.sendout.clear();
    call.a.stream->finish(call.now(), call.sendout);
    CHECK(call.sendout.all().size() == (speaks ? 1U : 0U));
  }
}

TEST_CASE("Packets with a payload type that was not agreed, for example key events, do not count as lost") {
  Call call;
  call.begin();
  std::uint16_t sequence = 0;
  const auto hear = [&](std::uint8_t payload_type) { call.b.stream->on_packet(media::Channel::Rtp, kA, Call::packet(7, sequence++, payload_type), call.now()); };
  call.a_is_heard = false;
  call.run(50, [&] { hear(0); });
  call.run(20, [&] { hear(97); });
  call.run(50, [&] { hear(0); });
  const auto statistics = call.b.stream->statistics();
  CHECK(statistics.refused_payload == 20);
  CHECK(statistics.packets_lost == 0);
  CHECK(statistics.losses.figures().lost == 0);
  CHECK(statistics.packets_received == 119);  // The count starts with the second packet.
}

TEST_CASE("A stream uses its random source only in its constructor, because each use may be a system call") {
  struct Counted final : base::Random {
    void fill(std::span<std::uint8_t> out) override {
      ++draws;
      source.fill(out);
    }
    std::size_t draws = 0;
    base::SeededRandom source{1};
  } random;
  Call call;
  media::AudioPort port;
  media::Stream stream({}, port, random);
  const auto made = random.draws;
  CHECK(made > 0);
  const auto plan = call.towards(call.a);
  static_cast<void>(stream.start(plan, media::Stream::make_chain(plan, port.rate_hz), false, call.now()));
  media::VoiceBank voice{1};
  media::Sendout out;
  std::size_t reports = 0;
  for (; call.tick < 3000; ++call.tick) {
    out.clear();
    stream.tick({call.tick, call.now(), rtp::NtpTime::from_unix(1s)}, voice, out);
    for (const auto& datagram : out.all()) reports += datagram.channel == media::Channel::Rtcp;
  }
  stream.finish(call.now(), out);
  CHECK(reports > 5);
  CHECK(random.draws == made);
}

TEST_CASE("A stream counts malformed and refused packets by kind, and learns no source from them") {
  Call call;
  call.begin();
  const std::vector<std::uint8_t> rubbish{1, 2, 3};
  call.b.stream->on_packet(media::Channel::Rtp, kA, rubbish, call.now());
  call.b.stream->on_packet(media::Channel::Rtp, kA, {}, call.now());
  call.b.stream->on_packet(media::Channel::Rtcp, next_port(kA), rubbish, call.now());
  for (std::uint16_t sequence = 0; sequence < 9; ++sequence) {
    call.b.stream->on_packet(media::Channel::Rtp, kStranger, Call::packet(7, sequence, 96), call.now());
  }
  const auto statistics = call.b.stream->statistics();
  CHECK(statistics.malformed == 3);
  CHECK(statistics.refused_payload == 9);
  CHECK_FALSE(statistics.source);
}
