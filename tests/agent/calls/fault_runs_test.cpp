#include <offhook/tests/agent/calls/call_story.hpp>
#include <offhook/tests/agent/calls/chance.hpp>
#include <offhook/tests/agent/calls/virtual_call.hpp>

#include <doctest/doctest.h>

#include <array>

using namespace offhook;
using namespace offhook::agent;
using namespace offhook::agent::test;
using namespace std::chrono_literals;
using services::openai::Endpoint;
using services::openai::Fault;

namespace {

constexpr std::array kFaultsOfRequests{FaultKind::Status, FaultKind::Latency, FaultKind::Error, FaultKind::Stall, FaultKind::Garbage,
                                       FaultKind::BrokenJson, FaultKind::Drop, FaultKind::Empty, FaultKind::NoDone, FaultKind::Split};

void break_endpoint(Chance& chance, Endpoint& endpoint) {
  for (std::uint32_t i = chance.below(4); i > 0; --i) {
    endpoint.faults.push_back(chance.below(2) == 0 ? Fault{} : any_fault(chance, chance.of(kFaultsOfRequests)));
  }
  endpoint.repeat = chance.below(6) == 0;  // The last fault repeats for every later request.
}

CallScript broken_openai(std::uint64_t seed) {
  Chance chance(seed);
  CallScript script;
  script.scenario.voice = "tone";
  script.scenario.heard = {"first question", "second question", "third question", "fourth question"};
  script.scenario.replies = {{"first", "This is the answer to the first question.", {}, {}, {}},
                             {"second", "And this one answers the second of them.", {}, {}, {}},
                             {"third", "The third answer is short.", {}, {}, {}}};
  script.scenario.loop = true;
  constexpr std::array kWays{std::array{Way::Realtime, Way::Cascade}, std::array{Way::Cascade, Way::Realtime}};
  const auto& both = kWays[chance.below(2)];
  script.ways = {both[0]};
  if (chance.below(3) != 0) script.ways.push_back(both[1]);
  script.rate_hz = both[0] == Way::Realtime && chance.below(2) == 0 ? 8000 : 16000;
  for (auto& reply : script.scenario.replies) {
    if (chance.below(2) == 0) reply.fault = any_fault(chance, chance.of(kFaultsOfReplies));
  }
  for (Endpoint* endpoint : {&script.scenario.chat, &script.scenario.transcription, &script.scenario.speech}) break_endpoint(chance, *endpoint);
  if (chance.below(3) == 0) script.scenario.realtime.faults.push_back(any_fault(chance, FaultKind::Status));
  script.options.think_deadline = 5s;  // Agent profiles set these values.
  script.options.speak_deadline = 3s;
  if (chance.below(6) == 0) script.scenario.max_session = std::chrono::seconds(5 + chance.below(20));
  return script;
}

}  // namespace

TEST_CASE("In 300 calls with random faults in each stage, no caller hears a long silence, each call ends, and the record explains each failed call") {
  const Seeds seeds = seeds_to_run(300, 40);
  unsigned faults = 0, answered = 0, given_up = 0, switched = 0;
  for (std::uint64_t seed = seeds.first; seed <= seeds.last; ++seed) {
    VirtualCall call(broken_openai(seed));
    call.run(6min);
    CAPTURE(seed);
    CAPTURE(story(call));
    faults += call.faults();
    answered += call.turns_answered();
    given_up += call.ended_by() == "failure";
    CHECK_MESSAGE(call.over(), "the call does not end");
    CHECK(call.longest_silence() <= kLongestSilence);
    const bool known_end = call.ended_by() == "caller" || call.ended_by() == "failure";
    CHECK(known_end);
    const auto record = call.record();
    for (const auto& trouble : record.troubles) switched += !trouble.to.empty();
    if (call.ended_by() == "failure") CHECK_FALSE(record.troubles.empty());
  }
  MESSAGE(faults << " faults, " << answered << " turns answered, " << switched << " times another provider, " << given_up << " calls given up");
  CHECK(faults > (seeds.is_one ? 0U : seeds.last / 2));
}
