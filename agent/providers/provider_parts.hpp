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

/// The names of the agent's voice, as this provider has it; "": the default voice of the part.
struct VoiceNames {
  std::string speech;    ///< for requests that only speak text
  std::string realtime;  ///< for realtime sessions
};

/// The objects from which a part is made: the profile of the call's agent, the provider, and the objects that all calls share.
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
  /// BCP 47: the caller's language that a listener of this call detected last; "" before that. All parts of the call share it, and
  /// use it on the call's thread only.
  std::shared_ptr<std::string> heard_language = std::make_shared<std::string>();
  std::vector<std::string> fixed_sentences;           ///< sentences of many calls, whose audio is worth caching
  bool is_rehearsal = false;                          ///< no call exists: the part only prepares fixed_sentences
  ReportUse report_use{};                             ///< gets the use of the provider; may be empty
  ReportFailure report_failure{};                     ///< gets failures of a service after which the call continues; may be empty
};

/// Offhook adds this to the silence after which a service ends a turn (`ends_turns`), to wait for the text of a turn that the service did not end.
inline constexpr base::Duration kOwnEndMargin = std::chrono::milliseconds(2500);

/// The functions of one kind of provider. An empty function means that the provider lacks this part.
struct ProviderParts {
  /// Makes a listener that transcribes while the caller speaks. `listener` replaces this listener if it fails.
  std::function<std::unique_ptr<Listener>(const PartNeeds&, Wake)> live_listener;
  /// Returns the longest silence after which the service of `live_listener` ends a turn, or the service of `realtime` if `talks` is true. Returns
  /// nullopt if the conversation ends turns.
  std::function<std::optional<base::Duration>(const AgentProfile&, const ProviderProfile&, bool talks)> ends_turns;
  std::function<std::unique_ptr<Listener>(const PartNeeds&, Wake)> listener;
  std::function<std::unique_ptr<Thinker>(const PartNeeds&, Wake)> thinker;
  std::function<std::unique_ptr<Speaker>(const PartNeeds&, Wake)> speaker;
  /// Makes a speaker that reaches the same voice in another way, if `speaker` uses a socket that may be refused.
  std::function<std::unique_ptr<Speaker>(const PartNeeds&, Wake)> http_speaker;
  /// Returns everything that determines the sound of a fixed sentence, except its words and the provider. Telephone calls with the same value share
  /// cached sentences. Set only if `speaker` caches sentences.
  std::function<std::string(const PartNeeds&)> sound;
  /// `own_words` speaks the fixed sentences: greeting, apologies.
  std::function<std::unique_ptr<VoiceSession>(const PartNeeds&, std::unique_ptr<Speaker> own_words, Wake)> realtime;
  /// Starts work that is slow the first time, such as loading a model, before there are calls. `told` gets a sentence for each
  /// problem.
  std::function<std::unique_ptr<WarmUp>(const PartNeeds&, ReportTrouble told)> warm_up;
};

}  // namespace offhook::inline v0::agent
