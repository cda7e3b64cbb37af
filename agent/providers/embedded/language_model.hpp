#pragma once

#include <offhook/agent/providers/embedded/dialogue.hpp>

#include <string>
#include <string_view>
#include <vector>

/// Makes the recogniser's language models from the dialogue: one narrow model for each state of listening.
namespace offhook::inline v0::agent::embedded {

/// The names of the models, for ReplyExpects and Listener::begin. "" and unknown names mean main.
inline constexpr std::string_view kExpectMain = "main";
inline constexpr std::string_view kExpectYesNo = "yesno";
inline constexpr std::string_view kExpectWish = "wish";  ///< yes, no, or another wish
inline constexpr std::string_view kExpectDigits = "digits";
inline constexpr std::string_view kExpectCorrection = "correction";  ///< yes, no, or "no, it's ..." and a number

struct LanguageModel {
  std::string name;
  std::vector<std::string> vocabulary;  ///< sorted, without <s> and </s>
  std::string arpa;                     ///< 3-grams with back-off, absolute discount 0.5
};

/// Returns an ARPA model of `sentences` (words separated by spaces). Deterministic; never empty.
[[nodiscard]] LanguageModel make_language_model(std::string_view name, const std::vector<std::string>& sentences);

/// Returns the models main, yesno, digits, correction and wish. yesno, digits and correction also contain the examples of the intents
/// with `anywhere`; wish also contains the examples of all intents.
[[nodiscard]] std::vector<LanguageModel> make_language_models(const Dialogue& dialogue);

/// Returns the lines "word phones" of `dictionary` (cmudict's text) for all words of `models`, and for their variants "word(2)".
/// Words of `extra` come first and take precedence. Adds the words that neither has to `missing`, sorted.
[[nodiscard]] std::string cut_dictionary(std::string_view dictionary, const std::vector<LanguageModel>& models,
                                         const std::map<std::string, std::string, std::less<>>& extra,
                                         std::vector<std::string>& missing);

}  // namespace offhook::inline v0::agent::embedded
