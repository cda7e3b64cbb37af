#include <offhook/agent/agents/draft.hpp>
#include <offhook/agent/providers/provider.hpp>

#include <algorithm>
#include <string>

namespace offhook::inline v0::agent {

namespace {

/// Returns the first tool that the caller must confirm; "" when there is none.
std::string confirmed_tool(const AgentProfile& profile) {
  const auto asks = [](const auto& grant) { return grant.confirm == Confirm::Caller; };
  if (const auto of_ours = std::find_if(profile.tools.begin(), profile.tools.end(), asks); of_ours != profile.tools.end()) return std::string(to_string(of_ours->tool));
  const auto of_server = std::find_if(profile.server_tools.begin(), profile.server_tools.end(), asks);
  return of_server == profile.server_tools.end() ? std::string() : of_server->name;
}

/// Returns true when the provider's sessions give a transcript of the caller.
bool has_words(const ProviderProfile& provider) {
  return provider.kind->sessions.realtime_has_transcript || (provider.realtime.transcription && !provider.models.transcription.empty());
}

std::string advice(const ProviderProfile& provider) {
  const std::string at = "/providers/" + provider.name;
  const std::string remedy = provider.models.transcription.empty() ? "name a model in " + at + "/models/transcription" : "set " + at + "/realtime/transcription to true";
  return remedy + ", or make the session a cascade";
}

}  // namespace

/// Refuses a tool that the caller must confirm, in a realtime session without a transcript. Offhook does not believe the model's own claim that
/// the caller said yes. It accepts only a key, or a yes in the transcript of a different model. Without a transcript, a spoken yes would never
/// count, although Offhook's question asks for it.
void check_confirmation(Draft& draft, const AgentProfile& profile) {
  const std::string tool = confirmed_tool(profile);
  if (tool.empty()) return;
  for (const SessionWay& way : profile.sessions) {
    const auto* talk = std::get_if<RealtimeWay>(&way);
    if (talk == nullptr || has_words(*talk->provider)) continue;
    draft.report({draft.where("tools"), "the tool " + tool + ", which the caller must confirm, together with a realtime session of " + talk->provider->name + " without a transcription",
                "such a tool in sessions that understand a caller's yes", advice(*talk->provider)});
  }
}

}  // namespace offhook::inline v0::agent
