#pragma once

#include <offhook/agent/config/settings.hpp>
#include <offhook/agent/support/problem.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// The environment variables of settings.
namespace offhook::inline v0::agent::config {

inline constexpr std::string_view kVariablePrefix = "OFFHOOK_";

/// Returns the variable of a pointer by the rule for all settings: "OFFHOOK_SIP_TLS_VERIFY" for "/sip/tls/verify".
[[nodiscard]] std::string variable_of(std::string_view pointer);

/// A setting that variables can set: its value is a single value or a list of words. A setting in a list of objects, or in an object with
/// names of the operator's, has no variable.
struct VariableSetting {
  std::string pointer;
  const Setting* setting = nullptr;
  std::vector<std::string> names;  ///< the short name first, if there is one
};
[[nodiscard]] const std::vector<VariableSetting>& variable_settings();
/// Returns the variables of the setting at `pointer`; nullptr if no variable can set it.
[[nodiscard]] const VariableSetting* find_variable_setting(std::string_view pointer);
/// Returns the setting that the variable `name` sets; nullptr if it sets none.
[[nodiscard]] const VariableSetting* find_variable(std::string_view name);

/// Returns true for a variable OFFHOOK_... that sets nothing, but that Offhook's programs, scripts or tests read.
[[nodiscard]] bool is_other_variable(std::string_view name);

/// Returns true when a problem is about this setting, from any source.
[[nodiscard]] bool is_told(const std::vector<Problem>& problems, const std::string& pointer);

}  // namespace offhook::inline v0::agent::config
