#pragma once

#include <offhook/agent/profile/agent_profile.hpp>
#include <offhook/agent/conversation/voice_session.hpp>
#include <offhook/agent/net/edges.hpp>
#include <offhook/agent/support/work_pool.hpp>
#include <offhook/agent/conversation/service_use.hpp>
#include <offhook/agent/providers/speech_cache.hpp>
#include <offhook/agent/providers/service_failure.hpp>
#include <offhook/agent/providers/warm_up.hpp>
#include <offhook/media/port/media_plan.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace offhook::inline v0::agent {

namespace embedded {
class ProviderRegistry;
}

/// The names of the provider's voices for the agent; "": the default voice of the part.
struct VoiceNames {
  std::string speech;    ///< for requests that only speak text
  std::string realtime;  ///< for realtime sessions
};

/// The input for making a part: the profile of the call's agent, the provider, and objects that all calls share.
struct PartNeeds {
  std::shared_ptr<const AgentProfile> profile;
  ProviderPtr provider;
  VoiceNames voices{};
  media::AudioCodec codec = media::AudioCodec::Pcmu;  ///< codec of the call
  std::uint32_t port_rate_hz = 16000;
  net::Edges* edges = nullptr;                        ///< network access on the call's thread
  std::shared_ptr<WorkPool> pool;
  std::shared_ptr<embedded::ProviderRegistry> registry;
  std::shared_ptr<SpeechCache> speech_cache;
  /// BCP 47: the language of the caller that a listener of this call detected last; "" before the first. All parts of the call share
  /// this text, and use it only on the call's thread.
  std::shared_ptr<std::string> heard_language = std::make_shared<std::string>();
  std::vector<std::string> fixed_sentences;           ///< sentences that many calls share, whose audio is cached
  bool is_rehearsal = false;                          ///< true: there is no call, and the part only prepares fixed_sentences
  ReportUse report_use{};                             ///< gets the use of the provider; may be empty
  ReportFailure report_failure{};                     ///< gets failures of a service after which the call continues; may be empty
};

/// If a service ends turns, Offhook waits for the text of a turn for the longest silence (`ends_turns`) and this time, before the listener fails.
inline constexpr base::Duration kOwnEndMargin = std::chrono::milliseconds(2500);

/// The functions of one kind of provider. An empty function means that the provider lacks this part.
struct ProviderParts {
  /// Makes a listener that transcribes while the caller speaks. `listener` replaces this listener if it fails.
  std::function<std::unique_ptr<Listener>(const PartNeeds&, Wake)> live_listener;
  /// Returns the longest silence after which the service of `live_listener` ends a turn; nullopt if the conversation ends turns. If `talks` is true,
  /// the result is for the service of `realtime`.
  std::function<std::optional<base::Duration>(const AgentProfile&, const ProviderProfile&, bool talks)> ends_turns;
  std::function<std::unique_ptr<Listener>(const PartNeeds&, Wake)> listener;
  std::function<std::unique_ptr<Thinker>(const PartNeeds&, Wake)> thinker;
  std::function<std::unique_ptr<Speaker>(const PartNeeds&, Wake)> speaker;
  /// Makes a speaker for the same voice over HTTP, for providers whose `speaker` uses a socket, which may be refused.
  std::function<std::unique_ptr<Speaker>(const PartNeeds&, Wake)> http_speaker;
  /// Returns a text of all that determines the sound of a fixed sentence, except its words and the provider. Calls with the same text share cached
  /// sentences. Set only if `speaker` caches sentences.
  std::function<std::string(const PartNeeds&)> sound;
  /// Makes a realtime session. `own_words` speaks the fixed sentences: greeting, apologies.
  std::function<std::unique_ptr<VoiceSession>(const PartNeeds&, std::unique_ptr<Speaker> own_words, Wake)> realtime;
  /// Starts work that is slow the first time, such as the loading of a model, before the first call. `told` gets a sentence for each
  /// problem.
  std::function<std::unique_ptr<WarmUp>(const PartNeeds&, ReportTrouble told)> warm_up;
};

}  // namespace offhook::inline v0::agent
