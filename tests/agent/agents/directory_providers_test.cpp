#include "building.hpp"

#include <offhook/agent/providers/azure/speech_resource.hpp>
#include <offhook/agent/providers/deepgram/tuning.hpp>
#include <offhook/agent/providers/ollama/tuning.hpp>
#include <offhook/agent/providers/provider.hpp>

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <variant>
#include <vector>

using namespace building;
using namespace std::chrono_literals;

TEST_CASE("Each kind of provider has its default sessions") {
  CHECK(ways(build("", {{"PROVIDER", "azure_openai"}, {"AZURE_OPENAI_ENDPOINT", "https://x.openai.azure.com/"}, {"AZURE_OPENAI_KEY", "k"},
                        {"AZURE_OPENAI_DEPLOYMENT", "rt"}}).profile()) == "realtime azure_openai");
  const auto azure = build(R"({"providers": {"azure_openai": {"models": {"chat": "c", "transcription": "t", "speech": "s"}}}})",
                           {{"PROVIDER", "azure_openai"}, {"AZURE_OPENAI_ENDPOINT", "https://x.openai.azure.com/"}, {"AZURE_OPENAI_KEY", "k"},
                            {"AZURE_OPENAI_DEPLOYMENT", "rt"}});
  REQUIRE(azure.made.directory);
  CHECK(ways(azure.profile()) == "realtime azure_openai; cascade azure_openai/azure_openai/azure_openai");
  const auto& provider = *std::get<agent::RealtimeWay>(azure.profile().sessions.front()).provider;
  CHECK(provider.base_url == "https://x.openai.azure.com");
  CHECK(provider.models.realtime == "rt");
  const auto compatible = build(R"({"agent": {"provider": "home"}, "providers": {"home": {"kind": "openai_compatible", "base_url": "http://127.0.0.1:11434/v1/",
                                "models": {"chat": "llama3.2"}, "quirks": {"max_tokens": "none", "tool_choice": true, "starts_in_thought": true}, "api": "responses"}}})",
                                {{"OPENAI_API_KEY", "sk-canary"}});
  REQUIRE_MESSAGE(compatible.made.directory, compatible.problems());
  CHECK(ways(compatible.profile()) == "cascade local/home/local");
  const auto& home = *std::get<agent::CascadeWay>(compatible.profile().sessions.front()).think.front();
  CHECK(home.base_url == "http://127.0.0.1:11434/v1");
  CHECK(home.api_key.empty());  // OPENAI_API_KEY is used only for OpenAI.
  CHECK(home.quirks == agent::ProviderQuirks{"", false, true, false, true});
  CHECK(home.api == agent::ChatApi::Responses);
}

TEST_CASE("An agent with Azure listens and speaks with Azure Speech. Its model is a deployment of Azure OpenAI or a model of another provider") {
  const std::map<std::string, std::string> speech{{"PROVIDER", "azure"}, {"AZURE_SPEECH_KEY", "canary"}, {"AZURE_SPEECH_REGION", "westeurope"}};
  auto whole = speech;
  whole.insert({{"AZURE_OPENAI_ENDPOINT", "https://x.openai.azure.com"}, {"AZURE_OPENAI_KEY", "k"}, {"AZURE_OPENAI_DEPLOYMENT", "mini"}});
  const auto alone = build("", whole);
  REQUIRE_MESSAGE(alone.made.directory, alone.problems());
  CHECK(ways(alone.profile()) == "cascade azure/azure/azure");
  const auto& provider = *std::get<agent::CascadeWay>(alone.profile().sessions.front()).think.front();
  CHECK(agent::azure::speech_of(provider).key.reveal() == "canary");
  CHECK(agent::azure::speech_of(provider).region == "westeurope");
  CHECK(provider.region.empty());  // The configuration does not say in which region the model runs.
  CHECK(provider.models.chat == "mini");
  CHECK(provider.base_url == "https://x.openai.azure.com");
  CHECK(ways(build(R"({"providers": {"azure": {"models": {"realtime": "rt"}}}})", whole).profile()) == "realtime azure; cascade azure/azure/azure");
  auto mixed = speech;
  mixed.insert({{"MODEL_PROVIDER", "openai"}, {"OPENAI_API_KEY", "k"}});
  const auto two = build("", mixed);
  CHECK(ways(two.profile()) == "cascade azure/openai/azure");
  CHECK(std::get<agent::CascadeWay>(two.profile().sessions.front()).listen.front()->region == "westeurope");  // /agent/regions checks this region.
  const auto model = build("", {{"PROVIDER", "local"}, {"MODEL_PROVIDER", "azure"}, {"AZURE_OPENAI_ENDPOINT", "https://x"}, {"AZURE_OPENAI_KEY", "k"}, {"AZURE_OPENAI_DEPLOYMENT", "d"}});
  CHECK(model.problems().empty());  // The provider is used only for its model, so it needs no speech key.
  const auto talk = build(R"({"providers": {"azure": {"models": {"realtime": "rt"}}}})", whole);
  CHECK(talk.warnings().find("/providers/azure/models/transcription: ") != std::string::npos);
  CHECK(talk.warnings().find("/providers/azure/models/realtime: Azure Speech speaks Offhook's own sentences") != std::string::npos);
  const auto container = build(R"({"agent": {"provider": "azure", "model_provider": "local"}, "providers": {"azure": {"speech": {"url": "http://127.0.0.1:5000"}}}})");
  REQUIRE_MESSAGE(container.made.directory, container.problems());
  CHECK(agent::azure::speech_of(*std::get<agent::CascadeWay>(container.profile().sessions.front()).listen.front()).url == "http://127.0.0.1:5000");
}

TEST_CASE("Deepgram alone is enough for a conversation. Ollama supplies the model for any provider that listens and speaks") {
  const auto deepgram = build("", {{"PROVIDER", "deepgram"}, {"DEEPGRAM_API_KEY", "canary"}});
  REQUIRE_MESSAGE(deepgram.made.directory, deepgram.problems());
  CHECK(ways(deepgram.profile()) == "realtime deepgram");
  CHECK(deepgram.warnings().find("the Voice Agent of deepgram is the only way to hold a conversation: while it is not available, callers hear a goodbye.") != std::string::npos);
  CHECK(build(R"({"agent": {"fallback": {"transfer_to": "6010"}}})", {{"PROVIDER", "deepgram"}, {"DEEPGRAM_API_KEY", "canary"}}).warnings().find("the only way") == std::string::npos);
  const auto& voice = *std::get<agent::RealtimeWay>(deepgram.profile().sessions.front()).provider;
  CHECK(voice.base_url == "https://api.deepgram.com");
  CHECK(agent::deepgram::tuning_of(voice).agent_url == "https://agent.deepgram.com");
  const auto elsewhere = build(R"({"providers": {"deepgram": {"base_url": "https://api.eu.example", "api_key": "k"}}})", {{"PROVIDER", "deepgram"}});
  CHECK(agent::deepgram::tuning_of(*std::get<agent::RealtimeWay>(elsewhere.profile().sessions.front()).provider).agent_url == "https://api.eu.example");
  CHECK(voice.api_key.reveal() == "canary");
  CHECK(agent::has_language_model(deepgram.profile()));
  const auto ollama = build(R"({"providers": {"ollama": {"ollama": {"context_tokens": 4096, "keep_alive_minutes": 5}}}})", {{"PROVIDER", "ollama"}, {"OLLAMA_MODEL", "llama3.2"}});
  REQUIRE_MESSAGE(ollama.made.directory, ollama.problems());
  CHECK(ways(ollama.profile()) == "cascade local/ollama/local");
  const auto& model = *std::get<agent::CascadeWay>(ollama.profile().sessions.front()).think.front();
  CHECK(model.base_url == "http://127.0.0.1:11434");
  CHECK(model.models.chat == "llama3.2");
  CHECK(agent::ollama::tuning_of(model) == agent::ollama::Tuning{4096, 5min});
  const auto both = build("", {{"PROVIDER", "ollama"}, {"OLLAMA_MODEL", "llama3.2"}, {"SPEECH_PROVIDER", "deepgram"}, {"DEEPGRAM_API_KEY", "k"}});
  CHECK(ways(both.profile()) == "cascade deepgram/ollama/deepgram");
  const auto tuned = build(R"({"agent": {"provider": "local", "speech_provider": "deepgram", "phrases": ["Offhook", {"phrase": "Mrs. Nguyen"}]},
                              "providers": {"deepgram": {"api_key": "k", "deepgram": {"endpointing_ms": 0, "numerals": true, "mip_opt_out": true, "tag": "desk",
                              "agent_url": "http://127.0.0.1:9", "thinks_by": "anthropic"}}}})");
  REQUIRE_MESSAGE(tuned.made.directory, tuned.problems());
  CHECK(ways(tuned.profile()) == "cascade deepgram/local/deepgram");
  CHECK_FALSE(agent::has_language_model(tuned.profile()));
  CHECK(tuned.profile().phrases == std::vector<std::string>{"Offhook", "Mrs. Nguyen"});
  const auto& listens = *std::get<agent::CascadeWay>(tuned.profile().sessions.front()).listen.front();
  CHECK(agent::deepgram::tuning_of(listens) == agent::deepgram::Tuning{0, false, true, true, "desk", "http://127.0.0.1:9", "anthropic"});
}

TEST_CASE("By default Deepgram's Flux detects the end of turns. Its eager threshold may not be greater than its end threshold") {
  const auto tuning = [](const std::string& deepgram) {
    const auto built = build(R"({"agent": {"provider": "local", "speech_provider": "deepgram"}, "providers": {"deepgram": {"api_key": "k", "deepgram": )" + deepgram + "}}}");
    REQUIRE_MESSAGE(built.made.directory, built.problems());
    return agent::deepgram::tuning_of(*std::get<agent::CascadeWay>(built.profile().sessions.front()).listen.front());
  };
  using Tuning = agent::deepgram::Tuning;
  CHECK(tuning("{}").turn_end == Tuning::TurnEnd::Flux);
  const Tuning told = tuning(R"({"turn_detection": "ours", "eot_threshold_percent": 60, "eager_eot_threshold_percent": 60, "eot_timeout_ms": 60000})");
  CHECK(told.turn_end == Tuning::TurnEnd::Ours);
  CHECK(told.eot_threshold_percent == 60);
  CHECK(told.eager_eot_threshold_percent == 60);
  CHECK(told.eot_timeout_ms == 60000);
  const auto late = build(R"({"agent": {"provider": "local", "speech_provider": "deepgram"},
                              "providers": {"deepgram": {"api_key": "k", "deepgram": {"eager_eot_threshold_percent": 71}}}})");
  CHECK(late.problems() == "/providers/deepgram/deepgram/eager_eot_threshold_percent: found more than eot_threshold_percent; allowed: at most 70; "
                           "lower it, or raise eot_threshold_percent\n");
}

TEST_CASE("An agent that sets its own provider inherits neither model_provider nor speech_provider from /agent") {
  const auto built = build(R"({"agent": {"provider": "ollama", "speech_provider": "deepgram"},
                              "agents": [{"name": "a", "match": {"called": "1"}, "provider": "local"}, {"name": "b", "match": {"called": "2"}, "model_provider": "local"}]})",
                           {{"OLLAMA_MODEL", "m"}, {"DEEPGRAM_API_KEY", "k"}});
  REQUIRE_MESSAGE(built.made.directory, built.problems());
  CHECK(ways(*built.made.directory->entries()[0].profile) == "cascade local/local/local");
  CHECK(ways(*built.made.directory->entries()[1].profile) == "cascade deepgram/local/deepgram");
  const auto kept = build(R"({"agent": {"sessions": [{"kind": "cascade", "provider": "ollama", "listen": "local", "speak": "local"}]},
                             "agents": [{"name": "a", "match": {"called": "1"}, "speech_provider": "deepgram"}]})", {{"OLLAMA_MODEL", "m"}, {"DEEPGRAM_API_KEY", "k"}});
  CHECK(ways(*kept.made.directory->entries()[0].profile) == "cascade local/ollama/local");
  CHECK(kept.warnings() == "/agents/0/speech_provider: is not used: sessions names the providers\n");
  const auto voiced = build(R"({"agent": {"sessions": [{"kind": "cascade", "provider": "openai"}]},
                               "agents": [{"name": "a", "match": {"called": "1"}, "voice": "marin", "speech_provider": "local"}]})", {{"OPENAI_API_KEY", "k"}});
  CHECK(voiced.problems().empty());  // OpenAI speaks, and has the voice: the session names its provider, so speech_provider has no effect.
  const auto both = build(R"({"agent": {"model_provider": "local"}, "agents": [{"name": "a", "match": {"called": "1"}, "sessions": [{"kind": "cascade"}]}]})");
  CHECK(both.warnings().empty());
  const auto idle = build(R"({"agent": {"model_provider": "local", "sessions": [{"kind": "cascade"}]}})");
  CHECK(idle.warnings().find("/agent/model_provider: is not used: sessions names the providers") != std::string::npos);
}

TEST_CASE("Variables such as AZURE_SPEECH_KEY apply only to the provider that has the name of its kind (azure), so that no other host gets the key") {
  const auto built = build(R"({"agent": {"provider": "azure-us", "model_provider": "local"}, "providers": {"azure-us": {"kind": "azure", "speech": {"region": "eastus"}}}})",
                           {{"AZURE_SPEECH_KEY", "canary"}, {"AZURE_SPEECH_REGION", "westeurope"}});
  CHECK(built.problems().starts_with("/providers/azure-us/speech/key: found nothing;"));
  CHECK(build(R"({"agent": {"provider": "openai"}})", {{"PROVIDER", "OpenAI"}, {"OPENAI_API_KEY", "k"}}).problems().empty());
  CHECK(build("", {{"PROVIDER", "Deepgram"}, {"DEEPGRAM_API_KEY", "k"}}).problems().empty());
}

TEST_CASE("build_directory() reads a provider's settings `reply` and `realtime`, and an absent setting keeps its default") {
  const auto built = build(R"({"agent": {"provider": "openai"}, "providers": {"openai": {
        "reply": {"max_tokens": 300, "reasoning_effort": "minimal", "service_tier": "priority"},
        "realtime": {"turn_detection": "semantic", "eagerness": "high", "noise_reduction": "near_field", "speed_percent": 110, "max_tokens": 4096}}}})",
                           {{"OPENAI_API_KEY", "k"}});
  REQUIRE_MESSAGE(built.made.directory, built.problems());
  const auto& told = *std::get<agent::RealtimeWay>(built.profile().sessions.front()).provider;
  using Tuning = agent::RealtimeTuning;
  CHECK(told.reply == agent::ReplyTuning{300, "minimal", "priority"});
  CHECK(told.realtime == Tuning{Tuning::TurnEnd::SemanticVad, Tuning::Eagerness::High, Tuning::NoiseReduction::NearField, 110, 4096});
  const auto plain = build("", {{"PROVIDER", "openai"}, {"OPENAI_API_KEY", "k"}});
  REQUIRE(plain.made.directory);
  const auto& untold = *std::get<agent::RealtimeWay>(plain.profile().sessions.front()).provider;
  CHECK(untold.reply == agent::ReplyTuning{});
  CHECK(untold.realtime == Tuning{});
  CHECK(build(R"({"providers": {"openai": {"realtime": {"max_tokens": 4097, "turn_detection": "never", "speed_percent": 24}}}})",
              {{"PROVIDER", "openai"}, {"OPENAI_API_KEY", "k"}}).problems().find("/providers/openai/realtime/max_tokens") != std::string::npos);
}

TEST_CASE("Settings that limit the cost of a Realtime model are read, and settings that conflict are refused") {
  const auto built = [](const std::string& realtime, const std::string& models = "{}") {
    return build(R"({"providers": {"openai": {"models": )" + models + R"(, "realtime": )" + realtime + "}}}", {{"PROVIDER", "openai"}, {"OPENAI_API_KEY", "k"}});
  };
  const auto all = built(R"({"transcription": false, "reasoning_effort": "minimal", "truncation": "retention_ratio", "retention_percent": 0, "context_tokens": 1000})",
                         R"({"realtime": "gpt-realtime-2"})");
  REQUIRE_MESSAGE(all.made.directory, all.problems());
  const agent::RealtimeTuning& told = std::get<agent::RealtimeWay>(all.profile().sessions.front()).provider->realtime;
  CHECK_FALSE(told.transcription);
  CHECK(told.reasoning_effort == "minimal");
  CHECK(told.truncation == agent::RealtimeTuning::Truncation::RetentionRatio);
  CHECK(told.retention_percent == 0);
  CHECK(told.context_tokens == 1000);
  CHECK(built(R"({"truncation": "disabled"})").problems().empty());
  // A model without reasoning refuses a whole session with reasoning_effort. For an unknown model, Offhook leaves the decision to the server.
  for (const char* model : {"gpt-realtime", "gpt-realtime-1.5", "gpt-realtime-mini", "gpt-realtime-2025-08-28", "gpt-4o-realtime-preview"}) {
    CAPTURE(model);
    CHECK(built(R"({"reasoning_effort": "low"})", std::string(R"({"realtime": ")") + model + "\"}").problems().starts_with("/providers/openai/realtime/reasoning_effort: found a setting of models that reason"));
  }
  for (const char* model : {"gpt-realtime-2", "gpt-realtime-2.1-mini", "my-own"})
    CHECK(built(R"({"reasoning_effort": "low"})", std::string(R"({"realtime": ")") + model + "\"}").problems().empty());
  CHECK(built(R"({"context_tokens": 5000})").problems() ==
        "/providers/openai/realtime/context_tokens: found a setting of the truncation retention_ratio; allowed: this setting together with \"truncation\": "
        "\"retention_ratio\"; set truncation to \"retention_ratio\", or remove this setting\n");
  CHECK(built(R"({"truncation": "auto", "retention_percent": 50})").problems().starts_with("/providers/openai/realtime/retention_percent:"));
  CHECK(built(R"({"truncation": "retention_ratio", "retention_percent": 101, "context_tokens": 999})").problems().find("a whole number from 0 to 100") != std::string::npos);
}

TEST_CASE("A provider that is not named openai and has its own base_url does not use OPENAI_API_KEY") {
  const auto with_key = [](const std::string& providers) {
    return build(R"({"agent": {"provider": "mirror"}, "providers": {"mirror": )" + providers + "}}", {{"OPENAI_API_KEY", "k"}}).problems();
  };
  CHECK(with_key(R"({"kind": "openai"})").empty());
  CHECK(with_key(R"({"kind": "openai", "base_url": "https://mirror.example/v1", "api_key": "own"})").empty());
  CHECK(with_key(R"({"kind": "openai", "base_url": "https://mirror.example/v1"})") ==
        "/providers/mirror/api_key: found nothing; allowed: the key of an OpenAI project; write it in the file\n");
  CHECK(build(R"({"agent": {"provider": "openai"}, "providers": {"openai": {"base_url": "https://proxy.example/v1"}}})", {{"OPENAI_API_KEY", "k"}}).problems().empty());
}

TEST_CASE("OPENAI_BASE_URL and OPENAI_API_KEY together configure a compatible server") {
  const auto built = build(R"({"providers": {"openai_compatible": {"models": {"chat": "m", "speech": "s"}}}})",
                           {{"PROVIDER", "openai_compatible"}, {"OPENAI_BASE_URL", "http://127.0.0.1:8000/v1"}, {"OPENAI_API_KEY", "k"}});
  REQUIRE_MESSAGE(built.made.directory, built.problems());
  CHECK(ways(built.profile()) == "cascade local/openai_compatible/openai_compatible");
  CHECK(std::get<agent::CascadeWay>(built.profile().sessions.front()).think.front()->api_key.reveal() == "k");
}

TEST_CASE("A problem about a missing key names the key's variable, and concerns only a provider that an agent uses") {
  CHECK(build("", {{"PROVIDER", "openai"}}).problems() ==
        "/providers/openai/api_key: found nothing; allowed: the key of an OpenAI project; set OPENAI_API_KEY, or write it in the file\n");
  CHECK(build(R"({"providers": {"openai": {}, "azure_openai": {}}})").problems().empty());
  CHECK(build(R"({"agent": {"sessions": [{"kind": "cascade", "think": "openai"}]}})").problems().starts_with("/providers/openai/api_key: found nothing;"));
  CHECK(build(R"({"agents": [{"name": "a", "match": {"called": "1"}, "provider": "openai"}]})").problems().starts_with("/providers/openai/api_key: found nothing;"));
  const auto azure = build("", {{"PROVIDER", "azure_openai"}}).problems();
  for (const char* variable : {"AZURE_OPENAI_ENDPOINT", "AZURE_OPENAI_KEY", "AZURE_OPENAI_DEPLOYMENT"}) CHECK(azure.find(variable) != std::string::npos);
  CHECK(build("", {{"PROVIDER", "openai"}, {"OPENAI_API_KEY", "k"}, {"OPENAI_BASE_URL", "nonsense"}}).problems() ==
        "OPENAI_BASE_URL: found text that begins with neither http:// nor https://; allowed: a URL such as \"https://api.openai.com/v1\"; correct it, and write keys and passwords in their own settings\n");
}

TEST_CASE("The provider settings of the file take precedence over the environment") {
  const auto built = build(R"({"providers": {"openai": {"api_key": "mine", "base_url": "https://proxy.example/v1", "models": {"chat": "big"}}}})",
                           {{"PROVIDER", "openai"}, {"OPENAI_API_KEY", "other"}, {"OPENAI_BASE_URL", "http://other/v1"}});
  REQUIRE(built.made.directory);
  const auto& provider = *std::get<agent::RealtimeWay>(built.profile().sessions.front()).provider;
  CHECK(provider.api_key.reveal() == "mine");
  CHECK(provider.base_url == "https://proxy.example/v1");
  CHECK(provider.models.chat == "big");
  CHECK(provider.models.realtime == "gpt-realtime");
}

TEST_CASE("A warning names a key that would cross the network without encryption") {
  const auto warned = [](const std::string& url) {
    return build(R"({"agent": {"provider": "x"}, "providers": {"x": {"kind": "openai", "api_key": "k", "base_url": ")" + url + "\"}}}").warnings();
  };
  CHECK(warned("http://10.0.0.1/v1") == "/providers/x/base_url: Offhook sends the key and the callers' words to it unencrypted: use https://\n");
  CHECK(warned("https://10.0.0.1/v1").empty());
  CHECK(warned("http://127.0.0.1:8000/v1").empty());
  CHECK(warned("http://[::1]:8000/v1").empty());
  CHECK(warned("http://localhost/v1").empty());
}
