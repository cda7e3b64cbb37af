#include <offhook/tests/media/allocations.hpp>
#include <offhook/tests/media/sounds.hpp>
#include <offhook/tests/media/stream_call.hpp>
#include <offhook/tests/media/synthetic_voice.hpp>
#include <offhook/tests/media/tone_meter.hpp>

#include <offhook/media/codec/opus.hpp>
#include <offhook/tests/testkit/octets.hpp>

#include <array>
#include <cmath>
#include <complex>
#include <numbers>

using namespace offhook_test;

namespace {

using media::AudioCodec;

/// A simulated telephone of the peer. It makes packets of any duration, and sends each packet when its last sample exists.
struct OpusPeer {
  media::OpusEncoder encoder{{.rate_hz = 16000, .bitrate = 32000}};
  std::uint16_t sequence = 100;
  std::uint32_t timestamp = 0xFFFFF000;   // The timestamp wraps soon.

  std::vector<std::uint8_t> wrap(const Octets& payload, std::uint32_t units, std::uint8_t payload_type = 111) {
    rtp::Packet packet;
    packet.payload_type = payload_type;
    packet.sequence = sequence++;
    packet.timestamp = timestamp;
    packet.ssrc = 77;
    packet.payload = payload;
    timestamp += units;
    std::vector<std::uint8_t> datagram(payload.size() + 12);
    REQUIRE(rtp::write_packet(packet, datagram) == datagram.size());
    return datagram;
  }
  Octets encode(std::span<const std::int16_t> pcm) {
    std::array<std::uint8_t, 1275> out{};
    const auto size = encoder.encode(pcm, out);
    REQUIRE(size);
    return {out.begin(), out.begin() + static_cast<std::ptrdiff_t>(*size)};
  }
};

media::MediaPlan opus_plan(const media::OpusParameters& peer = {}, std::uint16_t ptime_ms = 20) {
  media::MediaPlan plan;
  plan.codec = AudioCodec::Opus;
  plan.send_payload_type = plan.receive_payload_type = 111;
  plan.opus = peer;
  plan.ptime_ms = ptime_ms;
  plan.remote_rtp = kA;
  plan.remote_rtcp = next_port(kA);
  return plan;
}

/// Returns the mean distance of two short-time spectra in dB, over those frames that contain speech.
double spectral_distance(std::span<const std::int16_t> heard, std::span<const std::int16_t> meant) {
  constexpr std::size_t kWindow = 320, kBins = 64;
  double sum = 0;
  int frames = 0;
  for (std::size_t at = 0; at + kWindow <= meant.size() && at + kWindow <= heard.size(); at += kWindow) {
    double energy = 0, distance = 0;
    for (std::size_t i = 0; i < kWindow; ++i) energy += static_cast<double>(meant[at + i]) * meant[at + i];
    if (energy / kWindow < 200.0 * 200.0) continue;
    for (std::size_t bin = 1; bin <= kBins; ++bin) {
      std::complex<double> a, b;
      for (std::size_t i = 0; i < kWindow; ++i) {
        const double hann = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * static_cast<double>(i) / kWindow);
        const auto turn = std::polar(hann, -2 * std::numbers::pi * static_cast<double>(bin * i) / kWindow);
        a += turn * static_cast<double>(heard[at + i]);
        b += turn * static_cast<double>(meant[at + i]);
      }
      const double difference = 10 * std::log10((std::norm(a) + 1e4) / (std::norm(b) + 1e4));
      distance += difference * difference;
    }
    sum += std::sqrt(distance / kBins);
    ++frames;
  }
  return sum / std::max(frames, 1);
}

/// Sends a voice over a wire that loses each tenth packet. Returns the number of losses that b repaired with copies. Sets `concealed` to
/// the number of concealed frames.
std::uint64_t repaired_over_lossy_wire(bool in_band_fec, std::uint64_t& concealed) {
  Call call(AudioCodec::Opus, 16000);
  call.plan.opus.in_band_fec = in_band_fec;
  call.a_says = SyntheticVoice(16000, 11).speak(24);
  int sent = 0;
  call.loses = [&](const End& from, const media::Datagram& datagram) {
    return &from == &call.a && datagram.channel == media::Channel::Rtp && ++sent > 100 && sent % 10 == 0;
  };
  call.begin();
  call.run(1200);  // a sends copies after b's first report of a loss, which may come after 10 s.
  concealed = call.b.stream->statistics().frames_concealed;
  return Call::start(call.b, call.towards(call.a), call.now())->repaired();
}

/// Returns the delay of b's jitter buffer after the peer changed from Opus to G.711. Before the change, packets were lost, and FEC repaired
/// them if `in_band_fec`.
std::uint32_t delay_after_opus(bool in_band_fec) {
  Call call(AudioCodec::Opus, 16000);
  call.plan.opus.in_band_fec = in_band_fec;
  call.plan.also_receivable[0] = media::ReceivableCodec{AudioCodec::Pcmu, 0};
  call.a_says = SyntheticVoice(16000, 11).speak(24);
  int sent = 0;
  call.loses = [&](const End& from, const media::Datagram& datagram) {
    return &from == &call.a && call.tick < 600 && datagram.channel == media::Channel::Rtp && ++sent > 100 && sent % 10 == 0;
  };
  call.begin();
  call.run(600);
  auto plain = call.towards(call.b);
  plain.codec = AudioCodec::Pcmu;
  plain.send_payload_type = plain.receive_payload_type = 0;
  Call::start(call.a, plain, call.now());
  call.run(500);
  return call.b.stream->statistics().jitter_buffer_ms;
}

/// Returns the spectral distance, over each tenth packet, between the audio that replaces the packet and the audio without loss.
double distance_of_losses(bool by_copies, std::int64_t packet_units) {
  media::OpusParameters peer;
  peer.in_band_fec = true;
  media::OpusLegEncoder mouth(16000, peer, static_cast<std::uint16_t>(packet_units / 8));
  mouth.set_expected_loss(26);
  media::OpusLegDecoder whole(16000), lossy(16000);
  const auto voice = SyntheticVoice(16000, 11).speak(12);
  std::vector<Octets> packets;
  for (std::size_t at = 0; at + 320 <= voice.size(); at += 320) {
    mouth.say(std::span(voice).subspan(at, 320), [&](base::Bytes payload, int) { packets.emplace_back(payload.begin(), payload.end()); });
  }
  Pcm meant, heard;
  for (std::size_t i = 0; i + 1 < packets.size(); ++i) {
    const auto begin = static_cast<std::int64_t>(i) * packet_units;
    for (std::int64_t from = 0; from < packet_units; from += 160) {
      std::array<std::int16_t, 320> good{}, other{};
      REQUIRE(whole.decode(packets[i], begin, from, good));
      if (i % 10 != 9) {
        REQUIRE(lossy.decode(packets[i], begin, from, other));
        continue;
      }
      const base::Bytes next = by_copies ? base::Bytes(packets[i + 1]) : base::Bytes();
      lossy.conceal(next, begin + from, by_copies ? packet_units - from : 0, other);
      meant.insert(meant.end(), good.begin(), good.end());
      heard.insert(heard.end(), other.begin(), other.end());
    }
  }
  CHECK((lossy.repaired() > 0) == by_copies);
  return spectral_distance(heard, meant);
}

}  // namespace

TEST_CASE("RTP timestamps advance with the codec's clock rate, for any ptime and port rate [RFC 7587 section 4.1, RFC 3551 section 4.5.2]") {
  struct Way { AudioCodec codec; std::uint16_t ptime_ms; std::uint32_t step; std::size_t octets; };
  for (const auto& way : {Way{AudioCodec::Opus, 10, 480, 0}, Way{AudioCodec::Opus, 20, 960, 0}, Way{AudioCodec::Opus, 30, 960, 0},
                          Way{AudioCodec::Opus, 40, 1920, 0}, Way{AudioCodec::Opus, 60, 2880, 0}, Way{AudioCodec::G722, 20, 160, 160},
                          Way{AudioCodec::L16, 10, 80, 160}, Way{AudioCodec::L16, 20, 160, 320}, Way{AudioCodec::L16, 30, 240, 480},
                          Way{AudioCodec::L16, 60, 240, 480}, Way{AudioCodec::L16Wide, 10, 160, 320}, Way{AudioCodec::L16Wide, 60, 320, 640}}) {
    for (const std::uint32_t rate_hz : {8000U, 16000U, 24000U}) {
      CAPTURE(static_cast<int>(way.codec));
      CAPTURE(way.ptime_ms);
      CAPTURE(rate_hz);
      Call call(way.codec, rate_hz);
      call.plan.ptime_ms = way.ptime_ms;
      call.a_says = sine(500, rate_hz, 2);
      call.begin();
      call.run(60);
      const auto packets = call.a.rtp();
      const std::uint32_t units = media::rtp_clock_hz(way.codec) / 50;
      CHECK(packets.size() == 60 * units / way.step);
      for (std::size_t i = 0; i < packets.size(); ++i) {
        CHECK(packets[i].marker == (i == 0));
        CHECK(packets[i].timestamp - packets[0].timestamp == i * way.step);
        CHECK(static_cast<std::uint16_t>(packets[i].sequence - packets[0].sequence) == i);
        if (way.octets != 0) CHECK(packets[i].payload.size() == way.octets);
      }
      CHECK(call.b.stream->statistics().frames_concealed == 0);
      CHECK(call.b.stream->statistics().packet_us == way.step * 1'000'000ull / media::rtp_clock_hz(way.codec));
      CHECK(call.b.stream->statistics().jitter_us < 10'100);  // Two packets of 10 ms leave in the same tick.
    }
  }
}

TEST_CASE("Sender reports give the time in the codec's clock rate [RFC 3550 section 6.4.1]") {
  for (const auto codec : {AudioCodec::Opus, AudioCodec::L16Wide}) {
    Call call(codec, 16000);
    call.a_says = sine(500, 16000, 30);
    call.begin();
    call.run(900);
    std::vector<rtp::SenderReport> reports;
    for (const auto& datagram : call.a.sent) {
      if (datagram.channel != media::Channel::Rtcp) continue;
      auto reader = rtp::CompoundReader::open(datagram.bytes());
      REQUIRE(reader);
      while (const auto packet = reader->next()) {
        if (const auto* sender = std::get_if<rtp::SenderReport>(&*packet)) reports.push_back(*sender);
      }
    }
    REQUIRE(reports.size() >= 2);
    const double seconds = static_cast<double>(reports.back().ntp.value - reports.front().ntp.value) / 4294967296.0;
    const auto units = static_cast<std::uint32_t>(reports.back().rtp_timestamp - reports.front().rtp_timestamp);
    CHECK(static_cast<double>(units) == doctest::Approx(seconds * media::rtp_clock_hz(codec)).epsilon(0.002));
  }
}

TEST_CASE("A stream plays packets of 2.5 to 120 ms without a gap, at every rate of the port [RFC 6716 section 3.2.5]") {
  // Numbers of samples at 16 kHz. From 80 ms on, the test joins two frames: code 2 of RFC 6716 section 3.2.4.
  for (const std::size_t samples : {40u, 80u, 160u, 320u, 640u, 960u, 1280u, 1920u}) {
    for (const std::uint32_t rate_hz : {8000U, 16000U, 24000U}) {
      CAPTURE(samples);
      CAPTURE(rate_hz);
      Call call(AudioCodec::Opus, rate_hz);
      End& end = call.b;
      Call::start(end, opus_plan(), call.now());
      OpusPeer peer;
      const auto tone = sine(440, 16000, 4);
      const std::size_t frame = samples <= 960 ? samples : samples / 2;
      std::size_t said = 0;
      call.run(150, [&] {
        const std::size_t now = (call.tick + 1) * 320;
        for (; said + samples <= now && said + samples <= tone.size(); said += samples) {
          Octets payload = peer.encode(std::span(tone).subspan(said, frame));
          if (frame != samples) {
            const Octets second = peer.encode(std::span(tone).subspan(said + frame, frame));
            Octets both{static_cast<std::uint8_t>((payload[0] & 0xFC) | 2U)};  // Code 2: two frames of different size.
            const std::size_t first = payload.size() - 1;
            if (first < 252) both.push_back(static_cast<std::uint8_t>(first));
            else both.insert(both.end(), {static_cast<std::uint8_t>(252 + (first - 252) % 4), static_cast<std::uint8_t>((first - (252 + (first - 252) % 4)) / 4)});
            both.insert(both.end(), payload.begin() + 1, payload.end());
            both.insert(both.end(), second.begin() + 1, second.end());
            payload = both;
          }
          REQUIRE(media::opus_samples(payload, 16000) == samples);
          end.stream->on_packet(media::Channel::Rtp, kA, peer.wrap(payload, static_cast<std::uint32_t>(samples * 3)), call.now());
        }
      });
      const auto all = end.stream->statistics();
      CHECK(all.frames_concealed == 0);
      CHECK(all.malformed == 0);
      CHECK(all.packets_lost == 0);
      const auto measured = measure_tone(end.heard_between(60, 140), 440, rate_hz);
      CHECK(measured.amplitude == doctest::Approx(8000).epsilon(0.1));
      CHECK(measured.snr_db > 12);
    }
  }
}

TEST_CASE("After a change from Opus to G.711 in mid-call, the delay does not contain the wait for copies, because no copies come any more") {
  CHECK(delay_after_opus(true) == delay_after_opus(false));
}

TEST_CASE("By its spectrum, in-band FEC replaces a loss better than concealment [RFC 7587 section 3.3]") {
  for (const std::int64_t units : {160, 320, 480}) {
    CAPTURE(units);
    const double with = distance_of_losses(true, units), without = distance_of_losses(false, units);
    MESSAGE("packets of ", units / 8, " ms: distance to what was lost: ", with, " dB with copies, ", without, " dB without");
    CHECK(with < 0.8 * without);
  }
}

TEST_CASE("In a call, b repairs at least 45 of about 110 losses of speech with the peer's copies. All losses still count as concealed") {
  std::uint64_t concealed = 0;
  const std::uint64_t repaired = repaired_over_lossy_wire(true, concealed);
  CHECK(concealed >= 90);
  CHECK(repaired >= 45);
  CHECK(repaired_over_lossy_wire(false, concealed) == 0);
  CHECK(concealed >= 90);
}

TEST_CASE("If the peer's packets contain copies, the delay grows by one packet after a loss, and not before") {
  const auto delay_ms = [](bool in_band_fec, bool loses) {
    Call call(AudioCodec::Opus, 16000);
    call.plan.opus.in_band_fec = in_band_fec;
    call.a_says = SyntheticVoice(16000, 11).speak(12);
    int sent = 0;
    call.loses = [&](const End& from, const media::Datagram& datagram) {
      return &from == &call.a && datagram.channel == media::Channel::Rtp && ++sent == 100 && loses;
    };
    call.begin();
    call.run(500);
    return call.b.stream->statistics().jitter_buffer_ms;
  };
  const auto usual = delay_ms(false, false);
  CHECK(delay_ms(true, false) == usual);
  CHECK(delay_ms(false, true) < usual + 15);
  CHECK(delay_ms(true, true) >= usual + 15);
  CHECK(delay_ms(true, true) <= usual + 40);
}

TEST_CASE("Silence that DTX leaves out counts as neither lost nor concealed. The first packet after it has the marker [RFC 7587 sections 3.1.3 and 4.1]") {
  Call call(AudioCodec::Opus, 16000);
  call.plan.opus.dtx = true;
  const auto voice = SyntheticVoice(16000, 11).speak(2);
  call.a_says = voice;
  call.a_says.resize(voice.size() + 16000 * 4);
  call.a_says.insert(call.a_says.end(), voice.begin(), voice.end());
  call.begin();
  call.run(400);
  const auto packets = call.a.rtp();
  CHECK(packets.size() < 300);
  CHECK(packets.size() > 180);
  int pauses = 0;
  for (std::size_t i = 1; i < packets.size(); ++i) {
    CHECK(static_cast<std::uint16_t>(packets[i].sequence - packets[i - 1].sequence) == 1);
    const std::uint32_t step = packets[i].timestamp - packets[i - 1].timestamp;
    CHECK(step % 960 == 0);
    CHECK(packets[i].marker == (step > 960));
    pauses += step > 960 ? 1 : 0;
  }
  CHECK(pauses >= 5);  // libopus describes the silence again about every 400 ms.
  const auto all = call.b.stream->statistics();
  CHECK(all.frames_concealed == 0);
  CHECK(all.packets_lost == 0);
}

TEST_CASE("A stream survives payloads with every first octet and many sizes, and plays the voice after them [RFC 6716 section 3.4]") {
  for (const bool lengthy : {false, true}) {
    Call call(AudioCodec::Opus, 16000);
    Call::start(call.b, opus_plan(), call.now());
    OpusPeer peer;
    const auto tone = sine(440, 16000, 12);
    std::size_t said = 0;
    std::uint32_t seed = 5;
    call.run(560, [&] {
      Octets payload = peer.encode(std::span(tone).subspan(said, 320));
      said += 320;
      if (call.tick % 2 == 0 && call.tick < 512) {
        payload.assign(lengthy ? 1500 : 1 + call.tick % 41, 0);
        for (auto& octet : payload) octet = static_cast<std::uint8_t>((seed = seed * 1664525 + 1013904223) >> 24);
        payload[0] = static_cast<std::uint8_t>(call.tick / 2);
      }
      call.b.stream->on_packet(media::Channel::Rtp, kA, peer.wrap(payload, 960), call.now());
    });
    REQUIRE(call.b.heard.size() == 560);
    for (const auto& frame : call.b.heard) REQUIRE(frame.size() == 320);
    const auto all = call.b.stream->statistics();
    CHECK(all.malformed + all.refused_payload > 20);
    const auto measured = measure_tone(call.b.heard_between(530, 558), 440, 16000);
    CHECK(measured.amplitude == doctest::Approx(8000).epsilon(0.1));
    CHECK(measured.snr_db > 15);
  }
}

TEST_CASE("With Opus, digits keep their duration at clock rates of 48000 and 8000 Hz [RFC 4733 sections 2.1 and 2.5.1.2]") {
  for (const std::uint32_t clock_hz : {48000U, 8000U}) {
    CAPTURE(clock_hz);
    Call call(AudioCodec::Opus, 16000);
    call.plan.event_clock_hz = clock_hz;
    call.a_says = sine(440, 16000, 4);
    call.begin();
    call.run(20);
    REQUIRE(call.a.port->commands.try_push({media::PlayoutCommand::Kind::Digits, 0, '7'}));
    call.run(40);
    const auto* digit = call.b.first(EventKind::Digit);
    REQUIRE(digit != nullptr);
    CHECK(digit->digit == '7');
    CHECK(digit->duration_ms == 100);
    std::uint16_t longest = 0;
    for (const auto& packet : call.a.rtp()) {
      if (packet.payload_type != 101) continue;
      longest = std::max(longest, rtp::parse_telephone_event(packet.payload)->duration);
    }
    CHECK(longest == clock_hz / 10);
    CHECK(call.b.count(EventKind::Digit) == 1);
  }
}

TEST_CASE("A peer that changes to G.711 sends its digits with the clock rate of G.711 [RFC 4733 section 2.1]") {
  Call call(AudioCodec::Opus, 16000);
  call.plan.also_receivable[0] = media::ReceivableCodec{AudioCodec::Pcmu, 0};
  call.plan.also_receive_events = media::EventNumber{102, 8000};
  call.begin();
  call.run(20);
  auto plan = call.towards(call.b);
  plan.codec = AudioCodec::Pcmu;
  plan.send_payload_type = 0;
  plan.send_events = 102;
  plan.event_clock_hz = 8000;
  Call::start(call.a, plan, call.now());
  REQUIRE(call.a.port->commands.try_push({media::PlayoutCommand::Kind::Digits, 0, '3'}));
  call.run(40);
  const auto* digit = call.b.first(EventKind::Digit);
  REQUIRE(digit != nullptr);
  CHECK(digit->duration_ms == 100);
}

TEST_CASE("A leg follows the fmtp of the peer: bandwidth, bitrate and constant size [RFC 7587 section 6.1]") {
  const auto octets_of = [](const media::OpusParameters& peer, bool& same) {
    Call call(AudioCodec::Opus, 16000);
    call.plan.opus = peer;
    call.a_says = SyntheticVoice(16000, 11).speak(6);
    call.begin();
    call.run(250);
    const auto packets = call.a.rtp();
    std::size_t octets = 0;
    same = true;
    for (const auto& packet : packets) {
      octets += packet.payload.size();
      same = same && packet.payload.size() == packets[0].payload.size();
    }
    return octets;
  };
  bool same = false;
  const std::size_t usual = octets_of({}, same);
  CHECK_FALSE(same);
  CHECK(octets_of({.max_average_bitrate = 8000}, same) < usual / 2);
  CHECK(octets_of({.max_playback_rate_hz = 8000}, same) < usual * 3 / 4);
  CHECK(octets_of({.cbr = true}, same) > 0);
  CHECK(same);
}

TEST_CASE("A leg with Opus allocates nothing while it sends and plays audio [design: no allocation on the path]") {
  Call call(AudioCodec::Opus, 24000);
  call.plan.opus.in_band_fec = true;
  call.begin();
  call.run(50);
  const auto octets = call.a.sent.back().octets;
  std::array<std::int16_t, 480> pcm{};
  media::CodecChain chain(call.plan, 24000);
  base::SeededRandom random{1};
  media::Packetizer packetizer(random);
  packetizer.configure(111, 20, chain.shape());
  media::Sendout out;
  const auto before = allocations();
  for (std::int64_t i = 0; i < 50; ++i) {
    out.clear();
    chain.send(pcm, packetizer, kB, out);
    packetizer.end_tick();
    const auto payload = out.all()[0].bytes().subspan(12);
    chain.decode(AudioCodec::Opus, rtp::Piece{.payload = payload, .packet = i * 160, .units = 160}, pcm);
    chain.conceal({.kind = rtp::Pull::Kind::Conceal, .begin = i * 160, .gap = 160}, {.payload = payload}, pcm);
    chain.conceal({.kind = rtp::Pull::Kind::Conceal}, {}, pcm);
    chain.set_expected_loss(static_cast<std::uint8_t>(i));
  }
  CHECK(allocations() == before);
  CHECK(octets.size() == media::kMaxDatagramOctets);
}
