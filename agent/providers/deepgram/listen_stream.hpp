#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// Definitions that nova-3 (live transcription) and Flux share.
namespace offhook::inline v0::agent::deepgram {

inline constexpr std::string_view kCloseStream = R"({"type":"CloseStream"})";
inline constexpr std::size_t kSlackMs = 10;  ///< Deepgram rounds the positions of its windows by at most this

/// Appends `more` to `text`, with a blank between them if both contain words.
inline void append_words(std::string& text, std::string_view more) {
  if (!text.empty() && !more.empty()) text += ' ';
  text += more;
}

}  // namespace offhook::inline v0::agent::deepgram
