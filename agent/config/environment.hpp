#pragma once

#include <offhook/agent/config/settings_reader.hpp>

#include <cstddef>

/// The environment as a source of settings.
namespace offhook::inline v0::agent::config {

inline constexpr std::size_t kMaxUnknownVariables = 32;  ///< warnings about variables that set nothing

/// Applies each variable that sets something. An empty variable counts as not set, because container files pass on variables without a value. Reports
/// a problem if two variables give different values for the same setting.
void apply_environment(SettingsReader& reader, const Sources& sources);

/// Reports a problem for a variable OFFHOOK_... whose name is similar to the variable of a setting, and warns about other variables OFFHOOK_... that
/// set nothing. Call it after the other sources, because a configuration may refer to variables with any name.
void judge_variables(SettingsReader& reader, const Sources& sources);

}  // namespace offhook::inline v0::agent::config
