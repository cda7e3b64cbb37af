#include <offhook/tests/services/openai/request_checks.hpp>

#include <algorithm>

namespace offhook::services::openai {

using Json = nlohmann::json;

std::string member(const Json& object, const char* name) {
  return object.is_object() && object.contains(name) && object[name].is_string() ? object[name].get<std::string>() : std::string();
}

std::string content_text(const Json& message) {
  for (const char* name : {"content", "output"}) {
    if (!message.is_object() || !message.contains(name)) continue;
    if (message[name].is_string()) return message[name].get<std::string>();
    std::string words;
    for (const Json& part : message[name]) words += member(part, "text");
    return words;
  }
  return {};
}

std::optional<HttpPlan::Step> only_known(const Json& body, std::initializer_list<std::string_view> names) {
  if (!body.is_object()) return error_answer(400, "invalid_request_error", "", "We could not parse the JSON body of your request: expected an object.");
  for (const auto& [name, value] : body.items()) {
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    return error_answer(400, "invalid_request_error", "unknown_parameter", "Unrecognized request argument supplied: " + name, name);
  }
  return std::nullopt;
}

std::vector<std::string> tokens_of(const std::string& text) {
  std::vector<std::string> tokens;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find(' ', at + 1), text.size());
    tokens.push_back(text.substr(at, end - at));
    at = end;
  }
  return tokens;
}

std::vector<std::string> pieces_of(const std::string& text, std::size_t size) {
  std::vector<std::string> pieces;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = std::min(at + size, text.size());
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) ++end;  // Text in JSON is cut only between characters.
    pieces.push_back(text.substr(at, end - at));
    at = end;
  }
  return pieces;
}

}  // namespace offhook::services::openai
