#include <offhook/agent/conversation/service_use.hpp>
#include <offhook/agent/providers/metered_speaker.hpp>

#include <doctest/doctest.h>

#include <offhook/tests/agent/providers/fake_parts.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace offhook;
using namespace offhook::agent;
using namespace offhook::agent::test;
using namespace std::chrono_literals;

TEST_CASE("add() sums the use of a service, and believable() drops a count above kMostTokens [ServiceUse::kMostTokens]") {
  ServiceUse sum{"a/listen"};
  CHECK(sum.is_nothing());
  ServiceUse more{"b/speak"};
  more.characters = 7;
  more.audio = 2s;
  more.input_tokens = ServiceUse::kMostTokens;
  more.output_tokens = ServiceUse::kMostTokens + 1;
  sum.add(more.believable());
  sum.add(more.believable());
  CHECK(sum.service == "a/listen");
  CHECK(sum.characters == 14);
  CHECK(sum.audio == 4s);
  CHECK(sum.input_tokens == 2 * ServiceUse::kMostTokens);
  CHECK(sum.output_tokens == 0);
  CHECK_FALSE(sum.is_nothing());
}

TEST_CASE("The sum of a service's times is at most kMostTime, a year [ServiceUse::kMostTime]") {
  ServiceUse sum, most, second;
  most.audio = most.connected = ServiceUse::kMostTime - 1s;
  second.audio = second.connected = 1s;
  sum.add(most);
  sum.add(second);
  CHECK(sum.audio == ServiceUse::kMostTime);
  sum.add(second);
  for (int i = 0; i < 1000; ++i) sum.add(most);
  CHECK(sum.audio == ServiceUse::kMostTime);
  CHECK(sum.connected == ServiceUse::kMostTime);
}

TEST_CASE("use_of() converts the tokens of a model's answer to a use of the model's service") {
  const ServiceUse use = use_of(TokensUsed{3, "openai/realtime", 500, 200, 300, 90, 80});
  CHECK(use.service == "openai/realtime");
  CHECK(use.input_tokens == 500);
  CHECK(use.cached_input_tokens == 200);
  CHECK(use.audio_input_tokens == 300);
  CHECK(use.output_tokens == 90);
  CHECK(use.audio_output_tokens == 80);
}

namespace {

struct MeteredVoice {
  MeteredVoice() {
    auto made = std::make_unique<FakeSpeaker>();
    made->log = &log;
    inner = made.get();
    voice.emplace(std::move(made), [this](const ServiceUse& use) { told.push_back(use.characters); }, [this](const ServiceFailure& failure) { failures.push_back(failure.why); });
  }
  void sound(std::uint32_t utterance) { inner->yields.push_back(SpeechAudio{utterance, {1, 2}, {}, 0}); }
  void drain() {
    while (voice->poll()) {
    }
  }

  std::vector<std::string> log;
  std::vector<std::uint64_t> told;
  std::vector<std::string> failures;
  FakeSpeaker* inner = nullptr;
  std::optional<MeteredSpeaker> voice;
};

}  // namespace

TEST_CASE_FIXTURE(MeteredVoice, "MeteredSpeaker counts the characters of a text once, at the first audio of the text") {
  voice->speak(1, "Gr\xc3\xbc\xc3\x9f Gott");
  voice->speak(2, "Yes.");
  drain();
  CHECK(told.empty());
  inner->yields.push_back(SpeechAudio{1, {}, {}, 0});  // The audio has no sample.
  drain();
  CHECK(told.empty());
  sound(1);
  sound(1);
  inner->yields.push_back(SpeechDone{1});
  sound(2);
  drain();
  CHECK(told == std::vector<std::uint64_t>{9, 4});
}

TEST_CASE_FIXTURE(MeteredVoice, "MeteredSpeaker does not count a text without audio") {
  voice->speak(1, "Yes.");
  inner->yields.push_back(SpeakFailed{1, "gone", FailureKind::Network});
  drain();
  voice->speak(2, "No.");
  voice->cancel();
  sound(2);
  drain();
  CHECK(told.empty());
}

TEST_CASE_FIXTURE(MeteredVoice, "MeteredSpeaker passes on the model, the voice and the retries of its speaker") {
  inner->name = "a";
  inner->retries.add("the socket broke", kConnectsAgain);
  CHECK(voice->asked().voice == "voice a");
  REQUIRE(voice->take_retries().size() == 1);
  CHECK(voice->take_retries().empty());
}

TEST_CASE_FIXTURE(MeteredVoice, "MeteredSpeaker reports only the first failure of its speaker") {
  voice->speak(1, "Yes.");
  voice->speak(2, "No.");
  inner->yields = {SpeakFailed{1, "404", FailureKind::Protocol}, SpeakFailed{2, "503", FailureKind::Overloaded}};
  drain();
  CHECK(failures == std::vector<std::string>{"404"});
}
