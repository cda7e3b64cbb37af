#include <offhook/tests/media/allocations.hpp>
#include <offhook/tests/media/stream_call.hpp>

#include <offhook/media/dsp/tone_script.hpp>
#include <offhook/media/files/prompt.hpp>
#include <offhook/tests/media/synthetic_voice.hpp>
#include <offhook/tests/media/tone_meter.hpp>

#include <array>
#include <string>

using namespace offhook_test;

TEST_CASE("If no audio is queued, a stream sends silence without a gap, and sets the marker once [RFC 3551 section 4.1]") {
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

TEST_CASE("A stream makes packets of the plan's ptime, 10 to 60 ms, rounded down, and reports the tick in which each word's packet leaves") {
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
      if (event.kind != EventKind::Sent) continue;
      // Word w begins at octet 160 w. Its packet is full and leaves in this tick.
      const auto filled = (event.word * 160 / row.octets + 1) * row.octets;
      CHECK(event.at_tick == (filled + 159) / 160 - 1);
      CHECK(event.tick == event.word);
    }
  }
}

TEST_CASE("A stream sends digits as telephone events, and the speech waits for them. The peer gets each digit once [RFC 4733 section 2.5]") {
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
    if (event.kind != EventKind::Digit) continue;
    digits += event.digit;
    CHECK(event.duration_ms == 100);
  }
  CHECK(digits == "42#");
  // The digits took 3 x 160 ms. No word left in this time.
  std::uint64_t longest = 0, last = 0;
  for (const auto& event : call.a.events) {
    if (event.kind != EventKind::Sent) continue;
    longest = std::max(longest, event.tick - last);
    last = event.tick;
  }
  CHECK(longest == 3 * 8 + 1);
  call.run(200);
  CHECK(call.a.count(EventKind::UtteranceSent) == 1);
  CHECK(call.a.count(EventKind::Sent) == 200);  // every word of the utterance
}

TEST_CASE("If a peer accepts no telephone events, a stream sends digits as tones, and loses no word between them") {
  for (const auto codec : {media::AudioCodec::Pcmu, media::AudioCodec::G722, media::AudioCodec::L16}) {
    CAPTURE(static_cast<int>(codec));
    Call call(codec);
    call.plan.send_events = call.plan.receive_events = std::nullopt;
    call.a_says = sine(600, 8000, 2);
    call.begin();
    call.run(10);
    for (const char digit : std::string("42#,AA")) REQUIRE(call.a.port->commands.try_push({media::PlayoutCommand::Kind::Digits, 0, digit}));
    call.run(240);
    std::string digits;
    for (const auto& event : call.b.events) {
      if (event.kind != EventKind::Digit) continue;
      digits += event.digit;
      CHECK(event.duration_ms >= 60);
      CHECK(event.duration_ms <= 140);
    }
    CHECK(digits == "42#AA");
    CHECK(call.a.stream->digits_refused() == 0);
    CHECK(call.a.count(EventKind::Sent) == 100);
    for (const auto& packet : call.a.rtp()) CHECK(packet.payload_type == number_of(codec));
  }
}

TEST_CASE("If a new answer has no telephone events, the stream sends the queued digits as tones") {
  Call call;
  call.begin();
  for (const char digit : std::string("123")) REQUIRE(call.a.port->commands.try_push({media::PlayoutCommand::Kind::Digits, 0, digit}));
  call.run(12);  // The stream is now sending the second digit.
  auto plan = call.towards(call.b);
  plan.send_events.reset();
  call.a.stream->start(plan, nullptr, false, call.now());
  auto deaf = call.towards(call.a);
  deaf.receive_events.reset();
  call.b.stream->start(deaf, nullptr, false, call.now());
  call.run(60);
  std::string digits;
  for (const auto& event : call.b.events) {
    if (event.kind == EventKind::Digit) digits += event.digit;
  }
  CHECK(digits.substr(0, 1) == "1");
  CHECK(digits.substr(digits.size() - 1) == "3");
}

TEST_CASE("A stream does not report the echo of the agent's own tones as digits of the caller") {
  Call call;
  call.plan.send_events = call.plan.receive_events = std::nullopt;
  call.b_is_heard = false;
  call.begin();
  std::size_t returned = 0;
  const auto echo = [&] {
    for (; returned < call.a.sent.size(); ++returned) {
      const auto& datagram = call.a.sent[returned];
      if (datagram.channel == media::Channel::Rtp) call.a.stream->on_packet(datagram.channel, kB, datagram.bytes(), call.now());
    }
  };
  call.run(10, echo);
  for (const char digit : std::string("1590")) REQUIRE(call.a.port->commands.try_push({media::PlayoutCommand::Kind::Digits, 0, digit}));
  call.run(100, echo);
  CHECK(call.b.count(EventKind::Digit) == 4);
  CHECK(call.a.count(EventKind::Digit) == 0);
}

TEST_CASE("A stream queues kMaxQueuedDigits digits, and refuses and counts the next one") {
  Call other;
  other.begin();
  const auto press = [&](std::size_t times) {
    for (std::size_t i = 0; i < times; ++i) REQUIRE(other.a.port->commands.try_push({media::PlayoutCommand::Kind::Digits, 0, '1'}));
  };
  press(rtp::kMaxQueuedDigits);
  other.run(1);
  CHECK(other.a.stream->digits_refused() == 0);
  press(2);  // The stream is already sending one of the first digits, so that there is space for one more.
  other.run(1);
  CHECK(other.a.stream->digits_refused() == 1);
}

TEST_CASE("If a peer floods a stream with digits, the conversation gets digits up to the limit per second, and the stream counts the others") {
  Call call;
  call.begin();
  call.run(5);
  std::uint16_t sequence = 0;
  std::uint32_t timestamp = 0;
  const auto flood = [&] {  // Each of two packets per tick contains a whole digit. These are 100 digits a second.
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
  call.run(400);  // After this silence of the locked source, the stream may accept another SSRC.
  call.run(100, flood);
  const auto told = call.b.count(EventKind::Digit);
  CHECK(told >= 2 * media::kMaxDigitsPerSecond);
  CHECK(told <= 3 * media::kMaxDigitsPerSecond);
  CHECK(call.b.stream->statistics().digits_ignored >= 200 - 10 - told);
}

TEST_CASE("During a hold a stream sends nothing and its audio waits. The first packet after the hold has the marker and the current timestamp") {
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
  CHECK(call.a.count(EventKind::Sent) == 20);
  call.a.stream->start(call.towards(call.b), nullptr, false, call.now());
  call.run(100);
  const auto after = call.a.rtp();
  REQUIRE(after.size() == before.size() + 100);
  CHECK(after[before.size()].marker);
  CHECK(after[before.size()].sequence == static_cast<std::uint16_t>(before.back().sequence + 1));
  CHECK(after[before.size()].timestamp == before.back().timestamp + 160 * 51);
  CHECK_FALSE(after[before.size() + 1].marker);
  CHECK(call.a.count(EventKind::Sent) == 100);
  CHECK(call.a.count(EventKind::UtteranceSent) == 1);
}

TEST_CASE("After left-out ticks, the next packet has the timestamp of the current time, and the marker") {
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

TEST_CASE("If the conversation does not read its frames, 64 frames fit. The stream drops and counts the next one") {
  Call call;
  call.begin();
  media::Sendout out;
  const auto tick = [&] {
    out.clear();
    call.a.stream->tick({call.tick, call.now(), {}}, call.a.voice, out);
    ++call.tick;
  };
  for (std::size_t i = 0; i < call.a.port->heard.capacity(); ++i) tick();
  CHECK(call.a.port->heard_dropped.load() == 0);
  tick();
  CHECK(call.a.port->heard_dropped.load() == 1);
}

TEST_CASE("A stream sends reports every few seconds, measures the round trip, and ends with BYE [RFC 3550 section 6.4.1]") {
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

TEST_CASE("Stream::on_packet() and Stream::tick() allocate nothing, even with losses, flushes and digits") {
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
        streams[end]->tick({tick, now, {}}, end == 0 ? call.a.voice : call.b.voice, outs[end]);
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

TEST_CASE("If events were not agreed, a stream detects the digits in the caller's voice. If events were agreed, it ignores the tones") {
  for (const int way : {0, 1, 2, 3}) {
    const bool events = way % 2 == 1;
    const auto codec = way < 2 ? media::AudioCodec::Pcmu : media::AudioCodec::G722;
    CAPTURE(way);
    Call call(codec);
    if (!events) call.plan.receive_events.reset();
    call.begin();
    // The keys 1, 5 and 9, and in `last` the key #, with the tones of Q.23, 80 ms each.
    media::ScriptSource keys({{0, 0, 0, 200}, {697, 1209, 0, 80}, {0, 0, 0, 80}, {770, 1336, 0, 80}, {0, 0, 0, 80}, {852, 1477, 0, 80}}, 8000, 6000);
    media::ScriptSource last({{0, 0, 0, 80}, {941, 1477, 0, 80}, {0, 0, 0, 400}}, 8000, 6000);
    call.a_says.resize(8 * 1160);
    keys.fill(std::span(call.a_says).first(8 * 600));
    last.fill(std::span(call.a_says).subspan(8 * 600));
    call.run(80);
    std::string digits;
    for (const auto& event : call.b.events) {
      if (event.kind != EventKind::Digit) continue;
      digits += event.digit;
      CHECK(event.duration_ms >= 60);
      CHECK(event.duration_ms <= 100);
    }
    CHECK(digits == (events ? "" : "159#"));
  }
}

TEST_CASE("A stream plays music while its call waits, without an event, and silence afterwards") {
  Call call;
  media::Sound tone{8000, std::vector<std::int16_t>(4 * 8000)};
  media::SineSource(600, 8000, 6000).fill(tone.pcm);
  call.a.port->music = media::Prompt::make(tone, {.loops = true});
  call.begin();
  call.a.port->waits = true;
  call.run(100);
  CHECK(offhook_test::measure_tone(call.b.heard_between(30, 50), 600, 8000).snr_db > 28);
  CHECK(call.a.count(EventKind::Sent) == 0);
  call.a.port->waits = false;
  call.run(60);
  const auto after = call.b.heard_between(130, 150);
  CHECK(std::all_of(after.begin(), after.end(), [](std::int16_t sample) { return std::abs(sample) <= 8; }));
}
