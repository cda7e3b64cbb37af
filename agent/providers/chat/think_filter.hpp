#pragma once

#include <string>
#include <string_view>

namespace offhook::inline v0::agent::chat {

/// Takes away what a model thinks between <think> and </think> (or <thinking>), which servers without a parser for it leave in
/// the text: never spoken. Tags may be split anywhere; a closing tag alone is taken away too. `starts_inside`: the opening tag was the
/// end of the question, as some models' templates have it, and only the closing one comes. Pure.
class ThinkFilter {
 public:
  explicit ThinkFilter(bool starts_inside = false) : inside_(starts_inside) {}
  [[nodiscard]] std::string feed(std::string_view text);
  /// The text is over: what looked like the beginning of a tag was none.
  [[nodiscard]] std::string finish();
  [[nodiscard]] bool is_inside() const { return inside_; }

 private:
  void pass(char c, std::string& out) { if (!inside_) out += c; }
  std::string held_;  // a part of a tag, perhaps
  bool inside_;
};

}  // namespace offhook::inline v0::agent::chat
