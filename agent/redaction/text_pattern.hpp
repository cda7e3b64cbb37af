#pragma once

#include <offhook/agent/redaction/text_points.hpp>
#include <offhook/base/result.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::redaction {

inline constexpr std::size_t kMaxPatternElements = 60;
inline constexpr std::size_t kMaxMatch = 128;  ///< characters of the longest match

enum class PatternError : std::uint8_t { Empty, TooLong, TooWide, DanglingBackslash };
[[nodiscard]] std::string_view to_string(PatternError error);

/// An operator's pattern, such as `KD-######` or `case *`. `#` matches a digit, `@` a letter, `?` any character, a blank any blank, `*` any number of
/// letters, digits, dashes and underscores. `\` makes the next character literal. All other characters are literal, in either case.
/// A pattern matches whole words: if a match begins or ends with a letter or digit, the text has no further letter or digit there. The matcher follows
/// all states at once, so that its time is proportional to the product of the lengths of pattern and text.
class TextPattern {
 public:
  /// Parses a pattern. Errors: Empty, TooLong (over kMaxPatternElements), TooWide (only stars, question marks and blanks), DanglingBackslash.
  [[nodiscard]] static base::Result<TextPattern, PatternError> parse(std::string_view written);
  /// Returns the length of the longest match at `from` in characters, at most kMaxMatch; 0 if there is none.
  [[nodiscard]] std::size_t match(const TextPoints& text, std::size_t from) const;

 private:
  struct Element {
    enum class Kind : std::uint8_t { Literal, Digit, Letter, Any, Star, Blank } kind{};
    char32_t code = 0;  // the character of a Literal
    [[nodiscard]] bool takes(char32_t c) const;
  };
  [[nodiscard]] std::uint64_t past_stars(std::uint64_t states) const;

  std::vector<Element> elements_;
};

}  // namespace offhook::inline v0::agent::redaction
