#pragma once

#include <offhook/tests/services/openai/http_plan.hpp>

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::services::openai {

/// Returns a text member, or "" when it is missing or not a text.
[[nodiscard]] std::string member(const nlohmann::json& object, const char* name);
/// Returns the words of a message: its `content` or `output`, which is a text or a list of parts.
[[nodiscard]] std::string content_text(const nlohmann::json& message);
/// Returns 400 when the body is not an object, or has a member that is not among `names`.
[[nodiscard]] std::optional<HttpPlan::Step> only_known(const nlohmann::json& body, std::initializer_list<std::string_view> names);

/// Returns the words, each with the space before it, as models send them.
[[nodiscard]] std::vector<std::string> tokens_of(const std::string& text);
[[nodiscard]] std::vector<std::string> pieces_of(const std::string& text, std::size_t size);

}  // namespace offhook::services::openai
