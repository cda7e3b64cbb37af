#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace offhook::services::azure {

/// The languages of speech.context. The reader accepts only what the official client writes.
struct LanguageAsked {
  std::vector<std::string> candidates;  ///< empty: no detection
  std::string complaint;                ///< "" when the context is valid
};
/// `target` is the path and query of the handshake, which must announce the detection.
[[nodiscard]] LanguageAsked read_language(const nlohmann::json& context, std::string_view target);

}  // namespace offhook::services::azure
