#include <offhook/tests/agent/calls/call_story.hpp>
#include <offhook/tests/agent/calls/virtual_family_call.hpp>
#include <offhook/tests/testkit/sample.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>

using namespace offhook;
using namespace offhook::agent;
using namespace offhook::agent::test;
using namespace std::chrono_literals;
using services::openai::Endpoint;
using Kind = services::openai::Fault::Kind;
using AzureKind = services::azure::Fault::Kind;

namespace {

/// A way of failing. A failed test shows `name`. `heals` is true if the call needs no other provider, because the part ignores the fault,
/// or because the connection ends after the last content.
template <class Fault>
struct FailureMode {
  std::string name;
  Fault fault;
  bool heals = false;
  std::size_t unheard = 0;  ///< turns that no listener transcribed
};

using OpenAiWay = FailureMode<services::openai::Fault>;
using AzureWay = FailureMode<services::azure::Fault>;

OpenAiWay way(std::string name, Kind kind, std::size_t after_bytes = 0, bool heals = false) {
  OpenAiWay made{std::move(name), {}, heals};
  made.fault.kind = kind;
  made.fault.after_bytes = after_bytes;
  made.fault.code = "server_error";
  made.fault.message = "as the test wants it";
  return made;
}

OpenAiWay status(int status, int retry_after = -1) {
  auto made = way("status " + std::to_string(status), Kind::Status);
  made.fault.status = status;
  made.fault.retry_after = retry_after;
  if (status == 401) made.fault.code = "invalid_api_key";
  return made;
}

OpenAiWay close_with(int code) {
  auto made = way("close with " + std::to_string(code), Kind::Close, 1);
  made.fault.status = code;
  return made;
}

OpenAiWay late(base::Duration by) {
  auto made = way("late", Kind::Latency);
  made.fault.delay = std::chrono::duration_cast<std::chrono::milliseconds>(by);
  return made;
}

std::vector<OpenAiWay> statuses() { return {status(401), status(429, 2), status(429, 60), status(500), status(503)}; }

std::vector<OpenAiWay> with_statuses(std::vector<OpenAiWay> ways) {
  for (auto& each : statuses()) ways.push_back(std::move(each));
  return ways;
}

/// Returns the faults of an HTTP response. `middle` is an octet offset within its body.
std::vector<OpenAiWay> http_ways(std::size_t middle) {
  return with_statuses({late(9s), way("stall", Kind::Stall), way("stall in the middle", Kind::Stall, middle), way("drop", Kind::Drop),
                        way("drop in the middle", Kind::Drop, middle), way("drop at the end", Kind::Drop, 1U << 20U, true),
                        way("garbage", Kind::Garbage, middle, true), way("empty", Kind::Empty, 0, true)});
}

/// Returns the faults of a model's streamed response.
std::vector<OpenAiWay> model_ways() {
  auto ways = http_ways(300);
  auto split = way("split", Kind::Split, 0, true);
  split.fault.bytes = 3;
  for (auto& each : {way("error", Kind::Error), way("error in the middle", Kind::Error, 300), way("broken JSON", Kind::BrokenJson, 300),
                     way("unknown events", Kind::UnknownEvents, 300, true), way("no end mark", Kind::NoDone, 0, true), split}) {
    ways.push_back(each);
  }
  return ways;
}

std::vector<OpenAiWay> socket_ways(std::size_t middle) {
  return with_statuses({way("no answer to the handshake", Kind::Freeze), late(9s), way("error", Kind::Error, 1), way("stall", Kind::Stall),
                        way("stall in the middle", Kind::Stall, middle), way("garbage", Kind::Garbage, 1, true), way("broken JSON", Kind::BrokenJson, 1, true),
                        way("drop", Kind::Drop), way("drop in the middle", Kind::Drop, middle), close_with(1000), close_with(1008), close_with(1011),
                        way("unknown events", Kind::UnknownEvents, 1, true)});
}

/// Returns the faults of a Realtime socket. `middle` is an offset in the caller's audio.
std::vector<OpenAiWay> realtime_ways(std::size_t middle) {
  return with_statuses({way("no answer to the handshake", Kind::Freeze), way("drop", Kind::Drop), way("garbage", Kind::Garbage), late(9s),
                        way("error in the middle", Kind::Error, middle, true), way("stall in the middle", Kind::Stall, middle), way("freeze in the middle", Kind::Freeze, middle),
                        way("garbage in the middle", Kind::Garbage, middle, true), way("broken JSON", Kind::BrokenJson, middle, true), way("drop in the middle", Kind::Drop, middle),
                        close_with(1000), close_with(1008), close_with(1011), way("unknown events", Kind::UnknownEvents, middle, true)});
}

/// Returns the faults of a response that the model itself speaks, on a connected socket.
std::vector<OpenAiWay> reply_ways() {
  return {late(9s), way("error", Kind::Error), way("failed", Kind::Failed), way("incomplete", Kind::Incomplete, 4000, true), way("stall", Kind::Stall),
          way("stall in the middle", Kind::Stall, 4000), way("freeze", Kind::Freeze), way("freeze in the middle", Kind::Freeze, 4000),
          way("garbage", Kind::Garbage, 4000, true), way("broken JSON", Kind::BrokenJson, 4000, true), way("broken base64", Kind::BrokenBase64, 4000, true),
          way("drop", Kind::Drop), way("drop in the middle", Kind::Drop, 4000), close_with(1011), close_with(1000), way("empty", Kind::Empty, 0, true),
          way("unknown events", Kind::UnknownEvents, 4000, true)};
}

/// Adapts the fault "empty" to a listener: after the second empty result of a listener, the cascade uses another listener.
template <class Ways>
Ways listening(Ways ways) {
  for (auto& each : ways) {
    if (each.name != "empty") continue;
    each.heals = false;
    each.unheard = 1;
  }
  return ways;
}

AzureWay azure_way(std::string name, AzureKind kind, std::size_t after_ms = 0, int status = 500, bool heals = false) {
  AzureWay made{std::move(name), {}, heals};
  made.fault.kind = kind;
  made.fault.after_ms = after_ms;
  made.fault.status = status;
  made.fault.text = "Error";
  if (kind == AzureKind::Latency) made.fault.delay = 9s;
  return made;
}

std::vector<AzureWay> azure_statuses() {
  std::vector<AzureWay> ways;
  for (const int status : {401, 429, 500, 503}) ways.push_back(azure_way("status " + std::to_string(status), AzureKind::Status, 0, status));
  return ways;
}

std::vector<AzureWay> azure_with_statuses(std::vector<AzureWay> ways) {
  for (auto& each : azure_statuses()) ways.push_back(std::move(each));
  return ways;
}

std::vector<AzureWay> azure_sockets() {
  return azure_with_statuses({azure_way("no answer to the handshake", AzureKind::Stall), azure_way("drop", AzureKind::Drop), azure_way("late", AzureKind::Latency)});
}

std::vector<AzureWay> azure_turns() {
  return {azure_way("late", AzureKind::Latency), azure_way("error", AzureKind::Error), azure_way("error in the middle", AzureKind::Error, 400),
          azure_way("stall", AzureKind::Stall), azure_way("stall in the middle", AzureKind::Stall, 400), azure_way("garbage", AzureKind::Garbage, 0, 0, true),
          azure_way("drop", AzureKind::Drop), azure_way("drop in the middle", AzureKind::Drop, 400), azure_way("close with 1011", AzureKind::Close, 0, 1011),
          azure_way("close with 1007 in the middle", AzureKind::Close, 400, 1007), azure_way("empty", AzureKind::Empty)};
}

/// Returns the faults of speech recognition. A late or missing final result fails no turn, because the listener uses the earlier hypotheses.
std::vector<AzureWay> azure_recognitions() {
  auto ways = azure_turns();
  for (auto& each : ways) each.heals = each.heals || each.name == "late";
  ways.push_back(azure_way("early end", AzureKind::EarlyEnd, 400, 0, true));
  ways.push_back(azure_way("no final", AzureKind::NoFinal, 0, 0, true));
  return ways;
}

std::vector<AzureWay> azure_requests() {
  return azure_with_statuses({azure_way("late", AzureKind::Latency), azure_way("stall", AzureKind::Stall), azure_way("drop", AzureKind::Drop),
                              azure_way("drop in the middle", AzureKind::Drop, 400), azure_way("garbage", AzureKind::Garbage), azure_way("empty", AzureKind::Empty)});
}

/// Returns the faults of speech synthesis. Garbage in the middle of the samples is only audible, and causes no failure.
std::vector<AzureWay> azure_speeches() {
  auto ways = azure_requests();
  for (auto& each : ways) each.heals = each.name == "garbage";
  return ways;
}

std::string cascade(const std::string& listen, const std::string& think, const std::string& speak) {
  return R"([{"kind": "cascade", "listen": )" + listen + R"(, "think": )" + think + R"(, "speak": )" + speak + "}]";
}

std::string realtime_then_cascade(const std::string& provider, const std::string& then) {
  return R"([{"kind": "realtime", "provider": ")" + provider + R"("}, {"kind": "cascade", "listen": ")" + then + R"(", "think": "compatible", "speak": ")" + then + R"("}])";
}

const std::string kOpenAi = R"("openai")";

/// The part that fails, and the simulator's name for the endpoint of that part, for example "deepgram/speak by HTTP" and "deepgram/speech".
/// In `stage`, the text after a comma is only for the reader.
struct Place {
  std::string stage, door;
  [[nodiscard]] std::string part() const { return stage.substr(0, stage.find(',')); }
};

/// Counts the transcribed turns with the caller's question.
std::size_t questions_heard(const VirtualFamilyCall& call) {
  return static_cast<std::size_t>(std::count_if(call.seen().begin(), call.seen().end(), [](const auto& action) {
    const auto* line = std::get_if<CallerSaid>(&action);
    return line != nullptr && line->text == "a question";
  }));
}

/// Counts the turns that a model answered. An apology does not count. Searches for the first words only, because an incomplete response lacks
/// its end. If a speaker fails in mid-reply, these words may occur twice.
std::size_t answers_given(const VirtualFamilyCall& call) {
  return static_cast<std::size_t>(std::count_if(call.seen().begin(), call.seen().end(), [](const auto& action) {
    const auto* line = std::get_if<AgentSaid>(&action);
    return line != nullptr && line->text.find("This is") != std::string::npos;
  }));
}

/// Returns every third of the ways to fail, so that each kind of failure meets some endpoints, and each endpoint meets some kinds. In
/// `./dev test --full`, returns all of them.
template <class Ways>
Ways sampled(const Ways& ways) {
  static std::size_t next = 0;
  Ways some;
  for (const auto& each : ways) {
    if (++next % offhook_test::sample_step(3) == 0) some.push_back(each);
  }
  return some;
}

/// Runs a call in which one endpoint fails at every use, and checks the result of the call.
template <class Fault>
void hold(FamilyScript script, const Place& place, const FailureMode<Fault>& way) {
  const std::string what = place.stage + ": " + way.name;
  CAPTURE(what);
  VirtualFamilyCall call(std::move(script));
  call.run(6min);
  CAPTURE(story(call));
  CHECK(call.over());
  CHECK(call.ended_by() == "caller");
  CHECK(call.turns_answered() == 3);
  CHECK(answers_given(call) == 3);
  CHECK(questions_heard(call) + way.unheard == 3);
  CHECK(call.longest_silence() <= kLongestSilence);
  CHECK(call.overflow().samples == 0);
  CHECK_MESSAGE(call.faults_at(place.door) > 0, "no fault happened at the endpoint");
  for (const auto& refusal : call.refusals()) FAIL_CHECK(refusal);
  bool switched = false;  // true if another part replaced the part in `place`; a replacement of a part that `besides` breaks does not count
  for (const auto& trouble : call.record().troubles) switched = switched || (trouble.from == place.part() && !trouble.to.empty());
  const bool told = way.heals || switched;
  CHECK_MESSAGE(told, "the record does not name the provider that took over");
}

void hold_all(const Place& place, const std::string& sessions, const std::vector<OpenAiWay>& ways, const std::function<Endpoint&(FamilyScenarios&)>& door,
              const std::function<void(FamilyScenarios&)>& besides = {}) {
  for (const OpenAiWay& each : sampled(ways)) {
    FamilyScript script;
    script.sessions = sessions;
    if (besides) besides(script.families);
    door(script.families) = {{each.fault}, true, {}};
    hold(std::move(script), place, each);
  }
}

void hold_all_azure(const Place& place, const std::string& sessions, const std::vector<AzureWay>& ways,
                    const std::function<services::azure::Door&(FamilyScenarios&)>& door, const std::function<void(FamilyScenarios&)>& besides = {}) {
  for (const AzureWay& each : sampled(ways)) {
    FamilyScript script;
    script.sessions = sessions;
    if (besides) besides(script.families);
    door(script.families) = {{each.fault}, true};
    hold(std::move(script), place, each);
  }
}

Endpoint refusing() { return {{status(503).fault}, true, {}}; }
services::azure::Door azure_refusing() { return {{azure_statuses().back().fault}, true}; }

}  // namespace

TEST_CASE("A call with any provider family without faults has three transcribed and answered turns, and its record has no trouble") {
  for (const std::string& sessions :
       {cascade(kOpenAi, kOpenAi, kOpenAi), cascade(R"("azure")", R"("azure")", R"("azure")"), cascade(R"("azure_openai")", R"("azure_openai")", R"("azure_openai")"),
        cascade(R"("deepgram")", R"("ollama")", R"("deepgram")"), cascade(R"("flux")", R"("compatible")", R"("deepgram")"),
        cascade(R"("server")", R"("responses")", R"("server")"), cascade(R"("deepgram")", R"("server")", R"("deepgram")"),
        realtime_then_cascade("openai", "openai"), realtime_then_cascade("azure", "openai"), realtime_then_cascade("azure_openai", "openai"),
        realtime_then_cascade("deepgram", "openai"), realtime_then_cascade("flux", "openai")}) {
    CAPTURE(sessions);
    FamilyScript script;
    script.sessions = sessions;
    VirtualFamilyCall call(std::move(script));
    call.run(6min);
    CAPTURE(story(call));
    CHECK(call.ended_by() == "caller");
    CHECK(call.turns_answered() == 3);
    CHECK(count_of<CallerSaid>(call) == 3);
    CHECK(has_said(call, "speaking."));
    CHECK(call.longest_silence() < 2500ms);
    CHECK(call.record().troubles.empty());
    for (const auto& refusal : call.refusals()) FAIL_CHECK(refusal);
  }
}

TEST_CASE("If an endpoint of Deepgram fails at every use, with any fault, the call still answers all turns without a long silence") {
  const auto listened = cascade(R"(["deepgram", "openai"])", kOpenAi, kOpenAi), spoken = cascade(kOpenAi, kOpenAi, R"(["deepgram", "openai"])");
  const auto flux = cascade(R"(["flux", "openai"])", kOpenAi, kOpenAi);
  hold_all({"deepgram/live", "deepgram/listen"}, listened, socket_ways(8000), [](FamilyScenarios& f) -> Endpoint& { return f.deepgram.listen; });
  hold_all({"flux/live", "deepgram/flux"}, flux, socket_ways(8000), [](FamilyScenarios& f) -> Endpoint& { return f.deepgram.flux; });
  hold_all({"deepgram/listen", "deepgram/turn"}, listened, listening(http_ways(100)), [](FamilyScenarios& f) -> Endpoint& { return f.deepgram.turn; },
           [](FamilyScenarios& f) { f.deepgram.listen = refusing(); });
  hold_all({"deepgram/speak", "deepgram/speak"}, spoken, socket_ways(8000), [](FamilyScenarios& f) -> Endpoint& { return f.deepgram.speak; });
  hold_all({"deepgram/speak by HTTP", "deepgram/speech"}, spoken, http_ways(8000), [](FamilyScenarios& f) -> Endpoint& { return f.deepgram.speech; },
           [](FamilyScenarios& f) { f.deepgram.speak = refusing(); });
  hold_all({"deepgram/realtime", "deepgram/agent"}, realtime_then_cascade("deepgram", "openai"), socket_ways(4000), [](FamilyScenarios& f) -> Endpoint& { return f.deepgram.agent; });
}

TEST_CASE("If an endpoint of Azure fails at every use, with any fault, the call still answers all turns without a long silence") {
  using services::azure::Door;
  const auto listened = cascade(R"(["azure", "openai"])", kOpenAi, kOpenAi), spoken = cascade(kOpenAi, kOpenAi, R"(["azure", "openai"])");
  hold_all_azure({"azure/live, its socket", "azure/recognition_sockets"}, listened, azure_sockets(), [](FamilyScenarios& f) -> Door& { return f.azure.recognition_sockets; });
  hold_all_azure({"azure/live", "azure/recognition_turns"}, listened, listening(azure_recognitions()), [](FamilyScenarios& f) -> Door& { return f.azure.recognition_turns; });
  hold_all_azure({"azure/listen", "azure/short_audio"}, listened, listening(azure_requests()), [](FamilyScenarios& f) -> Door& { return f.azure.short_audio; },
                 [](FamilyScenarios& f) { f.azure.recognition_sockets = azure_refusing(); });
  hold_all_azure({"azure/speak, its socket", "azure/synthesis_sockets"}, spoken, azure_sockets(), [](FamilyScenarios& f) -> Door& { return f.azure.synthesis_sockets; });
  hold_all_azure({"azure/speak", "azure/synthesis_turns"}, spoken, azure_turns(), [](FamilyScenarios& f) -> Door& { return f.azure.synthesis_turns; });
  hold_all_azure({"azure/speak by HTTP", "azure/speech"}, spoken, azure_speeches(), [](FamilyScenarios& f) -> Door& { return f.azure.speech; },
                 [](FamilyScenarios& f) { f.azure.synthesis_sockets = azure_refusing(); });
  hold_all({"azure/think", "azure_model/chat"}, cascade(kOpenAi, R"(["azure", "openai"])", kOpenAi), model_ways(), [](FamilyScenarios& f) -> Endpoint& { return f.azure_model.chat; });
  hold_all({"azure/realtime", "azure_model/realtime"}, realtime_then_cascade("azure", "openai"), realtime_ways(4000), [](FamilyScenarios& f) -> Endpoint& { return f.azure_model.realtime; });
}

TEST_CASE("If an endpoint of Azure OpenAI, OpenAI or Ollama fails at every use, with any fault, the call still answers all turns without a long silence") {
  const auto first = [](const std::string& name) { return R"([")" + name + R"(", "deepgram"])"; };
  const auto thinks = [](const std::string& name, const std::string& next) { return cascade(R"("deepgram")", R"([")" + name + R"(", ")" + next + R"("])", R"("deepgram")"); };
  for (const std::string name : {"azure_openai", "openai"}) {
    const std::string model = name == "openai" ? "openai" : "azure_model";
    const auto of = [name](FamilyScenarios& f) -> services::openai::Scenario& { return name == "openai" ? f.openai : f.azure_model; };
    hold_all({name + "/listen", model + "/transcription"}, cascade(first(name), R"("ollama")", R"("deepgram")"), listening(http_ways(20)), [of](FamilyScenarios& f) -> Endpoint& { return of(f).transcription; },
             [of](FamilyScenarios& f) { of(f).realtime = refusing(); });
    hold_all({name + "/think", model + "/chat"}, thinks(name, "ollama"), model_ways(), [of](FamilyScenarios& f) -> Endpoint& { return of(f).chat; });
    hold_all({name + "/speak", model + "/speech"}, cascade(R"("deepgram")", R"("ollama")", first(name)), http_ways(20000), [of](FamilyScenarios& f) -> Endpoint& { return of(f).speech; });
    hold_all({name + "/realtime", model + "/realtime"}, realtime_then_cascade(name, "deepgram"), realtime_ways(4000), [of](FamilyScenarios& f) -> Endpoint& { return of(f).realtime; });
    for (const OpenAiWay& each : sampled(reply_ways())) {
      FamilyScript script;
      script.sessions = realtime_then_cascade(name, "deepgram");
      of(script.families).replies.front().fault = each.fault;
      hold(std::move(script), {name + "/realtime, a response", model + "/response"}, each);
    }
  }
  auto live_ways = listening(realtime_ways(24000));
  live_ways.push_back(way("a turn's words fail", Kind::Failed));
  hold_all({"openai/live", "openai/realtime"}, cascade(first("openai"), R"("ollama")", R"("deepgram")"), live_ways, [](FamilyScenarios& f) -> Endpoint& { return f.openai.realtime; });
  hold_all({"responses/think", "openai/responses"}, thinks("responses", "ollama"), model_ways(), [](FamilyScenarios& f) -> Endpoint& { return f.openai.responses; });
  hold_all({"server/listen", "openai/transcription"}, cascade(first("server"), R"("ollama")", R"("deepgram")"), listening(http_ways(20)), [](FamilyScenarios& f) -> Endpoint& { return f.openai.transcription; });
  hold_all({"server/think", "openai/chat"}, thinks("server", "ollama"), model_ways(), [](FamilyScenarios& f) -> Endpoint& { return f.openai.chat; });
  hold_all({"server/speak", "openai/speech"}, cascade(R"("deepgram")", R"("ollama")", first("server")), http_ways(20000), [](FamilyScenarios& f) -> Endpoint& { return f.openai.speech; });
  hold_all({"ollama/think", "ollama/chat"}, thinks("ollama", "openai"), model_ways(), [](FamilyScenarios& f) -> Endpoint& { return f.ollama.answers.chat; });
  hold_all({"compatible/think", "ollama/chat"}, thinks("compatible", "openai"), model_ways(), [](FamilyScenarios& f) -> Endpoint& { return f.ollama.answers.chat; });
}
