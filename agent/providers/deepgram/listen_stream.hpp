#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

/// The parts that nova-3 (live transcription) and Flux have in common on their sockets.
namespace offhook::inline v0::agent::deepgram {

inline constexpr std::string_view kCloseStream = R"({"type":"CloseStream"})";
inline constexpr std::size_t kSlackMs = 10;  ///< Deepgram rounds the places of its windows by at most this much.

[[nodiscard]] inline std::size_t count_words(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t at = text.find_first_not_of(' '); at != std::string_view::npos; at = text.find_first_not_of(' ', text.find(' ', at))) ++count;
  return count;
}

/// What follows the first `count` words; "" when there are no more.
[[nodiscard]] inline std::string_view after_words(std::string_view text, std::size_t count) {
  while (count-- > 0) {
    const std::size_t end = text.find(' ', text.find_first_not_of(' '));
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end);
  }
  return text.substr(std::min(text.find_first_not_of(' '), text.size()));
}

/// Appends `more` to `text`, with a blank between them when both hold words.
inline void append_words(std::string& text, std::string_view more) {
  if (!text.empty() && !more.empty()) text += ' ';
  text += more;
}

}  // namespace offhook::inline v0::agent::deepgram
