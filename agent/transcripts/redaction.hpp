#pragma once

#include <offhook/agent/transcripts/text_pattern.hpp>
#include <offhook/base/error.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::transcripts {

inline constexpr std::size_t kMaxPatterns = 32;
inline constexpr std::size_t kMaxRedactedBytes = 64U << 10U;  ///< of one text; what is behind them is left out

struct RedactionOptions {
  unsigned digits_from = 4;  ///< runs of so many digits and more go, keyed, written or spoken; 0: none do
  bool cards = true, emails = true, ibans = true;
  std::vector<std::string> patterns;  ///< TextPatterns
};

/// Takes out of a text what should not be kept: "[digits]", "[card]", "[email]", "[iban]", or "[hidden]" for an own pattern stand
/// in its place. Spoken digits count ("four one five", "vier eins funf"), in six languages, and so do those that blanks, dashes
/// and small words divide. It works by the letter, not by the sense: names stay, and a number that is read out over several turns
/// is seen in pieces. Too much taken is the lesser harm. Time grows with the text's length alone.
class Redactor {
 public:
  /// Nothing is taken out.
  Redactor() = default;
  /// Errors: a pattern that cannot be used, or more than kMaxPatterns; the sentence names it.
  [[nodiscard]] static base::Result<Redactor, base::Error> make(const RedactionOptions& options);

  /// Valid UTF-8 stays so.
  [[nodiscard]] std::string redacted(std::string_view text) const;

 private:
  bool works_ = false;
  RedactionOptions options_;
  std::vector<TextPattern> patterns_;
};

}  // namespace offhook::inline v0::agent::transcripts
