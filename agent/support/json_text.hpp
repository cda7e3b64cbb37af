#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent {

/// Writes the JSON of a request, member by member. Pass "" as `name` inside a list. Escapes control characters, and replaces
/// invalid UTF-8 by U+FFFD: a server could refuse a whole request because of one octet.
class JsonText {
 public:
  JsonText& text(std::string_view name, std::string_view value);
  JsonText& number(std::string_view name, std::int64_t value);
  JsonText& real(std::string_view name, double value);  ///< at most three decimals; NaN and infinity become 0
  JsonText& flag(std::string_view name, bool value);
  JsonText& null(std::string_view name);
  /// Appends `json`, which must be a JSON value.
  JsonText& raw(std::string_view name, std::string_view json);
  JsonText& open(std::string_view name, char bracket);  ///< `bracket` is '{' or '['
  JsonText& close(char bracket);
  [[nodiscard]] const std::string& str() const { return out_; }
  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  void key(std::string_view name);
  std::string out_;
};

/// Appends `text` as a JSON string.
void append_json_string(std::string& out, std::string_view text);

}  // namespace offhook::inline v0::agent
