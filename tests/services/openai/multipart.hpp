#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::services::openai {

/// One part of a multipart/form-data body (RFC 7578); the views borrow from the body.
struct FormField {
  std::string name, file_name, content_type;
  std::string_view content;
};

/// Parses a body. Returns nullopt when the content type has no boundary, or when the body does not conform to it.
[[nodiscard]] std::optional<std::vector<FormField>> parse_multipart(std::string_view content_type, std::string_view body);

}  // namespace offhook::services::openai
