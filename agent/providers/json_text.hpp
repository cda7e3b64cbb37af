#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent {

/// Writes one JSON value for a request, member by member; name "" inside a list. Controls are escaped, and what is no UTF-8
/// becomes U+FFFD, so that a server never refuses a whole request for one octet.
class JsonText {
 public:
  JsonText& text(std::string_view name, std::string_view value);
  JsonText& number(std::string_view name, std::int64_t value);
  JsonText& real(std::string_view name, double value);  ///< three decimals at most; no NaN, no infinity: those are 0
  JsonText& flag(std::string_view name, bool value);
  JsonText& null(std::string_view name);
  /// `json` is a JSON value already.
  JsonText& raw(std::string_view name, std::string_view json);
  JsonText& open(std::string_view name, char bracket);  ///< '{' or '['
  JsonText& close(char bracket);
  [[nodiscard]] const std::string& str() const { return out_; }
  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  void key(std::string_view name);
  std::string out_;
};

/// `text` in quotes.
void append_json_string(std::string& out, std::string_view text);

}  // namespace offhook::inline v0::agent
