#include <offhook/agent/agents/draft.hpp>
#include <offhook/agent/providers/deepgram/listen_choice.hpp>
#include <offhook/agent/providers/voices.hpp>
#include <offhook/agent/support/language_tag.hpp>

#include <algorithm>
#include <span>

namespace offhook::inline v0::agent {

namespace {

using config::text_of;
using Providers = std::vector<ProviderPtr>;

/// Returns the languages that callers speak, as configured; empty when none is configured.
std::span<const std::string> wanted_by(const AgentProfile& profile) {
  return profile.language.empty() ? std::span<const std::string>(profile.languages) : std::span(&profile.language, 1);
}

/// Returns true when this listener may understand more than one language while none is configured.
bool hears_several(const ProviderPtr& provider) {
  switch (provider->kind) {
    case ProviderKind::Deepgram: return provider->models.transcription != "flux-general-en";
    case ProviderKind::OpenAi:
    case ProviderKind::AzureOpenAi:
    case ProviderKind::OpenAiCompatible: return true;
    case ProviderKind::Local:
    case ProviderKind::Azure:  // Azure detects one of the languages in its request; without them it understands English only.
    case ProviderKind::Ollama: return false;
  }
  return false;
}

bool is_azure(const ProviderPtr& provider) { return provider->kind == ProviderKind::Azure; }

/// Returns "de-DE" for "de-DE-KatjaNeural". For a voice of a different form, returns the language only.
std::string tag_of(std::string_view voice, std::string_view spoken) {
  const auto region = voice.find('-', spoken.size() + 1);
  return std::string(voice.starts_with(spoken) && region != std::string_view::npos ? voice.substr(0, region) : spoken);
}

void warn_of_voice(Draft& draft, const AgentProfile& profile, const ProviderPtr& speaks, const Providers& listen) {
  const std::string voice = voice_for(*speaks, profile.voice, profile.language, profile.languages);
  const std::string_view spoken = language_of_voice(speaks->kind, voice);
  if (spoken.empty()) return;
  const std::string what = (voice.empty() ? "the voice" : "the voice " + voice) + " of " + speaks->name + " speaks only " + std::string(spoken);
  const auto wanted = wanted_by(profile);
  const auto other = std::find_if(wanted.begin(), wanted.end(), [&](const std::string& each) { return !each.empty() && !is_same_language(each, spoken); });
  if (other != wanted.end())
    draft.warn({draft.where(profile.language.empty() ? "languages" : "language"), what + ": it pronounces replies in " + *other + " by the rules of its own language (docs/voices.md)"});
  else if (wanted.empty() && std::any_of(listen.begin(), listen.end(), hears_several))
    draft.warn({draft.where("language"), "is not set, and " + what + ": set it, or name a voice that speaks several languages (docs/voices.md)"});
  else if (wanted.empty() && !is_same_language(spoken, "en") && std::any_of(listen.begin(), listen.end(), is_azure))
    draft.warn({draft.where("language"), "is not set, so that Azure listens to en-US, and " + what + ": set it to " + tag_of(voice, spoken) + " (docs/azure.md)"});
}

void warn_of_listener(Draft& draft, const AgentProfile& profile, const ProviderPtr& provider) {
  const std::string& model = provider->models.transcription;
  if (provider->kind != ProviderKind::Deepgram || !deepgram::is_flux(model)) return;
  for (const std::string& each : wanted_by(profile)) {
    if (!deepgram::flux_hears(model, each))
      draft.warn({"/providers/" + provider->name + "/models/transcription", model + " does not understand " + each + ": with `flux`, Offhook uses nova-3 for it"});
  }
}

}  // namespace

/// Runs after draft_prompt(), because the head of a prompt file may name a language. A single language in the list becomes the language of every call.
void draft_languages(Draft& draft, AgentProfile& out) {
  const auto& written = draft.settings().languages.items;
  for (std::size_t i = 0; i < written.size(); ++i) {
    out.languages.push_back(text_of(written[i], "language"));
    if (out.languages.back().empty())
      draft.tell({draft.where("languages") + "/" + std::to_string(i), "empty text", "a language tag such as \"en\" or \"pt-BR\" (BCP 47)", "write one, or take it out"});
  }
  if (!out.language.empty() && !written.empty()) draft.warn({draft.where("languages"), "is not used, because the language is set"});
  if (out.language.empty() && out.languages.size() == 1) out.language = out.languages.front();
  if (!out.language.empty()) out.languages.clear();
}

/// Checks only the first speaker of a cascade: a later one is a fallback, and any language is better than silence. Realtime models follow
/// the caller's language. Deepgram's Voice Agent does not, so it is checked too.
void warn_of_languages(Draft& draft, const AgentProfile& profile) {
  for (const SessionWay& way : profile.sessions) {
    if (const auto* talk = std::get_if<RealtimeWay>(&way)) {
      if (talk->provider->kind != ProviderKind::Deepgram) continue;
      warn_of_listener(draft, profile, talk->provider);
      warn_of_voice(draft, profile, talk->provider, {talk->provider});
      continue;
    }
    const auto& cascade = std::get<CascadeWay>(way);
    for (const ProviderPtr& provider : cascade.listen) warn_of_listener(draft, profile, provider);
    warn_of_voice(draft, profile, cascade.speak.front(), cascade.listen);
  }
}

}  // namespace offhook::inline v0::agent
