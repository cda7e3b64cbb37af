#pragma once

#include <offhook/agent/transcripts/text_points.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// What a redactor looks for, one function for each kind; their findings may overlap.
namespace offhook::inline v0::agent::transcripts {

struct Finding {
  std::size_t begin = 0, end = 0;  ///< points
  std::string_view label;          ///< static
};
using Findings = std::vector<Finding>;

/// A word, a run of digits, or whatever stands between them.
struct TextToken {
  enum class Kind : std::uint8_t { Word, Digits, Gap, Other };  ///< Gap: blanks, dashes and the like, which may divide a number
  Kind kind{};
  std::size_t begin = 0, end = 0;  ///< points
  std::string word;                ///< of a Word: folded
};
using TextTokens = std::vector<TextToken>;
[[nodiscard]] TextTokens tokens_of(std::string_view text, const TextPoints& points);

/// Runs of `digits_from` digits and more (0: none), and runs that a card's number is in (Luhn's check, 13 to 19 digits).
void find_digits(const TextPoints& points, const TextTokens& tokens, unsigned digits_from, bool cards, Findings& out);
/// Also spoken: "john dot smith at example dot com".
void find_emails(const TextPoints& points, const TextTokens& tokens, Findings& out);
/// ISO 13616: the check digits must fit.
void find_ibans(const TextPoints& points, Findings& out);

}  // namespace offhook::inline v0::agent::transcripts
