#pragma once

#include <string>
#include <string_view>

namespace offhook::inline v0::agent::chat {

/// Removes the thoughts of a model between <think> and </think> (or <thinking>), which some servers leave in the text. Tags may be
/// split at any place. A closing tag alone is removed too. `starts_inside`: the question ended with the opening tag, as in some
/// models' templates, so only the closing tag comes. Pure.
class ThinkFilter {
 public:
  explicit ThinkFilter(bool starts_inside = false) : inside_(starts_inside) {}
  [[nodiscard]] std::string feed(std::string_view text);
  /// Ends the text. Returns held octets that only looked like a tag.
  [[nodiscard]] std::string finish();
  [[nodiscard]] bool is_inside() const { return inside_; }

 private:
  void pass(char c, std::string& out) { if (!inside_) out += c; }
  std::string held_;  // possibly the beginning of a tag
  bool inside_;
};

}  // namespace offhook::inline v0::agent::chat
