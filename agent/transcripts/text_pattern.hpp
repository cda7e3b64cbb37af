#pragma once

#include <offhook/agent/transcripts/text_points.hpp>
#include <offhook/base/result.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::transcripts {

inline constexpr std::size_t kMaxPatternElements = 60;
inline constexpr std::size_t kMaxMatch = 128;  ///< characters

enum class PatternError : std::uint8_t { Empty, TooLong, TooWide, DanglingBackslash };
[[nodiscard]] std::string_view to_string(PatternError error);

/// An operator's own pattern, such as `KD-######` or `case *`: `#` is a digit, `@` a letter, `?` any one character, `*` any
/// number of letters, digits, dashes and underscores, a blank any one blank; `\` takes the next character by its word. The rest
/// is literal, in either case. It fits whole words: no letter or digit touches a match whose edge is one. All states are followed
/// at once, so that no pattern and no text takes longer than their lengths allow.
class TextPattern {
 public:
  /// Errors: Empty, TooLong (over kMaxPatternElements), TooWide (stars and question marks alone), DanglingBackslash.
  [[nodiscard]] static base::Result<TextPattern, PatternError> parse(std::string_view written);
  /// The length of the longest match at `from`, in characters, at most kMaxMatch; 0: none.
  [[nodiscard]] std::size_t match(const TextPoints& text, std::size_t from) const;

 private:
  struct Element {
    enum class Kind : std::uint8_t { Literal, Digit, Letter, Any, Star, Blank } kind{};
    char32_t code = 0;  // Literal
    [[nodiscard]] bool takes(char32_t c) const;
  };
  [[nodiscard]] std::uint64_t past_stars(std::uint64_t states) const;

  std::vector<Element> elements_;
};

}  // namespace offhook::inline v0::agent::transcripts
