#include <offhook/agent/providers/deepgram/voices.hpp>

#include <offhook/agent/support/language_tag.hpp>

#include <algorithm>
#include <array>

namespace offhook::inline v0::agent::deepgram {

namespace {

/// Prefix of the voices of Flux TTS.
constexpr std::string_view kFluxVoice = "flux-";

/// The names of men's voices. The service may have added others.
constexpr auto kMen = std::to_array<std::string_view>({
    "apollo", "arcas", "aries", "atlas", "draco", "hermes", "hyperion", "jupiter", "mars", "neptune", "odysseus", "orion", "orpheus", "pluto",
    "saturn", "zeus", "alvaro", "javier", "luciano", "nestor", "sirio", "julius", "fabian", "angus", "perseus", "helios", "hector", "dionisio", "cesare", "elio", "perseo",
    "sander", "lars", "roman", "fujin", "ebisu",
    // Flux
    "bruce", "cliff", "cole", "colin", "conor", "donovan", "jack", "marcelo", "marcus", "miles", "naveen", "rufus", "sean", "tanner", "wade", "wes"});

struct OfLanguage { std::string_view language, woman, man; };

constexpr std::array kOfLanguages{
    OfLanguage{"en", "aura-2-thalia-en", "aura-2-apollo-en"}, OfLanguage{"es", "aura-2-celeste-es", "aura-2-nestor-es"},
    OfLanguage{"de", "aura-2-viktoria-de", "aura-2-julius-de"}, OfLanguage{"fr", "aura-2-agathe-fr", "aura-2-hector-fr"},
    OfLanguage{"it", "aura-2-livia-it", "aura-2-dionisio-it"}, OfLanguage{"nl", "aura-2-rhea-nl", "aura-2-sander-nl"},
    OfLanguage{"ja", "aura-2-izanami-ja", "aura-2-fujin-ja"}};

std::string voice_in(std::string_view language, bool is_man) {
  const auto* found = std::find_if(kOfLanguages.begin(), kOfLanguages.end(), [&](const OfLanguage& each) { return is_same_language(each.language, language); });
  if (found == kOfLanguages.end()) found = kOfLanguages.begin();
  return std::string(is_man ? found->man : found->woman);
}

std::string_view given_name(std::string_view voice) {
  voice = voice.substr(0, voice.rfind('-'));
  return voice.substr(voice.rfind('-') + 1);
}

std::string_view language_of(std::string_view voice) {
  const auto last = voice.rfind('-');
  return last == std::string_view::npos || voice.ends_with("-multi") ? std::string_view() : voice.substr(last + 1);
}

/// Returns a voice of /v1/speak in place of a Flux voice; "" if `voice` is not a Flux voice. If that speaks several languages, takes the most likely one.
std::string instead(std::string_view voice, bool is_man, const VoiceLanguages& spoken) {
  if (!voice.starts_with(kFluxVoice)) return "";
  const std::string_view its_language = language_of(voice);
  return voice_in(its_language.empty() ? spoken.likely() : its_language, is_man);
}

}  // namespace

constinit const VoiceFamily kVoices{
    .has_form = [](std::string_view voice) { return voice.starts_with("aura-") || voice.starts_with(kFluxVoice); },
    .given_name = given_name,
    .men = kMen,
    .nearest = [](std::string_view, bool is_man, const VoiceLanguages& spoken) { return voice_in(spoken.likely(), is_man); },
    .language_of = language_of,
    .instead = instead,
    .realtime_name = "Deepgram's Voice Agent",
};

}  // namespace offhook::inline v0::agent::deepgram
