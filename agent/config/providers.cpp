#include <offhook/agent/config/providers.hpp>

#include <offhook/agent/config/check.hpp>
#include <offhook/agent/config/harmless_value.hpp>
#include <offhook/agent/config/nested.hpp>
#include <offhook/agent/config/provider_completion.hpp>
#include <offhook/agent/config/settings.hpp>
#include <offhook/agent/providers/registry/registry.hpp>
#include <offhook/base/socket_address.hpp>
#include <offhook/base/text.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::agent::config {

namespace {

void add_uses(const JsonValue* value, const std::string& where, std::vector<ProviderUse>& out) {
  if (value == nullptr) return;
  if (value->kind == JsonValue::Kind::Text) out.push_back({where, value->text});
  for (std::size_t i = 0; i < value->items.size(); ++i) out.push_back({where + "/" + std::to_string(i), value->items[i].text});
}

void add_session_uses(const JsonValue& sessions, const std::string& where, std::vector<ProviderUse>& out) {
  for (std::size_t i = 0; i < sessions.items.size(); ++i) {
    for (const char* name : {"provider", "listen", "think", "speak"})
      add_uses(member(sessions.items[i], name), where + "/" + std::to_string(i) + "/" + name, out);
  }
}

Problem unknown_provider(const ProviderUse& use, const JsonValue& tree) {
  std::vector<std::string> known;
  for (const auto& [name, provider] : tree.members) known.push_back(name);
  for (const Provider* kind : provider_kinds()) known.emplace_back(kind->name);
  const Setting& setting = *find_setting("agent", "provider");
  return {use.where, with_word("an unknown provider", use.name), allowed_for(setting),
          advise(known, use.name, "describe it in /providers, or use a built-in provider")};
}

Origin& origin_of(Effective& effective, std::string_view pointer) {
  return effective.origins[static_cast<std::size_t>(find_setting(pointer) - settings().data())];
}

/// Returns the kind whose variable makes it the default; nullptr when none is set.
const Provider* default_kind(const Environment& environment) {
  for (const Provider* kind : provider_kinds()) {
    const std::string variable(kind->config.default_variable);
    const auto value = environment && !variable.empty() ? environment(variable) : std::nullopt;
    if (value && !value->empty()) return kind;
  }
  return nullptr;
}

/// Takes the default provider only if no setting chooses one. A dialogue file needs `local`. With /agents, calls that no agent takes stay with `local`.
void take_usual_provider(const Sources& sources, Effective& effective) {
  for (const char* pointer : {"/agent/provider", "/agent/model_provider", "/agent/speech_provider", "/agent/sessions", "/agent/dialogue", "/agents"}) {
    if (origin_of(effective, pointer).source != Source::Default) return;
  }
  const Provider* kind = default_kind(sources.environment);
  if (kind == nullptr) return;
  effective.config.agent.provider = kind->name;
  origin_of(effective, "/agent/provider") = {Source::Variable, std::string(kind->config.default_variable)};
}

}  // namespace

std::string usual_provider(const Environment& environment) {
  const Provider* kind = default_kind(environment);
  return kind != nullptr ? std::string(kind->name) : AgentSettings{}.provider;
}

std::vector<ProviderUse> provider_uses(const Effective& effective) {
  const Config& config = effective.config;
  std::vector<ProviderUse> uses;
  uses.push_back({where_of(effective, "/agent/provider"), config.agent.provider});
  for (const auto& [name, other] : {std::pair{"model_provider", &config.agent.model_provider}, std::pair{"speech_provider", &config.agent.speech_provider}}) {
    if (!other->empty()) uses.push_back({where_of(effective, "/agent/" + std::string(name)), *other});
  }
  add_session_uses(config.agent.sessions, "/agent/sessions", uses);
  for (std::size_t i = 0; i < config.agents.items.size(); ++i) {
    const std::string where = "/agents/" + std::to_string(i);
    for (const char* name : {"provider", "model_provider", "speech_provider"}) add_uses(member(config.agents.items[i], name), where + "/" + name, uses);
    if (const JsonValue* sessions = member(config.agents.items[i], "sessions"))
      add_session_uses(*sessions, where + "/sessions", uses);
  }
  return uses;
}

void resolve_providers(JsonValue& tree, const Sources& sources, Effective& effective) {
  tree.kind = JsonValue::Kind::Object;
  take_usual_provider(sources, effective);
  const auto uses = provider_uses(effective);
  for (const ProviderUse& use : uses) {
    if (member(tree, use.name) != nullptr) continue;
    if (find_kind(use.name) != nullptr)
      tree.members.emplace_back(use.name, JsonValue{.kind = JsonValue::Kind::Object});
    else
      effective.problems.push_back(unknown_provider(use, tree));
    if (find_kind(use.name) != nullptr) continue;
    AgentSettings& agent = effective.config.agent;  // A refused name is not shown.
    for (std::string* setting : {&agent.provider, &agent.model_provider, &agent.speech_provider}) {
      if (*setting == use.name) *setting = AgentSettings{}.provider;
    }
  }
  for (auto& [name, provider] : tree.members) {
    const bool is_used =
        std::any_of(uses.begin(), uses.end(), [&named = name](const ProviderUse& use) { return use.name == named; });
    if (auto profile = complete_provider(name, provider, is_used, sources, effective))
      effective.config.providers.push_back(std::make_shared<const ProviderProfile>(*std::move(profile)));
  }
}

ProviderPtr find_provider(const Config& config, std::string_view name) {
  for (const ProviderPtr& provider : config.providers) {
    if (provider->name == name) return provider;
  }
  return nullptr;
}

bool is_loopback_url(std::string_view url) {
  const auto begin = url.find("://");
  if (begin == std::string_view::npos) return false;
  auto host = url.substr(begin + 3, url.find_first_of("/?#", begin + 3) - begin - 3);
  const auto colon = host.rfind(':');
  if (colon != std::string_view::npos && host.find(']', colon) == std::string_view::npos) host = host.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (base::iequals(host, "localhost")) return true;
  const auto ip = base::IpAddress::parse(host);
  return ip && ip->is_loopback();
}

}  // namespace offhook::inline v0::agent::config
