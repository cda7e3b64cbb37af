#include <offhook/media/stream.hpp>

#include <offhook/media/codec/g711.hpp>
#include <offhook/media/tones.hpp>
#include <offhook/rtp/packet.hpp>
#include <offhook/rtp/rtcp.hpp>

#include "allocations.hpp"
#include "synthetic_voice.hpp"
#include "tone_meter.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

using namespace offhook;
using namespace std::chrono_literals;
using Kind = media::MediaEvent::Kind;

namespace {

base::SocketAddress at(const char* ip, std::uint16_t port) { return {*base::IpAddress::parse(ip), port}; }
const base::SocketAddress kA = at("192.0.2.1", 4000), kB = at("192.0.2.2", 5000), kStranger = at("203.0.113.9", 6000);
base::SocketAddress next_port(base::SocketAddress address) {
  ++address.port;
  return address;
}

/// What of `voice` follows the `spoken` samples goes to the port, three frames ahead.
void give(media::AudioPort& port, const std::vector<std::int16_t>& voice, std::size_t& spoken) {
  for (; port.playout.size() < 3 && spoken + 160 <= voice.size(); spoken += 160) {
    media::PlayoutFrame frame;
    frame.utterance = 9;
    frame.samples = 160;
    std::copy_n(voice.begin() + static_cast<std::ptrdiff_t>(spoken), 160, frame.pcm.begin());
    REQUIRE(port.playout.try_push(frame));
  }
}

/// One end: a stream, its port, and what it sent so far.
struct End {
  base::SocketAddress here;
  base::SeededRandom random;
  std::unique_ptr<media::AudioPort> port = std::make_unique<media::AudioPort>();
  std::unique_ptr<media::Stream> stream;
  std::vector<media::Datagram> sent;              // all of them
  std::vector<std::vector<std::int16_t>> heard;   // by tick
  std::vector<media::HeardFrame> frames;
  std::vector<media::MediaEvent> events;

  End(base::SocketAddress address, std::uint32_t port_rate_hz, std::uint64_t seed) : here(address), random(seed) {
    port->rate_hz = port_rate_hz;
    stream = std::make_unique<media::Stream>(media::StreamOptions{}, *port, random);
  }
  std::size_t count(Kind kind) const {
    return static_cast<std::size_t>(std::count_if(events.begin(), events.end(), [kind](const auto& e) { return e.kind == kind; }));
  }
  const media::MediaEvent* first(Kind kind) const {
    const auto found = std::find_if(events.begin(), events.end(), [kind](const auto& e) { return e.kind == kind; });
    return found == events.end() ? nullptr : &*found;
  }
  std::vector<rtp::Packet> rtp() const {
    std::vector<rtp::Packet> packets;
    for (const auto& datagram : sent) {
      if (datagram.channel == media::Channel::Rtp) packets.push_back(*rtp::parse_packet(datagram.bytes()));
    }
    return packets;
  }
  std::vector<std::int16_t> heard_between(std::size_t first, std::size_t last) const {
    std::vector<std::int16_t> all;
    for (std::size_t i = first; i < last; ++i) all.insert(all.end(), heard.at(i).begin(), heard.at(i).end());
    return all;
  }
};

/// Two streams on virtual time with a wire of fixed delay between them.
struct Call {
  media::MediaPlan plan;
  End a, b;
  base::TimePoint origin{std::chrono::hours(5)};
  std::uint64_t tick = 0;
  base::Duration delay = 5ms;
  bool a_is_heard = true, b_is_heard = true;   // false: the wire eats what that end sends
  struct InFlight {
    base::TimePoint at;
    media::Datagram datagram;
    base::SocketAddress from;
  };
  std::deque<InFlight> wire;
  std::vector<std::int16_t> a_says;            // fed to a's playout as one utterance, at its port's rate
  std::size_t said = 0;
  media::Sendout sendout;

  explicit Call(media::AudioCodec codec = media::AudioCodec::Pcmu, std::uint32_t port_rate_hz = 8000)
      : a(kA, port_rate_hz, 1), b(kB, port_rate_hz, 2) {
    plan.codec = codec;
    plan.send_payload_type = plan.receive_payload_type = codec == media::AudioCodec::Pcmu ? 0 : codec == media::AudioCodec::Pcma ? 8 : 9;
    plan.send_events = plan.receive_events = 101;
  }
  base::TimePoint now() const { return origin + static_cast<std::int64_t>(tick) * 20ms; }
  media::MediaPlan towards(const End& end) const {
    auto result = plan;
    result.remote_rtp = end.here;
    result.remote_rtcp = next_port(end.here);
    return result;
  }
  static std::unique_ptr<media::CodecChain> start(End& end, const media::MediaPlan& its_plan, base::TimePoint now, bool relearn = false) {
    return end.stream->start(its_plan, media::Stream::make_chain(its_plan, end.port->rate_hz), relearn, now);
  }
  void begin() {
    start(a, towards(b), now());
    start(b, towards(a), now());
  }
  void feed() {
    const auto samples = a.port->frame_samples();
    while (said < a_says.size() && a.port->playout.size() < 4) {
      media::PlayoutFrame frame;
      frame.utterance = 1;
      frame.word = static_cast<std::uint32_t>(said / samples);
      frame.samples = static_cast<std::uint16_t>(std::min<std::size_t>(samples, a_says.size() - said));
      std::copy_n(a_says.begin() + static_cast<std::ptrdiff_t>(said), frame.samples, frame.pcm.begin());
      said += frame.samples;
      frame.last = said == a_says.size();
      REQUIRE(a.port->playout.try_push(frame));
    }
  }
  void deliver() {
    while (!wire.empty() && wire.front().at <= now()) {
      const auto& flight = wire.front();
      End& to = flight.datagram.to.ip == kA.ip ? a : b;
      to.stream->on_packet(flight.datagram.channel, flight.from, flight.datagram.bytes(), flight.at);
      wire.pop_front();
    }
  }
  void tick_end(End& end, bool is_heard) {
    sendout.clear();
    end.stream->tick({tick, now(), rtp::NtpTime::from_unix(1'700'000'000s + (now() - origin))}, sendout);
    for (const auto& datagram : sendout.all()) {
      end.sent.push_back(datagram);
      const auto from = datagram.channel == media::Channel::Rtp ? end.here : next_port(end.here);
      if (is_heard && (datagram.to.ip == kA.ip || datagram.to.ip == kB.ip)) wire.push_back({now() + delay, datagram, from});
    }
    media::HeardFrame frame;
    while (end.port->heard.try_pop(frame)) {
      end.frames.push_back(frame);
      end.heard.emplace_back(frame.pcm.begin(), frame.pcm.begin() + frame.samples);
    }
    media::MediaEvent event;
    while (end.port->events.try_pop(event)) end.events.push_back(event);
  }
  void run(int ticks, const std::function<void()>& each = {}) {
    for (int i = 0; i < ticks; ++i, ++tick) {
      deliver();
      feed();
      if (each) each();
      tick_end(a, a_is_heard);
      tick_end(b, b_is_heard);
    }
  }
  /// An RTP packet made by hand.
  static std::vector<std::uint8_t> packet(std::uint32_t ssrc, std::uint16_t sequence, std::uint8_t payload_type, std::uint8_t filler = 0x20) {
    const std::vector<std::uint8_t> payload(160, filler);
    rtp::Packet made;
    made.payload_type = payload_type;
    made.sequence = sequence;
    made.timestamp = sequence * 160U;
    made.ssrc = ssrc;
    made.payload = payload;
    std::vector<std::uint8_t> out(200);
    out.resize(*rtp::write_packet(made, out));
    return out;
  }
};

std::vector<std::int16_t> sine(double hz, std::uint32_t rate_hz, double seconds) {
  std::vector<std::int16_t> pcm(static_cast<std::size_t>(seconds * rate_hz));
  media::SineSource(hz, rate_hz, 8000).fill(pcm);
  return pcm;
}

}  // namespace

TEST_CASE("A stream carries a tone to its peer in each codec, at each rate of the port") {
  for (const auto codec : {media::AudioCodec::Pcmu, media::AudioCodec::Pcma, media::AudioCodec::G722}) {
    for (const std::uint32_t rate_hz : {8000U, 16000U, 24000U}) {
      CAPTURE(static_cast<int>(codec));
      CAPTURE(rate_hz);
      Call call(codec, rate_hz);
      call.a_says = sine(1000, rate_hz, 3);
      call.begin();
      call.run(150);
      REQUIRE(call.b.heard.size() == 150);
      const auto pcm = call.b.heard_between(50, 140);
      CHECK(pcm.size() == 90 * rate_hz / 50);
      const auto tone = offhook_test::measure_tone(pcm, 1000, rate_hz);
      CHECK(tone.amplitude == doctest::Approx(8000).epsilon(0.05));
      CHECK(tone.snr_db > 28);
      CHECK(call.b.stream->statistics().frames_concealed == 0);
      CHECK(call.b.stream->statistics().packets_lost == 0);
    }
  }
}

TEST_CASE("A stream that has nothing to say sends silence without a gap, marked once [RFC 3551 section 4.1]") {
  Call call;
  call.begin();
  call.run(100);
  const auto packets = call.a.rtp();
  REQUIRE(packets.size() == 100);
  for (std::size_t i = 0; i < packets.size(); ++i) {
    CHECK(packets[i].marker == (i == 0));
    CHECK(packets[i].sequence == static_cast<std::uint16_t>(packets[0].sequence + i));
    CHECK(packets[i].timestamp == packets[0].timestamp + 160 * i);
    CHECK(packets[i].payload.size() == 160);
    CHECK(std::all_of(packets[i].payload.begin(), packets[i].payload.end(), [](auto octet) { return octet == 0xFF; }));
  }
}

TEST_CASE("A stream packs any ptime of 10 to 60 ms, rounds others down, and says when each word is on the wire") {
  struct Row { std::uint16_t ptime_ms; std::size_t octets; };
  for (const Row row : {Row{5, 80}, Row{10, 80}, Row{20, 160}, Row{25, 160}, Row{30, 240}, Row{40, 320}, Row{60, 480}, Row{61, 480}, Row{500, 480}}) {
    CAPTURE(row.ptime_ms);
    Call call;
    call.plan.ptime_ms = row.ptime_ms;
    call.a_says = sine(500, 8000, 1.2);
    call.begin();
    call.run(150);
    const auto packets = call.a.rtp();
    REQUIRE(packets.size() == 150 * 160 / row.octets);
    for (std::size_t i = 0; i < packets.size(); ++i) {
      CHECK(packets[i].payload.size() == row.octets);
      CHECK(packets[i].timestamp == static_cast<std::uint32_t>(packets[0].timestamp + row.octets * i));
    }
    CHECK(offhook_test::measure_tone(call.b.heard_between(20, 50), 500, 8000).snr_db > 28);
    for (const auto& event : call.a.events) {
      if (event.kind != Kind::Sent) continue;
      // Word w begins at octet 160 w; its packet is full, and leaves, on this tick.
      const auto filled = (event.word * 160 / row.octets + 1) * row.octets;
      CHECK(event.at_tick == (filled + 159) / 160 - 1);
      CHECK(event.tick == event.word);
    }
  }
}

TEST_CASE("Digits cross as telephone-events, each reported once, and speech waits for them [RFC 4733 section 2.5]") {
  Call call;
  call.a_says = sine(700, 8000, 4);
  call.begin();
  call.run(20, [&] {
    if (call.tick == 10) {
      for (const char digit : {'4', '2', '#'}) REQUIRE(call.a.port->commands.try_push({media::PlayoutCommand::Kind::Digits, 0, digit}));
    }
  });
  call.run(60);
  std::string digits;
  for (const auto& event : call.b.events) {
    if (event.kind != Kind::Digit) continue;
    digits += event.digit;
    CHECK(event.duration_ms == 100);
  }
  CHECK(digits == "42#");
  // 3 x 160 ms went to the digits, in which no word left.
  std::uint64_t longest = 0, last = 0;
  for (const auto& event : call.a.events) {
    if (event.kind != Kind::Sent) continue;
    longest = std::max(longest, event.tick - last);
    last = event.tick;
  }
  CHECK(longest == 3 * 8 + 1);
  call.run(200);
  CHECK(call.a.count(Kind::UtteranceSent) == 1);
  CHECK(call.a.count(Kind::Sent) == 200);  // every word of it
}

TEST_CASE("Digits are refused and counted when the peer takes no telephone-events, or too many wait") {
  Call call;
  call.plan.send_events.reset();
  call.begin();
  REQUIRE(call.a.port->commands.try_push({media::PlayoutCommand::Kind::Digits, 0, '1'}));
  call.run(20);
  CHECK(call.a.stream->digits_refused() == 1);
  CHECK(call.a.rtp().size() == 20);

  Call other;
  other.begin();
  const auto press = [&](std::size_t times) {
    for (std::size_t i = 0; i < times; ++i) REQUIRE(other.a.port->commands.try_push({media::PlayoutCommand::Kind::Digits, 0, '1'}));
  };
  press(rtp::kMaxQueuedDigits);
  other.run(1);
  CHECK(other.a.stream->digits_refused() == 0);
  press(2);  // One of the first ones is being sent by now.
  other.run(1);
  CHECK(other.a.stream->digits_refused() == 1);
}

TEST_CASE("A flood of digits reaches the conversation by the second's measure only, and the rest is counted") {
  Call call;
  call.begin();
  call.run(5);
  std::uint16_t sequence = 0;
  std::uint32_t timestamp = 0;
  const auto flood = [&] {  // A digit that begins and ends in each of two packets a tick: 100 a second
    for (int i = 0; i < 2; ++i, timestamp += 160) {
      rtp::Packet packet;
      packet.payload_type = 101;
      packet.sequence = sequence++;
      packet.timestamp = timestamp;
      packet.ssrc = 77;
      const auto payload = rtp::write_telephone_event({.event = 5, .end = true, .duration = 160});
      packet.payload = payload;
      std::array<std::uint8_t, 64> octets{};
      const auto size = rtp::write_packet(packet, octets);
      call.b.stream->on_packet(media::Channel::Rtp, kA, base::Bytes(octets).first(*size), call.now());
    }
  };
  call.a_is_heard = false;
  call.run(400);  // The locked source falls silent: another SSRC may prove itself.
  call.run(100, flood);
  const auto told = call.b.count(Kind::Digit);
  CHECK(told >= 2 * media::kMaxDigitsPerSecond);
  CHECK(told <= 3 * media::kMaxDigitsPerSecond);
  CHECK(call.b.stream->statistics().digits_ignored >= 200 - 10 - told);
}

TEST_CASE("Hold: nothing is sent, what was to be said waits, and the way back is marked with the time that passed") {
  Call call;
  call.a_says = sine(600, 8000, 2);
  call.begin();
  call.run(20);
  auto held = call.towards(call.b);
  held.send = false;
  call.a.stream->start(held, nullptr, false, call.now());
  const auto before = call.a.rtp();
  call.run(50);
  CHECK(call.a.rtp().size() == before.size());
  CHECK(call.a.count(Kind::Sent) == 20);
  call.a.stream->start(call.towards(call.b), nullptr, false, call.now());
  call.run(100);
  const auto after = call.a.rtp();
  REQUIRE(after.size() == before.size() + 100);
  CHECK(after[before.size()].marker);
  CHECK(after[before.size()].sequence == static_cast<std::uint16_t>(before.back().sequence + 1));
  CHECK(after[before.size()].timestamp == before.back().timestamp + 160 * 51);
  CHECK_FALSE(after[before.size() + 1].marker);
  CHECK(call.a.count(Kind::Sent) == 100);
  CHECK(call.a.count(Kind::UtteranceSent) == 1);
}

TEST_CASE("A stream that must not receive hears nothing, and misses nobody") {
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
  CHECK(call.b.count(Kind::MediaLost) == 0);
}

TEST_CASE("Media that stops is reported once after the limit, and once more when it is back") {
  Call call;
  call.begin();
  call.run(100);
  CHECK(call.b.count(Kind::MediaStarted) == 1);
  call.a_is_heard = false;
  call.run(499);
  CHECK(call.b.count(Kind::MediaLost) == 0);
  call.run(100);
  REQUIRE(call.b.count(Kind::MediaLost) == 1);
  CHECK(call.b.first(Kind::MediaLost)->duration_ms >= 10000);
  CHECK(call.b.first(Kind::MediaLost)->duration_ms <= 10020);
  CHECK(call.b.count(Kind::MediaBack) == 0);
  call.a_is_heard = true;
  call.run(50);
  CHECK(call.b.count(Kind::MediaBack) == 1);
  CHECK(call.b.count(Kind::MediaLost) == 1);
  CHECK(call.b.count(Kind::MediaStarted) == 1);
}

TEST_CASE("Media that never comes is reported lost, counted from the start") {
  Call call;
  call.a_is_heard = false;
  call.begin();
  call.run(499);
  CHECK(call.b.events.empty());
  call.run(2);
  CHECK(call.b.count(Kind::MediaLost) == 1);
  CHECK(call.b.count(Kind::MediaStarted) == 0);
}

TEST_CASE("A stranger is neither heard nor followed, however much it sends, and is counted") {
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

TEST_CASE("Without an address in the SDP nothing is sent until a source has proved itself, then it goes there") {
  Call call;
  auto blind = call.plan;
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

TEST_CASE("After a re-INVITE the new source is followed; without one the old one stays") {
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

TEST_CASE("Rubbish is counted by its kind and proves nobody's identity") {
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

TEST_CASE("Packets that come before start() are dropped") {
  Call call;
  for (std::uint16_t sequence = 0; sequence < 9; ++sequence) {
    call.b.stream->on_packet(media::Channel::Rtp, kA, Call::packet(7, sequence, 0), call.now());
  }
  call.run(2);
  CHECK(call.b.stream->statistics().packets_received == 0);
  CHECK(call.b.sent.empty());
  CHECK(call.b.heard.empty());
}

TEST_CASE("Reports go out every few seconds, carry the round trip, and end in BYE [RFC 3550 section 6.4.1]") {
  Call call;
  call.delay = 60ms;
  call.begin();
  call.run(1500);
  std::size_t reports = 0;
  for (const auto& datagram : call.a.sent) {
    if (datagram.channel != media::Channel::Rtcp) continue;
    ++reports;
    CHECK(datagram.to == next_port(kB));
    auto reader = rtp::CompoundReader::open(datagram.bytes());
    REQUIRE(reader);
    const auto first = reader->next();
    REQUIRE(first);
    REQUIRE(std::holds_alternative<rtp::SenderReport>(*first));
    const auto second = reader->next();
    REQUIRE(second);
    REQUIRE(std::holds_alternative<rtp::SourceDescription>(*second));
    CHECK(std::get<rtp::SourceDescription>(*second).cname.size() >= 16);
  }
  CHECK(reports >= 4);
  CHECK(reports <= 15);
  REQUIRE(call.a.stream->statistics().round_trip_us);
  CHECK(*call.a.stream->statistics().round_trip_us >= 119'000);
  CHECK(*call.a.stream->statistics().round_trip_us <= 121'000);

  media::Sendout out;
  call.a.stream->finish(call.now(), out);
  REQUIRE(out.all().size() == 1);
  auto reader = rtp::CompoundReader::open(out.all()[0].bytes());
  REQUIRE(reader);
  bool bye = false;
  while (const auto packet = reader->next()) bye = bye || std::holds_alternative<rtp::Bye>(*packet);
  CHECK(bye);
}

TEST_CASE("A caller who begins to speak over us ducks us in the same tick; Rise lifts us again") {
  Call call;
  const auto voice = offhook_test::SyntheticVoice(8000, 4).speak(4);
  call.a_says = sine(440, 8000, 20);  // steady, so that its level can be read off each packet
  call.begin();
  // b's caller speaks from tick 150 on.
  std::size_t spoken = 0;
  std::uint64_t started = 0;
  const auto speak = [&] {
    if (call.tick >= 150) give(*call.b.port, voice, spoken);
  };
  while (call.tick < 250 && started == 0) {
    call.run(1, speak);
    if (const auto* event = call.a.first(Kind::SpeechStarted)) started = event->tick;
  }
  REQUIRE(started > 150);
  CHECK(started < 175);
  CHECK(call.a.first(Kind::SpeechStarted)->at_tick < started);
  const auto loudest = [](const rtp::Packet& packet) {
    int most = 0;
    for (const auto code : packet.payload) most = std::max(most, std::abs(static_cast<int>(media::decode_mulaw(code))));
    return most;
  };
  CHECK(loudest(call.a.rtp().at(started - 1)) > 7000);
  call.run(3, speak);
  CHECK(loudest(call.a.rtp().at(started + 1)) < 1300);
  const auto ramp = call.a.rtp().at(started).payload.last(40);
  CHECK(std::all_of(ramp.begin(), ramp.end(), [](auto code) { return std::abs(media::decode_mulaw(code)) < 1300; }));
  REQUIRE(call.a.port->commands.try_push({media::PlayoutCommand::Kind::Rise, 0, 0}));
  call.run(2, speak);
  CHECK(loudest(call.a.rtp().back()) > 7000);
}

namespace {

/// We say a steady tone; b's caller says `voice` from tick 150 on. Calls `each` at every tick.
void speak_over(Call& call, const std::vector<std::int16_t>& voice, int ticks, const std::function<void()>& each = {}) {
  call.a_says = sine(440, 8000, 20);
  call.b.port->gives_way = false;
  call.begin();
  std::size_t spoken = 0;
  call.run(ticks, [&] {
    if (call.tick >= 150) give(*call.b.port, voice, spoken);
    if (each) each();
  });
}

bool is_silence(const rtp::Packet& packet) {
  return std::all_of(packet.payload.begin(), packet.payload.end(), [](auto code) { return media::decode_mulaw(code) == 0; });
}

/// Ticks from `from` on in which nothing was said.
std::size_t silent_ticks(const End& end, std::size_t from) {
  const auto packets = end.rtp();
  return static_cast<std::size_t>(std::count_if(packets.begin() + static_cast<std::ptrdiff_t>(from), packets.end(), is_silence));
}

std::vector<std::int16_t> voice_of(double seconds, double peak = 9000) {
  return offhook_test::SyntheticVoice(8000, 4).speak(seconds, peak);
}

}  // namespace

TEST_CASE("A caller who goes on speaking over us silences us two ticks after we were ducked, and Flush finds nothing to fade") {
  Call call;
  speak_over(call, voice_of(3), 165);
  const auto* started = call.a.first(Kind::SpeechStarted);
  REQUIRE(started);
  const auto packets = call.a.rtp();
  const auto first_silent = std::find_if(packets.begin() + 20, packets.end(), is_silence) - packets.begin();
  CHECK(static_cast<std::uint64_t>(first_silent) <= started->tick + 4);  // The tick of the pause holds its fade.
  CHECK(static_cast<std::uint64_t>(first_silent) <= 150 + 3 + 8);        // 3 on their way, 140 ms of voice, the fade.
  REQUIRE(call.a.port->commands.try_push({media::PlayoutCommand::Kind::Flush, 1, 0}));
  call.run(2);
  CHECK(call.a.events.back().kind == Kind::Flushed);
  CHECK(call.a.events.back().samples == static_cast<std::uint32_t>(first_silent - 1) * 160);
}

TEST_CASE("While the caller may still be coughing we go on, ducked; what is faint must last twice as long to silence us") {
  Call brief;
  speak_over(brief, voice_of(0.12), 260);
  REQUIRE(brief.a.first(Kind::SpeechStarted));
  CHECK(silent_ticks(brief.a, 20) == 0);
  Call loud, faint;
  speak_over(loud, voice_of(0.22), 260);
  speak_over(faint, voice_of(0.22, 1000), 260);
  REQUIRE(faint.a.first(Kind::SpeechStarted));
  CHECK(silent_ticks(loud.a, 20) > 0);
  CHECK(silent_ticks(faint.a, 20) == 0);
}

TEST_CASE("Rise ends a pause and forbids the next one until speech begins anew: the conversation has the last word") {
  Call call;
  bool risen = false;
  speak_over(call, voice_of(3), 240, [&] {
    if (risen || !call.a.first(Kind::SpeechStarted)) return;
    risen = true;
    REQUIRE(call.a.port->commands.try_push({media::PlayoutCommand::Kind::Rise, 0, 0}));
  });
  CHECK(risen);
  CHECK(silent_ticks(call.a, 20) == 0);
}

TEST_CASE("Without a word from the conversation we go on 200 ms after the caller's speech has ended, and nothing is lost") {
  Call call;
  speak_over(call, voice_of(0.4), 400);
  const auto* stopped = call.a.first(Kind::SpeechStopped);
  REQUIRE(stopped);
  const auto packets = call.a.rtp();
  CHECK(is_silence(packets.at(stopped->tick + 9)));
  CHECK_FALSE(is_silence(packets.at(stopped->tick + 10)));
}

TEST_CASE("While we listen the end of the caller's voice is told after the port's hangover") {
  for (const std::uint8_t hangover : {std::uint8_t{5}, std::uint8_t{25}}) {
    Call call;
    call.a.port->hangover = hangover;
    call.a.stream = std::make_unique<media::Stream>(media::StreamOptions{}, *call.a.port, call.a.random);  // As when a leg is opened.
    const auto voice = offhook_test::SyntheticVoice(8000, 6).speak(1);
    call.begin();
    std::size_t spoken = 0;
    call.run(200, [&] {
      if (call.tick >= 20) give(*call.b.port, voice, spoken);
    });
    const auto* stopped = call.a.first(Kind::SpeechStopped);
    REQUIRE(stopped);
    CHECK(stopped->tick - stopped->at_tick == hangover);
  }
}

TEST_CASE("While we speak the end of the caller's voice is told after 120 ms, in time to call it a cough") {
  Call call;
  call.a_says = sine(700, 8000, 8);
  const auto voice = offhook_test::SyntheticVoice(8000, 6).speak(1);
  call.begin();
  std::size_t spoken = 0;
  call.run(350, [&] {
    if (call.tick >= 150) give(*call.b.port, voice, spoken);
  });
  const auto* stopped = call.a.first(Kind::SpeechStopped);
  REQUIRE(stopped);
  CHECK(stopped->at_tick > 150);
  CHECK(stopped->tick - stopped->at_tick == 6);
}

TEST_CASE("Our own echo is marked, starts no speech and ducks nothing") {
  Call call;
  call.a_says = offhook_test::SyntheticVoice(8000, 1, 200).speak(12);
  call.b.port->gives_way = false;  // A loudspeaker gives way to nobody.
  call.begin();
  std::deque<std::vector<std::int16_t>> air;
  call.run(600, [&] {
    if (call.b.heard.empty()) return;
    air.push_back(call.b.heard.back());
    if (air.size() < 5) return;
    media::PlayoutFrame frame;
    frame.utterance = 1;
    frame.samples = 160;
    std::transform(air.front().begin(), air.front().end(), frame.pcm.begin(), [](int s) { return static_cast<std::int16_t>(s / 4); });
    air.pop_front();
    REQUIRE(call.b.port->playout.try_push(frame));
  });
  CHECK(call.a.count(Kind::SpeechStarted) == 0);
  CHECK(std::count_if(call.a.frames.begin(), call.a.frames.end(), [](const auto& frame) { return frame.echo; }) > 200);
}

TEST_CASE("Speech is reported from its first voiced frame to its last, and lost frames are marked as made up") {
  Call call;
  call.a_says = offhook_test::SyntheticVoice(8000, 6).speak(2);
  call.begin();
  call.run(60);
  call.a_is_heard = false;
  call.run(2);
  call.a_is_heard = true;
  call.run(130);
  const auto* started = call.b.first(Kind::SpeechStarted);
  const auto* stopped = call.b.first(Kind::SpeechStopped);
  REQUIRE(started);
  REQUIRE(stopped);
  CHECK(started->at_tick <= started->tick);
  CHECK(stopped->tick - stopped->at_tick == 25);
  CHECK(stopped->at_tick > 85);
  CHECK(stopped->at_tick < 115);
  CHECK(call.b.frames.at(stopped->at_tick).speech);
  CHECK_FALSE(call.b.frames.at(stopped->at_tick + 1).speech);
  CHECK(call.b.stream->statistics().frames_concealed >= 1);
}

TEST_CASE("The codec may change in the middle of the call") {
  Call call(media::AudioCodec::Pcmu, 16000);
  call.a_says = sine(1000, 16000, 6);
  call.begin();
  call.run(80);
  auto plan = call.towards(call.b);
  plan.codec = media::AudioCodec::G722;
  plan.send_payload_type = plan.receive_payload_type = 9;
  auto back = plan;
  back.remote_rtp = kA;
  back.remote_rtcp = next_port(kA);
  const auto old = Call::start(call.a, plan, call.now());
  REQUIRE(old);
  CHECK(old->codec() == media::AudioCodec::Pcmu);
  Call::start(call.b, back, call.now());
  call.run(120);
  const auto tone = offhook_test::measure_tone(call.b.heard_between(120, 190), 1000, 16000);
  CHECK(tone.amplitude == doctest::Approx(8000).epsilon(0.05));
  CHECK(tone.snr_db > 28);
}

TEST_CASE("The peer may switch to any codec that its answer left it, without a word of signalling [RFC 3264 section 10.2]") {
  using Codec = media::AudioCodec;
  struct Way { Codec agreed, sent; };
  for (const auto way : {Way{Codec::Pcmu, Codec::G722}, Way{Codec::G722, Codec::Pcma}, Way{Codec::Pcmu, Codec::Pcma}}) {
    CAPTURE(static_cast<int>(way.agreed));
    CAPTURE(static_cast<int>(way.sent));
    Call call(way.agreed, 16000);
    const auto number = [](Codec codec) { return static_cast<std::uint8_t>(codec == Codec::Pcmu ? 0 : codec == Codec::Pcma ? 8 : 9); };
    call.plan.also_receivable[0] = media::ReceivableCodec{way.sent, number(way.sent)};
    call.a_says = sine(1000, 16000, 6);
    call.begin();
    call.run(80);
    auto plan = call.towards(call.b);  // Only a changes: b goes on as agreed.
    plan.codec = way.sent;
    plan.send_payload_type = number(way.sent);
    Call::start(call.a, plan, call.now());
    call.run(120);
    const auto tone = offhook_test::measure_tone(call.b.heard_between(120, 190), 1000, 16000);
    CHECK(tone.amplitude == doctest::Approx(8000).epsilon(0.05));
    CHECK(tone.snr_db > 28);
    CHECK(call.b.stream->statistics().refused_payload == 0);
  }
}

TEST_CASE("What waits of a codec that is agreed on no more is made up for, not decoded as another [RFC 3264 section 10.2]") {
  Call call;
  call.plan.also_receivable[0] = media::ReceivableCodec{media::AudioCodec::Pcma, 8};
  call.a_says = sine(1000, 8000, 6);
  call.begin();
  auto plan = call.towards(call.b);
  plan.codec = media::AudioCodec::Pcma;
  plan.send_payload_type = 8;
  Call::start(call.a, plan, call.now());
  call.run(80);
  CHECK_FALSE(call.b.frames.back().concealed);
  const auto before = call.b.frames.size();
  call.plan.also_receivable = {};
  CHECK(call.b.stream->start(call.towards(call.a), nullptr, false, call.now()) == nullptr);
  call.run(10);
  CHECK(call.b.stream->statistics().refused_payload > 0);
  for (std::size_t i = before; i < call.b.frames.size(); ++i) CHECK(call.b.frames[i].concealed);
}

TEST_CASE("Ticks that were left out are time that passed: the timestamp runs on and the way back is marked") {
  Call call;
  call.begin();
  call.run(10);
  call.tick += 25;
  call.run(1);
  const auto packets = call.a.rtp();
  CHECK(packets[10].timestamp == packets[9].timestamp + 160 * 26);
  CHECK(packets[10].sequence == static_cast<std::uint16_t>(packets[9].sequence + 1));
  CHECK(packets[10].marker);
}

TEST_CASE("Frames that a sleeping conversation does not take are dropped and counted: 64 fit, the 65th does not") {
  Call call;
  call.begin();
  media::Sendout out;
  const auto tick = [&] {
    out.clear();
    call.a.stream->tick({call.tick, call.now(), {}}, out);
    ++call.tick;
  };
  for (std::size_t i = 0; i < call.a.port->heard.capacity(); ++i) tick();
  CHECK(call.a.port->heard_dropped.load() == 0);
  tick();
  CHECK(call.a.port->heard_dropped.load() == 1);
}

TEST_CASE("on_packet() and tick() allocate nothing, whatever happens on the call") {
  for (const auto codec : {media::AudioCodec::Pcmu, media::AudioCodec::G722}) {
    Call call(codec, 24000);
    call.begin();
    const auto voice = offhook_test::SyntheticVoice(24000, 3).speak(10);
    std::array<media::Sendout, 2> outs;
    std::array<media::Stream*, 2> streams{call.a.stream.get(), call.b.stream.get()};
    std::array<media::AudioPort*, 2> ports{call.a.port.get(), call.b.port.get()};
    media::HeardFrame heard;
    media::MediaEvent event;
    const auto before = offhook_test::allocations();
    for (std::uint64_t tick = 0; tick < 500; ++tick) {
      const auto now = call.origin + static_cast<std::int64_t>(tick) * 20ms;
      for (std::size_t end = 0; end < 2; ++end) {
        media::PlayoutFrame frame;
        frame.utterance = static_cast<std::uint32_t>(tick / 100);
        frame.samples = 480;
        std::copy_n(voice.begin() + static_cast<std::ptrdiff_t>(480 * tick), 480, frame.pcm.begin());
        static_cast<void>(ports[end]->playout.try_push(frame));
        if (tick % 120 == 60) static_cast<void>(ports[end]->commands.try_push({media::PlayoutCommand::Kind::Flush, frame.utterance, 0}));
        if (tick % 150 == 70) static_cast<void>(ports[end]->commands.try_push({media::PlayoutCommand::Kind::Digits, 0, '5'}));
        outs[end].clear();
        streams[end]->tick({tick, now, {}}, outs[end]);
        while (ports[end]->heard.try_pop(heard)) {}
        while (ports[end]->events.try_pop(event)) {}
      }
      for (std::size_t end = 0; end < 2; ++end) {
        for (const auto& datagram : outs[end].all()) {
          const auto from = end == 0 ? kA : kB;
          const bool lost = tick % 17 == 3;
          if (!lost) streams[1 - end]->on_packet(datagram.channel, datagram.channel == media::Channel::Rtp ? from : next_port(from), datagram.bytes(), now + 3ms);
        }
      }
    }
    CHECK(offhook_test::allocations() == before);
    CHECK(call.b.stream->statistics().frames_played > 400);
  }
}
