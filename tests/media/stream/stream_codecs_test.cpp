#include <offhook/tests/media/stream_call.hpp>
#include <offhook/tests/media/tone_meter.hpp>

#include <offhook/media/codec/g711.hpp>
#include <offhook/media/codec/l16.hpp>

using namespace offhook_test;

TEST_CASE("A stream sends a tone to its peer with each codec and at each rate of the port") {
  for (const auto codec : media::kAudioCodecs) {
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
      CHECK(tone.snr_db > (codec == media::AudioCodec::Opus ? 20 : 28));
      CHECK(call.b.stream->statistics().frames_concealed == 0);
      CHECK(call.b.stream->statistics().packets_lost == 0);
    }
  }
}

TEST_CASE("A stream can change its codec in mid-call") {
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

TEST_CASE("The peer may change to each codec that its answer contained, without an offer [RFC 3264 section 10.2]") {
  using Codec = media::AudioCodec;
  struct Way { Codec agreed, sent; };
  std::vector<Way> ways;
  for (const auto agreed : media::kAudioCodecs) {
    for (const auto sent : media::kAudioCodecs) {
      if (agreed != sent) ways.push_back({agreed, sent});
    }
  }
  for (const auto way : ways) {
    CAPTURE(static_cast<int>(way.agreed));
    CAPTURE(static_cast<int>(way.sent));
    Call call(way.agreed, 16000);
    call.plan.also_receivable[0] = media::ReceivableCodec{way.sent, number_of(way.sent)};
    call.a_says = sine(1000, 16000, 6);
    call.begin();
    call.run(80);
    auto plan = call.towards(call.b);  // Only a changes its codec. b continues with the agreed one.
    plan.codec = way.sent;
    plan.send_payload_type = plan.receive_payload_type = number_of(way.sent);
    plan.also_receivable[0] = media::ReceivableCodec{way.agreed, number_of(way.agreed)};
    Call::start(call.a, plan, call.now());
    call.run(120);
    const auto tone = offhook_test::measure_tone(call.b.heard_between(120, 190), 1000, 16000);
    CHECK(tone.amplitude == doctest::Approx(8000).epsilon(0.05));
    CHECK(tone.snr_db > (way.sent == Codec::Opus ? 20 : 28));
    CHECK(call.b.stream->statistics().refused_payload == 0);
  }
}

TEST_CASE("A stream conceals buffered packets of a codec that is no longer agreed, and does not decode them as another codec [RFC 3264 section 10.2]") {
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

TEST_CASE("A caller's packets of up to 200 ms sound like packets of 20 ms [RFC 3551 section 4.2]") {
  for (const std::size_t ms : {20U, 100U, 140U, 200U}) {
    CAPTURE(ms);
    Call call;
    call.a_is_heard = false;
    call.begin();
    const auto tone = sine(1000, 8000, 6);
    std::vector<std::uint8_t> octets(tone.size());
    REQUIRE(media::encode_mulaw(tone, octets));
    std::uint16_t sequence = 0;
    call.run(250, [&] {
      const std::size_t size = ms * 8;
      if ((call.tick + 1) * 160 % size != 0) return;  // A packet can leave only when its last sample exists.
      const rtp::Packet packet{.sequence = sequence, .timestamp = static_cast<std::uint32_t>(sequence * size), .ssrc = 7,
                               .payload = base::Bytes(octets).subspan(sequence * size, size)};
      ++sequence;
      std::array<std::uint8_t, 2000> datagram{};
      call.b.stream->on_packet(media::Channel::Rtp, kA, base::Bytes(datagram).first(*rtp::write_packet(packet, datagram)), call.now());
    });
    const auto heard = measure_tone(call.b.heard_between(50, 240), 1000, 8000);
    CHECK(heard.amplitude == doctest::Approx(8000).epsilon(0.05));
    CHECK(heard.snr_db > 28);
    CHECK(call.b.stream->statistics().refused_payload == 0);
    CHECK(call.b.stream->statistics().frames_concealed == 0);
  }
}

TEST_CASE("L16 in packets of up to 200 ms at 8 kHz and 100 ms at 16 kHz sounds like packets of 20 ms [RFC 3551 section 4.2]") {
  for (const auto codec : {media::AudioCodec::L16, media::AudioCodec::L16Wide}) {
    for (const std::size_t ms : {20U, 60U, 100U, 200U, 220U}) {
      CAPTURE(static_cast<int>(codec));
      CAPTURE(ms);
      const std::uint32_t rate_hz = media::sample_rate_hz(codec);
      const bool fits = ms * rate_hz / 1000 * 2 <= rtp::kMaxPackedOctets;
      Call call(codec);
      call.a_is_heard = false;
      call.begin();
      const auto tone = sine(1000, rate_hz, 6);
      std::vector<std::uint8_t> octets(tone.size() * 2);
      REQUIRE(media::encode_l16(tone, octets));
      std::uint16_t sequence = 0;
      call.run(250, [&] {
        const std::size_t samples = ms * rate_hz / 1000;
        if ((call.tick + 1) * 20 % ms != 0) return;  // A packet can leave only when its last sample exists.
        const rtp::Packet packet{.payload_type = number_of(codec), .sequence = sequence, .timestamp = static_cast<std::uint32_t>(sequence * samples),
                                 .ssrc = 7, .payload = base::Bytes(octets).subspan(sequence * samples * 2, samples * 2)};
        ++sequence;
        std::vector<std::uint8_t> datagram(8000);
        call.b.stream->on_packet(media::Channel::Rtp, kA, base::Bytes(datagram).first(*rtp::write_packet(packet, datagram)), call.now());
      });
      const auto statistics = call.b.stream->statistics();
      if (!fits) {
        CHECK(statistics.refused_payload + statistics.malformed == sequence);
        continue;
      }
      const auto heard = measure_tone(call.b.heard_between(50, 240), 1000, 8000);
      CHECK(heard.amplitude == doctest::Approx(8000).epsilon(0.05));
      CHECK(heard.snr_db > 28);
      CHECK(statistics.refused_payload + statistics.frames_concealed + statistics.packets_overflowed == 0);
    }
  }
}
