#pragma once

#include <offhook/agent/agents/agent_directory.hpp>
#include <offhook/agent/conversation/conversation.hpp>
#include <offhook/agent/net/edges.hpp>
#include <offhook/agent/prompts/call_variables.hpp>
#include <offhook/agent/providers/circuit_breaker.hpp>
#include <offhook/agent/providers/embedded/provider_registry.hpp>
#include <offhook/agent/providers/provider_parts.hpp>
#include <offhook/agent/providers/rehearsal.hpp>
#include <offhook/agent/sessions/call_conversation.hpp>
#include <offhook/agent/support/work_pool.hpp>
#include <offhook/agent/tools/call_tool_box.hpp>
#include <offhook/agent/tools/servers/retired_servers.hpp>
#include <offhook/agent/tools/servers/tool_servers.hpp>
#include <offhook/base/error.hpp>
#include <offhook/base/result.hpp>

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace offhook::inline v0::agent {

struct FactoryOptions {
  embedded::EmbeddedOptions embedded;   ///< includes its pool
  ConversationOptions conversation;     ///< the values that a profile does not set
  Breakers::Watch providers{};          ///< gets changes of circuit breakers, on conversation threads
  tools::mcp::Server::Watch on_tool_server{};  ///< gets changes of a tool server, on the server's own thread
  ReportUse on_rehearsal_use{};           ///< gets the use of providers outside of calls
  ReportFailure on_rehearsal_failure{};   ///< gets the first failure of each voice
};

/// The facts about a call from which its conversation is built.
struct CallFound {
  prompts::CallVariables variables;
  media::AudioCodec codec = media::AudioCodec::Pcmu;
  std::uint32_t port_rate_hz = 16000;
  std::function<void(const tools::ToolEvent&)> on_tool_event;
  tools::PauseRecording pause_recording = {};  ///< empty if the call is not recorded
  ReportUse on_use = {};                       ///< gets the use of providers in this call
  ReportFailure on_failure = {};               ///< gets the failures of services after which the call continues
};

/// Builds conversations from profiles, and holds the objects that all calls share: models, voices, circuit breakers. Thread-safe after the
/// first adopt() has returned.
class SessionFactory {
 public:
  explicit SessionFactory(FactoryOptions options);

  /// Loads the models and starts the tool servers that the agents of `directory` need. On a failure, returns the first error and keeps all objects
  /// that are in use.
  [[nodiscard]] base::Result<void, base::Error> adopt(const AgentDirectory& directory);
  /// Returns the sampling rate of both directions of a call's audio. It is the rate of the agreed codec, at most 16000. Before a
  /// codec is agreed, it is 8000 if the preferred codec is G.711 and the agent's first session is speech to speech; otherwise
  /// 16000.
  [[nodiscard]] static std::uint32_t port_rate_hz(const AgentProfile& profile, std::optional<media::AudioCodec> agreed);
  /// Returns the plan of a call's conversation. `edges` belong to the conversation thread of the call, on which the functions of the plan run.
  [[nodiscard]] ConversationPlan plan(AgentDirectory::Profile profile, CallFound call, net::Edges& edges) const;

  /// Returns the work that prepares the first calls of all agents of `directory`. A Rehearsal on the thread of `edges` does this work. For the first
  /// voice of each agent, a speaker speaks the fixed sentences into the cache. The work also loads the models. It holds a reference to `awaited`
  /// until, for each agent that has only models to load, the first of them is loaded.
  [[nodiscard]] Rehearsed rehearsing(const AgentDirectory& directory, net::Edges& edges, const ReportTrouble& told, const std::shared_ptr<const void>& awaited = {}) const;

  /// Returns true if `directory` has an agent that cannot answer before a model is loaded: rehearsing() then holds `awaited`.
  [[nodiscard]] static bool awaits_model(const AgentDirectory& directory);

  /// Returns true if at least one of the agent's sessions can be used now: its circuit breaker is closed, and for a cascade, the breakers of
  /// at least one listening provider and of at least one thinking provider are closed too.
  [[nodiscard]] bool is_served(const AgentProfile& profile, base::TimePoint now) const;
  [[nodiscard]] Breakers& breakers() const { return *breakers_; }

  [[nodiscard]] WorkPool& pool() const { return *pool_; }
  [[nodiscard]] bool is_warm() const { return registry_->is_warm(); }
  [[nodiscard]] std::vector<std::string> warnings() const { return registry_->warnings(); }

 private:
  /// The voices and the sentences that each must prepare. The key is the provider and its sound, as in the cache of sentences.
  using Voices = std::map<std::pair<std::string, std::string>, PartNeeds>;
  void add_voice(const AgentProfile& profile, std::vector<std::string> sentences, const PartNeeds& common, Voices& out) const;
  [[nodiscard]] base::Result<void, base::Error> adopt_servers(const AgentDirectory::ToolServerPlan& plan);
  [[nodiscard]] std::shared_ptr<tools::ToolServers> tool_servers() const;

  FactoryOptions options_;
  std::shared_ptr<WorkPool> pool_;
  mutable std::mutex servers_mutex_;
  std::shared_ptr<tools::ToolServers> servers_;  // null if no directory has tool servers
  tools::RetiredServers retired_servers_;
  std::shared_ptr<embedded::ProviderRegistry> registry_;
  std::shared_ptr<SpeechCache> speech_cache_ = std::make_shared<SpeechCache>();
  std::shared_ptr<Breakers> breakers_;
};

}  // namespace offhook::inline v0::agent
