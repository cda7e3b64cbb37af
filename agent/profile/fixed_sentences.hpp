#pragma once

#include <string>
#include <string_view>

namespace offhook::inline v0::agent {

/// The sentences that Offhook itself supplies, without a model. The agent's speaker speaks them. In a profile, "" selects the
/// sentence of the agent's language.
struct FixedSentences {
  std::string apology;      ///< after a part failed: asks the caller to repeat the last words
  std::string mishap;       ///< after a part failed when the caller had said nothing to repeat
  std::string goodbye;      ///< before the call ends because no alternative is left
  std::string filler;       ///< while a tool or a slow model works
  std::string empty_reply;  ///< when the model's reply was empty
  std::string refusal;      ///< when the provider's content filter refused the caller's words
  std::string silence;      ///< before the call ends because the caller was silent too often
  std::string limit;        ///< before the call ends at its time limit
  std::string transfer;     ///< when a transfer was not answered and the model has no text for that
  std::string shutdown;     ///< before the call ends because the program stops

  friend bool operator==(const FixedSentences&, const FixedSentences&) = default;
};

/// Returns the default sentences for `language` (BCP 47): English, German, Spanish, French, Italian or Portuguese. Returns English
/// for any other language, and for "".
[[nodiscard]] FixedSentences usual_sentences(std::string_view language);
/// Returns `given`, with the default sentence of `language` in place of each empty sentence.
[[nodiscard]] FixedSentences with_usual(FixedSentences given, std::string_view language);

}  // namespace offhook::inline v0::agent
