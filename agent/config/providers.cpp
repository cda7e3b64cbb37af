#include <offhook/agent/config/providers.hpp>

#include <offhook/agent/config/check.hpp>
#include <offhook/agent/config/nested.hpp>
#include <offhook/agent/config/settings.hpp>
#include <offhook/base/socket_address.hpp>
#include <offhook/base/text.hpp>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <optional>
#include <utility>

namespace offhook::inline v0::agent::config {

namespace {

constexpr std::array kKinds{ProviderKind::Local, ProviderKind::OpenAi, ProviderKind::AzureOpenAi, ProviderKind::OpenAiCompatible};
constexpr std::string_view kOpenAiUrl = "https://api.openai.com/v1";

std::optional<ProviderKind> kind_named(std::string_view name) {
  for (const ProviderKind kind : kKinds) {
    if (to_string(kind) == name) return kind;
  }
  return std::nullopt;
}

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

template <class Value>
void take_choice(const JsonValue& written, const char* name, Value& out, std::initializer_list<std::pair<std::string_view, Value>> choices) {
  const std::string word = text_of(written, name);
  for (const auto& [choice, value] : choices) {
    if (choice == word) out = value;
  }
}

/// One provider on its way from a tree to a profile.
class Completion {
 public:
  Completion(const std::string& name, JsonValue& tree, bool is_used, const Sources& sources, Effective& effective)
      : name_(name),
        at_("/providers" + pointer_step(name)),
        tree_(tree),
        is_used_(is_used),
        sources_(sources),
        effective_(effective) {}

  void run() {
    const auto kind = find_kind();
    if (!kind) return;
    ProviderProfile profile;
    profile.name = name_;
    profile.kind = *kind;
    complete(*kind);
    fill(profile);
    judge(profile);
    effective_.config.providers.push_back(std::make_shared<const ProviderProfile>(std::move(profile)));
  }

 private:
  std::optional<ProviderKind> find_kind() {
    if (const JsonValue* written = member(tree_, "kind")) return kind_named(written->text);
    if (const auto kind = kind_named(name_)) {
      put("kind", to_string(*kind), {});
      return kind;
    }
    const bool is_told = std::any_of(effective_.problems.begin(), effective_.problems.end(),
                                     [this](const Problem& p) { return p.where == at_ + "/kind"; });
    if (!is_told)
      effective_.problems.push_back(
          {at_ + "/kind", "nothing", "\"openai\", \"azure_openai\", \"openai_compatible\", \"local\"", "say what it speaks"});
    return std::nullopt;
  }

  void put(std::string_view name, std::string_view value, Origin origin) {
    put_inner(tree_, {std::string(name)}, json_text(value));
    effective_.inner_origins.emplace_back(at_ + "/" + std::string(name), std::move(origin));
  }

  /// The file's word counts; a variable fills in what it leaves open, held against the same table.
  bool put_variable(std::string_view name, const std::string& variable) {
    if (member(tree_, name) != nullptr || !sources_.environment) return false;
    const auto value = sources_.environment(variable);
    if (!value || value->empty()) return false;
    const auto checked = check(*find_inner("/providers/x/" + std::string(name))->setting, json_text(*value));
    if (!checked) {
      if (is_used_)
        effective_.problems.push_back({variable, checked.error().found, checked.error().allowed, checked.error().advice});
      return false;
    }
    put(name, checked->text, {Source::Variable, variable});
    return true;
  }

  void complete(ProviderKind kind) {
    switch (kind) {
      case ProviderKind::Local:
        return;
      case ProviderKind::OpenAi:
        put_variable("api_key", "OPENAI_API_KEY");
        put_variable("base_url", "OPENAI_BASE_URL");
        if (member(tree_, "base_url") == nullptr) put("base_url", kOpenAiUrl, {});
        require("api_key", "OPENAI_API_KEY", "the key of an OpenAI project");
        return;
      case ProviderKind::AzureOpenAi:
        put_variable("base_url", "AZURE_OPENAI_ENDPOINT");
        put_variable("api_key", "AZURE_OPENAI_KEY");
        put_variable("deployment", "AZURE_OPENAI_DEPLOYMENT");
        require("base_url", "AZURE_OPENAI_ENDPOINT", "a URL such as \"https://NAME.openai.azure.com\"");
        require("api_key", "AZURE_OPENAI_KEY", "the key of that resource");
        require("deployment", "AZURE_OPENAI_DEPLOYMENT", "the name of a deployment");
        return;
      case ProviderKind::OpenAiCompatible:
        // OpenAI's key goes nowhere but where the same environment sends it.
        if (put_variable("base_url", "OPENAI_BASE_URL")) put_variable("api_key", "OPENAI_API_KEY");
        require("base_url", "OPENAI_BASE_URL", "a URL such as \"http://127.0.0.1:11434/v1\"");
        return;
    }
  }

  void require(std::string_view name, const std::string& variable, std::string_view allowed) {
    const std::string where = at_ + "/" + std::string(name);
    const bool is_told = std::any_of(effective_.problems.begin(), effective_.problems.end(),
                                     [&](const Problem& problem) { return problem.where == where || problem.where == variable; });
    if (!is_used_ || is_told || member(tree_, name) != nullptr) return;
    effective_.problems.push_back({where, "nothing", std::string(allowed), "set " + variable + ", or write it in the file"});
  }

  void fill(ProviderProfile& out) const {
    const bool is_openai = out.kind == ProviderKind::OpenAi;
    out.base_url = text_of(tree_, "base_url");
    out.api_key = Secret(text_of(tree_, "api_key"));
    out.region = text_of(tree_, "region");
    out.deployment = text_of(tree_, "deployment");
    out.api_version = text_of(tree_, "api_version");
    if (const auto file = text_of(tree_, "ca_file"); !file.empty()) out.ca_file = beside(sources_.path, file);
    if (text_of(tree_, "api") == "responses") out.api = ChatApi::Responses;
    const JsonValue* models = member(tree_, "models");
    const auto model = [&](const char* name, const char* ours) {
      const std::string written = models != nullptr ? text_of(*models, name) : std::string();
      if (!written.empty() || out.kind == ProviderKind::Local) return written;
      return is_openai ? std::string(ours) : std::string();
    };
    out.models = {model("realtime", "gpt-realtime"), model("chat", "gpt-4o-mini"),
                  model("transcription", "gpt-4o-mini-transcribe"), model("speech", "gpt-4o-mini-tts")};
    if (out.kind == ProviderKind::AzureOpenAi && out.models.realtime.empty()) out.models.realtime = out.deployment;
    fill_quirks(out);
    fill_reply(out.reply);
    fill_realtime(out.realtime);
  }

  void fill_quirks(ProviderProfile& out) const {
    if (out.kind == ProviderKind::OpenAiCompatible) out.quirks = {"max_tokens", false, false, false};
    const JsonValue* quirks = member(tree_, "quirks");
    if (quirks == nullptr) return;
    if (const auto name = text_of(*quirks, "max_tokens"); !name.empty()) out.quirks.max_tokens = name == "none" ? "" : name;
    const auto take = [quirks](const char* name, bool& flag) {
      if (const JsonValue* value = member(*quirks, name)) flag = value->flag;
    };
    take("stream_options", out.quirks.stream_options);
    take("tool_choice", out.quirks.tool_choice);
    take("developer_role", out.quirks.developer_role);
  }

  void fill_reply(ReplyTuning& out) const {
    const JsonValue* written = member(tree_, "reply");
    if (written == nullptr) return;
    if (const JsonValue* most = member(*written, "max_tokens")) out.max_tokens = most->integer;
    out.reasoning_effort = text_of(*written, "reasoning_effort");
    out.service_tier = text_of(*written, "service_tier");
  }

  void fill_realtime(RealtimeTuning& out) const {
    const JsonValue* written = member(tree_, "realtime");
    if (written == nullptr) return;
    using Tuning = RealtimeTuning;
    take_choice(*written, "turn_detection", out.turn_end,
                {{"ours", Tuning::TurnEnd::Ours}, {"server", Tuning::TurnEnd::ServerVad}, {"semantic", Tuning::TurnEnd::SemanticVad}});
    take_choice(*written, "eagerness", out.eagerness,
                {{"auto", Tuning::Eagerness::Auto}, {"low", Tuning::Eagerness::Low}, {"medium", Tuning::Eagerness::Medium},
                 {"high", Tuning::Eagerness::High}});
    take_choice(*written, "noise_reduction", out.noise_reduction,
                {{"none", Tuning::NoiseReduction::None}, {"near_field", Tuning::NoiseReduction::NearField},
                 {"far_field", Tuning::NoiseReduction::FarField}});
    if (const JsonValue* speed = member(*written, "speed_percent")) out.speed_percent = speed->integer;
    if (const JsonValue* most = member(*written, "max_tokens")) out.max_tokens = most->integer;
  }

  void judge(const ProviderProfile& profile) const {
    if (!is_used_) return;
    if (profile.base_url.find('?') != std::string::npos)
      effective_.problems.push_back(
          {at_ + "/base_url", "a URL with a query", "one without", "leave out the ? and what follows it"});
    if (!profile.api_key.empty() && profile.base_url.starts_with("http:") && !is_loopback_url(profile.base_url))
      effective_.warnings.push_back({at_ + "/base_url", "the key, and what callers say, go to it in the clear: use https://"});
    if (profile.ca_file.empty() || !sources_.files) return;
    if (const auto file = sources_.files(profile.ca_file, kMaxFileBytes * 4); !file)
      effective_.problems.push_back({at_ + "/ca_file", "a file that cannot be read (" + file.error() + ")",
                                     "a file of certificates (PEM)", "check the path: it starts at the configuration file"});
  }

  const std::string name_, at_;
  JsonValue& tree_;
  bool is_used_;
  const Sources& sources_;
  Effective& effective_;
};

Problem unknown_provider(const ProviderUse& use, const JsonValue& tree) {
  std::vector<std::string> known;
  for (const auto& [name, provider] : tree.members) known.push_back(name);
  for (const ProviderKind kind : kKinds) known.emplace_back(to_string(kind));
  const Setting& setting = *find_setting("agent", "provider");
  if (is_provider_of_later(use.name))
    return {use.where, "a provider of a later version", allowed_for(setting),
            "use one of these; \"local\" needs no key and no network"};
  return {use.where, "a provider that nothing tells of", allowed_for(setting),
          advise(known, use.name, "write it to /providers, or use one of ours")};
}

}  // namespace

std::vector<ProviderUse> provider_uses(const Effective& effective) {
  const Config& config = effective.config;
  std::vector<ProviderUse> uses;
  uses.push_back({where_of(effective, "/agent/provider"), config.agent.provider});
  add_session_uses(config.agent.sessions, "/agent/sessions", uses);
  for (std::size_t i = 0; i < config.agents.items.size(); ++i) {
    const std::string where = "/agents/" + std::to_string(i);
    add_uses(member(config.agents.items[i], "provider"), where + "/provider", uses);
    if (const JsonValue* sessions = member(config.agents.items[i], "sessions"))
      add_session_uses(*sessions, where + "/sessions", uses);
  }
  return uses;
}

void resolve_providers(JsonValue& tree, const Sources& sources, Effective& effective) {
  tree.kind = JsonValue::Kind::Object;
  const auto uses = provider_uses(effective);
  for (const ProviderUse& use : uses) {
    if (member(tree, use.name) != nullptr) continue;
    if (kind_named(use.name))
      tree.members.emplace_back(use.name, JsonValue{.kind = JsonValue::Kind::Object});
    else
      effective.problems.push_back(unknown_provider(use, tree));
    if (!kind_named(use.name) && use.name == effective.config.agent.provider)
      effective.config.agent.provider = AgentSettings{}.provider;  // Refused: not shown.
  }
  for (auto& [name, provider] : tree.members) {
    const bool is_used =
        std::any_of(uses.begin(), uses.end(), [&named = name](const ProviderUse& use) { return use.name == named; });
    Completion(name, provider, is_used, sources, effective).run();
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
