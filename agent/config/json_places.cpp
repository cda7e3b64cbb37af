#include <offhook/agent/config/json_places.hpp>

#include <offhook/agent/support/json_tree.hpp>
#include <offhook/base/text.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace offhook::inline v0::agent::config {

namespace {

class PlaceScanner {
 public:
  PlaceScanner(std::string_view text, std::map<std::string, std::string, std::less<>>& out) : text_(text), out_(out) {}

  /// Scans one value; returns false at a mistake.
  bool value(const std::string& pointer, std::size_t depth) {
    skip_blanks();
    if (depth > kMaxDepth || at_ >= text_.size()) return false;
    if (text_[at_] == '{') return members(pointer, depth);
    if (text_[at_] == '[') return items(pointer, depth);
    if (text_[at_] == '"') return string().has_value();
    const auto end = std::min(text_.find_first_of(",]} \t\r\n/", at_), text_.size());  // A number, true, false or null.
    return std::exchange(at_, end) != end;
  }

 private:
  bool members(const std::string& pointer, std::size_t depth) {
    for (bool is_first = true; !ends_with('}', is_first); is_first = false) {
      const std::string place = here();
      const auto name = string();
      if (!name) return false;
      const std::string inner = pointer + pointer_step(*name);
      out_[inner] = place;
      skip_blanks();
      if (!take(':') || !value(inner, depth + 1)) return false;
    }
    return take('}');
  }

  bool items(const std::string& pointer, std::size_t depth) {
    std::size_t index = 0;
    for (; !ends_with(']', index == 0); ++index) {
      const std::string inner = pointer + "/" + std::to_string(index);
      out_[inner] = here();
      if (!value(inner, depth + 1)) return false;
    }
    return take(']');
  }

  /// Returns true at the end of an object or a list. Otherwise skips the opening bracket or the comma before the next element, and returns false.
  bool ends_with(char close, bool is_first) {
    skip_blanks();
    if (is_first) ++at_;
    skip_blanks();
    if (at_ >= text_.size() || text_[at_] == close) return true;
    if (!is_first && !take(',')) return true;
    skip_blanks();
    return false;
  }

  /// Returns the text between the quotes, with its escapes as written.
  std::optional<std::string_view> string() {
    if (!take('"')) return std::nullopt;
    const std::size_t begin = at_;
    for (; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\') ++at_;
    }
    if (at_ >= text_.size()) return std::nullopt;
    return text_.substr(begin, at_++ - begin);
  }

  void skip_blanks() {
    for (;;) {
      while (at_ < text_.size() && base::is_space(text_[at_])) ++at_;
      const auto rest = text_.substr(std::min(at_, text_.size()));
      if (rest.starts_with("//")) at_ += std::min(rest.find('\n'), rest.size());
      else if (rest.starts_with("/*")) at_ += std::min(rest.find("*/", 2), rest.size() - 2) + 2;
      else return;
    }
  }

  bool take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  /// Returns the current place. Continues the count of lines from the previous invocation.
  std::string here() {
    for (; counted_ < at_; ++counted_) {
      if (text_[counted_] != '\n') continue;
      ++line_;
      line_begin_ = counted_ + 1;
    }
    return std::to_string(line_) + ":" + std::to_string(at_ - line_begin_ + 1);
  }

  std::string_view text_;
  std::map<std::string, std::string, std::less<>>& out_;
  std::size_t at_ = 0, counted_ = 0, line_begin_ = 0, line_ = 1;
};

}  // namespace

JsonPlaces::JsonPlaces(std::string_view text) { (void)PlaceScanner(text, places_).value("", 0); }

std::optional<std::string> JsonPlaces::find(std::string_view pointer) const {
  for (; pointer.starts_with('/'); pointer = pointer.substr(0, pointer.rfind('/'))) {
    if (const auto found = places_.find(pointer); found != places_.end()) return found->second;
  }
  return std::nullopt;
}

}  // namespace offhook::inline v0::agent::config
