#include <offhook/media/detect/voice_activity.hpp>
#include <offhook/media/detect/voice_bank.hpp>

#include <offhook/tests/media/allocations.hpp>
#include <offhook/tests/media/synthetic_voice.hpp>

#include <doctest/doctest.h>

#include <vector>

using namespace offhook;

namespace {

std::span<const std::int16_t> frame_at(const std::vector<std::int16_t>& pcm, std::size_t frame, std::size_t samples = 160) {
  return std::span(pcm).subspan(frame * samples, samples);
}

}  // namespace

TEST_CASE("VoiceBank judges each call like a separate detector, for any number of calls, at 8 and 16 kHz") {
  for (const std::size_t calls : {1U, 7U, 8U, 9U, 17U}) {
    CAPTURE(calls);
    media::VoiceBank bank(calls);
    std::vector<media::VoiceActivity> alone;
    std::vector<std::vector<std::int16_t>> voices;
    for (std::size_t call = 0; call < calls; ++call) {
      const std::uint32_t rate_hz = call % 3 == 2 ? 16000 : 8000;
      alone.emplace_back(rate_hz);
      voices.push_back(offhook_test::SyntheticVoice(rate_hz, static_cast<std::uint32_t>(call)).speak(2));
    }
    int wrong = 0, voiced = 0;
    for (std::size_t frame = 0; frame < 100; ++frame) {
      for (std::size_t call = 0; call < calls; ++call) bank.hear(call, frame_at(voices[call], frame, voices[call].size() / 100));
      bank.run();
      for (std::size_t call = 0; call < calls; ++call) {
        const bool expected = alone[call].process(frame_at(voices[call], frame, voices[call].size() / 100));
        wrong += bank.voiced(call) != expected;
        voiced += expected;
      }
    }
    CHECK(wrong == 0);
    CHECK(voiced > 20);
  }
}

TEST_CASE("VoiceBank::run() does nothing if the bank has no calls") {
  media::VoiceBank bank(0);
  bank.run();
  CHECK(bank.calls() == 0);
}

TEST_CASE("In VoiceBank, a call without a frame counts as silent, and reset() starts a call without the state of the previous call") {
  media::VoiceBank bank(2);
  const auto voice = offhook_test::SyntheticVoice(8000, 3).speak(1);
  std::size_t frame = 0;
  while (!bank.voiced(0)) {
    bank.hear(0, frame_at(voice, frame++));
    bank.hear(1, frame_at(voice, frame));
    bank.run();
    REQUIRE(frame < 49);
  }
  bank.hear(1, frame_at(voice, frame));
  bank.run();
  bank.hear(1, frame_at(voice, frame));
  bank.run();
  CHECK_FALSE(bank.voiced(0));
  CHECK(bank.voiced(1));
  bank.reset(1);
  CHECK_FALSE(bank.voiced(1));
  bank.hear(1, frame_at(voice, frame).first(159));  // This is not a whole frame, and counts as silence.
  bank.run();
  CHECK_FALSE(bank.voiced(1));
}

TEST_CASE("VoiceBank allocates nothing per tick [design: no allocation on the path]") {
  media::VoiceBank bank(20);
  const auto voice = offhook_test::SyntheticVoice(8000, 3).speak(1);
  bank.run();
  const auto before = offhook_test::allocations();
  for (std::size_t frame = 0; frame < 50; ++frame) {
    for (std::size_t call = 0; call < bank.calls(); ++call) bank.hear(call, frame_at(voice, frame));
    bank.run();
  }
  CHECK(offhook_test::allocations() == before);
}

TEST_CASE("A call that moves to another VoiceBank keeps its state, and does not change the calls there") {
  media::VoiceBank stays(9), moves(8), elsewhere(10);
  const auto voice = offhook_test::SyntheticVoice(8000, 5).speak(2), neighbour = offhook_test::SyntheticVoice(8000, 6).speak(2);
  int wrong = 0, voiced = 0;
  for (std::size_t frame = 0; frame < 100; ++frame) {
    if (frame == 40) elsewhere.take_over(9, moves, 3);
    stays.hear(2, frame_at(voice, frame));
    stays.hear(8, frame_at(neighbour, frame));
    moves.hear(3, frame_at(voice, frame));
    elsewhere.hear(8, frame_at(neighbour, frame));
    if (frame >= 40) elsewhere.hear(9, frame_at(voice, frame));
    for (auto* const bank : {&stays, &moves, &elsewhere}) bank->run();
    wrong += (frame < 40 ? moves.voiced(3) : elsewhere.voiced(9)) != stays.voiced(2);
    wrong += elsewhere.voiced(8) != stays.voiced(8);
    voiced += stays.voiced(2);
  }
  CHECK(wrong == 0);
  CHECK(voiced > 20);
}
