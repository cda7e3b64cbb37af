#include <offhook/agent/config/settings_reader.hpp>

#include <offhook/agent/config/providers.hpp>
#include <offhook/agent/config/reference.hpp>
#include <offhook/agent/config/tool_servers.hpp>

#include <utility>

namespace offhook::inline v0::agent::config {

SettingsReader::SettingsReader(const Sources& sources) : sources_(sources), trees_(settings().size()) { out.origins.resize(settings().size()); }

void SettingsReader::apply(const Setting& setting, const JsonValue& value, const std::string& where, Origin origin) {
  is_file_ = origin.source == Source::File;
  if (setting.is_compound()) {
    const LeafReader leaf = [this](const Setting& inner, const JsonValue& inner_value, const std::string& there) { return read_leaf(inner, inner_value, there); };
    trees_[index_of(setting)] = read_nested(setting, value, where, leaf, out.problems);
  } else {
    const auto checked = read_leaf(setting, value, where);
    if (!checked) return refuse(where, checked.error());
    setting.field.set(out.config, *checked);
  }
  out.origins[index_of(setting)] = std::move(origin);
}

void SettingsReader::apply_at(const std::string& pointer, const JsonValue& value, const std::string& where, Origin origin) {
  if (const Setting* setting = find_setting(pointer)) return apply(*setting, value, where, std::move(origin));
  if (const auto inner = find_inner(pointer)) apply_inner(*inner, value, where, pointer, std::move(origin));
}

void SettingsReader::apply_inner(const InnerPlace& place, const JsonValue& value, const std::string& where, const std::string& pointer, Origin origin) {
  is_file_ = false;
  const auto checked = read_leaf(*place.setting, value, where);
  if (!checked) return refuse(where, checked.error());
  put_inner(trees_[index_of(*place.top)], place.steps, *checked);
  out.inner_origins.emplace_back(pointer, std::move(origin));
}

void SettingsReader::refuse(const std::string& where, const Complaint& complaint) {
  out.problems.push_back({where, complaint.found, complaint.allowed, complaint.advice});
}

void SettingsReader::finish() {
  if (const auto* who = member(trees_[index_of(*find_setting("sip", "callers"))], "who")) {
    for (const JsonValue& one : who->items)
      out.config.sip.caller_secrets.push_back({text_of(one, "username"), Secret(text_of(one, "password"))});
  }
  for (const JsonValue& one : trees_[index_of(*find_setting("nat", "servers"))].items)
    out.config.nat.entries.push_back({text_of(one, "uri"), text_of(one, "username"), Secret(text_of(one, "password")), Secret(text_of(one, "shared_secret"))});
  out.config.tool_servers = read_tool_servers(trees_[index_of(*find_setting("", "tool_servers"))]);
  const Setting* providers = find_setting("", "providers");
  for (const Setting& setting : settings()) {
    const JsonValue& value = trees_[index_of(setting)];
    if (setting.shape == Shape::Object && value.kind == JsonValue::Kind::Object) report_missing(setting, value, pointer_of(setting), out.problems);
    if (&setting != providers && value.kind != JsonValue::Kind::Null) setting.field.set(out.config, masked(setting, value));
  }
  JsonValue& tree = trees_[index_of(*providers)];
  resolve_providers(tree, sources_, out);  // Last, because the other settings name the providers.
  if (!tree.members.empty()) providers->field.set(out.config, masked(*providers, tree));
}

base::Result<JsonValue, Complaint> SettingsReader::read_leaf(const Setting& setting, const JsonValue& value, const std::string& where) {
  if (setting.is_secret()) secrets.push_back(value.text);
  if (!setting.is_expanded() || value.kind != JsonValue::Kind::Text || !is_reference(value.text)) {
    out.holds_secret = out.holds_secret || (is_file_ && setting.is_secret());
    return check(setting, value);
  }
  if (const auto reference = parse_reference(value.text); reference && reference->to == Reference::To::Variable) referenced.emplace(reference->name);
  auto resolved = resolve(value.text, sources_);
  if (!resolved) return base::fail(resolved.error());
  secrets.push_back(resolved->text);
  if (resolved->warning && setting.is_secret()) out.warnings.push_back({where, *resolved->warning});
  Setting guarded = setting;
  guarded.may_hold_secret = true;  // No error may show the value of a reference.
  return check(guarded, json_text(resolved->text));
}

}  // namespace offhook::inline v0::agent::config
