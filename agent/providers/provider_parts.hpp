#pragma once

#include <offhook/agent/agent_profile.hpp>
#include <offhook/agent/conversation/voice_session.hpp>
#include <offhook/agent/net/edges.hpp>
#include <offhook/agent/ops/work_pool.hpp>
#include <offhook/agent/providers/service_use.hpp>
#include <offhook/agent/providers/speech_cache.hpp>
#include <offhook/agent/providers/service_failure.hpp>
#include <offhook/agent/providers/warm_up.hpp>
#include <offhook/media/media_plan.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace offhook::inline v0::agent {

namespace embedded {
class Shelf;
}

/// What a part is made from: its call's agent and provider, and what all calls share.
struct PartNeeds {
  std::shared_ptr<const AgentProfile> profile;
  ProviderPtr provider;
  media::AudioCodec codec = media::AudioCodec::Pcmu;  ///< of the call
  std::uint32_t port_rate_hz = 16000;
  net::Edges* edges = nullptr;                        ///< of the call's thread
  std::shared_ptr<WorkPool> pool;
  std::shared_ptr<embedded::Shelf> shelf;
  std::shared_ptr<SpeechCache> speech_cache;
  /// BCP 47: of the call's caller, as whoever listens has found it out last, for those who listen or speak next; "" before that. Shared by
  /// all parts of a call, on its thread alone.
  std::shared_ptr<std::string> heard_language = std::make_shared<std::string>();
  std::vector<std::string> fixed_sentences;           ///< said in many calls: worth keeping as sound
  bool is_rehearsal = false;                          ///< nobody is on the line: a part has nothing to do but to prepare those
  TellUse tell_use{};                                 ///< what is used of the provider; may be empty
  TellFailure tell_failure{};                    ///< told of a service that fails while the call goes on; may be empty
};

/// What a kind of provider can do; what is empty it cannot. A provider is a folder that yields one of these, and one line of
/// session_factory.cpp.
struct ProviderParts {
  /// One that hears while the caller speaks; `listener` steps in when it fails.
  std::function<std::unique_ptr<Listener>(const PartNeeds&, Wake)> live_listener;
  /// The silence that ends a turn at the latest, where the service of `live_listener`, or of `realtime` (`talks`), ends turns; nothing: the
  /// conversation ends them.
  std::function<std::optional<base::Duration>(const AgentProfile&, const ProviderProfile&, bool talks)> ends_turns;
  std::function<std::unique_ptr<Listener>(const PartNeeds&, Wake)> listener;
  std::function<std::unique_ptr<Thinker>(const PartNeeds&, Wake)> thinker;
  std::function<std::unique_ptr<Speaker>(const PartNeeds&, Wake)> speaker;
  /// Another way to the same voice, where `speaker` keeps a socket that may be refused.
  std::function<std::unique_ptr<Speaker>(const PartNeeds&, Wake)> http_speaker;
  /// All that the sound of a fixed sentence depends on but its words and the provider: what one call's speaker keeps, another's finds when
  /// this is the same. Where there is a speaker that keeps any.
  std::function<std::string(const PartNeeds&)> sound;
  /// `own_words` says what is ours to say: greeting, apologies.
  std::function<std::unique_ptr<VoiceSession>(const PartNeeds&, std::unique_ptr<Speaker> own_words, Wake)> realtime;
  /// What takes long the first time, such as loading a model; begun before there are calls. `told` hears what goes wrong.
  std::function<std::unique_ptr<WarmUp>(const PartNeeds&, TellTrouble told)> warm_up;
};

}  // namespace offhook::inline v0::agent
