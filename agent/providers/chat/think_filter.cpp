#include <offhook/agent/providers/chat/think_filter.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace offhook::inline v0::agent::chat {

namespace {

struct Tag {
  std::string_view text;
  bool opens;
};
constexpr std::array<Tag, 4> kTags{{{"<think>", true}, {"</think>", false}, {"<thinking>", true}, {"</thinking>", false}}};

}  // namespace

std::string ThinkFilter::feed(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (held_.empty() && c != '<') {
      pass(c, out);
      continue;
    }
    if (c == '<') {  // The octets in held_ are not a tag, but a tag may begin here.
      for (const char h : held_) pass(h, out);
      held_.clear();
    }
    held_ += c;
    const auto tag = std::find_if(kTags.begin(), kTags.end(), [this](const Tag& t) { return t.text == held_; });
    if (tag != kTags.end()) {
      inside_ = tag->opens;
      held_.clear();
    } else if (std::none_of(kTags.begin(), kTags.end(), [this](const Tag& t) { return t.text.starts_with(held_); })) {
      for (const char h : std::exchange(held_, {})) pass(h, out);
    }
  }
  return out;
}

std::string ThinkFilter::finish() {
  std::string out;
  for (const char h : std::exchange(held_, {})) pass(h, out);
  return out;
}

}  // namespace offhook::inline v0::agent::chat
