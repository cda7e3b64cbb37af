#include <offhook/agent/providers/voices.hpp>

#include <offhook/agent/support/language_tag.hpp>
#include <offhook/base/text.hpp>

#include <algorithm>
#include <array>

namespace offhook::inline v0::agent {

namespace {

/// The vendor of a voice, found by the form of its name.
enum class Family : std::uint8_t { Embedded, OpenAi, Azure, Deepgram, None };

Family family_of(ProviderKind kind) {
  switch (kind) {
    case ProviderKind::Local: return Family::Embedded;
    case ProviderKind::OpenAi:
    case ProviderKind::AzureOpenAi:
    case ProviderKind::OpenAiCompatible: return Family::OpenAi;
    case ProviderKind::Azure: return Family::Azure;
    case ProviderKind::Deepgram: return Family::Deepgram;
    case ProviderKind::Ollama: return Family::None;
  }
  return Family::None;
}

/// Prefix of the voices of Flux TTS, which /v1/speak does not offer.
constexpr std::string_view kFlux = "flux-";

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

/// Returns the vendor of a name. "aura-2-thalia-en" has Deepgram's form. "en-US-AvaMultilingualNeural" and
/// "en-US-Ava:DragonHDLatestNeural" have Azure's form. Every other name is OpenAI's, or that of a compatible server.
Family family_of(std::string_view voice) {
  if (voice == "slt" || voice == "rms") return Family::Embedded;
  if (voice.starts_with("aura-") || voice.starts_with(kFlux)) return Family::Deepgram;
  if (voice.ends_with("Neural") || begins_with_locale(voice)) return Family::Azure;
  return Family::OpenAi;
}

/// Voices of OpenAI's own models. Compatible servers have other voices, whose names have no special form either.
constexpr auto kOpenAis = std::to_array<std::string_view>(
    {"alloy", "ash", "ballad", "cedar", "coral", "echo", "fable", "marin", "nova", "onyx", "sage", "shimmer", "verse"});

bool is_openais(std::string_view voice) { return std::find(kOpenAis.begin(), kOpenAis.end(), voice) != kOpenAis.end(); }

/// Names of men's voices in the vendors' lists, as known when this was written. All other voices count as women's.
constexpr auto kMen = std::to_array<std::string_view>({
    "rms",
    // OpenAI
    "ash", "ballad", "cedar", "echo", "fable", "onyx", "verse",
    // Deepgram
    "apollo", "arcas", "aries", "atlas", "draco", "hermes", "hyperion", "jupiter", "mars", "neptune", "odysseus", "orion", "orpheus", "pluto",
    "saturn", "zeus", "alvaro", "javier", "luciano", "nestor", "sirio", "julius", "fabian", "angus", "perseus", "helios", "hector", "dionisio", "cesare", "elio", "perseo",
    "sander", "lars", "roman", "fujin", "ebisu",
    // Deepgram, Flux
    "bruce", "cliff", "cole", "colin", "conor", "donovan", "jack", "marcelo", "marcus", "miles", "naveen", "rufus", "sean", "tanner", "wade", "wes",
    // Azure
    "guy", "davis", "andrew", "brian", "tony", "jason", "christopher", "eric", "roger", "steffan", "ryan", "thomas", "conrad", "florian", "killian",
    "henri", "remy", "jorge", "dario", "diego", "giuseppe", "antonio", "keita", "maarten", "liam", "william", "prabhat", "duarte"});

/// Returns the given name in a voice's name: "apollo" for "aura-2-apollo-en", "andrew" for "en-US-AndrewMultilingualNeural".
std::string given_name(std::string_view voice) {
  const Family family = family_of(voice);
  if (family == Family::Deepgram || family == Family::Azure) {
    const std::string_view behind = family == Family::Azure ? voice : voice.substr(0, voice.rfind('-'));
    voice = behind.substr(behind.rfind('-') + 1);
  }
  voice = voice.substr(0, voice.find(':'));
  for (const std::string_view ending : {"Neural", "Multilingual", "Turbo"}) {
    if (voice.ends_with(ending)) voice.remove_suffix(ending.size());
  }
  std::string name;
  for (const char c : voice) name += base::to_lower(c);
  return name;
}

bool is_mans(std::string_view voice) { return std::find(kMen.begin(), kMen.end(), given_name(voice)) != kMen.end(); }

struct OfLanguage { std::string_view language, woman, man; };

/// Each of Deepgram's voices speaks one language.
constexpr std::array kDeepgram{
    OfLanguage{"en", "aura-2-thalia-en", "aura-2-apollo-en"},   OfLanguage{"es", "aura-2-celeste-es", "aura-2-nestor-es"},
    OfLanguage{"de", "aura-2-viktoria-de", "aura-2-julius-de"}, OfLanguage{"fr", "aura-2-agathe-fr", "aura-2-hector-fr"},
    OfLanguage{"it", "aura-2-livia-it", "aura-2-dionisio-it"},  OfLanguage{"nl", "aura-2-rhea-nl", "aura-2-sander-nl"},
    OfLanguage{"ja", "aura-2-izanami-ja", "aura-2-fujin-ja"}};

std::string_view deepgram_voice(bool man, std::string_view language) {
  const auto* found = std::find_if(kDeepgram.begin(), kDeepgram.end(), [&](const OfLanguage& each) { return is_same_language(each.language, language); });
  if (found == kDeepgram.end()) found = kDeepgram.begin();
  return man ? found->man : found->woman;
}

bool is_english(std::string_view language) { return language.empty() || is_same_language(language, "en"); }

/// Azure's multilingual voices speak the language of the text.
std::string_view azure_voice(bool man, std::string_view language, std::span<const std::string> languages) {
  const bool only_english = language.empty() ? std::all_of(languages.begin(), languages.end(), is_english) : is_english(language);
  if (only_english) return man ? "en-US-GuyNeural" : "en-US-JennyNeural";
  return man ? "en-US-AndrewMultilingualNeural" : "en-US-AvaMultilingualNeural";
}

struct Wanted {
  std::string_view voice, language;
  std::span<const std::string> languages;
};

/// Returns true if `voice` certainly belongs to this provider.
bool is_of(Family family, const ProviderProfile& provider, std::string_view voice) {
  if (voice.empty() || family_of(voice) != family) return false;
  return family != Family::OpenAi || is_openais(voice) == (provider.kind != ProviderKind::OpenAiCompatible);
}

std::string voice_of(Family family, const ProviderProfile& provider, const Wanted& asked) {
  const auto& [wanted, language, languages] = asked;
  if (is_of(family, provider, wanted)) return std::string(wanted);
  if (!provider.voice.empty()) return provider.voice;
  if (!wanted.empty() && family_of(wanted) == family) return std::string(wanted);  // It may be newer than the lists above.
  const bool man = !wanted.empty() && is_mans(wanted);
  switch (family) {
    case Family::Embedded: return wanted.empty() ? "" : man ? "rms" : "slt";
    case Family::OpenAi:  // The names of a compatible server's voices are not known.
      return wanted.empty() || provider.kind == ProviderKind::OpenAiCompatible ? "" : man ? "ash" : "coral";
    case Family::Azure: return std::string(azure_voice(man, language, languages));
    case Family::Deepgram: return std::string(deepgram_voice(man, language.empty() && !languages.empty() ? std::string_view(languages.front()) : language));
    case Family::None: return "";
  }
  return "";
}

}  // namespace

std::string voice_for(const ProviderProfile& provider, std::string_view wanted, std::string_view language, std::span<const std::string> languages) {
  return voice_of(family_of(provider.kind), provider, {.voice = wanted, .language = language, .languages = languages});
}

std::string speech_voice_for(const ProviderProfile& provider, std::string_view wanted, std::string_view language, std::span<const std::string> languages) {
  std::string voice = voice_for(provider, wanted, language, languages);
  if (provider.kind != ProviderKind::Deepgram || !voice.starts_with(kFlux)) return voice;
  const std::string_view spoken = language_of_voice(provider.kind, voice);
  if (spoken.empty()) return std::string(deepgram_voice(is_mans(voice), language.empty() && !languages.empty() ? std::string_view(languages.front()) : language));
  return std::string(deepgram_voice(is_mans(voice), spoken));
}

std::string_view language_of_voice(ProviderKind kind, std::string_view voice) {
  const auto first = voice.find('-'), last = voice.rfind('-');
  switch (family_of(kind)) {
    case Family::Embedded: return "en";
    case Family::Deepgram: return last == std::string_view::npos || voice.ends_with("-multi") ? std::string_view() : voice.substr(last + 1);
    case Family::Azure: {
      const bool follows = voice.find("Multilingual") != std::string_view::npos || voice.find(':') != std::string_view::npos;
      return follows || first == last ? std::string_view() : voice.substr(0, first);
    }
    case Family::OpenAi:
    case Family::None: return {};
  }
  return {};
}

std::string model_voice_for(const ProviderProfile& provider, std::string_view wanted) {
  const Family family = family_of(provider.kind);
  ProviderProfile model = provider;
  if (family == Family::Azure && family_of(provider.voice) != Family::OpenAi) model.voice.clear();
  return voice_of(family == Family::Azure ? Family::OpenAi : family, model, {.voice = wanted, .language = {}, .languages = {}});
}

}  // namespace offhook::inline v0::agent
