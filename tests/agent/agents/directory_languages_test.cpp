#include "building.hpp"

#include <doctest/doctest.h>

#include <sstream>

using namespace building;

TEST_CASE("A list of one language sets the agent's language, and an agent's own language settings replace those of /agent") {
  using Tags = std::vector<std::string>;
  const auto several = build(R"({"agent": {"languages": ["en-US", {"language": "de"}]},
                                "agents": [{"name": "a", "match": {"called": "1"}, "language": "fr"}, {"name": "b", "match": {"called": "2"}},
                                           {"name": "c", "match": {"called": "3"}, "languages": ["pt-BR"]}]})");
  REQUIRE_MESSAGE(several.made.directory, several.problems());
  CHECK(several.warnings().find("is not used") == std::string::npos);
  const auto said_of = [](const agent::AgentProfile& profile) { return std::pair(profile.language, profile.languages); };
  const auto of_entry = [&](std::size_t i) { return said_of(*several.made.directory->entries()[i].profile); };
  CHECK(said_of(several.profile()) == std::pair(std::string(), Tags{"en-US", "de"}));
  CHECK(of_entry(0) == std::pair(std::string("fr"), Tags{}));
  CHECK(of_entry(1) == std::pair(std::string(), Tags{"en-US", "de"}));
  CHECK(of_entry(2) == std::pair(std::string("pt-BR"), Tags{}));
  const auto both = build(R"({"agent": {"language": "fr", "languages": ["en", "de"]}, "agents": [{"name": "a", "match": {"called": "1"}, "languages": ["it", "es"]}]})");
  REQUIRE_MESSAGE(both.made.directory, both.problems());
  CHECK(said_of(both.profile()) == std::pair(std::string("fr"), Tags{}));
  CHECK(said_of(*both.made.directory->entries()[0].profile) == std::pair(std::string(), Tags{"it", "es"}));
  CHECK(both.warnings().find("/agent/languages: is not used, because the language is set") != std::string::npos);
  const auto languages = [](std::size_t count) {
    std::string list;
    for (std::size_t i = 0; i < count; ++i) list += std::string(i == 0 ? "" : ", ") + "\"en-" + static_cast<char>('A' + i) + "\"";
    return build(R"({"agent": {"languages": [)" + list + "]}}").problems();
  };
  CHECK(languages(4).empty());
  CHECK(languages(5).find("/agent/languages: found a longer list;") != std::string::npos);
}

TEST_CASE("A warning names a voice that speaks only one language, if the callers of its agent may speak another language") {
  const auto warned = [](const std::string& agent, const std::string& providers = "{}", Texts variables = {}) {
    variables.insert({{"DEEPGRAM_API_KEY", "k"}, {"OPENAI_API_KEY", "k"}, {"AZURE_SPEECH_KEY", "k"}, {"AZURE_SPEECH_REGION", "westeurope"}});
    const auto built = build(R"({"agent": {)" + agent + R"(}, "providers": )" + providers + "}", variables);
    REQUIRE_MESSAGE(built.made.directory, built.problems());
    std::string of_languages;
    std::istringstream all(built.warnings());
    for (std::string line; std::getline(all, line);) {
      if (line.find("speaks") != std::string::npos) of_languages += line + "\n";
    }
    return of_languages;
  };
  CHECK(warned(R"("provider": "deepgram")") ==
        "/agent/language: is not set, and the voice aura-2-thalia-en of deepgram speaks only en: set it, or name a voice that speaks several languages (docs/voices.md)\n");
  CHECK(warned(R"("provider": "deepgram", "language": "de-AT")").empty());
  CHECK(warned(R"("provider": "deepgram", "languages": ["de", "de-AT"])").empty());
  CHECK(warned(R"("provider": "deepgram", "languages": ["de", "en"])") ==
        "/agent/languages: the voice aura-2-viktoria-de of deepgram speaks only de: it pronounces replies in en by the rules of its own language (docs/voices.md)\n");
  CHECK(warned(R"("provider": "deepgram", "language": "pl")").find("/agent/language: the voice aura-2-thalia-en of deepgram speaks only en: it pronounces replies in pl") == 0);
  CHECK(warned(R"("provider": "openai", "speech_provider": "azure")").empty());  // The listener understands only English here.
  CHECK(warned(R"("provider": "openai", "speech_provider": "azure", "languages": ["en", "de"])").empty());
  CHECK(warned(R"("provider": "openai", "speech_provider": "azure", "voice": "en-US-GuyNeural", "languages": ["en", "de"])").find("en-US-GuyNeural of azure speaks only en") !=
        std::string::npos);
  const std::string mixed = R"("provider": "openai", "sessions": [{"kind": "cascade", "listen": "deepgram", "speak": ["azure", "local"]}])";
  CHECK(warned(mixed).find("/agent/language: is not set, and the voice en-US-JennyNeural of azure") == 0);
  CHECK(warned(mixed + R"(, "languages": ["en", "de"])").empty());
  const std::string of_azure = R"("provider": "openai", "speech_provider": "azure", "voice": )";
  CHECK(warned(of_azure + R"("de-DE-KatjaNeural")") ==
        "/agent/language: is not set, so that Azure listens to en-US, and the voice de-DE-KatjaNeural of azure speaks only de: set it to de-DE (docs/azure.md)\n");
  CHECK(warned(of_azure + R"("de-DE-KatjaNeural", "language": "de-AT")").empty());
  CHECK(warned(of_azure + R"("en-GB-RyanNeural")").empty());
  CHECK(warned(of_azure + R"("de-DE-SeraphinaMultilingualNeural")").empty());
  CHECK(warned(R"("provider": "openai", "sessions": [{"kind": "cascade", "listen": "azure", "speak": "deepgram"}], "voice": "aura-2-julius-de")").find("set it to de (docs/azure.md)") !=
        std::string::npos);
  CHECK(warned(R"("provider": "openai")").empty());
  CHECK(warned(R"("provider": "local")").empty());
  CHECK(warned(R"("provider": "local", "language": "de")").find("of local speaks only en: it pronounces replies in de") != std::string::npos);
}

TEST_CASE("A warning names a configured Flux model that does not understand the agent's language. A model that Offhook itself chooses gives no warning") {
  const auto warned = [](const std::string& model, const std::string& languages) {
    return build(R"({"agent": {"provider": "deepgram", )" + languages + R"(}, "providers": {"deepgram": {"models": {"transcription": ")" + model + "\"}}}}", {{"DEEPGRAM_API_KEY", "k"}})
        .warnings();
  };
  const std::string where = "/providers/deepgram/models/transcription: ";
  CHECK(warned("flux-general-multi", R"("language": "de")").find(where) == std::string::npos);
  CHECK(warned("flux-general-multi", R"("language": "pl")").find(where + "flux-general-multi does not understand pl") != std::string::npos);
  CHECK(warned("flux-general-multi", R"("languages": ["de", "sv"])").find(where + "flux-general-multi does not understand sv") != std::string::npos);
  CHECK(warned("flux-general-en", R"("language": "de")").find(where) != std::string::npos);
  CHECK(warned("flux-general-en", R"("language": "EN-gb")").find(where) == std::string::npos);
  CHECK(warned("flux", R"("language": "pl")").find(where) == std::string::npos);
  CHECK(warned("nova-3", R"("language": "pl")").find(where) == std::string::npos);
}
