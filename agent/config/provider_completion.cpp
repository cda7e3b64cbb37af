#include <offhook/agent/config/provider_completion.hpp>

#include <offhook/agent/config/check.hpp>
#include <offhook/agent/config/nested.hpp>
#include <offhook/agent/config/provider_urls.hpp>
#include <offhook/agent/config/providers.hpp>
#include <offhook/agent/config/settings.hpp>
#include <offhook/base/text.hpp>

#include <algorithm>
#include <initializer_list>
#include <iterator>
#include <utility>
#include <vector>

namespace offhook::inline v0::agent::config {

namespace {

constexpr std::string_view kDeepgramUrl = "https://api.deepgram.com", kAgentUrl = "https://agent.deepgram.com", kOllamaUrl = "http://127.0.0.1:11434";

using Steps = std::vector<std::string>;

std::string pointer_of(const Steps& steps) {
  std::string pointer;
  for (const std::string& step : steps) pointer += "/" + step;
  return pointer;
}

/// Returns the host of a URL, in lower case; "" when the text is not a URL.
std::string host_of(std::string_view url) {
  const auto begin = url.find("://");
  if (begin == std::string_view::npos) return {};
  std::string host;
  for (const char c : url.substr(begin + 3, url.find_first_of("/:?#", begin + 3) - begin - 3)) host += base::to_lower(c);
  return host;
}

/// Returns true for OpenAI's models that refuse a session with `reasoning`. For a model that is not listed here, the provider decides.
bool never_reasons(std::string_view model) {
  constexpr std::string_view kFamilies[] = {"gpt-realtime-mini", "gpt-realtime-1", "gpt-realtime-2025", "gpt-4o-"};
  return model == "gpt-realtime" || std::any_of(std::begin(kFamilies), std::end(kFamilies), [model](std::string_view family) { return model.starts_with(family); });
}

class Completion {
 public:
  Completion(const std::string& name, JsonValue& tree, bool is_used, const Sources& sources, Effective& effective)
      : name_(name), at_("/providers" + pointer_step(name)), tree_(tree), is_used_(is_used), sources_(sources), effective_(effective), is_elsewhere_(has({"base_url"})) {}

  std::optional<ProviderProfile> run() {
    const auto kind = find_kind();
    if (!kind) return std::nullopt;
    kind_ = *kind;
    name_example();
    tidy_url({"base_url"});
    tidy_url({"deepgram", "agent_url"});
    complete(kind_);
    ProviderProfile profile = read_provider(name_, kind_, tree_, sources_.path);
    if (is_used_) judge(profile);
    return profile;
  }

 private:
  std::optional<ProviderKind> find_kind() {
    if (const JsonValue* written = member(tree_, "kind")) return kind_named(written->text);
    if (const auto kind = kind_named(name_)) {
      put({"kind"}, to_string(*kind), {});
      return kind;
    }
    const Setting& setting = *find_inner("/providers/x/kind")->setting;
    if (!is_told({at_ + "/kind"})) effective_.problems.push_back({at_ + "/kind", "nothing", allowed_for(setting), "name its protocol"});
    return std::nullopt;
  }

  /// Improves problems about the base URL: the file was checked before the provider's kind was known, so they have no example for it.
  void name_example() const {
    if (effective_.problems.empty()) return;
    const std::string where = at_ + "/base_url", usual = allowed_for(*find_inner("/providers/x/base_url")->setting);
    for (Problem& problem : effective_.problems) {
      if ((problem.where == where || problem.where == "--set " + where) && problem.allowed == usual) problem.allowed = allowed_base(kind_);
    }
  }

  void tidy_url(const Steps& steps) {
    const JsonValue* written = find(steps);
    if (written != nullptr) put_inner(tree_, steps, json_text(base_of_url(kind_, written->text)));
  }

  [[nodiscard]] bool is_told(std::initializer_list<std::string_view> places) const {
    return std::any_of(effective_.problems.begin(), effective_.problems.end(), [&](const Problem& problem) {
      return std::find(places.begin(), places.end(), problem.where) != places.end();
    });
  }

  [[nodiscard]] const JsonValue* find(const Steps& steps) const {
    const JsonValue* at = &tree_;
    for (const std::string& step : steps) {
      if (at != nullptr) at = member(*at, step);
    }
    return at;
  }
  [[nodiscard]] bool has(const Steps& steps) const { return find(steps) != nullptr; }

  void put(const Steps& steps, std::string_view value, Origin origin) {
    put_inner(tree_, steps, json_text(value));
    effective_.inner_origins.emplace_back(at_ + pointer_of(steps), std::move(origin));
  }

  void put_usual(const Steps& steps, std::string_view value) {
    if (!has(steps)) put(steps, value, {});
  }

  /// Returns true when the variables of the kind apply. They are for the provider that has the kind's name, because a different provider
  /// has its own host and key. A provider of the kind openai without a host is OpenAI itself, so it takes them under any name.
  [[nodiscard]] bool takes_variables() const {
    const auto kind = kind_named(text_of(tree_, "kind"));
    return name_ == text_of(tree_, "kind") || (kind == ProviderKind::OpenAi && !is_elsewhere_) || kind == ProviderKind::OpenAiCompatible;
  }

  /// Sets a value from a variable if the file does not set it. The variable's value is checked in the same way as the file's.
  bool put_variable(const Steps& steps, const std::string& variable) {
    if (has(steps) || !sources_.environment || !takes_variables()) return false;
    const auto value = sources_.environment(variable);
    if (!value || value->empty()) return false;
    const Setting& setting = *find_inner("/providers/x" + pointer_of(steps))->setting;
    const bool is_url = setting.shape == Shape::Url;
    const auto checked = check(setting, json_text(*value));
    if (!checked) {
      if (is_used_) effective_.problems.push_back({variable, checked.error().found, is_url ? allowed_base(kind_) : checked.error().allowed, checked.error().advice});
      return false;
    }
    put(steps, is_url ? base_of_url(kind_, checked->text) : checked->text, {Source::Variable, variable});
    return true;
  }

  void require(const Steps& steps, const std::string& variable, std::string_view allowed) {
    const std::string where = at_ + pointer_of(steps);
    if (!is_used_ || has(steps) || is_told({where, "--set " + where, variable})) return;
    effective_.problems.push_back({where, "nothing", std::string(allowed), takes_variables() ? "set " + variable + ", or write it in the file" : "write it in the file"});
  }

  void complete(ProviderKind kind) {
    switch (kind) {
      case ProviderKind::Local:
        return;
      case ProviderKind::OpenAi:
        put_variable({"api_key"}, "OPENAI_API_KEY");
        put_variable({"base_url"}, "OPENAI_BASE_URL");
        put_usual({"base_url"}, kOpenAiUrl);
        return require({"api_key"}, "OPENAI_API_KEY", "the key of an OpenAI project");
      case ProviderKind::AzureOpenAi:
        take_azure_openai();
        return require_azure_openai();
      case ProviderKind::OpenAiCompatible:
        // OpenAI's key goes only to the address that the same environment sets.
        if (put_variable({"base_url"}, "OPENAI_BASE_URL")) put_variable({"api_key"}, "OPENAI_API_KEY");
        put_variable({"models", "chat"}, "OPENAI_MODEL");
        return require({"base_url"}, "OPENAI_BASE_URL", allowed_base(kind));
      case ProviderKind::Azure:
        return complete_azure();
      case ProviderKind::Deepgram:
        put_variable({"api_key"}, "DEEPGRAM_API_KEY");
        if (!has({"base_url"}) || host_of(text_of(tree_, "base_url")).ends_with(".deepgram.com")) require({"api_key"}, "DEEPGRAM_API_KEY", "the key of a Deepgram project");
        // A server of the operator's, or of a region, also has the Voice Agent.
        put_usual({"deepgram", "agent_url"}, has({"base_url"}) && host_of(text_of(tree_, "base_url")) != host_of(kDeepgramUrl) ? text_of(tree_, "base_url") : std::string(kAgentUrl));
        return put_usual({"base_url"}, kDeepgramUrl);
      case ProviderKind::Ollama:
        put_variable({"base_url"}, "OLLAMA_BASE_URL");
        put_variable({"models", "chat"}, "OLLAMA_MODEL");
        put_usual({"base_url"}, kOllamaUrl);
        return require({"models", "chat"}, "OLLAMA_MODEL", "a model that `ollama list` shows, such as \"llama3.2\"");
    }
  }

  void take_azure_openai() {
    put_variable({"base_url"}, "AZURE_OPENAI_ENDPOINT");
    put_variable({"api_key"}, "AZURE_OPENAI_KEY");
    put_variable({"deployment"}, "AZURE_OPENAI_DEPLOYMENT");
  }
  void require_azure_openai() {
    require({"base_url"}, "AZURE_OPENAI_ENDPOINT", allowed_base(kind_));
    require({"api_key"}, "AZURE_OPENAI_KEY", "the key of the Azure OpenAI resource");
    require({"deployment"}, "AZURE_OPENAI_DEPLOYMENT", "the name of a deployment");
  }

  /// require() in agents/draft_sessions.cpp reports missing settings later, because they depend on the use: speech, the model, or both.
  void complete_azure() {
    put_variable({"speech", "key"}, "AZURE_SPEECH_KEY");
    put_variable({"speech", "region"}, "AZURE_SPEECH_REGION");
    take_azure_openai();
  }

  void tell(std::string_view place, std::string found, std::string allowed, std::string advice) const {
    effective_.problems.push_back({at_ + std::string(place), std::move(found), std::move(allowed), std::move(advice)});
  }

  void judge_realtime(const ProviderProfile& profile) const {
    const RealtimeTuning& realtime = profile.realtime;
    if (profile.kind == ProviderKind::OpenAi && !realtime.reasoning_effort.empty() && never_reasons(profile.models.realtime))
      tell("/realtime/reasoning_effort", "a setting of models that reason, for " + profile.models.realtime, "this setting with a model such as gpt-realtime-2",
           "take it out, or name such a model in models/realtime");
    if (realtime.truncation == RealtimeTuning::Truncation::RetentionRatio) return;
    for (const char* of_ratio : {"retention_percent", "context_tokens"}) {
      if (has({"realtime", of_ratio}))
        tell(std::string("/realtime/") + of_ratio, "a setting of the truncation retention_ratio", "this setting together with \"truncation\": \"retention_ratio\"", "set truncation to \"retention_ratio\", or take this setting out");
    }
  }

  void judge_flux(const DeepgramTuning& flux) const {
    if (flux.eager_eot_threshold_percent <= flux.eot_threshold_percent) return;
    tell("/deepgram/eager_eot_threshold_percent", "more than eot_threshold_percent", "at most " + std::to_string(flux.eot_threshold_percent),
         "lower it, or raise eot_threshold_percent");
  }

  void judge(const ProviderProfile& profile) const {
    judge_realtime(profile);
    judge_flux(profile.deepgram);
    judge_url("/base_url", profile.base_url, profile.api_key);
    judge_url("/speech/url", profile.speech.url, profile.speech.key);
    if (profile.deepgram.agent_url != profile.base_url) judge_url("/deepgram/agent_url", profile.deepgram.agent_url, profile.api_key);
    if (profile.ca_file.empty() || !sources_.files) return;
    if (const auto file = sources_.files(profile.ca_file, kMaxFileBytes * 4); !file)
      effective_.problems.push_back({at_ + "/ca_file", "a file that cannot be read (" + file.error() + ")",
                                     "a file of certificates (PEM)", "check the path: it starts at the folder of the configuration file"});
  }

  /// Returns the variable that set the value; otherwise the value's pointer.
  [[nodiscard]] std::string place_of(const std::string& pointer) const {
    for (const auto& [inner, origin] : effective_.inner_origins) {
      if (inner == pointer && origin.source == Source::Variable) return origin.name;
    }
    return pointer;
  }

  void judge_url(std::string_view place, const std::string& url, const Secret& key) const {
    const std::string where = place_of(at_ + std::string(place));
    // An address of Azure Speech, or of a container of it, is not a base URL of its models.
    const ProviderKind kind = place == "/speech/url" ? ProviderKind::Local : kind_;
    if (const auto complaint = complain_of_base(kind, url)) effective_.problems.push_back({where, complaint->found, complaint->allowed, complaint->advice});
    if (!key.empty() && url.starts_with("http:") && !is_loopback_url(url))
      effective_.warnings.push_back({where, "Offhook sends the key and the callers' words to it unencrypted: use https://"});
  }

  const std::string name_, at_;
  JsonValue& tree_;
  bool is_used_;
  const Sources& sources_;
  Effective& effective_;
  ProviderKind kind_ = ProviderKind::Local;
  bool is_elsewhere_;  // true: the file contains its host
};

}  // namespace

std::optional<ProviderKind> kind_named(std::string_view name) {
  for (const ProviderKind kind : kProviderKinds) {
    if (to_string(kind) == name) return kind;
  }
  return std::nullopt;
}

std::optional<ProviderProfile> complete_provider(const std::string& name, JsonValue& tree, bool is_used, const Sources& sources, Effective& effective) {
  return Completion(name, tree, is_used, sources, effective).run();
}

}  // namespace offhook::inline v0::agent::config
