#include <offhook/tests/agent/calls/call_story.hpp>
#include <offhook/tests/agent/calls/chance.hpp>
#include <offhook/tests/agent/calls/virtual_family_call.hpp>

#include <doctest/doctest.h>

#include <array>
#include <map>
#include <string>

using namespace offhook;
using namespace offhook::agent;
using namespace offhook::agent::test;
using namespace std::chrono_literals;
using services::openai::Endpoint;
using services::openai::Fault;
using AzureFault = services::azure::Fault;

namespace {

constexpr std::size_t kMostSecondsQueued = 60;  // The replies are short, so a longer queue means repeated replies.

constexpr std::array kFaultsOfHttp{FaultKind::Status, FaultKind::Latency, FaultKind::Error, FaultKind::Stall, FaultKind::Garbage,
                                   FaultKind::BrokenJson, FaultKind::Drop, FaultKind::Empty, FaultKind::NoDone, FaultKind::Split,
                                   FaultKind::UnknownEvents};
constexpr std::array kFaultsOfRealtime{FaultKind::Status, FaultKind::Latency, FaultKind::Error, FaultKind::Failed, FaultKind::Stall, FaultKind::Freeze,
                                       FaultKind::Garbage, FaultKind::BrokenJson, FaultKind::Drop, FaultKind::Close, FaultKind::Empty, FaultKind::UnknownEvents};
constexpr std::array kFaultsOfSockets{FaultKind::Status, FaultKind::Latency, FaultKind::Error, FaultKind::Stall, FaultKind::Freeze,
                                      FaultKind::Garbage, FaultKind::BrokenJson, FaultKind::Drop, FaultKind::Close, FaultKind::UnknownEvents};
constexpr std::array kFaultsOfAzure{AzureFault::Kind::Status, AzureFault::Kind::Latency, AzureFault::Kind::Error, AzureFault::Kind::Stall, AzureFault::Kind::Garbage,
                                    AzureFault::Kind::Drop, AzureFault::Kind::Close, AzureFault::Kind::Empty, AzureFault::Kind::EarlyEnd, AzureFault::Kind::NoFinal};

template <class Kinds>
void break_door(Chance& chance, Endpoint& door, const Kinds& kinds) {
  for (std::uint32_t i = chance.below(4); i > 0; --i) door.faults.push_back(chance.one_in(2) ? Fault{} : any_fault(chance, chance.of(kinds)));
  door.repeat = chance.one_in(6);  // The last fault repeats for every later request.
}

void break_door(Chance& chance, services::azure::Door& door) {
  for (std::uint32_t i = chance.below(4); i > 0; --i) {
    AzureFault fault;
    if (!chance.one_in(2)) fault.kind = chance.of(kFaultsOfAzure);
    fault.status = fault.kind == AzureFault::Kind::Close ? chance.of(kCloses) : chance.of(kStatuses);
    fault.text = "Error";
    if (fault.kind == AzureFault::Kind::Latency) fault.delay = std::chrono::milliseconds(500 * (1 + chance.below(12)));
    fault.after_ms = chance.one_in(3) ? 0 : chance.below(2000);
    door.faults.push_back(fault);
  }
  door.repeat = chance.one_in(6);
}

void break_families(Chance& chance, FamilyScenarios& families) {
  for (auto* model : {&families.openai, &families.azure_model}) {
    for (Endpoint* door : {&model->chat, &model->responses, &model->transcription, &model->speech}) break_door(chance, *door, kFaultsOfHttp);
    if (chance.one_in(2)) break_door(chance, model->realtime, kFaultsOfRealtime);
    if (chance.one_in(2)) model->replies.front().fault = any_fault(chance, chance.of(kFaultsOfReplies));
    if (chance.one_in(6)) model->max_session = std::chrono::seconds(5 + chance.below(20));
  }
  for (Endpoint* door : {&families.deepgram.listen, &families.deepgram.flux, &families.deepgram.speak, &families.deepgram.agent}) break_door(chance, *door, kFaultsOfSockets);
  for (Endpoint* door : {&families.deepgram.turn, &families.deepgram.speech, &families.ollama.answers.chat}) break_door(chance, *door, kFaultsOfHttp);
  auto& azure = families.azure;
  for (auto* door : {&azure.recognition_sockets, &azure.recognition_turns, &azure.synthesis_sockets, &azure.synthesis_turns, &azure.short_audio, &azure.speech}) break_door(chance, *door);
  families.deepgram.answers_finalize = !chance.one_in(4);
  families.deepgram.forces_end = !chance.one_in(4);
  families.deepgram.clear_jumps_ahead = chance.one_in(2);
}

/// Adds to each model a reply that calls the tool `note`. Half of the runs call this function.
void give_tools(FamilyScenarios& families) {
  const services::openai::Call note{"note", R"({"text":"asked"})"};
  for (auto* model : {&families.openai, &families.azure_model, &families.ollama.answers}) {
    auto with_note = model->replies.front();
    with_note.when = "question";
    with_note.calls = {note};
    model->replies.push_back(with_note);
  }
  families.deepgram.replies = {{"This is deepgram speaking.", "note", R"({"text":"asked"})", "I wrote that down."}};
}

template <class Names>
std::string some(Chance& chance, const Names& names) {
  std::string list = "[";
  for (std::uint32_t i = 1 + chance.below(2); i > 0; --i) {
    const std::string name = std::string("\"") + chance.of(names) + "\"";
    if (list.find(name) == std::string::npos) list += (list.size() > 1 ? ", " : "") + name;
  }
  return list + "]";
}

std::string any_sessions(Chance& chance) {
  constexpr std::array kTalk{"openai", "azure", "azure_openai", "deepgram", "flux"};
  constexpr std::array kListen{"openai", "azure", "azure_openai", "deepgram", "flux", "server"};
  constexpr std::array kThink{"openai", "azure", "azure_openai", "ollama", "compatible", "responses", "server"};
  constexpr std::array kSpeak{"openai", "azure", "azure_openai", "deepgram", "server"};
  std::string ways;
  for (std::uint32_t i = 1 + chance.below(3); i > 0; --i) {  // one to three sessions
    ways += ways.empty() ? "[" : ", ";
    if (chance.one_in(2)) ways += std::string(R"({"kind": "realtime", "provider": ")") + chance.of(kTalk) + "\"}";
    else ways += R"({"kind": "cascade", "listen": )" + some(chance, kListen) + R"(, "think": )" + some(chance, kThink) + R"(, "speak": )" + some(chance, kSpeak) + "}";
  }
  return ways + "]";
}

std::vector<CallerMove> any_caller(Chance& chance) {
  std::vector<CallerMove> turns(2 + chance.below(4));
  for (CallerMove& turn : turns) {
    if (chance.one_in(8)) turn.what = CallerMove::What::Key;
    if (chance.one_in(8)) turn.what = CallerMove::What::Wait;
    turn.after = std::chrono::milliseconds(20 * (5 + chance.below(60)));
    turn.length = std::chrono::milliseconds(20 * (15 + chance.below(120)));
    turn.interrupts = turn.what == CallerMove::What::Speak && chance.one_in(4);
  }
  return turns;
}

FamilyScript broken_families(std::uint64_t seed) {
  Chance chance(seed);
  FamilyScript script;
  script.sessions = any_sessions(chance);
  if (chance.one_in(3)) script.codecs = R"(["G722"])";
  if (chance.one_in(2)) give_tools(script.families);
  break_families(chance, script.families);
  script.caller = any_caller(chance);
  if (chance.one_in(5)) script.hangs_up_after = std::chrono::milliseconds(20 * chance.below(1500));
  if (seed % 3 == 0) {  // Offhook detects the caller's language, and the language changes.
    script.language = R"("languages": ["en", "de"])";
    script.families.azure.spoken = {"de-DE", "en-US", "de-DE"};
  }
  return script;
}

/// Totals over all runs.
struct Sum {
  unsigned faults = 0, said = 0, answered = 0, given_up = 0, switched = 0, tools = 0;
};

/// Checks that each tool call runs once and leaves at most one note.
void check_tools(const VirtualFamilyCall& call, Sum& sum) {
  std::map<std::string, unsigned> run;
  for (const auto& action : call.seen()) {
    if (const auto* tool = std::get_if<RunTool>(&action)) ++run[std::to_string(tool->call.turn) + " " + tool->call.call_id];
  }
  for (const auto& [id, times] : run) CHECK_MESSAGE(times == 1, id);
  CHECK(count_of<NoteLeft>(call) <= run.size());
  sum.tools += static_cast<unsigned>(run.size());
}

void hold_broken_call(std::uint64_t seed, Sum& sum) {
  FamilyScript script = broken_families(seed);
  const std::string sessions = script.sessions;
  CAPTURE(seed);
  CAPTURE(sessions);
  VirtualFamilyCall call(std::move(script));
  call.run(10min);
  CAPTURE(story(call));
  CHECK_MESSAGE(call.over(), "the call does not end");
  CHECK(call.longest_silence() <= kLongestSilence);
  const std::string& by = call.ended_by();
  const bool known_end = by == "caller" || by == "failure" || by == "silence";
  CHECK_MESSAGE(known_end, by);
  CHECK(call.most_samples_queued() <= kMostSecondsQueued * 16000);
  CHECK(call.overflow().samples == 0);
  CHECK(call.net().open_connections() < 32);
  for (const auto& refusal : call.refusals()) FAIL_CHECK(refusal);
  check_tools(call, sum);
  sum.faults += call.faults();
  sum.said += call.turns_said();
  sum.answered += call.turns_answered();
  sum.given_up += by == "failure";
  const auto record = call.record();
  for (const auto& trouble : record.troubles) sum.switched += !trouble.to.empty();
  if (by == "failure") CHECK_FALSE(record.troubles.empty());
}

}  // namespace

TEST_CASE("In 500 calls with random providers, faults and callers, no caller hears a long silence, and each call ends") {
  const Seeds seeds = seeds_to_run(500, 60);
  Sum sum;
  for (std::uint64_t seed = seeds.first; seed <= seeds.last; ++seed) hold_broken_call(seed, sum);
  MESSAGE(sum.faults << " faults, " << sum.said << " turns said, " << sum.answered << " answered, " << sum.switched << " times another provider, " << sum.tools << " tools run, "
                     << sum.given_up << " calls given up");
  if (seeds.is_one) return;
  CHECK(sum.faults > seeds.last);
  CHECK(sum.given_up * 20 <= seeds.last);
}
