#pragma once

#include <offhook/agent/config/config.hpp>
#include <offhook/agent/config/json_tree.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::config {

/// One thing that can be set. `apply` checks a value and takes it over; what it returns is the problem, and then nothing was
/// taken over.
struct Setting {
  std::string_view section;      ///< "" for a setting at the top of the file
  std::string_view name;
  std::string_view environment;  ///< "" when no variable sets it
  std::optional<std::string> (*apply)(Config& config, const JsonValue& value);
};

[[nodiscard]] std::span<const Setting> settings();
[[nodiscard]] std::string pointer_of(const Setting& setting);
/// What a variable's text means for `setting`: a flag reads true, yes, on, 1 and their opposites.
[[nodiscard]] JsonValue value_of_variable(const Setting& setting, std::string_view text);
/// ASTERISK_HOST, which may carry a port. Returns the problem, as Setting::apply does.
[[nodiscard]] std::optional<std::string> apply_host_and_port(Config& config, std::string_view text);

}  // namespace offhook::inline v0::agent::config
