#pragma once

#include <offhook/agent/agents/agent_book.hpp>
#include <offhook/agent/attended_call.hpp>
#include <offhook/agent/conversation/conversation.hpp>
#include <offhook/agent/net/edges.hpp>
#include <offhook/agent/ops/work_pool.hpp>
#include <offhook/agent/prompts/call_variables.hpp>
#include <offhook/agent/providers/circuit_breaker.hpp>
#include <offhook/agent/providers/embedded/shelf.hpp>
#include <offhook/agent/providers/provider_parts.hpp>
#include <offhook/agent/providers/rehearsal.hpp>
#include <offhook/agent/tools/call_tool_box.hpp>
#include <offhook/agent/tools/retired_servers.hpp>
#include <offhook/agent/tools/tool_servers.hpp>
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
  embedded::EmbeddedOptions embedded;   ///< with its pool
  ConversationOptions conversation;     ///< what profiles do not say
  Breakers::Watch providers{};          ///< from the threads of conversations
  tools::mcp::Server::Watch on_tool_server{};  ///< from a thread of the servers' own
  TellUse on_rehearsal_use{};           ///< of providers, outside of calls
  TellFailure on_rehearsal_failure{};   ///< of each voice the first
};

/// What is known of a call when its conversation is put together.
struct CallFound {
  prompts::CallVariables variables;
  media::AudioCodec codec = media::AudioCodec::Pcmu;
  std::uint32_t port_rate_hz = 16000;
  std::function<void(const tools::ToolEvent&)> on_tool_event;
  tools::PauseRecording pause_recording = {};  ///< empty: it is not recorded
  TellUse on_use = {};                         ///< of providers, in this call
  TellFailure on_failure = {};                 ///< of their services, where the call goes on
};

/// Puts conversations together from profiles. What all calls share is here: models, voices, circuit breakers. Thread-safe once
/// adopt() has returned.
class SessionFactory {
 public:
  explicit SessionFactory(FactoryOptions options);

  /// Loads what the agents of a book need; the first failure is told, and nothing that is in use changes.
  [[nodiscard]] base::Result<void, base::Error> adopt(const AgentBook& book);
  /// Of both directions of a call's audio: the codec's, as far as one is agreed on, and at most 16000. Before that: 8000 where the codec that we like
  /// best is G.711 and the agent's first way takes it as it is, else 16000.
  [[nodiscard]] static std::uint32_t port_rate_hz(const AgentProfile& profile, std::optional<media::AudioCodec> agreed);
  /// `edges` are those of the call's thread, on which the plan is carried out.
  [[nodiscard]] ConversationPlan plan(AgentBook::Profile profile, CallFound call, net::Edges& edges) const;

  /// What makes ready for the first calls of all these agents: their sentences are spoken into the cache by one speaker for each
  /// voice of a provider that is tried first, and models are loaded. For a Rehearsal on the thread of `edges`.
  /// `awaited` is kept for as long as a model is loaded that some agent's calls ask first and cannot do without.
  [[nodiscard]] Rehearsed rehearsing(const AgentBook& book, net::Edges& edges, const TellTrouble& told, const std::shared_ptr<const void>& awaited = {}) const;

  /// There is such a model.
  [[nodiscard]] static bool awaits_model(const AgentBook& book);

  /// Some way of the agent's to hold a conversation has a provider that is asked now, for each of its stages.
  [[nodiscard]] bool is_served(const AgentProfile& profile, base::TimePoint now) const;
  [[nodiscard]] Breakers& breakers() const { return *breakers_; }

  [[nodiscard]] WorkPool& pool() const { return *pool_; }
  [[nodiscard]] bool is_warm() const { return shelf_->is_warm(); }
  [[nodiscard]] std::vector<std::string> warnings() const { return shelf_->warnings(); }

 private:
  /// Speakers with sentences to prepare, by provider and sound: as their sentences are kept.
  using Voices = std::map<std::pair<std::string, std::string>, PartNeeds>;
  void add_voice(const AgentProfile& profile, std::vector<std::string> sentences, const PartNeeds& common, Voices& out) const;
  [[nodiscard]] base::Result<void, base::Error> adopt_servers(const AgentBook::ToolServerPlan& plan);
  [[nodiscard]] std::shared_ptr<tools::ToolServers> tool_servers() const;

  FactoryOptions options_;
  std::shared_ptr<WorkPool> pool_;
  mutable std::mutex servers_mutex_;
  std::shared_ptr<tools::ToolServers> servers_;  // null: no book has any
  tools::RetiredServers retired_servers_;
  std::shared_ptr<embedded::Shelf> shelf_;
  std::shared_ptr<SpeechCache> speech_cache_ = std::make_shared<SpeechCache>();
  std::shared_ptr<Breakers> breakers_;
};

}  // namespace offhook::inline v0::agent
