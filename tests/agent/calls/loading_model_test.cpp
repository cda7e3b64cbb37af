// Calls while Ollama takes a minute to load its model.
#include <offhook/tests/agent/calls/call_story.hpp>
#include <offhook/tests/agent/calls/virtual_family_call.hpp>

#include <doctest/doctest.h>

using namespace offhook;
using namespace offhook::agent;
using namespace offhook::agent::test;
using namespace std::chrono_literals;

namespace {

FamilyScript loading(std::string sessions) {
  FamilyScript script;
  script.families.ollama.load = 60s;
  script.sessions = std::move(sessions);
  return script;
}

}  // namespace

TEST_CASE("While a model loads, the next model of the cascade or the next session answers each question, and no caller waits for the load") {
  std::string sessions;
  SUBCASE("the next model of the cascade") { sessions = R"([{"kind": "cascade", "listen": "deepgram", "think": ["ollama", "openai"], "speak": "deepgram"}])"; }
  SUBCASE("the next session") {
    sessions = R"([{"kind": "cascade", "listen": "deepgram", "think": "ollama", "speak": "deepgram"}, {"kind": "cascade", "listen": "deepgram", "think": "openai", "speak": "deepgram"}])";
  }
  VirtualFamilyCall call(loading(sessions));
  call.run();
  CAPTURE(story(call));
  CHECK(call.ended_by() == "caller");
  CHECK(call.turns_answered() == call.turns_said());
  CHECK(has_said(call, "This is openai speaking."));
  REQUIRE(count_of<TryAgain>(call) == 1);
  REQUIRE(count_of<ProviderSwitched>(call) == 1);
  for (const auto& action : call.seen()) {
    // ProviderSwitched names the load as the reason, not a deadline.
    if (const auto* switched = std::get_if<ProviderSwitched>(&action)) CHECK(switched->why == "the model llama3.2 is being loaded");
  }
}
