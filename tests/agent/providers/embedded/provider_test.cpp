#include "caller.hpp"

#include <offhook/agent/providers/embedded/provider.hpp>
#include <offhook/agent/support/work_pool.hpp>
#include <offhook/tests/testkit/wait.hpp>

#include <doctest/doctest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <variant>
#include <vector>

using namespace offhook::agent;
using namespace offhook::agent::embedded;

namespace {

EmbeddedOptions options() {
  EmbeddedOptions chosen;
  chosen.dialogue_path = "share/dialogues/receptionist.json";
  chosen.pool = std::make_shared<WorkPool>(WorkPoolOptions{.threads = 2});
  return chosen;
}

std::string why_not_made(const EmbeddedOptions& chosen) {
  const auto made = EmbeddedProvider::make(chosen);
  return made ? "made" : made.error().detail;
}

}  // namespace

TEST_CASE("EmbeddedProvider finishes its warm-up even if calls already use all of its decoders") {
  auto chosen = options();
  chosen.warm_decoders = 1;
  const auto provider = EmbeddedProvider::make(chosen);
  REQUIRE_MESSAGE(provider, provider.error().detail);
  caller::Bell bell;
  const auto listener = (*provider)->make_listener(bell.wake());
  listener->begin(1, "main");
  listener->feed(caller::say("what are your opening hours please", "rms"));
  CHECK(offhook_test::wait_until([&] { return (*provider)->is_warm(); }));
}

TEST_CASE("In a call, the audio of the greeting is ready, and the listener and the thinker understand a spoken question") {
  const auto provider = EmbeddedProvider::make(options());
  REQUIRE_MESSAGE(provider, provider.error().detail);
  CHECK((*provider)->warnings().empty());
  REQUIRE(offhook_test::wait_until([&] { return (*provider)->is_warm(); }));

  caller::Bell ear_bell, mouth_bell;
  const auto listener = (*provider)->make_listener(ear_bell.wake());
  const auto thinker = (*provider)->make_thinker({});
  const auto speaker = (*provider)->make_speaker(mouth_bell.wake());
  thinker->begin({});
  thinker->respond({1, TurnInput::Kind::Opening, "", 1, false});
  const auto greeting = thinker->poll();
  REQUIRE(greeting);
  speaker->speak(1, std::get<ReplyText>(*greeting).text);
  const auto audio = speaker->poll();
  REQUIRE(audio);  // The audio is ready without a wait.
  CHECK(std::get<SpeechAudio>(*audio).pcm.size() > 16000);

  listener->begin(2, "main");
  listener->feed(caller::say("what are your opening hours please", "rms"));
  listener->end();
  Transcript heard;
  REQUIRE(ear_bell.poll_until(*listener, [&](const ListenEvent& event) {
    heard = std::get<Transcript>(event);
    return heard.final;
  }));
  while (thinker->poll()) {
  }
  thinker->respond({2, TurnInput::Kind::Speech, heard.text, heard.confidence, heard.rejected});
  const auto intent = thinker->poll();
  REQUIRE(intent);
  CHECK(std::get<ReplyIntent>(*intent).name == "opening_hours");
}

TEST_CASE("EmbeddedProvider::make() reports each fault of the options in one sentence") {
  auto chosen = options();
  chosen.pool = nullptr;
  CHECK(why_not_made(chosen) == "the embedded provider needs a work pool");
  chosen = options();
  chosen.dialogue_path = "none.json";
  CHECK(why_not_made(chosen) == "cannot read the dialogue none.json");
  chosen = options();
  chosen.voice = "kevin";
  CHECK(why_not_made(chosen) == "there is no voice \"kevin\": use slt or rms");
  chosen = options();
  chosen.model_path = "/no/model";
  CHECK(why_not_made(chosen) == "no acoustic model in /no/model: install the Debian package pocketsphinx-en-us");
  chosen = options();
  chosen.dictionary_path = "/no/words";
  CHECK(why_not_made(chosen) == "cannot read the dictionary /no/words: install the Debian package pocketsphinx-en-us");
}

TEST_CASE("EmbeddedProvider warns of a word without a pronunciation, unless the dialogue defines its pronunciation") {
  const auto folder = std::filesystem::temp_directory_path() / "offhook-embedded-test";
  std::filesystem::create_directories(folder);
  const auto write = [&](const std::string& pronunciations) {
    std::ofstream(folder / "d.json") << R"({"name": "d", "greeting": ["Hi."], "goodbye": ["Bye."],
      "intents": [{"name": "a", "examples": ["the blorptastic bike"], "replies": ["Yes."]}],
      "fallback": {"again": ["What?"], "menu": ["Keys."], "last": ["Sorry."]}, "pronunciations": {)" << pronunciations << "}}";
  };
  auto chosen = options();
  chosen.dialogue_path = (folder / "d.json").string();
  write("");
  const auto warned = EmbeddedProvider::make(chosen);
  REQUIRE_MESSAGE(warned, warned.error().detail);
  REQUIRE((*warned)->warnings().size() == 1);
  CHECK((*warned)->warnings()[0].starts_with("the word \"blorptastic\" has no pronunciation"));
  write(R"("blorptastic": "B L AO R P T AE S T IH K")");
  const auto told = EmbeddedProvider::make(chosen);
  REQUIRE_MESSAGE(told, told.error().detail);
  CHECK((*told)->warnings().empty());
  std::filesystem::remove_all(folder);
}

TEST_CASE("EmbeddedProvider's parts may be destroyed during their work, and the provider before its parts") {
  for (int i = 0; i < 4; ++i) {
    auto chosen = options();
    auto pool = chosen.pool;
    auto provider = EmbeddedProvider::make(chosen);
    REQUIRE(provider);
    chosen.pool = nullptr;
    int woken = 0;
    auto listener = (*provider)->make_listener({});
    auto speaker = (*provider)->make_speaker([&woken] { ++woken; });
    listener->begin(1, "");
    listener->feed(caller::say("where are you", "slt"));
    listener->end();
    speaker->speak(1, "A sentence that nobody has prepared, number " + std::to_string(i) + ".");
    if (i % 2 == 0) provider->reset();
    if (i == 3) pool.reset();
    speaker.reset();
    const int before = woken;
    listener.reset();
    pool.reset();
    CHECK(woken == before);  // A destroyed part does not call its wake.
  }
}
