#pragma once

#include <offhook/agent/redaction/text_points.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// The text that a redactor must replace. There is one function for each kind; findings may overlap.
namespace offhook::inline v0::agent::redaction {

struct Finding {
  std::size_t begin = 0, end = 0;  ///< indices of points; `end` is exclusive
  std::string_view label;          ///< the text that replaces the finding, in static storage
};
using Findings = std::vector<Finding>;

/// A word, a run of digits, or the characters between them.
struct TextToken {
  enum class Kind : std::uint8_t { Word, Digits, Gap, Other };  ///< Gap: blanks, dashes and similar characters, which may divide a number
  Kind kind{};
  std::size_t begin = 0, end = 0;  ///< indices of points; `end` is exclusive
  std::string word;                ///< for a Word: the folded word
};
using TextTokens = std::vector<TextToken>;
[[nodiscard]] TextTokens tokens_of(std::string_view text, const TextPoints& points);

/// Finds runs of at least `digits_from` digits (0: none), and runs that contain a card number (Luhn's check, 13 to 19 digits).
void find_digits(const TextPoints& points, const TextTokens& tokens, unsigned digits_from, bool cards, Findings& out);
/// Finds e-mail addresses, including spoken ones: "john dot smith at example dot com".
void find_emails(const TextPoints& points, const TextTokens& tokens, Findings& out);
/// Finds IBANs with valid check digits: ISO 13616.
void find_ibans(const TextPoints& points, Findings& out);

}  // namespace offhook::inline v0::agent::redaction
