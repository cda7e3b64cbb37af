#include <offhook/agent/config/harmless_value.hpp>

#include <offhook/base/text.hpp>

#include <utility>

namespace offhook::inline v0::agent::config {

namespace {

/// Returns true when values of this shape are words. Values of other shapes are free text, numbers to dial, or addresses that may contain a key.
bool takes_words(Shape shape) {
  switch (shape) {
    case Shape::Whole:
    case Shape::Flag:
    case Shape::Choice:
    case Shape::Region:
    case Shape::Host:
    case Shape::Address:
    case Shape::Codecs:
    case Shape::Name:
    case Shape::Provider:
    case Shape::Language:
    case Shape::Names:
    case Shape::Providers: return true;
    case Shape::Key:
    case Shape::Line:
    case Shape::Text:
    case Shape::Extension:
    case Shape::Pattern:
    case Shape::Target:
    case Shape::Url:
    case Shape::Targets:
    case Shape::Schema:
    case Shape::Object:
    case Shape::Objects:
    case Shape::Map: break;
  }
  return false;
}

}  // namespace

bool is_harmless(std::string_view word) {
  bool has_upper = false, has_lower = false, has_digit = false;
  for (const char c : word) {
    has_digit = has_digit || base::is_digit(c);
    has_lower = has_lower || (c >= 'a' && c <= 'z');
    has_upper = has_upper || (c >= 'A' && c <= 'Z');
    if (!base::is_alpha(c) && !base::is_digit(c) && std::string_view("._:-").find(c) == std::string_view::npos) return false;
  }
  return !word.empty() && word.size() <= kMaxHarmlessWord && !(has_upper && has_lower && has_digit);
}

std::string with_word(std::string found, std::string_view word) {
  return is_harmless(word) ? std::move(found) + " (\"" + std::string(word) + "\")" : std::move(found);
}

std::string with_value(std::string found, const Setting& setting, const JsonValue& value) {
  if (setting.is_secret() || setting.may_hold_secret) return found;
  switch (value.kind) {
    case JsonValue::Kind::Flag: return write_json(value);
    case JsonValue::Kind::Integer:
    case JsonValue::Kind::Real: return std::move(found) + " (" + write_json(value) + ")";
    case JsonValue::Kind::Text: return takes_words(setting.shape) ? with_word(std::move(found), value.text) : found;
    case JsonValue::Kind::Null:
    case JsonValue::Kind::List:
    case JsonValue::Kind::Object: break;
  }
  return found;
}

}  // namespace offhook::inline v0::agent::config
