#include <offhook/agent/config/provider_completion.hpp>

#include <offhook/agent/config/check.hpp>
#include <offhook/agent/config/nested.hpp>
#include <offhook/agent/config/provider_urls.hpp>
#include <offhook/agent/config/providers.hpp>
#include <offhook/agent/config/settings.hpp>
#include <offhook/agent/providers/registry/registry.hpp>

#include <algorithm>
#include <initializer_list>
#include <utility>
#include <vector>

namespace offhook::inline v0::agent::config {

namespace {

using Steps = std::vector<std::string>;

std::string pointer_of(const Steps& steps) {
  std::string pointer;
  for (const std::string& step : steps) pointer += "/" + step;
  return pointer;
}

class Completion {
 public:
  Completion(const std::string& name, JsonValue& tree, bool is_used, const Sources& sources, Effective& effective)
      : name_(name), at_("/providers" + pointer_step(name)), tree_(tree), is_used_(is_used), sources_(sources), effective_(effective), is_elsewhere_(has({"base_url"})) {}

  std::optional<ProviderProfile> run() {
    kind_ = written_kind();
    if (kind_ == nullptr) return std::nullopt;
    name_example();
    tidy_url({"base_url"});
    for (const OwnUrl& url : kind_->config.own_urls) {
      if (url.is_base) tidy_url(steps_of(url.pointer));
    }
    complete();
    ProviderProfile profile = read_provider(name_, *kind_, tree_, sources_.path);
    if (is_used_) judge(profile);
    return profile;
  }

 private:
  const Provider* written_kind() {
    if (const JsonValue* written = member(tree_, "kind")) return find_kind(written->text);
    if (const Provider* kind = find_kind(name_)) {
      put({"kind"}, kind->name, {});
      return kind;
    }
    const Setting& setting = *find_inner("/providers/x/kind")->setting;
    if (!is_told({at_ + "/kind"})) effective_.problems.push_back({at_ + "/kind", "nothing", allowed_for(setting), "name its protocol"});
    return nullptr;
  }

  /// Improves problems about the base URL. The file was checked before the provider's kind was known, so these problems give no example for the kind.
  void name_example() const {
    if (effective_.problems.empty()) return;
    const std::string where = at_ + "/base_url", usual = allowed_for(*find_inner("/providers/x/base_url")->setting);
    for (Problem& problem : effective_.problems) {
      if ((problem.where == where || problem.where == "--set " + where) && problem.allowed == usual) problem.allowed = allowed_base(*kind_);
    }
  }

  void tidy_url(const Steps& steps) {
    const JsonValue* written = find(steps);
    if (written != nullptr) put_inner(tree_, steps, json_text(base_of_url(*kind_, written->text)));
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
  [[nodiscard]] std::string text_at(std::string_view pointer) const {
    const JsonValue* value = find(steps_of(pointer));
    return value != nullptr ? value->text : std::string();
  }

  void put(const Steps& steps, std::string_view value, Origin origin) {
    put_inner(tree_, steps, json_text(value));
    effective_.inner_origins.emplace_back(at_ + pointer_of(steps), std::move(origin));
  }

  void put_usual(const Steps& steps, std::string_view value) {
    if (!has(steps)) put(steps, value, {});
  }

  /// Returns true when the variables of the kind apply.
  [[nodiscard]] bool takes_variables() const {
    using Variables = ProviderConfig::Variables;
    const Variables of = kind_->config.variables;
    return name_ == kind_->name || (of == Variables::WithoutHost && !is_elsewhere_) || of == Variables::OfAll;
  }

  /// Sets a value from a variable if the file does not set it. The variable's value is checked in the same way as the file's.
  bool put_variable(const Steps& steps, std::string_view name) {
    const std::string variable(name);
    if (has(steps) || !sources_.environment || !takes_variables()) return false;
    const auto value = sources_.environment(variable);
    if (!value || value->empty()) return false;
    const Setting& setting = *find_inner("/providers/x" + pointer_of(steps))->setting;
    const bool is_url = setting.shape == Shape::Url;
    const auto checked = check(setting, json_text(*value));
    if (!checked) {
      if (is_used_) effective_.problems.push_back({variable, checked.error().found, is_url ? allowed_base(*kind_) : checked.error().allowed, checked.error().advice});
      return false;
    }
    put(steps, is_url ? base_of_url(*kind_, checked->text) : checked->text, {Source::Variable, variable});
    return true;
  }

  void require(const Steps& steps, std::string_view name, std::string_view allowed) {
    const std::string variable(name), where = at_ + pointer_of(steps);
    if (!is_used_ || has(steps) || is_told({where, "--set " + where, variable})) return;
    effective_.problems.push_back({where, "nothing", std::string(allowed), takes_variables() ? "set " + variable + ", or write it in the file" : "write it in the file"});
  }

  void complete() {
    const auto settings = kind_->config.completed;
    std::vector<std::string_view> taken;
    for (const CompletedSetting& each : settings) {
      const bool counts = !each.variable.empty() && (each.only_with.empty() || std::find(taken.begin(), taken.end(), each.only_with) != taken.end());
      if (counts && put_variable(steps_of(each.pointer), each.variable)) taken.push_back(each.variable);
    }
    for (const CompletedSetting& each : settings) {
      if (each.usual != nullptr) put_usual(steps_of(each.pointer), each.usual(tree_));
    }
    for (const CompletedSetting& each : settings) {
      if (!each.needed.empty() && (each.is_needed == nullptr || each.is_needed(tree_))) require(steps_of(each.pointer), each.variable, each.needed);
    }
  }

  void emit(std::string_view place, std::string found, std::string allowed, std::string advice) const {
    effective_.problems.push_back({at_ + std::string(place), std::move(found), std::move(allowed), std::move(advice)});
  }

  void judge_truncation(const RealtimeTuning& realtime) const {
    if (realtime.truncation == RealtimeTuning::Truncation::RetentionRatio) return;
    for (const char* of_ratio : {"retention_percent", "context_tokens"}) {
      if (has({"realtime", of_ratio}))
        emit(std::string("/realtime/") + of_ratio, "a setting of the truncation retention_ratio", "this setting together with \"truncation\": \"retention_ratio\"", "set truncation to \"retention_ratio\", or remove this setting");
    }
  }

  void judge(const ProviderProfile& profile) const {
    if (kind_->config.judge != nullptr) {
      for (const Problem& problem : kind_->config.judge(profile)) emit(problem.where, problem.found, problem.allowed, problem.advice);
    }
    judge_truncation(profile.realtime);
    judge_url("/base_url", profile.base_url, complain_of_base(*kind_, profile.base_url), !profile.api_key.empty());
    for (const OwnUrl& each : kind_->config.own_urls) {
      const std::string url = text_at(each.pointer);
      if (each.is_base && url == profile.base_url) continue;
      judge_url(each.pointer, url, each.is_base ? complain_of_base(*kind_, url) : complain_of_query(url), !text_at(each.key).empty());
    }
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

  void judge_url(std::string_view pointer, std::string_view url, const std::optional<Complaint>& complaint, bool has_key) const {
    const std::string where = place_of(at_ + std::string(pointer));
    if (complaint) effective_.problems.push_back({where, complaint->found, complaint->allowed, complaint->advice});
    if (has_key && url.starts_with("http:") && !is_loopback_url(url))
      effective_.warnings.push_back({where, "Offhook sends the key and the callers' words to it unencrypted: use https://"});
  }

  const std::string name_, at_;
  JsonValue& tree_;
  bool is_used_;
  const Sources& sources_;
  Effective& effective_;
  const Provider* kind_ = nullptr;
  bool is_elsewhere_;  // true: the file sets base_url, which may name another host
};

}  // namespace

std::optional<ProviderProfile> complete_provider(const std::string& name, JsonValue& tree, bool is_used, const Sources& sources, Effective& effective) {
  return Completion(name, tree, is_used, sources, effective).run();
}

}  // namespace offhook::inline v0::agent::config
