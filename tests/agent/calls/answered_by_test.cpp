// Whole outgoing calls on virtual time that a machine, a person or the network answers.
#include <offhook/tests/agent/calls/virtual_call.hpp>

#include <doctest/doctest.h>

using namespace offhook;
using namespace offhook::agent;
using namespace offhook::agent::test;
using namespace std::chrono_literals;

namespace {

CallScript dialled(MachinePolicy policy) {
  CallScript script;
  script.ways = {Way::Cascade};
  script.scenario.voice = "tone";
  script.scenario.heard = {"goodbye"};
  script.scenario.replies = {{"answering machine", "Please call Anna when you hear this.", {}, {}, {}},
                             {"goodbye", "Goodbye, and thank you.", {}, {}, {}}};
  script.options.machine = policy;
  return script;
}

/// An outgoing call that is connected, with the greeting ready to play.
struct Dialled : VirtualCall {
  explicit Dialled(MachinePolicy policy) : VirtualCall(dialled(policy)) { advance(1500ms); }

  template <class A>
  const A* last() const {
    for (auto it = seen().rbegin(); it != seen().rend(); ++it) {
      if (const A* a = std::get_if<A>(&*it)) return a;
    }
    return nullptr;
  }
};

}  // namespace

TEST_CASE("The agent leaves a message only after the beep of a machine, and the record says that a machine answered") {
  Dialled call(MachinePolicy::Speak);
  call.line().say(5s);
  call.advance(6s);
  REQUIRE(call.last<AnsweredBy>() != nullptr);
  CHECK(call.last<AnsweredBy>()->verdict.who == media::Answerer::Machine);
  CHECK(call.line().voiced_ticks() == 0);
  call.line().sound(media::LineTone::Beep);
  call.run(20s);
  CHECK(call.ended_by() == "message left");
  REQUIRE(call.last<AgentSaid>() != nullptr);
  CHECK(call.last<AgentSaid>()->text == "Please call Anna when you hear this.");
  const auto record = call.record();
  CHECK(record.answered_by == "machine");
  CHECK(record.tones == std::vector<std::string>{"beep"});
}

TEST_CASE("With MachinePolicy::HangUp, the agent hangs up within 2.5 s of a machine's first word, and plays nothing") {
  Dialled call(MachinePolicy::HangUp);
  call.line().say(5s);
  call.advance(2500ms);
  CHECK(call.over());
  CHECK(call.ended_by() == "answering machine");
  CHECK(call.line().voiced_ticks() == 0);
}

TEST_CASE("With MachinePolicy::HangUp, the agent is silent during a person's hello, and greets the person within 1 s of the end of the hello") {
  Dialled call(MachinePolicy::HangUp);
  call.line().say(500ms);
  call.advance(500ms);
  CHECK(call.line().voiced_ticks() == 0);
  call.advance(1s);
  CHECK(call.line().voiced_ticks() > 0);
  call.run();
  CHECK(call.ended_by() == "caller");
  CHECK(call.record().answered_by == "human");
}

TEST_CASE("With MachinePolicy::Ignore, the agent greets at once") {
  Dialled call(MachinePolicy::Ignore);
  CHECK(call.line().voiced_ticks() > 0);
  CHECK(call.record().answered_by.empty());
}
