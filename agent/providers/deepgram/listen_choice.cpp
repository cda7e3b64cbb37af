#include <offhook/agent/providers/deepgram/listen_choice.hpp>

#include <offhook/agent/support/language_tag.hpp>

#include <algorithm>
#include <array>

namespace offhook::inline v0::agent::deepgram {

namespace {

constexpr std::string_view kEnglish = "flux-general-en", kMany = "flux-general-multi", kNova = "nova-3";

/// The languages that kMany supports.
constexpr auto kFlux = std::to_array<std::string_view>({"en", "es", "fr", "de", "hi", "ru", "pt", "ja", "it", "nl"});

/// The languages that `multi` of nova-3 supports: Deepgram's list of October 2026.
constexpr auto kMulti = std::to_array<std::string_view>({
    "af", "ar", "be", "bn", "bs", "bg", "ca", "zh", "hr", "cs", "da", "nl", "en", "et", "fi", "fr", "gl", "de", "el", "gu", "he",
    "hi", "hu", "id", "it", "ja", "kn", "ko", "lv", "lt", "mk", "ms", "mr", "no", "fa", "pl", "pt", "ro", "ru", "sr", "sk", "sl",
    "es", "sv", "tl", "ta", "te", "th", "tr", "uk", "vi", "xh", "zu",
    "nb", "nn"});  // Deepgram writes "no" for both.

template <class List>
bool is_in(const List& list, std::string_view bcp47) {
  return std::any_of(list.begin(), list.end(), [bcp47](std::string_view language) { return is_same_language(language, bcp47); });
}

/// Returns those of `languages` that Flux supports, each once.
std::vector<std::string> hints_of(std::span<const std::string> languages) {
  std::vector<std::string> hints;
  for (const std::string& each : languages) {
    const auto* const known = std::find_if(kFlux.begin(), kFlux.end(), [&each](std::string_view language) { return is_same_language(language, each); });
    if (known != kFlux.end() && std::find(hints.begin(), hints.end(), *known) == hints.end()) hints.emplace_back(*known);
  }
  return hints;
}

std::string_view flux_for(std::span<const std::string> languages) {
  const bool only_english = !languages.empty() && std::all_of(languages.begin(), languages.end(), [](const auto& each) { return flux_hears(kEnglish, each); });
  return only_english ? kEnglish : kMany;
}

/// Returns true for the general model of a family: "nova-3", or "nova-3-general", which is the same.
bool is_general(std::string_view model, std::string_view family) {
  return model.starts_with(family) && (model.size() == family.size() || model.substr(family.size()) == "-general");
}

/// Returns the value of `language` for nova-2 or nova-3: "multi" if it supports all of `languages`. If it lacks one, it would recognise
/// that language as another one, so the result is the first of `languages`, the most likely. nova-2's multi supports fewer languages,
/// which are not listed here, so it is used only if `languages` is empty. Models of one trade, such as nova-3-medical, are then English.
std::string language_of(std::string_view model, std::span<const std::string> languages) {
  const bool has_multi = model.empty() || is_general(model, kNova);
  if (languages.empty()) return std::string(has_multi || is_general(model, "nova-2") ? kAnyLanguage : "en");
  const bool all = has_multi && std::all_of(languages.begin(), languages.end(), [](const auto& each) { return is_in(kMulti, each); });
  return all ? std::string(kAnyLanguage) : languages.front();
}

}  // namespace

bool is_flux(std::string_view model) { return model.starts_with("flux"); }

bool flux_hears(std::string_view model, std::string_view bcp47) {
  return model == kEnglish ? is_same_language(bcp47, "en") : model != kMany || is_in(kFlux, bcp47);
}

ListenChoice listen_choice(std::string_view model, std::string_view language, std::span<const std::string> languages) {
  const std::string known(language);
  const auto likely = known.empty() ? languages : std::span(&known, 1);
  if (model == "flux") model = std::all_of(likely.begin(), likely.end(), [](const auto& each) { return flux_hears(kMany, each); }) ? flux_for(likely) : kNova;
  ListenChoice choice{.model = std::string(model)};
  if (model == kMany) choice.hints = hints_of(likely);
  if (!is_flux(model)) choice.language = known.empty() ? language_of(model, languages) : known;
  return choice;
}

}  // namespace offhook::inline v0::agent::deepgram
