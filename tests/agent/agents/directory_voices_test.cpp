#include "building.hpp"

#include <doctest/doctest.h>

using namespace building;

namespace {

/// Returns the problems of a configuration with these `agent` and `providers` members.
std::string voice_problems(const std::string& agent, const std::string& providers = "{}") {
  const Texts variables{{"OPENAI_API_KEY", "k"}, {"OLLAMA_MODEL", "m"}, {"DEEPGRAM_API_KEY", "k"}, {"AZURE_SPEECH_KEY", "k"}, {"AZURE_SPEECH_REGION", "westeurope"},
                        {"AZURE_OPENAI_ENDPOINT", "https://x.openai.azure.com"}, {"AZURE_OPENAI_KEY", "k"}, {"AZURE_OPENAI_DEPLOYMENT", "d"}};
  return build(R"({"agent": {)" + agent + R"(}, "providers": )" + providers + "}", variables).problems();
}

std::string warned(const std::string& agent, const std::string& providers = "{}") {
  const auto built = build(R"({"agent": {)" + agent + R"(}, "providers": )" + providers + "}", {{"DEEPGRAM_API_KEY", "k"}, {"OPENAI_API_KEY", "k"}});
  REQUIRE_MESSAGE(built.made.directory, built.problems());
  std::string of_voices;
  for (const auto& each : built.made.warnings) {
    if (each.what.find("only Deepgram's Voice Agent has the voice") != std::string::npos) of_voices += each.where + ": " + each.what + "\n";
  }
  return of_voices;
}

}  // namespace

TEST_CASE("If the embedded voice speaks, an unknown voice name is a problem, even if the embedded voice only replaces a provider without speech") {
  const auto slip = [](const std::string& voice) {
    return "/agent/voice: found an unknown voice (\"" + voice + "\"); allowed: \"slt\", \"rms\" when the embedded voice speaks; write one of them, or name another provider that speaks (SPEECH_PROVIDER)\n";
  };
  const std::string thinks = R"({"home": {"kind": "openai_compatible", "base_url": "http://h/v1", "models": {"chat": "m"}}})";
  const std::string speaks = R"({"home": {"kind": "openai_compatible", "base_url": "http://h/v1", "models": {"chat": "m", "speech": "s"}}})";
  CHECK(voice_problems(R"("provider": "ollama", "voice": "marin")") == slip("marin"));
  CHECK(voice_problems(R"("provider": "ollama", "voice": "rms")").empty());
  CHECK(voice_problems(R"("provider": "ollama", "speech_provider": "deepgram", "voice": "marin")").empty());
  CHECK(voice_problems(R"("provider": "openai", "speech_provider": "local", "voice": "marin")") == slip("marin"));
  CHECK(voice_problems(R"("provider": "openai", "model_provider": "ollama", "voice": "marin")").empty());
  CHECK(voice_problems(R"("provider": "azure", "model_provider": "ollama", "voice": "marin")").empty());
  CHECK(voice_problems(R"("provider": "azure_openai", "voice": "marin")").empty());
  CHECK(voice_problems(R"("provider": "azure_openai", "model_provider": "ollama", "voice": "marin")") == slip("marin"));
  CHECK(voice_problems(R"("provider": "home", "voice": "marin")", thinks) == slip("marin"));
  CHECK(voice_problems(R"("provider": "home", "voice": "af_heart")", speaks).empty());
  // The provider has no listener, so the embedded provider listens and speaks.
  CHECK(voice_problems(R"("provider": "home", "model_provider": "ollama", "voice": "af_heart")", speaks) == slip("af_heart"));
  CHECK(voice_problems(R"("provider": "ollama", "voice": "marin", "sessions": [{"kind": "cascade", "listen": "local", "speak": "openai"}])").empty());
  const auto entries = build(R"({"agents": [{"name": "a", "match": {"called": "1"}, "provider": "ollama", "voice": "coral"},
                                            {"name": "b", "match": {"called": "2"}, "model_provider": "ollama", "voice": "coral"}]})", {{"OLLAMA_MODEL", "m"}}).problems();
  CHECK(entries.find("/agents/0/voice: found an unknown voice (\"coral\");") != std::string::npos);
  CHECK(entries.find("/agents/1/voice: found an unknown voice (\"coral\");") != std::string::npos);
}

TEST_CASE("If a cascade or Offhook's own sentences have a Flux voice, a warning names that voice and the /v1/speak voice that replaces it") {
  CHECK(warned(R"("provider": "openai", "speech_provider": "deepgram", "voice": "flux-cole-en")") ==
        "/agent/voice: only Deepgram's Voice Agent has the voice flux-cole-en: replies of a cascade use the voice aura-2-apollo-en instead (docs/deepgram.md)\n");
  CHECK(warned(R"("provider": "deepgram", "voice": "flux-kit-en")") ==
        "/agent/voice: only Deepgram's Voice Agent has the voice flux-kit-en: Offhook's own sentences, such as the greeting, use the voice aura-2-thalia-en instead (docs/deepgram.md)\n");
  CHECK(warned(R"("provider": "openai", "speech_provider": "deepgram")", R"({"deepgram": {"voice": "flux-kit-en"}})").starts_with("/providers/deepgram/voice: only Deepgram's Voice Agent has the voice flux-kit-en"));
  CHECK(warned(R"("provider": "openai", "speech_provider": "deepgram", "voice": "aura-2-luna-en")").empty());
  CHECK(warned(R"("provider": "openai", "voice": "flux-kit-en")").empty());
}
