#pragma once

#include <string>
#include <string_view>

namespace offhook::inline v0::agent {

/// What we say in our own words, and no model: the speaker speaks it in the agent's voice. "" in a profile: that of the agent's language.
struct FixedSentences {
  std::string apology;      ///< a part failed, and the caller may try once more
  std::string mishap;       ///< a part failed when the caller had said nothing that they could say again
  std::string goodbye;      ///< nothing is left to try: the call ends
  std::string filler;       ///< said while a tool or a slow model is at work
  std::string empty_reply;  ///< the model had nothing to say
  std::string refusal;      ///< the provider's content filter refused what the caller said
  std::string silence;      ///< the caller said nothing, too often: the call ends
  std::string limit;        ///< the call has lasted as long as it may: it ends
  std::string transfer;     ///< nobody answered a transfer, and the model has no words for it
  std::string shutdown;     ///< the program stops: the call ends

  friend bool operator==(const FixedSentences&, const FixedSentences&) = default;
};

/// The usual ones of a language (BCP 47): English, German, Spanish, French, Italian and Portuguese; of any other, and of "", English.
[[nodiscard]] FixedSentences usual_sentences(std::string_view language);
/// `given`, with the usual ones where it has none.
[[nodiscard]] FixedSentences with_usual(FixedSentences given, std::string_view language);

}  // namespace offhook::inline v0::agent
