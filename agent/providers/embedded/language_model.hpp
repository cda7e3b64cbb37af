#pragma once

#include <offhook/agent/providers/embedded/dialogue.hpp>

#include <string>
#include <string_view>
#include <vector>

/// What the recogniser has to expect, made from the dialogue: one narrow language model per way of listening.
namespace offhook::inline v0::agent::embedded {

/// The names that ReplyExpects and Listener::begin use. "" and unknown names mean main.
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

/// An ARPA model of `sentences` (words separated by spaces). Deterministic; never empty.
[[nodiscard]] LanguageModel make_language_model(std::string_view name, const std::vector<std::string>& sentences);

/// Returns main, yesno, digits, correction and wish. yesno, digits and correction have the phrases of the intents that are understood anywhere; wish
/// has those of all intents.
[[nodiscard]] std::vector<LanguageModel> make_language_models(const Dialogue& dialogue);

/// Lines "word phones" of `dictionary` (cmudict's text) for all words of `models` and their variants "word(2)"; words of
/// `extra` come first and win. Those found in neither go to `missing`, sorted.
[[nodiscard]] std::string cut_dictionary(std::string_view dictionary, const std::vector<LanguageModel>& models,
                                         const std::map<std::string, std::string, std::less<>>& extra,
                                         std::vector<std::string>& missing);

}  // namespace offhook::inline v0::agent::embedded
