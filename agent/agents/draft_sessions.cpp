#include <offhook/agent/agents/draft.hpp>

#include <algorithm>

namespace offhook::inline v0::agent {

namespace {

using config::JsonValue;
using Providers = std::vector<ProviderPtr>;

/// What a provider must have a model for.
struct Duty {
  const char* name;  ///< of its model, as in the configuration
  const char* what;  ///< "listens"
  std::string ProviderProfile::Models::*model;
};
constexpr Duty kRealtime{"realtime", "hears and speaks itself", &ProviderProfile::Models::realtime};
constexpr Duty kListen{"transcription", "listens", &ProviderProfile::Models::transcription};
constexpr Duty kThink{"chat", "thinks", &ProviderProfile::Models::chat};
constexpr Duty kSpeak{"speech", "speaks", &ProviderProfile::Models::speech};

bool can(const ProviderProfile& provider, const Duty& duty) {
  if (provider.kind == ProviderKind::Local) return &duty != &kRealtime;
  return !(provider.models.*duty.model).empty();
}

/// Tells what it lacks; a provider that is not known was told before.
void require(Draft& draft, const ProviderPtr& provider, const Duty& duty, const std::string& where) {
  if (!provider || can(*provider, duty)) return;
  const std::string what = std::string("a provider without a model that ") + duty.what;
  if (provider->kind == ProviderKind::Local) {
    draft.tell({where, what, "another than local", "make it a cascade"});
  } else {
    draft.tell(
        {where, what, "one with /providers/" + provider->name + "/models/" + duty.name, "set that, or name another provider"});
  }
}

/// What a provider does best, then what else it can do.
std::vector<SessionWay> usual_ways(Draft& draft, const ProviderPtr& provider, const ProviderPtr& local) {
  if (!provider) return {};
  const std::string where = draft.where("provider");
  switch (provider->kind) {
    case ProviderKind::Local:
      return {CascadeWay{{provider}, {provider}, {provider}}};
    case ProviderKind::OpenAi:
      return {RealtimeWay{provider}, CascadeWay{{provider}, {provider}, {provider}}};
    case ProviderKind::AzureOpenAi: {
      std::vector<SessionWay> ways{RealtimeWay{provider}};
      if (can(*provider, kListen) && can(*provider, kThink) && can(*provider, kSpeak))
        ways.push_back(CascadeWay{{provider}, {provider}, {provider}});
      return ways;
    }
    case ProviderKind::OpenAiCompatible:
      require(draft, provider, kThink, where);
      return {CascadeWay{{can(*provider, kListen) ? provider : local}, {provider}, {can(*provider, kSpeak) ? provider : local}}};
  }
  return {};
}

/// The providers of one part of a cascade, each held against what it must be able to do.
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

void check_regions(Draft& draft, const std::vector<SessionWay>& ways) {
  const auto& allowed = draft.settings().regions;
  if (allowed.empty()) return;
  const auto check = [&](const ProviderPtr& provider) {
    if (provider->kind == ProviderKind::Local || std::find(allowed.begin(), allowed.end(), provider->region) != allowed.end())
      return;
    draft.tell({draft.where("regions"),
                "a session with the provider " + provider->name +
                    (provider->region.empty() ? ", whose region is not said" : ", which is in another region"),
                "providers of these regions alone", "set /providers/" + provider->name + "/region, or use another provider"});
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
  for (std::size_t i = 0; i < written.size(); ++i)
    add_way(draft, written[i], draft.where("sessions") + "/" + std::to_string(i), out.sessions);
  check_regions(draft, out.sessions);
}

}  // namespace offhook::inline v0::agent
