#include <offhook/tests/agent/calls/call_story.hpp>
#include <offhook/tests/agent/calls/virtual_call.hpp>

#include <doctest/doctest.h>

#include <algorithm>

using namespace offhook;
using namespace offhook::agent;
using namespace offhook::agent::test;
using namespace std::chrono_literals;
using services::openai::Fault;

namespace {

CallScript script(std::vector<Way> ways) {
  CallScript script;
  script.ways = std::move(ways);
  script.scenario.voice = "tone";
  script.scenario.heard = {"when do you open", "where are you", "goodbye"};
  script.scenario.replies = {{"open", "We open at nine in the morning.", {}, {}, {}},
                             {"where", "You find us at Harbor Street, next to the station.", {}, {}, {}},
                             {"goodbye", "Goodbye, and thank you for calling.", {}, {}, {}}};
  return script;
}

bool heard(const VirtualCall& call, const std::string& text) {
  return std::any_of(call.seen().begin(), call.seen().end(), [&](const auto& action) {
    const auto* line = std::get_if<CallerSaid>(&action);
    return line != nullptr && line->text == text;
  });
}

}  // namespace

TEST_CASE("A call with a Realtime session or with a cascade has three transcribed and answered turns, and its record has no trouble") {
  for (const Way way : {Way::Realtime, Way::Cascade}) {
    CAPTURE(static_cast<int>(way));
    VirtualCall call(script({way}));
    call.run();
    CHECK(call.ended_by() == "caller");
    CHECK(call.turns_answered() == 3);
    CHECK(has_said(call, "Good morning"));
    CHECK(has_said(call, "We open at nine"));
    CHECK(has_said(call, "Goodbye, and thank you"));
    CHECK(heard(call, "when do you open"));
    CHECK(heard(call, "goodbye"));
    CHECK(call.longest_silence() < 2500ms);
    CHECK(call.record().troubles.empty());
  }
}

TEST_CASE("If a Realtime socket freezes in mid-sentence, the cascade continues the call, and the record has the trouble") {
  auto plan = script({Way::Realtime, Way::Cascade});
  plan.scenario.replies[1].fault.kind = Fault::Kind::Freeze;
  plan.scenario.replies[1].fault.after_bytes = 8000;
  VirtualCall call(plan);
  call.run();
  CHECK(call.ended_by() == "caller");
  CHECK(call.turns_answered() == 3);
  CHECK(call.longest_silence() < 9s);
  CHECK_FALSE(call.record().troubles.empty());
}
