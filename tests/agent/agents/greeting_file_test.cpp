#include "building.hpp"

#include <offhook/agent/agents/sound_cache.hpp>

#include <doctest/doctest.h>

using namespace building;

namespace {

/// Builds a directory with `all` as members of /agent and `one` as members of an agent in /agents. Each text starts with a comma or is "".
Built greeted(const std::string& all, const std::string& one, Texts files = {}) {
  files.insert({{"etc/a.wav", wav_of(1600)}, {"etc/b.wav", wav_of(3200)}});
  return build(R"({"agent": {"provider": "local")" + all + R"(}, "agents": [{"name": "one", "match": {"called": "1"})" + one + "}]}", {},
               std::move(files));
}

std::string greeting_problems(const std::string& file, const Texts& files) {
  return build(R"({"agent": {"provider": "local", "greeting_file": ")" + file + R"("}})", {}, files).problems();
}

}  // namespace

TEST_CASE("A greeting file beside the configuration file is read once for all agents, and its sound exists at 8 kHz and at 16 kHz") {
  const auto built = greeted(R"(, "greeting_file": "a.wav", "greeting": "Good day.")", "");
  REQUIRE_MESSAGE(built.made.directory, built.problems());
  REQUIRE(built.profile().recorded_greeting);
  const auto& sound = *built.profile().recorded_greeting;
  CHECK(sound.frames() == 10);
  CHECK_FALSE(sound.loops());
  CHECK(sound.pcm(8000, 9).size() == 160);
  CHECK(sound.pcm(16000, 9).size() == 320);
  CHECK(sound.pcm(16000, 10).empty());
  const auto& one = *built.made.directory->entries()[0].profile;
  CHECK(one.recorded_greeting == built.profile().recorded_greeting);
  CHECK(agent::greeting_for(one, {}) == "Good day.");
  CHECK(build(R"({"agent": {"provider": "local"}})").profile().recorded_greeting == nullptr);
}

TEST_CASE("The same file can be hold music for one agent and a greeting for another") {
  const auto built = greeted(R"(, "greeting_file": "a.wav", "hold_music": "a.wav")", "");
  REQUIRE_MESSAGE(built.made.directory, built.problems());
  CHECK(built.profile().hold_music->loops());
  CHECK_FALSE(built.profile().recorded_greeting->loops());
}

TEST_CASE("An agent with its own greeting file or greeting text inherits neither the file nor the text from /agent") {
  const std::string all = R"(, "greeting_file": "a.wav", "greeting": "Good day.")";
  const auto words = greeted(all, R"(, "greeting": "Hello.")");
  REQUIRE_MESSAGE(words.made.directory, words.problems());
  CHECK(words.made.directory->entries()[0].profile->recorded_greeting == nullptr);
  CHECK(agent::greeting_for(*words.made.directory->entries()[0].profile, {}) == "Hello.");
  const auto file = greeted(all, R"(, "greeting_file": "b.wav")");
  REQUIRE_MESSAGE(file.made.directory, file.problems());
  CHECK(file.made.directory->entries()[0].profile->recorded_greeting->frames() == 20);
  CHECK(agent::greeting_for(*file.made.directory->entries()[0].profile, {}).empty());
  const auto off = greeted(all, R"(, "greeting_file": "off")");
  REQUIRE_MESSAGE(off.made.directory, off.problems());
  CHECK(off.made.directory->entries()[0].profile->recorded_greeting == nullptr);
  CHECK(agent::greeting_for(*off.made.directory->entries()[0].profile, {}) == "Good day.");
  const auto both = greeted(all, R"(, "greeting": "Hello.", "greeting_file": "b.wav")");
  REQUIRE_MESSAGE(both.made.directory, both.problems());
  CHECK(both.made.directory->entries()[0].profile->recorded_greeting->frames() == 20);
  CHECK(agent::greeting_for(*both.made.directory->entries()[0].profile, {}) == "Hello.");
}

TEST_CASE("The text of an agent's own greeting file comes from the agent's own settings or its own prompt file, never from /agent") {
  const Texts files = {{"etc/head.md", "---\ngreeting: Hello from the head.\n---\nYou are Ada.\n"}, {"etc/bare.md", "You are Ada.\n"}};
  const auto greets = [&files](const std::string& all, const std::string& one) {
    const auto built = greeted(all, one, files);
    REQUIRE_MESSAGE(built.made.directory, built.problems());
    const auto& made = *built.made.directory->entries()[0].profile;
    return std::to_string(made.recorded_greeting ? made.recorded_greeting->frames() : 0) + " " + agent::greeting_for(made, {});
  };
  const std::string all = R"(, "greeting": "Good day.", "greeting_file": "a.wav")";
  CHECK(greets(all, R"(, "prompt_file": "head.md", "greeting_file": "b.wav")") == "20 Hello from the head.");
  CHECK(greets(R"(, "greeting": "Good day.")", R"(, "prompt_file": "head.md", "greeting_file": "b.wav")") == "20 Hello from the head.");
  CHECK(greets("", R"(, "prompt_file": "head.md", "greeting_file": "b.wav")") == "20 Hello from the head.");
  CHECK(greets(all, R"(, "prompt_file": "head.md", "greeting": "Hi.", "greeting_file": "b.wav")") == "20 Hi.");
  CHECK(greets(all, R"(, "prompt_file": "bare.md", "greeting_file": "b.wav")") == "20 ");
  CHECK(greets(R"(, "prompt_file": "head.md")", R"(, "greeting_file": "b.wav")") == "20 ");
  CHECK(greets(R"(, "prompt_file": "head.md")", R"(, "greeting": "", "greeting_file": "b.wav")") == "20 ");
  CHECK(greets(all, R"(, "prompt_file": "head.md", "greeting": "", "greeting_file": "b.wav")") == "20 Hello from the head.");
  CHECK(greets(all, R"(, "prompt_file": "head.md")") == "10 Good day.");  // The configuration takes precedence over the header of the prompt file.
  CHECK(greets(R"(, "greeting_file": "a.wav")", R"(, "prompt_file": "head.md")") == "0 Hello from the head.");
  CHECK(greets(all, R"(, "prompt_file": "head.md", "greeting_file": "off")") == "0 Good day.");
}

TEST_CASE("A greeting file that cannot be played is refused at the start, with its place, its path and the reason") {
  CHECK(greeting_problems("none.wav", {}).find("/agent/greeting_file: found a file that cannot be used, none.wav (it is not there)") != std::string::npos);
  CHECK(greeting_problems("a.wav", {{"etc/a.wav", "no sound"}}).find("a.wav (it is neither a 16-bit WAV nor Opus in Ogg)") != std::string::npos);
  CHECK(greeting_problems("a.wav", {{"etc/a.wav", wav_of(100, 44100)}}).find("/agent/greeting_file") != std::string::npos);
  CHECK(greeting_problems("a.wav", {{"etc/a.wav", wav_of(0)}}).find("/agent/greeting_file") != std::string::npos);
}

TEST_CASE("A greeting of 60 s is accepted, and a greeting with one more sample is refused") {
  CHECK(greeting_problems("a.wav", {{"etc/a.wav", wav_of(480000)}}).empty());
  CHECK(greeting_problems("a.wav", {{"etc/a.wav", wav_of(480001)}}).find("a.wav (it lasts longer than a minute)") != std::string::npos);
}
