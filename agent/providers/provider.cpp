#include <offhook/agent/providers/provider.hpp>

#include <offhook/agent/providers/provider_parts.hpp>

#include <algorithm>

namespace offhook::inline v0::agent {

namespace {

bool any_of(const std::vector<ProviderPtr>& providers, const Provider& kind) {
  return std::any_of(providers.begin(), providers.end(), [&kind](const ProviderPtr& each) { return each && each->kind == &kind; });
}

}  // namespace

Ability Abilities::of(Task task) const {
  switch (task) {
    case Task::Realtime: return realtime;
    case Task::Listen: return listen;
    case Task::Think: return think;
    case Task::Speak: return speak;
  }
  return Ability::No;
}

bool has_language_model(const AgentProfile& profile) {
  return std::any_of(profile.sessions.begin(), profile.sessions.end(), [](const SessionWay& way) {
    const auto* cascade = std::get_if<CascadeWay>(&way);
    return cascade == nullptr || std::any_of(cascade->think.begin(), cascade->think.end(), [](const ProviderPtr& each) { return !each->kind->is_local; });
  });
}

bool uses(const AgentProfile& profile, const Provider& kind) {
  return std::any_of(profile.sessions.begin(), profile.sessions.end(), [&kind](const SessionWay& way) {
    if (const auto* realtime = std::get_if<RealtimeWay>(&way)) return any_of({realtime->provider}, kind);
    const auto& cascade = std::get<CascadeWay>(way);
    return any_of(cascade.listen, kind) || any_of(cascade.think, kind) || any_of(cascade.speak, kind);
  });
}

std::optional<base::Duration> ends_turns(const AgentProfile& profile, const ProviderProfile& provider, bool talks) {
  const auto& ends = provider.kind->parts().ends_turns;
  return ends ? ends(profile, provider, talks) : std::nullopt;
}

std::string_view language_of_voice(const Provider& kind, std::string_view voice) {
  return kind.voices != nullptr && kind.voices->language_of != nullptr ? kind.voices->language_of(voice) : std::string_view();
}

}  // namespace offhook::inline v0::agent
