#pragma once

#include <offhook/tests/services/openai/http_plan.hpp>

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::services::openai {

/// Returns the member `name` if it is a text, and "" otherwise.
[[nodiscard]] std::string member(const nlohmann::json& object, const char* name);
/// Returns the words of a message. They are in its `content` or `output`, which is a text or a list of parts.
[[nodiscard]] std::string content_text(const nlohmann::json& message);
/// Returns 400 if the body is not an object, or if it has a member that is not one of `names`.
[[nodiscard]] std::optional<HttpPlan::Step> only_known(const nlohmann::json& body, std::initializer_list<std::string_view> names);

/// Returns the words of `text`, each with the space before it, as models send them.
[[nodiscard]] std::vector<std::string> tokens_of(const std::string& text);
[[nodiscard]] std::vector<std::string> pieces_of(const std::string& text, std::size_t size);

}  // namespace offhook::services::openai
