#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

/// Functions that count and skip words: Flux sends the words of a turn more than once.
namespace offhook::inline v0::agent::deepgram {

[[nodiscard]] inline std::size_t count_words(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t at = text.find_first_not_of(' '); at != std::string_view::npos; at = text.find_first_not_of(' ', text.find(' ', at))) ++count;
  return count;
}

/// Returns the text after the first `count` words; "" if there are no more words.
[[nodiscard]] inline std::string_view after_words(std::string_view text, std::size_t count) {
  while (count-- > 0) {
    const std::size_t end = text.find(' ', text.find_first_not_of(' '));
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end);
  }
  return text.substr(std::min(text.find_first_not_of(' '), text.size()));
}

}  // namespace offhook::inline v0::agent::deepgram
