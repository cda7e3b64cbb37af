#pragma once

#include <offhook/base/time.hpp>
#include <offhook/tests/services/ollama/scenario.hpp>

#include <nlohmann/json.hpp>

#include <optional>
#include <string>

namespace offhook::services::ollama {

/// Returns the reason why the body of a request to /api/chat is invalid, in the server's words, or "" if it is valid.
[[nodiscard]] std::string complaint_about(const nlohmann::json& body, const Model& model);

/// Parses "10m", "1h30m", "500ms", or a number of seconds. Returns nullopt for anything else.
[[nodiscard]] std::optional<base::Duration> keep_alive_in(const nlohmann::json& value);

}  // namespace offhook::services::ollama
