#pragma once

#include <offhook/tests/services/openai/http_plan.hpp>

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::services::openai {

/// A member that is text; "" when it is missing or something else.
[[nodiscard]] std::string member(const nlohmann::json& object, const char* name);
/// The words of a message: its `content`, or `output`, as text or as a list of parts.
[[nodiscard]] std::string content_text(const nlohmann::json& message);
/// 400 when the body is no object, or has another member.
[[nodiscard]] std::optional<HttpPlan::Step> only_known(const nlohmann::json& body, std::initializer_list<std::string_view> names);

/// Words with the blank in front of them, as models say them.
[[nodiscard]] std::vector<std::string> tokens_of(const std::string& text);
[[nodiscard]] std::vector<std::string> pieces_of(const std::string& text, std::size_t size);

}  // namespace offhook::services::openai
