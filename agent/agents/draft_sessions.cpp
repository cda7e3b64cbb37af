#include <offhook/agent/agents/draft.hpp>
#include <offhook/base/text.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::agent {

namespace {

using Providers = std::vector<ProviderPtr>;

/// A task of a provider, and the model that it needs for this task.
struct Duty {
  const char* name;  ///< name of the model in the configuration
  const char* what;  ///< for error texts, for example "listens"
  std::string ProviderProfile::Models::*model;
};
constexpr Duty kRealtime{"realtime", "hears and speaks itself", &ProviderProfile::Models::realtime};
constexpr Duty kListen{"transcription", "listens", &ProviderProfile::Models::transcription};
constexpr Duty kThink{"chat", "thinks", &ProviderProfile::Models::chat};
constexpr Duty kSpeak{"speech", "speaks", &ProviderProfile::Models::speech};

enum class Ability : std::uint8_t { No, ByModel, Always };

/// Returns whether providers of `kind` can never do a task, can do it with a configured model, or can always do it.
Ability ability(ProviderKind kind, const Duty& duty) {
  const bool is_speech = &duty == &kListen || &duty == &kSpeak;
  switch (kind) {
    case ProviderKind::Local:
      return &duty == &kRealtime ? Ability::No : Ability::Always;
    case ProviderKind::OpenAi:
    case ProviderKind::AzureOpenAi:
    case ProviderKind::OpenAiCompatible:
      return Ability::ByModel;
    case ProviderKind::Azure:
      return is_speech ? Ability::Always : Ability::ByModel;
    case ProviderKind::Deepgram:
      return &duty == &kThink ? Ability::No : Ability::Always;
    case ProviderKind::Ollama:
      return &duty == &kThink ? Ability::ByModel : Ability::No;
  }
  return Ability::No;
}

/// A setting that Azure needs for a task and that is missing, with its variable. Azure Speech and Azure OpenAI are separate resources.
struct Lack { const char* place; const char* variable; const char* allowed; };
std::vector<Lack> lacks_of_azure(const ProviderProfile& provider, const Duty& duty) {
  std::vector<Lack> lacks;
  if (&duty == &kListen || &duty == &kSpeak) {
    if (!provider.speech.url.empty()) return lacks;
    if (provider.speech.key.empty()) lacks.push_back({"/speech/key", "AZURE_SPEECH_KEY", "the key of a Speech resource"});
    if (provider.speech.region.empty()) lacks.push_back({"/speech/region", "AZURE_SPEECH_REGION", "the region of the Speech resource, such as \"westeurope\""});
    return lacks;
  }
  if (provider.base_url.empty()) lacks.push_back({"/base_url", "AZURE_OPENAI_ENDPOINT", "a URL such as \"https://NAME.openai.azure.com\""});
  if (provider.api_key.empty()) lacks.push_back({"/api_key", "AZURE_OPENAI_KEY", "the key of the Azure OpenAI resource"});
  if (&duty == &kThink && provider.models.chat.empty()) lacks.push_back({"/deployment", "AZURE_OPENAI_DEPLOYMENT", "the name of a deployment"});
  return lacks;
}

bool can(const ProviderProfile& provider, const Duty& duty) {
  if (provider.kind == ProviderKind::Azure && !lacks_of_azure(provider, duty).empty()) return false;
  const Ability able = ability(provider.kind, duty);
  return able == Ability::Always || (able == Ability::ByModel && !(provider.models.*duty.model).empty());
}

bool is_told_of(const Draft& draft, std::string_view where) {
  const auto& problems = draft.effective().problems;
  return std::any_of(problems.begin(), problems.end(), [&](const Problem& each) { return each.where == where; });
}

/// Returns true when the setting or its variable was refused. Then it is not missing.
bool is_refused(const Draft& draft, const std::string& where, std::string_view variable) {
  return is_told_of(draft, where) || is_told_of(draft, "--set " + where) || is_told_of(draft, variable);
}

/// Returns true when no setting of Azure OpenAI is present. The operator may then mean a different provider for thinking.
bool is_nothing_said(const Draft& draft, const ProviderProfile& provider, const Duty& duty) {
  if (&duty != &kThink || !provider.models.chat.empty()) return false;
  const auto lacks = lacks_of_azure(provider, duty);
  return lacks.size() == 3 && std::none_of(lacks.begin(), lacks.end(), [&](const Lack& lack) {
           return is_refused(draft, "/providers/" + provider.name + lack.place, lack.variable);
         });
}

/// Returns the variable of a model; "" when it has none.
std::string_view variable_of(ProviderKind kind, const Duty& duty) {
  if (&duty != &kThink) return "";
  return kind == ProviderKind::Ollama ? "OLLAMA_MODEL" : kind == ProviderKind::OpenAiCompatible ? "OPENAI_MODEL" : "";
}

/// Returns true when a problem already says that the provider's own settings lack the model.
bool is_told(const Draft& draft, const ProviderProfile& provider, const Duty& duty) {
  const std::string at = "/providers/" + provider.name;
  return is_refused(draft, at + "/models/" + duty.name, variable_of(provider.kind, duty)) || is_told_of(draft, at + "/deployment");
}

/// Reports each missing setting once, even if several agents need it. The advice names the variable only for the provider that has the kind's name.
void tell_lacks(Draft& draft, const ProviderProfile& provider, const std::vector<Lack>& lacks) {
  for (const Lack& lack : lacks) {
    const std::string where = "/providers/" + provider.name + lack.place;
    if (is_refused(draft, where, lack.variable)) continue;
    const std::string variable = provider.name == to_string(provider.kind) ? "set " + std::string(lack.variable) + ", or " : "";
    draft.tell({where, "nothing", lack.allowed, variable + "write it in the file"});
  }
}

/// Reports what the provider lacks for the task. An unknown provider (null) was reported before.
void require(Draft& draft, const ProviderPtr& provider, const Duty& duty, const std::string& where) {
  if (!provider || can(*provider, duty) || is_told(draft, *provider, duty)) return;
  const std::string what = std::string("a provider without a model that ") + duty.what;
  if (ability(provider->kind, duty) == Ability::No) {
    const std::string other = &duty == &kThink ? "MODEL_PROVIDER, or in `think` of a session" : "SPEECH_PROVIDER, or in `listen` and `speak` of a session";
    draft.tell({where, what, "another provider than " + provider->name, &duty == &kRealtime ? "make the session a cascade" : "name a provider that does this in " + other});
  } else if (provider->kind == ProviderKind::Azure && !is_nothing_said(draft, *provider, duty)) {
    tell_lacks(draft, *provider, lacks_of_azure(*provider, duty));
    if (lacks_of_azure(*provider, duty).empty()) draft.tell({where, what, "a provider with /providers/" + provider->name + "/models/" + duty.name, "set it, or name another provider"});
  } else if (provider->kind == ProviderKind::Azure) {
    draft.tell({where, what, "a provider with AZURE_OPENAI_ENDPOINT, AZURE_OPENAI_KEY and AZURE_OPENAI_DEPLOYMENT",
                "set these three variables, or name a provider that thinks in MODEL_PROVIDER"});
  } else {
    const std::string_view variable = variable_of(provider->kind, duty);
    draft.tell({where, what, "a provider with /providers/" + provider->name + "/models/" + duty.name,
                variable.empty() ? "set it, or name another provider" : "set it or " + std::string(variable) + ", or name another provider"});
  }
}

/// Returns a cascade of the agent's model_provider and speech_provider. At least one of them is set.
std::vector<SessionWay> ways_of_two(Draft& draft, const ProviderPtr& provider, const ProviderPtr& local) {
  const auto& settings = draft.settings();
  const auto named = [&](const std::string& name, const ProviderPtr& otherwise) { return name.empty() ? otherwise : draft.provider(name); };
  const ProviderPtr think = named(settings.model_provider, provider);
  // For Azure, the operator intends speech even if a setting for it is still missing.
  const bool speaks = provider && (ability(provider->kind, kListen) == Ability::Always || (can(*provider, kListen) && can(*provider, kSpeak)));
  const ProviderPtr speech = named(settings.speech_provider, speaks ? provider : local);
  if (!think || !speech) return {};
  require(draft, think, kThink, draft.where(settings.model_provider.empty() ? "provider" : "model_provider"));
  const std::string where = draft.where(settings.speech_provider.empty() ? "provider" : "speech_provider");
  require(draft, speech, kListen, where);
  require(draft, speech, kSpeak, where);
  return {CascadeWay{{speech}, {think}, {speech}}};
}

/// Returns the default sessions of a provider: first its best kind, then the other kinds that it supports.
std::vector<SessionWay> usual_ways(Draft& draft, const ProviderPtr& provider, const ProviderPtr& local) {
  if (!draft.settings().model_provider.empty() || !draft.settings().speech_provider.empty()) return ways_of_two(draft, provider, local);
  if (!provider) return {};
  const std::string where = draft.where("provider");
  const CascadeWay alone{{provider}, {provider}, {provider}};
  switch (provider->kind) {
    case ProviderKind::Local:
      return {alone};
    case ProviderKind::OpenAi:
      return {RealtimeWay{provider}, alone};
    case ProviderKind::AzureOpenAi: {
      std::vector<SessionWay> ways{RealtimeWay{provider}};
      if (can(*provider, kListen) && can(*provider, kThink) && can(*provider, kSpeak)) ways.emplace_back(alone);
      return ways;
    }
    case ProviderKind::Azure: {
      for (const Duty* duty : {&kListen, &kThink, &kSpeak}) require(draft, provider, *duty, where);
      std::vector<SessionWay> ways;
      if (can(*provider, kRealtime)) ways.emplace_back(RealtimeWay{provider});
      ways.emplace_back(alone);
      return ways;
    }
    case ProviderKind::Deepgram:
      if (config::text_of(draft.settings().fallback, "transfer_to").empty())
        draft.warn({where, "the Voice Agent of " + provider->name + " is the only way to hold a conversation: while it is not available, callers hear a goodbye. Add to sessions a "
                               "cascade in which another provider thinks, or set fallback/transfer_to (docs/deepgram.md)"});
      return {RealtimeWay{provider}};
    case ProviderKind::OpenAiCompatible:
    case ProviderKind::Ollama:
      require(draft, provider, kThink, where);
      return {CascadeWay{{can(*provider, kListen) ? provider : local}, {provider}, {can(*provider, kSpeak) ? provider : local}}};
  }
  return {};
}

/// Returns the providers of one part of a cascade, and checks that each can do its task.
Providers part(Draft& draft, const JsonValue& session, const std::string& where, const char* name, const ProviderPtr& otherwise,
               const Duty& duty) {
  Providers out;
  const JsonValue* written = config::member(session, name);
  const auto add = [&](const ProviderPtr& provider, const std::string& there) {
    require(draft, provider, duty, there);
    if (provider) out.push_back(provider);
  };
  if (written == nullptr)
    add(otherwise, where);
  else if (written->kind == JsonValue::Kind::Text)
    add(draft.provider(written->text), where + "/" + name);
  else
    for (std::size_t i = 0; i < written->items.size(); ++i)
      add(draft.provider(written->items[i].text), where + "/" + name + "/" + std::to_string(i));
  return out;
}

void add_way(Draft& draft, const JsonValue& session, const std::string& where, std::vector<SessionWay>& out) {
  const JsonValue* named = config::member(session, "provider");
  const ProviderPtr provider = draft.provider(named != nullptr ? named->text : draft.settings().provider);
  const std::string at = named != nullptr ? where + "/provider" : where;
  if (config::text_of(session, "kind") == "realtime") {
    for (const char* name : {"listen", "think", "speak"}) {
      if (config::member(session, name) != nullptr)
        draft.tell({where + "/" + name, "a part of a cascade in a realtime session", "kind and provider",
                    "take it out, or make it a cascade"});
    }
    require(draft, provider, kRealtime, at);
    if (provider) out.push_back(RealtimeWay{provider});
    return;
  }
  CascadeWay way{part(draft, session, at, "listen", provider, kListen), part(draft, session, at, "think", provider, kThink),
                 part(draft, session, at, "speak", provider, kSpeak)};
  if (!way.listen.empty() && !way.think.empty() && !way.speak.empty()) out.push_back(std::move(way));
}

/// Warns about properties of realtime models that an operator may not expect.
void warn_of_talk(Draft& draft, const std::vector<SessionWay>& ways) {
  for (const SessionWay& way : ways) {
    const auto* talk = std::get_if<RealtimeWay>(&way);
    if (talk == nullptr) continue;
    const ProviderProfile& provider = *talk->provider;
    const std::string at = "/providers/" + provider.name;
    const bool is_azure = provider.kind == ProviderKind::Azure || provider.kind == ProviderKind::AzureOpenAi;
    if (is_azure && provider.models.transcription.empty())
      draft.warn({at + "/models/transcription", "is not set: in realtime sessions, neither the transcript nor a provider that takes over later gets the callers' words"});
    if (provider.kind == ProviderKind::Azure)
      draft.warn({at + "/models/realtime", "Azure Speech speaks Offhook's own sentences, such as the greeting, in another voice than the model's"});
    if (provider.kind == ProviderKind::Deepgram && !draft.settings().regions.empty())
      draft.warn({draft.where("regions"), "the Voice Agent of " + provider.name + " uses a model of another provider: see deepgram/thinks_by"});
  }
}

void check_regions(Draft& draft, const std::vector<SessionWay>& ways) {
  const auto& allowed = draft.settings().regions;
  if (allowed.empty()) return;
  const auto check = [&](const ProviderPtr& provider) {
    const auto is_its = [&](const std::string& region) { return base::iequals(region, provider->region); };
    if (provider->kind == ProviderKind::Local || std::any_of(allowed.begin(), allowed.end(), is_its)) return;
    draft.tell({draft.where("regions"),
                "a session with the provider " + provider->name +
                    (provider->region.empty() ? ", which has no region" : ", which is in another region"),
                "only providers of these regions", "set /providers/" + provider->name + "/region, or use another provider"});
  };
  for (const SessionWay& way : ways) {
    if (const auto* realtime = std::get_if<RealtimeWay>(&way)) check(realtime->provider);
    const auto* cascade = std::get_if<CascadeWay>(&way);
    if (cascade == nullptr) continue;
    for (const Providers* part : {&cascade->listen, &cascade->think, &cascade->speak})
      std::for_each(part->begin(), part->end(), check);
  }
}

}  // namespace

void draft_sessions(Draft& draft, AgentProfile& out) {
  const auto& written = draft.settings().sessions.items;
  auto local = draft.provider("local");
  if (!local) {
    auto ours = std::make_shared<ProviderProfile>();
    ours->name = "local";
    local = std::move(ours);
  }
  if (written.empty()) out.sessions = usual_ways(draft, draft.provider(draft.settings().provider), local);
  for (const auto& [name, value] : {std::pair{"model_provider", &draft.settings().model_provider}, std::pair{"speech_provider", &draft.settings().speech_provider}}) {
    // A value from /agent may be useful to other agents, so only an agent's own value gets the warning.
    const bool is_own = draft.entry() == nullptr || draft.says(name);
    if (!written.empty() && !value->empty() && is_own) draft.warn({draft.where(name), "is not used: sessions names the providers"});
  }
  for (std::size_t i = 0; i < written.size(); ++i)
    add_way(draft, written[i], draft.where("sessions") + "/" + std::to_string(i), out.sessions);
  check_regions(draft, out.sessions);
  warn_of_talk(draft, out.sessions);
}

}  // namespace offhook::inline v0::agent
