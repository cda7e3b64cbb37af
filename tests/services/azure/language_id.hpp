#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace offhook::services::azure {

/// The languages that speech.context requests. read_language() accepts only what the official client writes.
struct LanguageAsked {
  std::vector<std::string> candidates;  ///< languages among which the service detects; empty: no detection
  std::string complaint;                ///< "" when the context is valid
};
/// `target` is the path and query of the handshake. If `context` requests detection, `target` must announce it.
[[nodiscard]] LanguageAsked read_language(const nlohmann::json& context, std::string_view target);

}  // namespace offhook::services::azure
