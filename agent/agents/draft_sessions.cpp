#include <offhook/agent/agents/draft.hpp>
#include <offhook/agent/providers/registry/registry.hpp>
#include <offhook/base/text.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::agent {

namespace {

using Providers = std::vector<ProviderPtr>;

/// Returns the name of the task's model in the configuration.
const char* model_name(Task task) {
  switch (task) {
    case Task::Realtime: return "realtime";
    case Task::Listen: return "transcription";
    case Task::Think: return "chat";
    case Task::Speak: return "speech";
  }
  return "";
}

const std::string& model_of(const ProviderProfile& provider, Task task) {
  switch (task) {
    case Task::Realtime: return provider.models.realtime;
    case Task::Listen: return provider.models.transcription;
    case Task::Think: return provider.models.chat;
    case Task::Speak: break;
  }
  return provider.models.speech;
}

/// Returns the words that describe the task in an error text.
std::string_view words_of(Task task) {
  switch (task) {
    case Task::Realtime: return "hears and speaks itself";
    case Task::Listen: return "listens";
    case Task::Think: return "thinks";
    case Task::Speak: return "speaks";
  }
  return "";
}

Ability ability(const ProviderPtr& provider, Task task) { return provider->kind->sessions.abilities.of(task); }

Lacks lacks_of(const ProviderProfile& provider, Task task) {
  const auto lacks = provider.kind->sessions.lacks;
  return lacks != nullptr ? lacks(provider, task) : Lacks{};
}

bool can(const ProviderPtr& provider, Task task) {
  if (!lacks_of(*provider, task).settings.empty()) return false;
  return ability(provider, task) == Ability::Always || (ability(provider, task) == Ability::ByModel && !model_of(*provider, task).empty());
}

bool can_cascade(const ProviderPtr& provider) { return can(provider, Task::Listen) && can(provider, Task::Think) && can(provider, Task::Speak); }

bool is_told_of(const Draft& draft, std::string_view where) {
  const auto& problems = draft.effective().problems;
  return std::any_of(problems.begin(), problems.end(), [&](const Problem& each) { return each.where == where; });
}

/// Returns true if a value of the setting or of its variable was refused: then the setting is not missing.
bool is_refused(const Draft& draft, const std::string& where, std::string_view variable) {
  return is_told_of(draft, where) || is_told_of(draft, "--set " + where) || is_told_of(draft, variable);
}

/// Returns true when the configuration has none of the task's settings, not even a refused one. The operator may then mean a different provider.
bool is_nothing_said(const Draft& draft, const ProviderProfile& provider, const Lacks& lacks) {
  return !lacks.allowed.empty() && std::none_of(lacks.settings.begin(), lacks.settings.end(), [&](const Lack& lack) {
    return is_refused(draft, "/providers/" + provider.name + std::string(lack.pointer), lack.variable);
  });
}

/// Returns the variable that sets the task's model; "" if no variable sets it.
std::string_view variable_of(const Provider& kind, Task task) {
  const std::string pointer = std::string("/models/") + model_name(task);
  const auto settings = kind.config.completed;
  const auto found = std::find_if(settings.begin(), settings.end(), [&](const CompletedSetting& each) { return each.pointer == pointer; });
  return found == settings.end() ? std::string_view() : found->variable;
}

/// Returns true when a problem already says that the provider's own settings lack the model.
bool is_told(const Draft& draft, const ProviderProfile& provider, Task task) {
  const std::string at = "/providers/" + provider.name;
  return is_refused(draft, at + "/models/" + model_name(task), variable_of(*provider.kind, task)) || is_told_of(draft, at + "/deployment");
}

/// Reports each missing setting once, even if several agents need it. The advice names the variable only for the provider that has the kind's name.
void report_lacks(Draft& draft, const ProviderProfile& provider, const Lacks& lacks) {
  for (const Lack& lack : lacks.settings) {
    const std::string where = "/providers/" + provider.name + std::string(lack.pointer);
    if (is_refused(draft, where, lack.variable)) continue;
    const std::string variable = provider.name == provider.kind->name ? "set " + std::string(lack.variable) + ", or " : "";
    draft.report({where, "nothing", std::string(lack.allowed), variable + "write it in the file"});
  }
}

/// Reports what the provider lacks for the task. A null `provider` stands for an unknown provider, which was reported before.
void require(Draft& draft, const ProviderPtr& provider, Task task, const std::string& where) {
  if (!provider || can(provider, task) || is_told(draft, *provider, task)) return;
  const std::string what = "a provider without a model that " + std::string(words_of(task));
  const std::string model = "a provider with /providers/" + provider->name + "/models/" + model_name(task);
  const Lacks lacks = lacks_of(*provider, task);
  if (ability(provider, task) == Ability::No) {
    const std::string other = task == Task::Think ? "MODEL_PROVIDER, or in `think` of a session" : "SPEECH_PROVIDER, or in `listen` and `speak` of a session";
    draft.report({where, what, "another provider than " + provider->name, task == Task::Realtime ? "make the session a cascade" : "name a provider for this task in " + other});
  } else if (is_nothing_said(draft, *provider, lacks)) {
    draft.report({where, what, std::string(lacks.allowed), std::string(lacks.advice)});
  } else if (!lacks.settings.empty()) {
    report_lacks(draft, *provider, lacks);
  } else {
    const std::string variable(variable_of(*provider->kind, task));
    draft.report({where, what, model, variable.empty() ? "set it, or name another provider" : "set it or " + variable + ", or name another provider"});
  }
}

/// Returns a cascade of the agent's model_provider and speech_provider. At least one of them is set.
std::vector<SessionWay> ways_of_two(Draft& draft, const ProviderPtr& provider, const ProviderPtr& local) {
  const auto& settings = draft.settings();
  const auto named = [&](const std::string& name, const ProviderPtr& otherwise) { return name.empty() ? otherwise : draft.provider(name); };
  const ProviderPtr think = named(settings.model_provider, provider);
  // If the provider always listens, the operator wants its speech too, even if a setting for speech is still missing.
  const bool speaks = provider && (ability(provider, Task::Listen) == Ability::Always || (can(provider, Task::Listen) && can(provider, Task::Speak)));
  const ProviderPtr speech = named(settings.speech_provider, speaks ? provider : local);
  if (!think || !speech) return {};
  require(draft, think, Task::Think, draft.where(settings.model_provider.empty() ? "provider" : "model_provider"));
  const std::string where = draft.where(settings.speech_provider.empty() ? "provider" : "speech_provider");
  require(draft, speech, Task::Listen, where);
  require(draft, speech, Task::Speak, where);
  return {CascadeWay{{speech}, {think}, {speech}}};
}

/// Returns the default sessions of a provider: first its best kind, then the other kinds that it supports.
std::vector<SessionWay> usual_ways(Draft& draft, const ProviderPtr& provider, const ProviderPtr& local) {
  if (!draft.settings().model_provider.empty() || !draft.settings().speech_provider.empty()) return ways_of_two(draft, provider, local);
  if (!provider) return {};
  const std::string where = draft.where("provider");
  const CascadeWay alone{{provider}, {provider}, {provider}};
  std::vector<SessionWay> ways;
  switch (provider->kind->sessions.usual) {
    case UsualSessions::Cascade:
      for (const Task task : {Task::Listen, Task::Think, Task::Speak}) require(draft, provider, task, where);
      if (can(provider, Task::Realtime)) ways.emplace_back(RealtimeWay{provider});
      ways.emplace_back(alone);
      break;
    case UsualSessions::Realtime:
      if (const auto judge = provider->kind->sessions.judge_alone; judge != nullptr && text_of(draft.settings().fallback, "transfer_to").empty())
        draft.warn({where, judge(*provider)});
      ways.emplace_back(RealtimeWay{provider});
      if (can_cascade(provider)) ways.emplace_back(alone);
      break;
    case UsualSessions::Thinker:
      require(draft, provider, Task::Think, where);
      ways.emplace_back(CascadeWay{{can(provider, Task::Listen) ? provider : local}, {provider}, {can(provider, Task::Speak) ? provider : local}});
      break;
  }
  return ways;
}

/// Returns the providers of one part of a cascade, and checks that each can do its task.
Providers part(Draft& draft, const JsonValue& session, const std::string& where, const char* name, const ProviderPtr& otherwise,
               Task task) {
  Providers out;
  const JsonValue* written = member(session, name);
  const auto add = [&](const ProviderPtr& provider, const std::string& there) {
    require(draft, provider, task, there);
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
  const JsonValue* named = member(session, "provider");
  const ProviderPtr provider = draft.provider(named != nullptr ? named->text : draft.settings().provider);
  const std::string at = named != nullptr ? where + "/provider" : where;
  if (text_of(session, "kind") == "realtime") {
    for (const char* name : {"listen", "think", "speak"}) {
      if (member(session, name) != nullptr)
        draft.report({where + "/" + name, "a part of a cascade in a realtime session", "kind and provider",
                    "remove it, or make the session a cascade"});
    }
    require(draft, provider, Task::Realtime, at);
    if (provider) out.push_back(RealtimeWay{provider});
    return;
  }
  CascadeWay way{part(draft, session, at, "listen", provider, Task::Listen), part(draft, session, at, "think", provider, Task::Think),
                 part(draft, session, at, "speak", provider, Task::Speak)};
  if (!way.listen.empty() && !way.think.empty() && !way.speak.empty()) out.push_back(std::move(way));
}

/// Warns about properties of realtime models that an operator may not expect.
void warn_of_talk(Draft& draft, const std::vector<SessionWay>& ways) {
  for (const SessionWay& way : ways) {
    const auto* talk = std::get_if<RealtimeWay>(&way);
    const auto judge = talk != nullptr ? talk->provider->kind->sessions.judge_realtime : nullptr;
    if (judge == nullptr) continue;
    for (const auto& [where, what] : judge(*talk->provider, !draft.settings().regions.empty()))
      draft.warn({where.starts_with('/') ? "/providers/" + talk->provider->name + where : draft.where(where), what});
  }
}

void check_regions(Draft& draft, const std::vector<SessionWay>& ways) {
  const auto& allowed = draft.settings().regions;
  if (allowed.empty()) return;
  const auto check = [&](const ProviderPtr& provider) {
    const auto is_its = [&](const std::string& region) { return base::iequals(region, provider->region); };
    if (provider->kind->is_local || std::any_of(allowed.begin(), allowed.end(), is_its)) return;
    draft.report({draft.where("regions"),
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
    ours->name = local_kind().name;
    ours->kind = &local_kind();
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
