#include <offhook/base/random.hpp>
#include <offhook/tests/agent/calls/call_story.hpp>
#include <offhook/tests/agent/calls/virtual_call.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstdlib>

using namespace offhook;
using namespace offhook::agent;
using namespace offhook::agent::test;
using namespace std::chrono_literals;
using services::openai::Endpoint;
using services::openai::Fault;

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr unsigned kRuns = 40;  // `./dev test --full` runs all of them, in release; here each takes ten times as long.
#else
constexpr unsigned kRuns = 300;
#endif

using Kind = Fault::Kind;
constexpr std::array kOfHttp{Kind::Status, Kind::Latency, Kind::Error, Kind::Stall, Kind::Garbage, Kind::BrokenJson, Kind::Drop, Kind::Empty, Kind::NoDone, Kind::Split};
constexpr std::array kOfReplies{Kind::Latency,    Kind::Error, Kind::Failed, Kind::Incomplete, Kind::Stall,        Kind::Freeze, Kind::Garbage,
                                Kind::BrokenJson, Kind::BrokenBase64, Kind::Drop, Kind::Close, Kind::Empty, Kind::UnknownEvents};
constexpr std::array kStatuses{401, 403, 408, 429, 500, 503};

std::uint32_t below(base::Random& random, std::uint32_t bound) { return random.next_u32() % bound; }

Fault any_fault(base::Random& random, Kind kind) {
  Fault fault;
  fault.kind = kind;
  fault.status = kind == Kind::Close ? 1011 : kStatuses[below(random, kStatuses.size())];
  fault.code = fault.status == 401 ? "invalid_api_key" : "server_error";
  fault.message = "as the test wants it";
  fault.delay = std::chrono::milliseconds(500 * (1 + below(random, 12)));
  fault.after_bytes = below(random, 3) == 0 ? 0 : below(random, 30000);
  fault.bytes = 1 + below(random, 7);
  if (fault.status == 429) fault.retry_after = static_cast<int>(below(random, 30));
  return fault;
}

void break_endpoint(base::Random& random, Endpoint& endpoint) {
  for (std::uint32_t i = below(random, 4); i > 0; --i) {
    endpoint.faults.push_back(below(random, 2) == 0 ? Fault{} : any_fault(random, kOfHttp[below(random, kOfHttp.size())]));
  }
  endpoint.repeat = below(random, 6) == 0;  // It stays broken.
}

CallScript broken(std::uint64_t seed) {
  base::SeededRandom random(seed);
  CallScript script;
  script.scenario.voice = "tone";
  script.scenario.heard = {"first question", "second question", "third question", "fourth question"};
  script.scenario.replies = {{"first", "This is the answer to the first question.", {}, {}, {}},
                             {"second", "And this one answers the second of them.", {}, {}, {}},
                             {"third", "The third answer is short.", {}, {}, {}}};
  script.scenario.loop = true;
  constexpr std::array kWays{std::array{Way::Realtime, Way::Cascade}, std::array{Way::Cascade, Way::Realtime}};
  const auto& both = kWays[below(random, 2)];
  script.ways = {both[0]};
  if (below(random, 3) != 0) script.ways.push_back(both[1]);
  script.rate_hz = both[0] == Way::Realtime && below(random, 2) == 0 ? 8000 : 16000;
  for (auto& reply : script.scenario.replies) {
    if (below(random, 2) == 0) reply.fault = any_fault(random, kOfReplies[below(random, kOfReplies.size())]);
  }
  for (Endpoint* endpoint : {&script.scenario.chat, &script.scenario.transcription, &script.scenario.speech}) break_endpoint(random, *endpoint);
  if (below(random, 3) == 0) script.scenario.realtime.faults.push_back(any_fault(random, Kind::Status));
  script.options.think_deadline = 5s;  // As profiles have them.
  script.options.speak_deadline = 3s;
  if (below(random, 6) == 0) script.scenario.max_session = std::chrono::seconds(5 + below(random, 20));
  return script;
}

std::string story(VirtualCall& call) {
  std::string text;
  for (const auto& action : call.seen()) {
    if (const auto* a = std::get_if<AgentSaid>(&action)) text += "\n  agent " + std::to_string(a->turn) + ": " + a->text;
    if (const auto* a = std::get_if<CallerSaid>(&action)) text += "\n  caller " + std::to_string(a->turn) + ": " + a->text;
    if (const auto* a = std::get_if<TryAgain>(&action)) text += "\n  again " + std::string(to_string(a->stage)) + ": " + a->why;
    if (const auto* a = std::get_if<ProviderSwitched>(&action)) text += "\n  switched to " + a->to;
    if (const auto* a = std::get_if<HangUpCall>(&action)) text += "\n  hung up: " + a->why;
  }
  return text;
}

}  // namespace

// OFFHOOK_SEED runs one, OFFHOOK_FAULT_RUNS another number of them.
TEST_CASE("Three hundred calls, each stage broken in every way: none is silent for long, none is lost, each is explained") {
  const char* one = std::getenv("OFFHOOK_SEED");
  const char* runs = std::getenv("OFFHOOK_FAULT_RUNS");
  const std::uint64_t first = one != nullptr ? std::strtoull(one, nullptr, 10) : 1;
  const std::uint64_t last = one != nullptr ? first : runs != nullptr ? std::strtoull(runs, nullptr, 10) : kRuns;
  unsigned faults = 0, answered = 0, given_up = 0, switched = 0;
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    VirtualCall call(broken(seed));
    call.run(6min);
    CAPTURE(seed);
    CAPTURE(story(call));
    faults += call.faults();
    answered += call.turns_answered();
    given_up += call.ended_by() == "failure";
    CHECK_MESSAGE(call.over(), "the call is lost");
    CHECK(call.longest_silence() <= kLongestSilence);
    const bool known_end = call.ended_by() == "caller" || call.ended_by() == "failure";
    CHECK(known_end);
    const auto record = call.record();
    for (const auto& trouble : record.troubles) switched += !trouble.to.empty();
    if (call.ended_by() == "failure") CHECK_FALSE(record.troubles.empty());
  }
  MESSAGE(faults << " faults, " << answered << " turns answered, " << switched << " times another provider, " << given_up << " calls given up");
  CHECK(faults > (one != nullptr ? 0U : (last - first + 1) / 2));
}
