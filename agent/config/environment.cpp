#include <offhook/agent/config/environment.hpp>

#include <offhook/agent/config/variables.hpp>
#include <offhook/agent/support/suggestion.hpp>

#include <algorithm>
#include <map>
#include <utility>

namespace offhook::inline v0::agent::config {

namespace {

constexpr std::string_view kServiceHost = "_SERVICE_HOST";
constexpr std::size_t kMaxVariableBytes = 128;  // The name of each setting's variable is shorter.

/// Returns true for a variable of a neighbour service. Kubernetes gives each pod variables such as OFFHOOK_SIP_SERVICE_HOST and
/// OFFHOOK_SIP_PORT for a service with the name offhook-sip.
bool is_service_link(std::string_view name, const std::vector<std::string>& variables) {
  return std::any_of(variables.begin(), variables.end(), [name](std::string_view other) {
    if (!other.ends_with(kServiceHost)) return false;
    other.remove_suffix(kServiceHost.size());
    if (!name.starts_with(other)) return false;
    const auto rest = name.substr(other.size());
    return rest.starts_with("_SERVICE_") || rest == "_PORT" || rest.starts_with("_PORT_");
  });
}

/// Reads the variables of all settings.
class VariableReader {
 public:
  VariableReader(SettingsReader& reader, const Sources& sources) : reader_(reader), sources_(sources) {}

  void read(const VariableSetting& target, const std::string& name) {
    const auto text = sources_.environment(name);
    if (!text || text->empty()) return;
    if (text->find("://") != std::string::npos && is_service_link(name, sources_.variables)) return;
    if (target.setting->shape == Shape::Host) read_host(target.pointer, *text, name);
    else take(target.pointer, value_of_text(*target.setting, *text), name);
  }

 private:
  /// Reads a host. If the text has a port, also sets the port of the same object.
  void read_host(const std::string& pointer, std::string_view text, const std::string& name) {
    const auto split = split_host(text);
    if (!split) return reader_.refuse(name, split.error());
    take(pointer, json_text(split->host), name);
    if (split->port != 0) take(pointer.substr(0, pointer.rfind('/')) + "/port", json_integer(split->port), name);
  }

  void take(const std::string& pointer, const JsonValue& value, const std::string& name) {
    const auto [first, is_new] = taken_.try_emplace(pointer, Taken{name, value});
    if (is_new) return reader_.apply_at(pointer, value, name, {Source::Variable, name});
    if (first->second.value == value) return;
    if (find_variable_setting(pointer)->setting->is_secret()) reader_.secrets.push_back(value.text);  // The value is not applied, but no problem may show it.
    reader_.refuse(name, {"another value for " + pointer + " than in " + first->second.name, "one value", "unset one of the two variables"});
  }

  struct Taken {
    std::string name;
    JsonValue value;
  };

  SettingsReader& reader_;
  const Sources& sources_;
  std::map<std::string, Taken> taken_;  // by pointer
};

/// Returns the problem with a variable that sets nothing, but names a setting that contains other settings, or is similar to a setting's variable.
/// Returns nullopt for any other name.
std::optional<Problem> refusal_of(const std::string& name) {
  for (const auto& [pointer, setting] : places()) {
    const bool has_variables = setting->shape == Shape::Object || find_variable_setting(pointer) != nullptr;
    if (has_variables || pointer.find("/N") != std::string::npos || (name != variable_of(pointer) && !name.starts_with(variable_of(pointer) + "_"))) continue;
    const bool is_providers = pointer == "/providers";
    return Problem{name, "a variable for " + pointer + ", which contains other settings", "variables for settings with one value, or a list of words",
                   is_providers ? "set one of the provider's own, such as " + std::string(provider_variables().front().name) + ", or write it in the file" : "write it in the file"};
  }
  std::vector<std::string_view> known;
  for (const VariableSetting& each : variable_settings()) known.push_back(std::string_view(each.names.back()).substr(kVariablePrefix.size()));
  const auto meant = nearest(std::string_view(name).substr(kVariablePrefix.size()), known);
  if (!meant) return std::nullopt;
  return Problem{name, "a variable that sets nothing", "OFFHOOK_ and the name of a setting", "did you mean " + std::string(kVariablePrefix) + std::string(*meant) + "?"};
}

bool looks_like_ours(std::string_view name) {
  const auto fits = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; };
  return name.starts_with(kVariablePrefix) && name.size() <= kMaxVariableBytes && std::all_of(name.begin(), name.end(), fits);
}

}  // namespace

void apply_environment(SettingsReader& reader, const Sources& sources) {
  if (!sources.environment) return;
  VariableReader variables(reader, sources);
  for (const VariableSetting& each : variable_settings()) {
    for (const std::string& name : each.names) variables.read(each, name);
  }
}

void judge_variables(SettingsReader& reader, const Sources& sources) {
  std::size_t warned = 0;
  for (const std::string& name : sources.variables) {
    const bool is_known = find_variable(name) != nullptr || is_other_variable(name) || reader.referenced.contains(name);
    if (!looks_like_ours(name) || is_known || is_service_link(name, sources.variables)) continue;
    if (auto problem = refusal_of(name)) reader.out.problems.push_back(*std::move(problem));
    else if (warned++ < kMaxUnknownVariables) reader.out.warnings.push_back({name, "sets nothing: no setting has this name"});
  }
}

}  // namespace offhook::inline v0::agent::config
