#include <offhook/agent/conversation/playout_queue.hpp>
#include <offhook/agent/providers/recorded_speech.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>

using namespace offhook;
using namespace offhook::agent;
using namespace std::chrono_literals;

namespace {

/// Returns a sound of `frames` frames of 20 ms at `rate_hz`. The value of each sample is its index.
std::shared_ptr<const media::Prompt> sound_of(std::size_t frames, std::uint32_t rate_hz) {
  media::Sound sound{rate_hz, {}};
  for (std::size_t i = 0; i < frames * rate_hz / 50; ++i) sound.pcm.push_back(static_cast<std::int16_t>(i));
  return media::Prompt::make(sound, {});
}

struct Played {
  std::vector<std::int16_t> pcm;
  std::vector<SpokenWord> words;
  bool done = false;

  void drain(RecordedSpeech& speech, base::TimePoint now) {
    while (const auto event = speech.poll(now)) {
      if (const auto* audio = std::get_if<SpeechAudio>(&*event)) {
        CHECK(audio->utterance == 7);
        pcm.insert(pcm.end(), audio->pcm.begin(), audio->pcm.end());
        words.insert(words.end(), audio->words.begin(), audio->words.end());
      }
      done = done || std::holds_alternative<SpeechDone>(*event);
    }
  }
};

constexpr base::TimePoint kBeginning{1000s};

}  // namespace

TEST_CASE("RecordedSpeech gives the whole recording in order, at the sample rate of the call") {
  for (const std::uint32_t rate_hz : {8000U, 16000U}) {
    RecordedSpeech speech(sound_of(31, rate_hz), rate_hz, "hello");
    Played played;
    played.drain(speech, kBeginning);
    CHECK(played.pcm.empty());  // No request has come yet.
    speech.speak(7);
    played.drain(speech, kBeginning);
    CHECK(played.done);
    REQUIRE(played.pcm.size() == 31 * rate_hz / 50);
    for (std::size_t i = 0; i < played.pcm.size(); ++i) REQUIRE(played.pcm[i] == static_cast<std::int16_t>(i));
    CHECK_FALSE(speech.is_speaking());
  }
}

TEST_CASE("RecordedSpeech gives at most two seconds of audio that the caller has not heard, however much time passes") {
  RecordedSpeech speech(sound_of(3000, 8000), 8000, "hello");
  Played played;
  speech.speak(7);
  played.drain(speech, kBeginning);
  CHECK(played.pcm.size() == 16000);
  played.drain(speech, kBeginning + 1h);  // Nothing has played yet, because the call still rings.
  CHECK(played.pcm.size() == 16000);
  speech.on_unheard(1801ms);
  played.drain(speech, kBeginning + 1h);
  CHECK(played.pcm.size() == 16000);
  speech.on_unheard(1800ms);
  played.drain(speech, kBeginning + 1h);
  CHECK(played.pcm.size() == 17600);
  for (int i = 0; i < 29; ++i) {
    CHECK_FALSE(played.done);
    speech.on_unheard(0ms);
    played.drain(speech, kBeginning + 1h);
  }
  CHECK(played.pcm.size() == 480000);
  CHECK(played.done);
}

TEST_CASE("The audio that RecordedSpeech gives is at most two seconds plus the port's ring ahead of the played audio") {
  constexpr std::uint32_t kRateHz = 8000;
  constexpr std::size_t kFrames = 3000, kSamples = kRateHz / 50, kRing = decltype(media::AudioPort::playout)::capacity();
  RecordedSpeech speech(sound_of(kFrames, kRateHz), kRateHz, "hello");
  PlayoutQueue queue(kRateHz);
  const auto port = std::make_unique<media::AudioPort>();
  port->rate_hz = kRateHz;
  speech.speak(7);
  std::size_t given = 0, played = 0, most = 0;
  for (base::TimePoint now = kBeginning; played < kFrames * kSamples && now < kBeginning + 2min; now += 20ms) {
    speech.on_unheard(std::chrono::microseconds(queue.samples_queued() * 1'000'000 / kRateHz));
    while (const auto event = speech.poll(now)) {
      if (std::holds_alternative<SpeechDone>(*event)) queue.complete(7);
      const auto* audio = std::get_if<SpeechAudio>(&*event);
      if (audio == nullptr) continue;
      given += audio->pcm.size();
      queue.add(*audio);
    }
    const bool rings = now < kBeginning + 5s;
    if (!rings) queue.pump(*port);
    most = std::max(most, given - played);
    media::PlayoutFrame frame;
    if (!rings && port->playout.try_pop(frame)) played += frame.samples;
  }
  CHECK(played == kFrames * kSamples);
  CHECK(most > 3 * kRateHz);
  CHECK(most <= static_cast<std::size_t>(RecordedSpeech::kLead / 1s) * kRateHz + kRing * kSamples);
}

TEST_CASE("RecordedSpeech waits until less than two seconds of earlier audio remain unplayed") {
  RecordedSpeech speech(sound_of(31, 8000), 8000, "hello");
  Played played;
  speech.on_unheard(9s);
  speech.speak(7);
  played.drain(speech, kBeginning);
  CHECK(played.pcm.empty());
  speech.on_unheard(1500ms);
  played.drain(speech, kBeginning);
  CHECK(played.pcm.size() == 3200);
  CHECK(played.words.size() == 1);
}

TEST_CASE("While RecordedSpeech must wait, it gives empty audio five times per second, so that the owner detects no stall") {
  RecordedSpeech speech(sound_of(200, 8000), 8000, "hello");
  Played played;
  speech.speak(7);
  played.drain(speech, kBeginning);
  int shown = 0;
  for (auto now = kBeginning; now <= kBeginning + 2s; now += 10ms) {
    while (const auto event = speech.poll(now)) {
      CHECK(std::get<SpeechAudio>(*event).pcm.empty());
      ++shown;
    }
  }
  CHECK(shown == 10);
}

TEST_CASE("RecordedSpeech places words in proportion to their letters. A recording without a text has one word") {
  RecordedSpeech speech(sound_of(50, 8000), 8000, " one  three\n5 ");
  speech.speak(7);
  Played played;
  played.drain(speech, kBeginning);
  REQUIRE(played.words.size() == 3);
  CHECK(played.words[1].text == "three");
  CHECK(played.words[1].first_sample == 8000 * 6 / 14);
  CHECK(played.words[2].text == "5");
  RecordedSpeech nameless(sound_of(50, 8000), 8000, std::string(kRecordedGreeting));
  nameless.speak(7);
  Played at_once;
  at_once.drain(nameless, kBeginning);
  REQUIRE(at_once.words.size() == 1);
  CHECK(at_once.words[0].text == kRecordedGreeting);
}

TEST_CASE("RecordedSpeech gives no more audio after cancel(), and starts from the beginning at the next request") {
  RecordedSpeech speech(sound_of(200, 8000), 8000, "hello");
  speech.speak(7);
  Played played;
  played.drain(speech, kBeginning);
  speech.cancel();
  played.drain(speech, kBeginning + 1h);
  CHECK(played.pcm.size() == 16000);
  speech.on_unheard(0ms);
  speech.speak(7);
  played.pcm.clear();
  played.drain(speech, kBeginning + 1h);
  REQUIRE(played.pcm.size() == 16000);
  CHECK(played.pcm[1] == 1);
}
