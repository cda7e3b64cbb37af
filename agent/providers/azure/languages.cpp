#include <offhook/agent/providers/azure/languages.hpp>

#include <offhook/agent/support/language_tag.hpp>
#include <offhook/base/text.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace offhook::inline v0::agent::azure {

namespace {

/// Returns the locale in the name of a voice: "de-DE" for "de-DE-KatjaNeural"; "" if there is none.
std::string_view locale_of_voice(std::string_view voice) {
  const auto first = voice.find('-'), last = voice.rfind('-');
  return first == last ? std::string_view() : voice.substr(0, last);
}

std::string first_known(std::string_view own, std::string_view of_call, const FollowedLanguage& followed) {
  return !own.empty() ? std::string(own) : !of_call.empty() ? std::string(of_call) : followed.now();
}

}  // namespace

std::string locale_of(std::string_view bcp47) {
  if (bcp47.empty()) return "en-US";
  if (bcp47.find_first_of("-_") != std::string_view::npos) {
    std::string locale(bcp47);
    std::replace(locale.begin(), locale.end(), '_', '-');
    return locale;
  }
  // Languages whose main region is not the language's tag in capitals (de-DE).
  constexpr std::array<std::pair<std::string_view, std::string_view>, 24> kRegions{
      {{"ar", "EG"}, {"bn", "IN"}, {"ca", "ES"}, {"cs", "CZ"}, {"cy", "GB"}, {"da", "DK"}, {"el", "GR"}, {"en", "US"},
       {"et", "EE"}, {"eu", "ES"}, {"fa", "IR"}, {"ga", "IE"}, {"gl", "ES"}, {"he", "IL"}, {"hi", "IN"}, {"ja", "JP"},
       {"ko", "KR"}, {"nb", "NO"}, {"sl", "SI"}, {"sq", "AL"}, {"sv", "SE"}, {"uk", "UA"}, {"vi", "VN"}, {"zh", "CN"}}};
  std::string language, region;
  for (const char c : bcp47) language += base::to_lower(c);
  const auto* const found = std::find_if(kRegions.begin(), kRegions.end(), [&](const auto& each) { return each.first == language; });
  if (found != kRegions.end()) return language + "-" + std::string(found->second);
  for (const char c : language) region += base::is_alpha(c) ? static_cast<char>(c - 32) : c;
  return language + "-" + region;
}

std::vector<std::string> candidate_locales(std::span<const std::string> bcp47) {
  std::vector<std::string> locales;
  for (const std::string& each : bcp47) {
    std::string locale = locale_of(each);
    const auto is_same = [&](const std::string& other) { return is_same_language(other, locale); };
    if (locales.size() < kMaxCandidates && std::none_of(locales.begin(), locales.end(), is_same)) locales.push_back(std::move(locale));
  }
  return locales;
}

std::string heard_locale(std::string_view own, std::string_view of_call, const FollowedLanguage& followed) {
  return locale_of(first_known(own, of_call, followed));
}

std::string spoken_locale(std::string_view own, std::string_view of_call, const FollowedLanguage& followed, std::string_view voice) {
  const std::string known = first_known(own, of_call, followed);
  return locale_of(known.empty() ? locale_of_voice(voice) : known);
}

}  // namespace offhook::inline v0::agent::azure
