#pragma once

#include <string>
#include <string_view>

namespace offhook::inline v0::agent::chat {

/// Removes the thoughts of a model between <think> and </think> (or <thinking>), which some servers leave in the text. Also removes a
/// closing tag without an opening tag. A tag may be split over several pieces of text. `starts_inside`: the text begins within a
/// thought, because the templates of some models end the question with the opening tag. Pure.
class ThinkFilter {
 public:
  explicit ThinkFilter(bool starts_inside = false) : inside_(starts_inside) {}
  [[nodiscard]] std::string feed(std::string_view text);
  /// Ends the text. Returns the octets that feed() has held back because a tag could have begun there.
  [[nodiscard]] std::string finish();
  [[nodiscard]] bool is_inside() const { return inside_; }

 private:
  void pass(char c, std::string& out) { if (!inside_) out += c; }
  std::string held_;  // possibly the beginning of a tag
  bool inside_;
};

}  // namespace offhook::inline v0::agent::chat
