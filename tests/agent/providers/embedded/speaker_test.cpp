#include "caller.hpp"

#include <offhook/agent/providers/embedded/flite_speaker.hpp>
#include <offhook/agent/providers/embedded/provider.hpp>
#include <offhook/agent/providers/embedded/voice_cache.hpp>
#include <offhook/agent/support/work_pool.hpp>
#include <offhook/tests/testkit/wait.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

using namespace offhook::agent;
using namespace offhook::agent::embedded;

namespace {

struct Utterance {
  std::vector<std::int16_t> pcm;
  std::vector<SpokenWord> words;
  int pieces = 0;
  bool done = false;
  std::string failed;
};

class Mouth {
 public:
  explicit Mouth(const std::string& voice = "slt", std::size_t cache_bytes = 1U << 22U) {
    auto made = FliteVoice::make(voice);
    REQUIRE(made);
    cache = std::make_shared<VoiceCache>(*std::move(made), pool, cache_bytes);
    speaker = std::make_unique<FliteSpeaker>(cache, bell.wake());
  }
  bool take(const SpeakEvent& event) {
    if (const auto* audio = std::get_if<SpeechAudio>(&event)) {
      Utterance& utterance = said[audio->utterance];
      CHECK(utterance.pcm.size() < 60 * 16000);
      utterance.pcm.insert(utterance.pcm.end(), audio->pcm.begin(), audio->pcm.end());
      utterance.words.insert(utterance.words.end(), audio->words.begin(), audio->words.end());
      ++utterance.pieces;
      order.push_back(audio->utterance);
    } else if (const auto* done = std::get_if<SpeechDone>(&event)) {
      said[done->utterance].done = true;
      order.push_back(done->utterance);
    } else {
      const auto& failed = std::get<SpeakFailed>(event);
      said[failed.utterance].failed = failed.why;
    }
    return true;
  }
  void await(std::uint32_t utterance) {
    const auto ended = [&] { return said[utterance].done || !said[utterance].failed.empty(); };
    if (ended()) return;
    REQUIRE(bell.poll_until(*speaker, [&](const SpeakEvent& event) { return take(event) && ended(); }));
  }

  caller::Bell bell;
  WorkPool pool{{.threads = 2}};
  std::shared_ptr<VoiceCache> cache;
  std::unique_ptr<FliteSpeaker> speaker;
  std::map<std::uint32_t, Utterance> said;
  std::vector<std::uint32_t> order;
};

const std::string kGreeting = "Hello, this is Blue River Bicycles. How can I help you?";

}  // namespace

TEST_CASE("FliteSpeaker gives speech of a plausible length in pieces, with its words in order within the audio") {
  for (const std::string voice : {"slt", "rms"}) {
    Mouth mouth(voice);
    mouth.speaker->speak(1, kGreeting);
    mouth.await(1);
    const Utterance& said = mouth.said[1];
    CHECK(mouth.speaker->rate_hz() == 16000);
    CHECK(said.pieces > 4);
    CHECK(said.pcm.size() > 2 * 16000);
    CHECK(said.pcm.size() < 7 * 16000);
    REQUIRE(said.words.size() == 11);
    CHECK(said.words.front().text == "Hello,");
    CHECK(said.words.back().text == "you?");
    CHECK(std::ranges::is_sorted(said.words, {}, &SpokenWord::first_sample));
    CHECK(said.words.back().first_sample < said.pcm.size());
    CHECK(said.words[6].first_sample > 16000);  // Positions in the second sentence count from the beginning of the utterance.
    const auto loud = std::ranges::find_if(said.pcm, [](std::int16_t sample) { return std::abs(sample) > 500; });
    CHECK(loud - said.pcm.begin() < 16000 / 8);  // The speech has no pause at its beginning, which the caller would notice as a delay.
  }
}

TEST_CASE("If a sentence is repeated, FliteSpeaker has the same samples ready when speak() returns") {
  Mouth mouth;
  mouth.speaker->speak(1, kGreeting);
  mouth.await(1);
  mouth.speaker->speak(2, kGreeting);
  while (auto event = mouth.speaker->poll()) mouth.take(*event);
  CHECK(mouth.said[2].done);
  CHECK(mouth.said[2].pieces == 2);
  CHECK(mouth.said[2].pcm == mouth.said[1].pcm);
  REQUIRE(mouth.said[2].words.size() == mouth.said[1].words.size());
  CHECK(mouth.said[2].words.back().first_sample == mouth.said[1].words.back().first_sample);
}

TEST_CASE("FliteSpeaker gives utterances in the order of the requests, even if a later one is in the cache") {
  Mouth mouth;
  mouth.speaker->speak(1, "Goodbye.");
  mouth.await(1);
  mouth.order.clear();
  mouth.speaker->speak(2, "Something that was never said before.");
  mouth.speaker->speak(3, "Goodbye.");
  mouth.await(3);
  CHECK(mouth.said[2].done);
  CHECK(std::ranges::is_sorted(mouth.order));
}

TEST_CASE("FliteSpeaker gives no more events of cancelled speech, and speaks later requests") {
  Mouth mouth;
  mouth.speaker->speak(1, "This is a rather long sentence, which nobody is going to hear, because the caller has interrupted it.");
  mouth.speaker->speak(2, kGreeting);
  mouth.speaker->cancel();
  CHECK_FALSE(mouth.speaker->poll());
  mouth.speaker->speak(3, "Yes.");
  mouth.await(3);
  CHECK(mouth.said.size() == 1);
  CHECK(mouth.said[3].done);
}

TEST_CASE("FliteSpeaker ends an utterance without words, and fails an utterance with too much text") {
  Mouth mouth;
  mouth.speaker->speak(1, "");
  mouth.await(1);
  CHECK(mouth.said[1].done);
  mouth.speaker->speak(2, " ... !? ");
  mouth.await(2);
  CHECK(mouth.said[2].done);
  mouth.speaker->speak(3, std::string(kMaxSpokenBytes + 1, 'a'));
  mouth.await(3);
  CHECK(mouth.said[3].failed == "the text is too long to be spoken");
  mouth.speaker->speak(4, "\x01\xff\x80 caf\xc3\xa9.");
  mouth.await(4);
  CHECK(mouth.said[4].done);
  CHECK_FALSE(mouth.said[4].pcm.empty());
}

TEST_CASE("The cache of a voice keeps its bound, and drops the least recently used sentences") {
  constexpr std::size_t kBytes = 100000;  // enough for three short words
  Mouth mouth("slt", kBytes);
  std::uint32_t utterance = 0;
  for (const std::string word : {"One.", "Two.", "Three.", "Four.", "Five.", "Six."}) {
    mouth.speaker->speak(++utterance, word);
    mouth.await(utterance);
    CHECK(mouth.cache->bytes() <= kBytes);
  }
  CHECK(mouth.cache->find("One.") == nullptr);
  CHECK(mouth.cache->find("Six.") != nullptr);
}

TEST_CASE("FliteSpeaker speaks a request before the preparation of all sentences is complete") {
  Mouth mouth;
  std::vector<std::string> many;
  for (int i = 0; i < 40; ++i) many.push_back("This is prepared sentence number " + std::to_string(i) + ".");
  std::promise<void> asked;
  REQUIRE(mouth.cache->try_post([go = asked.get_future().share()] { go.wait(); }));  // Delays the preparation until the speaker has its request.
  mouth.cache->prepare(many);
  mouth.speaker->speak(1, "Now.");
  std::promise<bool> prepared_all;
  REQUIRE(mouth.cache->try_post([&] { prepared_all.set_value(mouth.cache->find(many.back()) != nullptr); }));  // This job runs directly after the job of the request.
  asked.set_value();
  mouth.await(1);
  CHECK_FALSE(prepared_all.get_future().get());
  CHECK(offhook_test::wait_until([&] { return mouth.cache->find(many[3]) != nullptr; }));  // The preparation continues.
}

TEST_CASE("Speakers of several calls share one voice without mixing their words") {
  Mouth mouth;
  caller::Bell bell;
  FliteSpeaker other(mouth.cache, bell.wake());
  mouth.speaker->speak(1, "The first call hears this.");
  other.speak(1, "The second call hears that.");
  mouth.await(1);
  std::string heard;
  REQUIRE(bell.poll_until(other, [&](const SpeakEvent& event) {
    if (const auto* audio = std::get_if<SpeechAudio>(&event)) {
      for (const SpokenWord& word : audio->words) heard += word.text + ' ';
    }
    return std::holds_alternative<SpeechDone>(event);
  }));
  CHECK(heard == "The second call hears that. ");
}

TEST_CASE("Two voices that speak on two threads at the same time give audio of the same length as each voice alone") {
  // The test compares only lengths. The samples differ each time, because flite uses random noise.
  const auto alone_slt = caller::say("We are open today.", "slt").size(), alone_rms = caller::say("We are open today.", "rms").size();
  auto slt = std::async(std::launch::async, [] {
    caller::Pcm last;
    for (int i = 0; i < 5; ++i) last = caller::say("We are open today.", "slt");
    return last;
  });
  for (int i = 0; i < 5; ++i) CHECK(caller::say("We are open today.", "rms").size() == alone_rms);
  CHECK(slt.get().size() == alone_slt);
}

TEST_CASE("FliteVoice::make() names the existing voices in the error about an unknown voice") {
  const auto voice = FliteVoice::make("kevin");
  REQUIRE_FALSE(voice);
  CHECK(voice.error().detail == "there is no voice \"kevin\": use slt or rms");
}

TEST_CASE("FliteSpeaker fails an utterance if its WorkPool has ended") {
  caller::Bell bell;
  auto pool = std::make_shared<WorkPool>(WorkPoolOptions{.threads = 1});
  auto speaker = make_flite_speaker(pool, "rms", bell.wake());
  REQUIRE(speaker);
  pool.reset();
  (*speaker)->speak(5, "Hello.");
  const auto event = (*speaker)->poll();
  REQUIRE(event);
  REQUIRE(std::holds_alternative<SpeakFailed>(*event));
}
