#include <offhook/agent/providers/registry/voices.hpp>
#include <offhook/agent/providers/azure/provider.hpp>
#include <offhook/agent/providers/deepgram/provider.hpp>
#include <offhook/agent/providers/embedded/local.hpp>
#include <offhook/agent/providers/openai/provider.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace offhook::agent;

namespace {

ProviderProfile of(const Provider* kind, std::string voice = "") {
  ProviderProfile profile;
  profile.kind = kind;
  profile.voice = std::move(voice);
  return profile;
}

}  // namespace

TEST_CASE("voice_for keeps a voice of the provider itself, even if another voice is configured for the provider") {
  CHECK(voice_for(of(&embedded::kLocal), "rms", {"de"}) == "rms");
  CHECK(voice_for(of(&openai::kOpenAi, "cedar"), "marin", {}) == "marin");
  CHECK(voice_for(of(&openai::kOpenAiCompatible), "af_heart", {}) == "af_heart");
  CHECK(voice_for(of(&azure::kAzure), "de-DE-KatjaNeural", {"en"}) == "de-DE-KatjaNeural");
  CHECK(voice_for(of(&azure::kAzure), "en-US-Ava:DragonHDLatestNeural", {}) == "en-US-Ava:DragonHDLatestNeural");
  CHECK(voice_for(of(&azure::kAzure), "en-US-Somebody", {}) == "en-US-Somebody");
  CHECK(voice_for(of(&openai::kOpenAi), "en-US-Somebody", {}) == "coral");
  CHECK(voice_for(of(&openai::kOpenAi), "en-U", {}) == "en-U");
  CHECK(voice_for(of(&deepgram::kDeepgram, "aura-2-zeus-en"), "aura-2-luna-en", {"de"}) == "aura-2-luna-en");
}

TEST_CASE("voice_for replaces a voice of another provider by a similar voice of the same sex") {
  for (const char* man : {"rms", "cedar", "aura-2-apollo-en", "en-US-GuyNeural", "en-US-AndrewMultilingualNeural", "en-US-Andrew:DragonHDLatestNeural"}) {
    CAPTURE(man);
    const auto other = [man](const Provider* kind) { return voice_for(of(kind), man, {"en"}); };
    CHECK((std::string_view(man) == "rms" || other(&embedded::kLocal) == "rms"));
    CHECK((std::string_view(man) == "cedar" || other(&openai::kOpenAi) == "ash"));
    CHECK((std::string_view(man).starts_with("en-US") || other(&azure::kAzure) == "en-US-GuyNeural"));
    CHECK(other(&deepgram::kDeepgram) == "aura-2-apollo-en");
  }
  for (const char* woman : {"slt", "marin", "aura-2-thalia-en", "en-US-JennyNeural", "somebody nobody knows"}) {
    CAPTURE(woman);
    const auto other = [woman](const Provider* kind) { return voice_for(of(kind), woman, {"en"}); };
    CHECK(other(&embedded::kLocal) == "slt");
    CHECK(other(&deepgram::kDeepgram) == "aura-2-thalia-en");
    CHECK(other(&azure::kAzure) == "en-US-JennyNeural");
  }
}

TEST_CASE("voice_for prefers the configured voice of a provider to a similar voice") {
  CHECK(voice_for(of(&azure::kAzure, "de-DE-ConradNeural"), "marin", {"de"}) == "de-DE-ConradNeural");
  CHECK(voice_for(of(&openai::kOpenAiCompatible, "af_heart"), "rms", {}) == "af_heart");
  CHECK(voice_for(of(&openai::kOpenAiCompatible), "rms", {}).empty());  // The names of a compatible server's voices are unknown.
  CHECK(voice_for(of(&openai::kOpenAi, "sage"), "", {}) == "sage");
}

TEST_CASE("voice_for accepts an unknown name for OpenAI and compatible servers, but prefers the configured voice of the provider") {
  CHECK(voice_for(of(&openai::kOpenAi, "coral"), "af_heart", {}) == "coral");
  CHECK(voice_for(of(&openai::kOpenAi), "af_heart", {}) == "af_heart");  // This name may be a new voice of OpenAI.
  CHECK(voice_for(of(&openai::kOpenAiCompatible, "af_heart"), "coral", {}) == "af_heart");
  CHECK(voice_for(of(&openai::kOpenAiCompatible, "af_heart"), "am_adam", {}) == "am_adam");
  CHECK(voice_for(of(&openai::kOpenAiCompatible), "coral", {}) == "coral");
}

TEST_CASE("realtime_voice_for gives Azure's Realtime model a voice of OpenAI, not of Azure Speech") {
  CHECK(realtime_voice_for(of(&azure::kAzure), "marin", {}) == "marin");
  CHECK(realtime_voice_for(of(&azure::kAzure), "", {}).empty());
  CHECK(realtime_voice_for(of(&azure::kAzure, "de-DE-ConradNeural"), "en-US-GuyNeural", {}) == "ash");
  CHECK(realtime_voice_for(of(&azure::kAzure, "sage"), "rms", {}) == "sage");
  CHECK(realtime_voice_for(of(&openai::kOpenAi), "cedar", {}) == "cedar");
  CHECK(realtime_voice_for(of(&deepgram::kDeepgram), "cedar", {}) == "aura-2-apollo-en");
  CHECK(voice_for(of(&embedded::kLocal), "en-US-OnyxTurboMultilingualNeural", {}) == "rms");
}

TEST_CASE("If no voice is configured, voice_for gives a voice for the language of the call, or the provider's default voice") {
  CHECK(voice_for(of(&embedded::kLocal), "", {}).empty());
  CHECK(voice_for(of(&openai::kOpenAi), "", {"de"}).empty());
  CHECK(voice_for(of(&deepgram::kDeepgram), "", {}) == "aura-2-thalia-en");
  CHECK(voice_for(of(&deepgram::kDeepgram), "", {"es-MX"}) == "aura-2-celeste-es");
  CHECK(voice_for(of(&deepgram::kDeepgram), "cedar", {"DE"}) == "aura-2-julius-de");
  CHECK(voice_for(of(&deepgram::kDeepgram), "", {"fi"}) == "aura-2-thalia-en");  // Deepgram has no Finnish voice.
  CHECK(voice_for(of(&azure::kAzure), "", {"en-GB"}) == "en-US-JennyNeural");
  CHECK(voice_for(of(&azure::kAzure), "", {"fi"}) == "en-US-AvaMultilingualNeural");
  CHECK(voice_for(of(&azure::kAzure), "cedar", {"fi"}) == "en-US-AndrewMultilingualNeural");
}

TEST_CASE("If the call has several candidate languages, voice_for gives a voice that speaks all of them, or else the likeliest one") {
  using Languages = std::vector<std::string>;
  const Languages english{"en-US", "EN"}, mixed{"en-US", "de"}, enga{"enm", "en"};
  CHECK(voice_for(of(&azure::kAzure), "", {"", english}) == "en-US-JennyNeural");
  CHECK(voice_for(of(&azure::kAzure), "", {"", mixed}) == "en-US-AvaMultilingualNeural");
  CHECK(voice_for(of(&azure::kAzure), "", {"", enga}) == "en-US-AvaMultilingualNeural");  // This voice does not speak Middle English.
  CHECK(voice_for(of(&azure::kAzure), "cedar", {"", mixed}) == "en-US-AndrewMultilingualNeural");
  CHECK(voice_for(of(&azure::kAzure), "", {"en", mixed}) == "en-US-JennyNeural");  // The language is configured, so the voice needs no other language.
  CHECK(voice_for(of(&azure::kAzure), "de-DE-KatjaNeural", {"", mixed}) == "de-DE-KatjaNeural");
  CHECK(voice_for(of(&deepgram::kDeepgram), "", {"", Languages{"fr-CA", "en"}}) == "aura-2-agathe-fr");
  CHECK(voice_for(of(&deepgram::kDeepgram), "", {"de", Languages{"fr"}}) == "aura-2-viktoria-de");
}

TEST_CASE("A Flux voice works only in the Voice Agent. For other speech, speech_voice_for gives an Aura voice of its language and sex") {
  const auto spoken = [](const char* voice, const char* language = "") { return speech_voice_for(of(&deepgram::kDeepgram), voice, {language}); };
  CHECK(voice_for(of(&deepgram::kDeepgram), "flux-cole-en", {"de"}) == "flux-cole-en");
  CHECK(spoken("flux-cole-en", "de") == "aura-2-apollo-en");
  CHECK(spoken("flux-haley-en") == "aura-2-thalia-en");
  CHECK(spoken("flux-bruce-es") == "aura-2-nestor-es");
  CHECK(spoken("flux-haley-multi", "de-AT") == "aura-2-viktoria-de");
  CHECK(spoken("aura-2-luna-en", "de") == "aura-2-luna-en");
  CHECK(language_of_voice(deepgram::kDeepgram, "flux-haley-multi").empty());
  CHECK(speech_voice_for(of(&deepgram::kDeepgram, "flux-jack-en"), "marin", {}) == "aura-2-apollo-en");
  CHECK(speech_voice_for(of(&openai::kOpenAiCompatible), "flux-kit-en", {}).empty());
}
