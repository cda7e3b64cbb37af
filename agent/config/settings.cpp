#include <offhook/agent/config/settings.hpp>

#include <offhook/agent/config/settings_tables.hpp>
#include <offhook/agent/providers/registry/registry.hpp>

#include <algorithm>

namespace offhook::inline v0::agent::config {

namespace {

void add_places(const Setting& setting, const std::string& pointer, std::vector<Place>& out) {
  out.push_back({pointer, &setting});
  const std::string inner = pointer + (setting.shape == Shape::Objects ? "/N" : setting.shape == Shape::Map ? "/NAME" : "");
  for (const Setting& member : setting.members) add_places(member, inner + "/" + std::string(member.name), out);
}

}  // namespace

std::span<const Setting> settings() {
  static const std::vector<Setting> all = [] {
    std::vector<Setting> joined;
    for (const auto part : {sip_settings(), agent_settings(), network_settings(), media_settings(), service_settings(), records_settings()})
      joined.insert(joined.end(), part.begin(), part.end());
    return joined;
  }();
  return all;
}

std::size_t index_of(const Setting& setting) { return static_cast<std::size_t>(&setting - settings().data()); }

std::vector<std::string_view> sections() {
  std::vector<std::string_view> names;
  for (const Setting& setting : settings()) {
    if (!setting.section.empty() && std::find(names.begin(), names.end(), setting.section) == names.end())
      names.push_back(setting.section);
  }
  return names;
}

std::vector<std::string_view> names_in(std::string_view section) {
  std::vector<std::string_view> names;
  for (const Setting& setting : settings()) {
    if (setting.section == section) names.push_back(setting.name);
  }
  return names;
}

const Setting* find_setting(std::string_view section, std::string_view name) {
  for (const Setting& setting : settings()) {
    if (setting.section == section && setting.name == name) return &setting;
  }
  return nullptr;
}

const Setting* find_setting(std::string_view pointer) {
  if (!pointer.starts_with('/') || pointer.starts_with("//")) return nullptr;
  pointer.remove_prefix(1);
  const auto slash = pointer.find('/');
  return slash == std::string_view::npos ? find_setting("", pointer) : find_setting(pointer.substr(0, slash), pointer.substr(slash + 1));
}

std::vector<const Setting*> members_of(const Setting& setting) {
  std::vector<const Setting*> members;
  for (const Setting& member : setting.members) members.push_back(&member);
  if (setting.also.empty()) return members;
  for (const Setting& other : settings()) {
    if (other.section == setting.also) members.push_back(&other);
  }
  return members;
}

std::vector<Place> places() {
  std::vector<Place> all;
  for (const Setting& setting : settings()) add_places(setting, pointer_of(setting), all);
  return all;
}

std::vector<ProviderVariable> provider_variables() {
  std::vector<ProviderVariable> all;
  for (const Provider* kind : provider_kinds()) all.insert(all.end(), kind->config.shown_variables.begin(), kind->config.shown_variables.end());
  return all;
}

}  // namespace offhook::inline v0::agent::config
