#pragma once

#include <offhook/agent/redaction/text_pattern.hpp>
#include <offhook/base/error.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::redaction {

inline constexpr std::size_t kMaxPatterns = 32;
inline constexpr std::size_t kMaxRedactedBytes = 64U << 10U;  ///< octets of one text; the rest is left out

struct RedactionOptions {
  unsigned digits_from = 4;  ///< redacts runs of at least this many digits, keyed, written or spoken; 0: none
  bool cards = true, emails = true, ibans = true;
  std::vector<std::string> patterns;  ///< in the syntax of TextPattern
};

/// Replaces private data in a text with "[digits]", "[card]", "[email]" or "[iban]", or with "[hidden]" for a match of the operator's patterns.
/// It finds spoken digits in six languages ("four one five", "vier eins funf"), and digits that blanks, dashes and small words divide. It looks at
/// characters, not at meaning: it keeps names, and it sees a number that spans several turns only in pieces. It redacts too much rather than too
/// little. Its time is proportional to the length of the text.
class Redactor {
 public:
  /// Makes a redactor that replaces nothing.
  Redactor() = default;
  /// Fails for an invalid pattern, which the error names, or for more than kMaxPatterns patterns.
  [[nodiscard]] static base::Result<Redactor, base::Error> make(const RedactionOptions& options);

  /// Returns the redacted text. The result of valid UTF-8 is valid UTF-8.
  [[nodiscard]] std::string redacted(std::string_view text) const;

 private:
  bool works_ = false;
  RedactionOptions options_;
  std::vector<TextPattern> patterns_;
};

}  // namespace offhook::inline v0::agent::redaction
