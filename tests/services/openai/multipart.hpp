#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::services::openai {

/// One part of a multipart/form-data body (RFC 7578). `content` refers to the memory of the body.
struct FormField {
  std::string name, file_name, content_type;
  std::string_view content;
};

/// Parses a body. Returns nullopt if the content type has no boundary, or if the body has another form.
[[nodiscard]] std::optional<std::vector<FormField>> parse_multipart(std::string_view content_type, std::string_view body);

}  // namespace offhook::services::openai
