#pragma once

#include <offhook/base/time.hpp>
#include <offhook/tests/services/ollama/scenario.hpp>

#include <nlohmann/json.hpp>

#include <optional>
#include <string>

namespace offhook::services::ollama {

/// What is wrong with the body of a request to /api/chat, in the server's words; "" when nothing is.
[[nodiscard]] std::string complaint_about(const nlohmann::json& body, const Model& model);

/// "10m", "1h30m", "500ms", or a number of seconds. Nothing when it is neither.
[[nodiscard]] std::optional<base::Duration> keep_alive_in(const nlohmann::json& value);

}  // namespace offhook::services::ollama
