#pragma once

#include <offhook/agent/config/config.hpp>
#include <offhook/agent/support/json_tree.hpp>

#include <string>
#include <vector>

/// Prints configurations for people and for programs. Secrets are masked.
namespace offhook::inline v0::agent::config {

inline constexpr std::size_t kMaxShownValue = 60;  ///< octets of a value in the table for people

/// Returns one line for each setting: pointer, value, origin.
[[nodiscard]] std::string effective_table(const Effective& effective);
/// Returns {"settings": [{"setting", "value", "source", "origin"}], "problems": [...]}.
[[nodiscard]] std::string effective_json(const Effective& effective);

/// Returns [{"where", "found", "allowed", "advice", "position": FILE:LINE:COLUMN or null}].
[[nodiscard]] JsonValue problems_json(const std::vector<Problem>& problems);

}  // namespace offhook::inline v0::agent::config
