#pragma once

#include <offhook/agent/sessions/session_factory.hpp>
#include <offhook/tests/agent/calls/virtual_net.hpp>
#include <offhook/tests/agent/calls/virtual_services.hpp>
#include <offhook/tests/agent/calls/virtual_talk.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace offhook::inline v0::agent::test {

/// The scenario of each provider family's simulator: recognised texts, replies and faults.
struct FamilyScenarios {
  services::openai::Scenario openai, azure_model;
  services::deepgram::Scenario deepgram;
  services::azure::Scenario azure;
  services::ollama::Scenario ollama;
};

/// Returns scenarios in which each listener recognises "a question" in any audio, and each model answers "This is NAME speaking." The delays
/// are short, and the voices are tones.
[[nodiscard]] FamilyScenarios talkative_families();

struct FamilyScript {
  FamilyScenarios families = talkative_families();
  std::string sessions;            ///< JSON, as in the configuration. Its providers are openai, azure, azure_openai, deepgram, flux, ollama, compatible
                                   ///< (Ollama's /v1), responses (OpenAI's Responses API) and server (a compatible server, at OpenAI's simulator)
  std::string codecs = R"(["PCMU"])";
  std::string language = R"("language": "en")";  ///< or `"languages": [...]`, from which Offhook detects the caller's language
  std::vector<CallerMove> caller{3};
  std::optional<base::Duration> hangs_up_after;
};

/// A whole call with sessions that SessionFactory builds from a configuration, and with all simulated services behind the net. Only the
/// embedded voice works on a thread. Each step waits for that thread, so the embedded voice takes no virtual time.
class VirtualFamilyCall final : public VirtualTalk {
 public:
  explicit VirtualFamilyCall(FamilyScript script);
  ~VirtualFamilyCall();
  VirtualFamilyCall(const VirtualFamilyCall&) = delete;
  VirtualFamilyCall& operator=(const VirtualFamilyCall&) = delete;

  [[nodiscard]] unsigned faults() const;  ///< faults that the simulators carried out
  /// Returns the faults carried out at one endpoint, for example "azure/short_audio". The simulators are openai, azure_model, deepgram,
  /// azure and ollama.
  [[nodiscard]] unsigned faults_at(const std::string& door) const;
  [[nodiscard]] const VirtualNet& net() const { return net_; }
  /// Returns the requests and messages that a simulator refused, each with the name of the simulator and the reason.
  [[nodiscard]] const std::vector<std::string>& refusals() const { return refusals_; }

 private:
  [[nodiscard]] services::openai::SimLog watch(std::string service);
  void tick(base::TimePoint now);
  [[nodiscard]] AgentDirectory::Profile profile_of(const FamilyScript& script);

  std::map<std::string, unsigned> faults_;  // keyed by endpoint
  std::vector<std::string> refusals_;
  services::openai::SimWorld openai_world_, azure_model_world_;
  services::deepgram::SimWorld deepgram_world_;
  services::azure::SimWorld azure_world_;
  OpenAiService openai_, azure_model_;
  DeepgramService deepgram_;
  AzureSpeechService azure_;
  OllamaService ollama_;
  VirtualNet net_;
  std::shared_ptr<WorkPool> pool_ = std::make_shared<WorkPool>(WorkPoolOptions{1});
  std::optional<SessionFactory> factory_;
};

}  // namespace offhook::inline v0::agent::test
