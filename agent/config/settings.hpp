#pragma once

#include <offhook/agent/config/config.hpp>
#include <offhook/agent/providers/provider.hpp>
#include <offhook/agent/settings/setting.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The only table of all settings. Checks, JSON Schema, docs/configuration.md, --help and print-config are made from it.
namespace offhook::inline v0::agent::config {

[[nodiscard]] std::span<const Setting> settings();
/// Returns the index of a setting of settings().
[[nodiscard]] std::size_t index_of(const Setting& setting);
/// Returns the names of the objects in the file, in the table's order.
[[nodiscard]] std::vector<std::string_view> sections();
[[nodiscard]] std::vector<std::string_view> names_in(std::string_view section);
[[nodiscard]] const Setting* find_setting(std::string_view section, std::string_view name);
/// Finds a setting by its JSON pointer.
[[nodiscard]] const Setting* find_setting(std::string_view pointer);
/// Returns the members of a compound setting, including the members that it shares with a section.
[[nodiscard]] std::vector<const Setting*> members_of(const Setting& setting);

/// A setting and its place for documentation: "/agents/N/name", "/providers/NAME/kind".
struct Place {
  std::string pointer;
  const Setting* setting = nullptr;
};
/// Returns all places, a compound setting before its members. Omits the settings that /agents shares with /agent.
[[nodiscard]] std::vector<Place> places();

/// Returns the variables that set settings of providers if the configuration omits them.
[[nodiscard]] std::vector<ProviderVariable> provider_variables();

}  // namespace offhook::inline v0::agent::config
