#include <offhook/tests/agent/calls/virtual_family_call.hpp>

#include "../agents/building.hpp"

#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <thread>
#include <utility>

namespace offhook::inline v0::agent::test {

using namespace std::chrono_literals;

namespace {

/// Each service has its own key and refuses every other key.
constexpr std::string_view kProviders = R"("providers": {
  "openai": {"api_key": "openai-key", "base_url": "https://openai.test/v1"},
  "azure": {"speech": {"key": "azure-key", "url": "https://speech.test"}, "base_url": "https://azure.test", "api_key": "azure_model-key", "deployment": "mini",
            "models": {"realtime": "rt", "transcription": "t"}},
  "azure_openai": {"base_url": "https://azure.test", "api_key": "azure_model-key", "deployment": "rt", "models": {"chat": "c", "transcription": "t", "speech": "s"}},
  "deepgram": {"api_key": "deepgram-key", "base_url": "https://deepgram.test", "deepgram": {"agent_url": "https://deepgram.test"}},
  "flux": {"kind": "deepgram", "api_key": "deepgram-key", "base_url": "https://deepgram.test", "deepgram": {"agent_url": "https://deepgram.test"},
           "models": {"transcription": "flux-general-en"}},
  "responses": {"kind": "openai", "api_key": "openai-key", "base_url": "https://openai.test/v1", "api": "responses"},
  "server": {"kind": "openai_compatible", "api_key": "openai-key", "base_url": "https://openai.test/v1", "models": {"chat": "c", "transcription": "t", "speech": "s"}},
  "ollama": {"api_key": "ollama-key", "base_url": "https://ollama.test", "models": {"chat": "llama3.2"}},
  "compatible": {"kind": "openai_compatible", "api_key": "ollama-key", "base_url": "https://ollama.test/v1", "models": {"chat": "llama3.2"}}})";

const std::string kHeard = "a question";

services::openai::Scenario model(const std::string& name, const std::string& key) {
  services::openai::Scenario scenario;
  scenario.key = key;
  scenario.voice = "tone";
  scenario.heard = {kHeard};
  scenario.loop = true;
  scenario.replies = {{"", "This is " + name + " speaking.", {}, {}, {}}};
  return scenario;
}

services::openai::RecordedVoices tones(std::vector<int> chunk_ms) { return *services::openai::RecordedVoices::make("tone", std::move(chunk_ms)); }

/// Returns a whole second, so that every run of a seed has the same ticks. It is close to the present, because the tool box reads the clock
/// itself when a call begins.
base::TimePoint start_of_time() {
  return base::TimePoint(std::chrono::ceil<std::chrono::seconds>(base::Clock::now().time_since_epoch()));
}

std::uint32_t rate_for(const std::string& sessions, const std::string& codecs) {
  return codecs.starts_with("[\"PCM") && sessions.starts_with(R"([{"kind": "realtime")") ? 8000 : 16000;
}

}  // namespace

FamilyScenarios talkative_families() {
  FamilyScenarios families;
  families.openai = model("openai", "openai-key");
  families.azure_model = model("azure", "azure_model-key");
  families.ollama.answers = model("ollama", "ollama-key");
  families.ollama.models = {{"llama3.2:latest", true, false}};
  families.deepgram.key = "deepgram-key";
  families.deepgram.voice = "tone";
  families.deepgram.heard = {kHeard};
  families.deepgram.replies = {{"This is deepgram speaking.", "", "{}", ""}};
  families.deepgram.loop = true;
  families.azure.key = "azure-key";
  families.azure.voice = "tone";
  families.azure.heard = {kHeard};
  families.azure.loop = true;
  return families;
}

VirtualFamilyCall::VirtualFamilyCall(FamilyScript script)
    : VirtualTalk(rate_for(script.sessions, script.codecs), start_of_time()),
      openai_world_{script.families.openai, tones(script.families.openai.chunk_ms), watch("openai")},
      azure_model_world_{script.families.azure_model, tones(script.families.azure_model.chunk_ms), watch("azure_model")},
      deepgram_world_{script.families.deepgram, tones(script.families.deepgram.chunk_ms), watch("deepgram"), 0, 0},
      azure_world_{script.families.azure, tones({100}), watch("azure"), 0, 0, 0},
      openai_(openai_world_),
      azure_model_(azure_model_world_),
      deepgram_(deepgram_world_),
      azure_(azure_world_),
      ollama_(script.families.ollama, watch("ollama")) {
  net_.add("openai.test", openai_);
  net_.add("azure.test", azure_model_);
  net_.add("deepgram.test", deepgram_);
  net_.add("speech.test", azure_);
  net_.add("ollama.test", ollama_);
  FactoryOptions options;
  options.embedded.pool = pool_;
  factory_.emplace(std::move(options));
  const auto profile = profile_of(script);
  CallFound found;
  found.codec = profile->codecs.front();
  found.port_rate_hz = SessionFactory::port_rate_hz(*profile, {});
  if (found.port_rate_hz != line().port()->rate_hz) std::abort();  // rate_for() returned a wrong rate.
  ConversationPlan plan = factory_->plan(profile, std::move(found), net_);
  TalkParts parts;
  parts.session = plan.session([] {});
  if (plan.tools) parts.tools = plan.tools();
  parts.options = plan.options;
  parts.context = plan.context;
  parts.context.call = {"call", "sip:1001@pbx", "", "sip:6001@pbx", "2026-01-01T00:00:00Z"};
  parts.caller = std::move(script.caller);
  parts.hangs_up_after = script.hangs_up_after;
  parts.net = [this](base::TimePoint now) { tick(now); };
  begin(std::move(parts));
}

VirtualFamilyCall::~VirtualFamilyCall() { let_go(); }

services::openai::SimLog VirtualFamilyCall::watch(std::string service) {
  return [this, service = std::move(service)](base::TimePoint, std::string_view what, const nlohmann::json& members) {
    if (what == "fault") ++faults_[service + "/" + members.value("door", "")];
    if (what == "refused") refusals_.push_back(service + ": " + members.value("why", ""));
  };
}

unsigned VirtualFamilyCall::faults() const {
  return std::accumulate(faults_.begin(), faults_.end(), 0U, [](unsigned sum, const auto& each) { return sum + each.second; });
}

unsigned VirtualFamilyCall::faults_at(const std::string& door) const {
  const auto found = faults_.find(door);
  return found == faults_.end() ? 0 : found->second;
}

void VirtualFamilyCall::tick(base::TimePoint now) {
  while (pool_->counters().waiting > 0) std::this_thread::yield();
  net_.tick(now);
}

AgentDirectory::Profile VirtualFamilyCall::profile_of(const FamilyScript& script) {
  const std::string text = "{" + std::string(kProviders) + R"(, "agent": {"prompt": "You are a receptionist.", "greeting": "Good morning.", )" + script.language +
                           R"(, "limits": {"think_ms": 5000, "speak_ms": 3000}, "tools": ["hang_up", "note"], "codecs": )" + script.codecs + R"(, "sessions": )" + script.sessions + "}}";
  const auto built = building::build(text);
  if (!built.made.directory) {
    std::fprintf(stderr, "%s\n%s", text.c_str(), built.problems().c_str());
    std::abort();
  }
  return built.made.directory->otherwise();
}

}  // namespace offhook::inline v0::agent::test
