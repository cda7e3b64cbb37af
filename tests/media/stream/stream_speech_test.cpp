// Tests how a stream reacts to the caller's speech, and which events it reports.
#include <offhook/tests/media/stream_call.hpp>
#include <offhook/tests/media/synthetic_voice.hpp>

#include <offhook/media/codec/g711.hpp>

using namespace offhook_test;

TEST_CASE("When the caller starts to speak over the agent, the stream ducks the agent in the same tick. The Rise command restores the level") {
  Call call;
  const auto voice = offhook_test::SyntheticVoice(8000, 4).speak(4);
  call.a_says = sine(440, 8000, 20);  // The tone is steady. Therefore each packet shows its level.
  call.begin();
  // b's caller speaks from tick 150 on.
  std::size_t spoken = 0;
  std::uint64_t started = 0;
  const auto speak = [&] {
    if (call.tick >= 150) give(*call.b.port, voice, spoken);
  };
  while (call.tick < 250 && started == 0) {
    call.run(1, speak);
    if (const auto* event = call.a.first(EventKind::SpeechStarted)) started = event->tick;
  }
  REQUIRE(started > 150);
  CHECK(started < 175);
  CHECK(call.a.first(EventKind::SpeechStarted)->at_tick < started);
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

/// Runs a call in which a plays a steady tone, and b's caller says `voice` from tick 150 on. Invokes `each` in every tick.
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

/// Returns the number of silent ticks from `from` on.
std::size_t silent_ticks(const End& end, std::size_t from) {
  const auto packets = end.rtp();
  return static_cast<std::size_t>(std::count_if(packets.begin() + static_cast<std::ptrdiff_t>(from), packets.end(), is_silence));
}

std::vector<std::int16_t> voice_of(double seconds, double peak = 9000) {
  return offhook_test::SyntheticVoice(8000, 4).speak(seconds, peak);
}

}  // namespace

TEST_CASE("If the caller continues to speak, the stream pauses the agent two ticks after it ducked. A Flush command then has nothing to fade") {
  Call call;
  speak_over(call, voice_of(3), 165);
  const auto* started = call.a.first(EventKind::SpeechStarted);
  REQUIRE(started);
  const auto packets = call.a.rtp();
  const auto first_silent = std::find_if(packets.begin() + 20, packets.end(), is_silence) - packets.begin();
  CHECK(static_cast<std::uint64_t>(first_silent) <= started->tick + 4);  // The tick in which the pause starts contains the fade.
  CHECK(static_cast<std::uint64_t>(first_silent) <= 150 + 3 + 8);        // The limit is 3 ticks of delay, 140 ms of voice, and the fade.
  REQUIRE(call.a.port->commands.try_push({media::PlayoutCommand::Kind::Flush, 1, 0}));
  call.run(2);
  CHECK(call.a.events.back().kind == EventKind::Flushed);
  CHECK(call.a.events.back().samples == static_cast<std::uint32_t>(first_silent - 1) * 160);
}

TEST_CASE("During a short sound like a cough, the agent continues at a lower level. A faint sound must last twice as long to pause the agent") {
  Call brief;
  speak_over(brief, voice_of(0.12), 260);
  REQUIRE(brief.a.first(EventKind::SpeechStarted));
  CHECK(silent_ticks(brief.a, 20) == 0);
  Call loud, faint;
  speak_over(loud, voice_of(0.22), 260);
  speak_over(faint, voice_of(0.22, 1000), 260);
  REQUIRE(faint.a.first(EventKind::SpeechStarted));
  CHECK(silent_ticks(loud.a, 20) > 0);
  CHECK(silent_ticks(faint.a, 20) == 0);
}

TEST_CASE("The Rise command ends a pause and prevents the next pause until the caller starts to speak again") {
  Call call;
  bool risen = false;
  speak_over(call, voice_of(3), 240, [&] {
    if (risen || !call.a.first(EventKind::SpeechStarted)) return;
    risen = true;
    REQUIRE(call.a.port->commands.try_push({media::PlayoutCommand::Kind::Rise, 0, 0}));
  });
  CHECK(risen);
  CHECK(silent_ticks(call.a, 20) == 0);
}

TEST_CASE("If the conversation sends no command, the agent continues 1.5 s after the end of the caller's speech") {
  Call call;
  speak_over(call, voice_of(0.4), 400);
  const auto* stopped = call.a.first(EventKind::SpeechStopped);
  REQUIRE(stopped);
  const auto packets = call.a.rtp();
  CHECK(is_silence(packets.at(stopped->tick + 74)));
  CHECK_FALSE(is_silence(packets.at(stopped->tick + 75)));
}

TEST_CASE("While the agent is silent, the stream reports the end of the caller's voice after the port's hangover") {
  for (const std::uint8_t hangover : {std::uint8_t{5}, std::uint8_t{25}}) {
    Call call;
    call.a.port->hangover = hangover;
    call.a.stream = std::make_unique<media::Stream>(media::StreamOptions{}, *call.a.port, call.a.random);  // Only a new stream reads it.
    const auto voice = offhook_test::SyntheticVoice(8000, 6).speak(1);
    call.begin();
    std::size_t spoken = 0;
    call.run(200, [&] {
      if (call.tick >= 20) give(*call.b.port, voice, spoken);
    });
    const auto* stopped = call.a.first(EventKind::SpeechStopped);
    REQUIRE(stopped);
    CHECK(stopped->tick - stopped->at_tick == hangover);
  }
}

TEST_CASE("While the agent speaks, the stream reports the end of the caller's voice after 120 ms, early enough to treat it as a cough") {
  Call call;
  call.a_says = sine(700, 8000, 8);
  const auto voice = offhook_test::SyntheticVoice(8000, 6).speak(1);
  call.begin();
  std::size_t spoken = 0;
  call.run(350, [&] {
    if (call.tick >= 150) give(*call.b.port, voice, spoken);
  });
  const auto* stopped = call.a.first(EventKind::SpeechStopped);
  REQUIRE(stopped);
  CHECK(stopped->at_tick > 150);
  CHECK(stopped->tick - stopped->at_tick == 6);
}

TEST_CASE("The stream marks the agent's echo in the heard frames. The echo does not count as speech and does not duck the agent") {
  Call call;
  call.a_says = offhook_test::SyntheticVoice(8000, 1, 200).speak(12);
  call.b.port->gives_way = false;  // A loudspeaker does not duck.
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
  CHECK(call.a.count(EventKind::SpeechStarted) == 0);
  CHECK(std::count_if(call.a.frames.begin(), call.a.frames.end(), [](const auto& frame) { return frame.echo; }) > 200);
}

TEST_CASE("The stream reports speech from its first to its last voiced frame, even if frames in between are lost and concealed") {
  Call call;
  call.a_says = offhook_test::SyntheticVoice(8000, 6).speak(2);
  call.begin();
  call.run(60);
  call.a_is_heard = false;
  call.run(2);
  call.a_is_heard = true;
  call.run(130);
  const auto* started = call.b.first(EventKind::SpeechStarted);
  const auto* stopped = call.b.first(EventKind::SpeechStopped);
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
