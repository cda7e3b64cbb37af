#pragma once

#include <offhook/agent/config/settings_reader.hpp>

#include <cstddef>

/// The environment as a source of settings.
namespace offhook::inline v0::agent::config {

inline constexpr std::size_t kMaxUnknownVariables = 32;  ///< warnings about variables that set nothing

/// Applies each variable that sets something. An empty one counts as not set: container files pass on variables that have no value. Two
/// variables of one setting with different values are a problem.
void apply_environment(SettingsReader& reader, const Sources& sources);

/// Refuses a variable OFFHOOK_... whose name is near to that of a setting, and warns of others that set nothing. Call when the other sources
/// have been applied: a configuration may refer to variables with any name.
void judge_variables(SettingsReader& reader, const Sources& sources);

}  // namespace offhook::inline v0::agent::config
