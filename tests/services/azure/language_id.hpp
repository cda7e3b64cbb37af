#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace offhook::services::azure {

/// What speech.context says of the language, as strictly as the official client writes it.
struct LanguageAsked {
  std::vector<std::string> candidates;  ///< empty: nothing is detected
  std::string complaint;                ///< "" when all is well
};
/// `target`: path and query of the handshake, which announce detection.
[[nodiscard]] LanguageAsked read_language(const nlohmann::json& context, std::string_view target);

}  // namespace offhook::services::azure
