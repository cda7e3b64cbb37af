#include <offhook/agent/agents/draft.hpp>
#include <offhook/agent/providers/registry/voices.hpp>
#include <offhook/agent/support/language_tag.hpp>

#include <algorithm>
#include <span>
#include <utility>

namespace offhook::inline v0::agent {

namespace {

using Providers = std::vector<ProviderPtr>;

/// Returns the languages that callers speak, as configured; empty when none is configured.
std::span<const std::string> wanted_by(const AgentProfile& profile) {
  return profile.language.empty() ? std::span<const std::string>(profile.languages) : std::span(&profile.language, 1);
}

/// Returns true if this listener may understand more than one language while no language is configured.
bool hears_several(const ProviderPtr& provider) {
  const auto hears = provider->kind->sessions.hears_several;
  return hears != nullptr && hears(*provider);
}

bool has_only_language(const ProviderPtr& provider) { return !provider->kind->sessions.only_language.empty(); }

/// Returns "de-DE" for "de-DE-KatjaNeural". For a voice of a different form, returns the language only.
std::string tag_of(std::string_view voice, std::string_view spoken) {
  const auto region = voice.find('-', spoken.size() + 1);
  return std::string(voice.starts_with(spoken) && region != std::string_view::npos ? voice.substr(0, region) : spoken);
}

void warn_of_voice(Draft& draft, const AgentProfile& profile, const ProviderPtr& speaks, const Providers& listen) {
  const std::string voice = voice_for(*speaks, profile.voice, spoken_languages(profile));
  const std::string_view spoken = language_of_voice(*speaks->kind, voice);
  if (spoken.empty()) return;
  const std::string what = (voice.empty() ? "the voice" : "the voice " + voice) + " of " + speaks->name + " speaks only " + std::string(spoken);
  const auto wanted = wanted_by(profile);
  const auto other = std::find_if(wanted.begin(), wanted.end(), [&](const std::string& each) { return !each.empty() && !is_same_language(each, spoken); });
  if (other != wanted.end())
    draft.warn({draft.where(profile.language.empty() ? "languages" : "language"), what + ": it pronounces replies in " + *other + " by the rules of its own language (docs/voices.md)"});
  else if (wanted.empty() && std::any_of(listen.begin(), listen.end(), hears_several))
    draft.warn({draft.where("language"), "is not set, and " + what + ": set it, or name a voice that speaks several languages (docs/voices.md)"});
  else if (const auto hears = std::find_if(listen.begin(), listen.end(), has_only_language); wanted.empty() && hears != listen.end()) {
    const Provider& kind = *(*hears)->kind;
    const std::string only(kind.sessions.only_language);
    if (!is_same_language(spoken, only.substr(0, only.find('-'))))
      draft.warn({draft.where("language"), "is not set, so that " + std::string(kind.title) + " listens to " + only + ", and " + what + ": set it to " + tag_of(voice, spoken) + " (" + std::string(kind.page) + ")"});
  }
}

void warn_of_listener(Draft& draft, const AgentProfile& profile, const ProviderPtr& provider) {
  const auto judge = provider->kind->sessions.judge_language;
  if (judge == nullptr) return;
  for (const std::string& each : wanted_by(profile)) {
    if (std::string what = judge(*provider, each); !what.empty()) draft.warn({"/providers/" + provider->name + "/models/transcription", std::move(what)});
  }
}

}  // namespace

/// Runs after draft_prompt(), because the head of a prompt file may name a language. A single language in the list becomes the language of every call.
void draft_languages(Draft& draft, AgentProfile& out) {
  const auto& written = draft.settings().languages.items;
  for (std::size_t i = 0; i < written.size(); ++i) {
    out.languages.push_back(text_of(written[i], "language"));
    if (out.languages.back().empty())
      draft.report({draft.where("languages") + "/" + std::to_string(i), "empty text", "a language tag such as \"en\" or \"pt-BR\" (BCP 47)", "write one, or remove the entry"});
  }
  if (!out.language.empty() && !written.empty()) draft.warn({draft.where("languages"), "is not used, because the language is set"});
  if (out.language.empty() && out.languages.size() == 1) out.language = out.languages.front();
  if (!out.language.empty()) out.languages.clear();
}

/// Checks only the first speaker of a cascade: a later speaker is a fallback, and any language is better than silence. Most realtime models
/// follow the caller's language; a realtime model that does not is checked too.
void warn_of_languages(Draft& draft, const AgentProfile& profile) {
  for (const SessionWay& way : profile.sessions) {
    if (const auto* talk = std::get_if<RealtimeWay>(&way)) {
      if (!talk->provider->kind->sessions.realtime_is_monolingual) continue;
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
