#include <offhook/agent/providers/azure/voices.hpp>

#include <offhook/agent/support/language_tag.hpp>

#include <algorithm>
#include <array>

namespace offhook::inline v0::agent::azure {

namespace {

/// The names in men's voices. The service may have added others.
constexpr auto kMen = std::to_array<std::string_view>({
    "guy", "davis", "andrew", "brian", "tony", "jason", "christopher", "eric", "roger", "steffan", "ryan", "thomas", "conrad", "florian", "killian",
    "henri", "remy", "jorge", "dario", "diego", "giuseppe", "antonio", "keita", "maarten", "liam", "william", "prabhat", "duarte"});

constexpr bool is_small(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }

/// Returns true if `voice` begins with a locale such as "en-US-".
bool begins_with_locale(std::string_view voice) {
  const auto dash = voice.find('-');
  if (dash != 2 && dash != 3) return false;
  const std::string_view region = voice.substr(dash + 1, 2);
  return is_small(voice[0]) && is_small(voice[1]) && region.size() == 2 && is_capital(region[0]) && is_capital(region[1]) &&
         voice.substr(dash + 3).starts_with('-');
}

bool is_english(std::string_view language) { return language.empty() || is_same_language(language, "en"); }

std::string nearest(std::string_view, bool is_man, const VoiceLanguages& spoken) {
  const bool only_english = spoken.language.empty() ? std::all_of(spoken.languages.begin(), spoken.languages.end(), is_english) : is_english(spoken.language);
  if (only_english) return is_man ? "en-US-GuyNeural" : "en-US-JennyNeural";
  return is_man ? "en-US-AndrewMultilingualNeural" : "en-US-AvaMultilingualNeural";
}

std::string_view language_of(std::string_view voice) {
  const auto first = voice.find('-'), last = voice.rfind('-');
  const bool follows = voice.find("Multilingual") != std::string_view::npos || voice.find(':') != std::string_view::npos;
  return follows || first == last ? std::string_view() : voice.substr(0, first);
}

}  // namespace

/// The names of its voices have forms such as "en-US-AvaMultilingualNeural" and "en-US-Ava:DragonHDLatestNeural".
constinit const VoiceFamily kVoices{
    .has_form = [](std::string_view voice) { return voice.ends_with("Neural") || begins_with_locale(voice); },
    .given_name = [](std::string_view voice) { return voice.substr(voice.rfind('-') + 1); },
    .men = kMen,
    .nearest = nearest,
    .language_of = language_of,
};

}  // namespace offhook::inline v0::agent::azure
