#include "building.hpp"

#include <offhook/agent/app/agent_options.hpp>
#include <offhook/agent/providers/azure/speech_resource.hpp>
#include <offhook/agent/providers/deepgram/tuning.hpp>
#include <offhook/agent/providers/embedded/local.hpp>
#include <offhook/agent/providers/ollama/tuning.hpp>
#include <offhook/agent/providers/openai/provider.hpp>

#include <doctest/doctest.h>

#include <algorithm>

using namespace building;
using namespace std::chrono_literals;

TEST_CASE("SIP_EXTENSION, SIP_PASSWORD, ASTERISK_HOST, PROVIDER=openai and OPENAI_API_KEY are a complete configuration") {
  const auto built = build("", {{"PROVIDER", "openai"}, {"OPENAI_API_KEY", "sk-canary"}});
  REQUIRE_MESSAGE(built.made.directory, built.problems());
  CHECK(built.problems().empty());
  CHECK(built.warnings().empty());
  const auto& profile = built.profile();
  CHECK(ways(profile) == "realtime openai; cascade openai/openai/openai");
  const auto& provider = *std::get<agent::RealtimeWay>(profile.sessions.front()).provider;
  CHECK(provider.base_url == "https://api.openai.com/v1");
  CHECK(provider.api_key.reveal() == "sk-canary");
  CHECK(provider.models.realtime == "gpt-realtime");
  CHECK_FALSE(provider.models.chat.empty());
  CHECK_FALSE(provider.models.transcription.empty());
  CHECK_FALSE(provider.models.speech.empty());
  CHECK(provider.quirks == agent::ProviderQuirks{});
  REQUIRE(profile.tools.size() == 1);
  CHECK(profile.tools.front().tool == agent::BuiltInTool::HangUp);
  CHECK(profile.codecs.size() == 3);
  CHECK(profile.voice.empty());
  CHECK(profile.dialogue == "receptionist.json");
}

TEST_CASE("If the configuration names no provider, the agent uses the embedded parts for all stages and needs no settings") {
  const auto built = build("");
  REQUIRE(built.made.directory);
  CHECK(ways(built.profile()) == "cascade local/local/local");
  CHECK_FALSE(agent::uses(built.profile(), agent::openai::kOpenAi));
  CHECK(agent::uses(built.profile(), agent::embedded::kLocal));
}

TEST_CASE("A relative path of a dialogue starts at the folder of the configuration file, but the path of the shipped dialogue stays unchanged") {
  const auto built = build(R"({"agent": {"dialogue": "dialogues/mine.json"}, "agents": [
    {"name": "sales", "match": {"called": "1"}, "dialogue": "/srv/sales.json"}, {"name": "night", "match": {"called": "2"}, "voice": "rms"}]})");
  REQUIRE_MESSAGE(built.made.directory, built.problems());
  CHECK(built.profile().dialogue == "etc/dialogues/mine.json");
  CHECK(built.made.directory->entries()[0].profile->dialogue == "/srv/sales.json");
  CHECK(built.made.directory->entries()[1].profile->dialogue == "etc/dialogues/mine.json");
  CHECK(agent::to_agent_options(built.effective.config, "receptionist.json").embedded.dialogue_path == "etc/dialogues/mine.json");
  CHECK(agent::to_agent_options(build("").effective.config, "receptionist.json").embedded.dialogue_path == "receptionist.json");
}

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

TEST_CASE("A tool that the caller must confirm needs a session with a transcription") {
  const auto built = [](const std::string& tools, const std::string& agent, const std::string& provider) {
    return build(R"({"agent": {"provider": "p", "tools": )" + tools + agent + R"(}, "providers": {"p": )" + provider + "}}");
  };
  const std::string transfer = R"([{"name": "transfer", "confirm": "caller", "destinations": {"sales": "6011"}}])";
  const std::string silent = R"({"kind": "openai", "api_key": "k", "realtime": {"transcription": false}})";
  CHECK(built(transfer, "", silent).problems() ==
        "/agent/tools: found the tool transfer, which the caller must confirm, together with a realtime session of p without a transcription; "
        "allowed: such a tool in sessions that understand a caller's yes; set /providers/p/realtime/transcription to true, or make the session a cascade\n");
  CHECK(built(transfer, "", R"({"kind": "openai", "api_key": "k"})").problems().empty());
  CHECK(built(transfer, R"(, "sessions": [{"kind": "cascade"}])", silent).problems().empty());
  CHECK(built(transfer, R"(, "sessions": [{"kind": "cascade"}, {"kind": "realtime"}])", silent).problems().starts_with("/agent/tools: found the tool transfer"));
  CHECK(built(R"(["hang_up", {"name": "transfer", "destinations": {"sales": "6011"}}])", "", silent).problems().empty());
  // An Azure OpenAI session has a transcription only when a transcription model is deployed.
  const std::string azure = R"({"kind": "azure_openai", "api_key": "k", "base_url": "https://x.openai.azure.com", "deployment": "rt")";
  CHECK(built(transfer, "", azure + "}").problems().find("name a model in /providers/p/models/transcription") != std::string::npos);
  CHECK(built(transfer, "", azure + R"(, "models": {"transcription": "whisper"}})").problems().empty());
  CHECK(built(transfer, "", R"({"kind": "deepgram", "api_key": "k"})").problems().empty());
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

TEST_CASE("An agent's sessions keep the order of the configuration, and each session uses the providers that it names") {
  const auto built = build(R"({"agent": {"provider": "openai", "voice": "marin", "sessions": [
        {"kind": "realtime"}, {"kind": "cascade", "think": ["openai", "home"], "speak": "local"}, {"kind": "cascade", "provider": "local"}]},
      "providers": {"openai": {"region": "eu"}, "home": {"kind": "openai_compatible", "base_url": "http://localhost:1/v1", "region": "home", "models": {"chat": "m"}}}})",
                           {{"OPENAI_API_KEY", "k"}});
  REQUIRE_MESSAGE(built.made.directory, built.problems());
  CHECK(ways(built.profile()) == "realtime openai; cascade openai/openai+home/local; cascade local/local/local");
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

TEST_CASE("A value may be a reference to a variable or to a file") {
  const auto built = build(R"({"sip": {"password": "${file:secret}", "display_name": "${NAME}"}, "agent": {"provider": "openai"},
                              "providers": {"openai": {"api_key": "${MY_KEY}"}}})",
                           {{"MY_KEY", "k1"}, {"NAME", "Desk"}}, {{"etc/secret", "s3cret\r\n"}});
  CHECK(built.problems().empty());
  CHECK(built.effective.config.sip.display_name == "Desk");
  CHECK(std::get<agent::RealtimeWay>(built.profile().sessions.front()).provider->api_key.reveal() == "k1");
  const auto other = config::read_text(R"({"sip": {"extension": "1", "password": "${file:/run/secret}", "host": "h"}})", "my.json",
                                       {std::nullopt, {}, {}, files_of({{"/run/secret", "one\ntwo\n"}})});
  CHECK(offhook::agent::to_string(other.problems.at(0)).starts_with("/sip/password: found a line break or another control character;"));
}

TEST_CASE("A reference to a missing variable or file is a problem. A reference to a secret file that other users may read gives a warning") {
  const auto told = [](const char* value, Texts files = {}) {
    return build(R"({"sip": {"auth_user": ")" + std::string(value) + R"("}})", {{"EMPTY", ""}}, std::move(files)).problems();
  };
  CHECK(told("${NOWHERE}") == "/sip/auth_user: found a reference to a variable that is not set; allowed: a variable that is set; set NOWHERE\n");
  CHECK(told("${EMPTY}").find("not set") != std::string::npos);
  CHECK(told("${file:x}").starts_with("/sip/auth_user: found a reference to a file that cannot be read (it is not there);"));
  CHECK(told("${file:}").starts_with("/sip/auth_user: found an unknown kind of reference; allowed: ${NAME}, ${file:PATH} or ${credential:NAME};"));
  CHECK(told("${a b}").starts_with("/sip/auth_user: found an unknown kind of reference;"));
  CHECK(told("a ${NAME}").empty());  // Only a whole value can be a reference.
  CHECK(told("${file:x}", {{"etc/x", std::string(config::kMaxReferencedBytes, 'x')}}).find("longer text") != std::string::npos);
  CHECK(told("${file:x}", {{"etc/x", std::string(config::kMaxReferencedBytes + 1, 'x')}}).find("it is too large") != std::string::npos);
  const auto open = build(R"({"agent": {"provider": "openai"}, "providers": {"openai": {"api_key": "${file:open}"}}})", {}, {{"etc/open", "k\n"}});
  CHECK(open.problems().empty());
  CHECK(open.warnings() == "/providers/openai/api_key: the file that it refers to may be read by other users: chmod 600\n");
}

TEST_CASE("A value may be a reference to a systemd credential of the service") {
  const Texts given{{"CREDENTIALS_DIRECTORY", "/run/credentials/offhook.service"}};
  const auto told = [](const char* value, Texts variables) {
    return build(R"({"sip": {"auth_user": ")" + std::string(value) + R"("}})", std::move(variables), {{"/run/credentials/offhook.service/user", "anna\n"}}).problems();
  };
  CHECK(told("${credential:user}", given).empty());
  CHECK(told("${credential:user}", {}) == "/sip/auth_user: found a reference to a credential, and there is no CREDENTIALS_DIRECTORY; allowed: a service to "
                                          "which systemd gives this directory; set LoadCredential=user:PATH in its unit, as docs/run/service.md describes\n");
  CHECK(told("${credential:other}", given).find("set LoadCredential=other:PATH in the unit") != std::string::npos);
  for (const char* bad : {"${credential:}", "${credential:../user}", "${credential:.user}", "${credential:a/b}"})
    CHECK(told(bad, given).starts_with("/sip/auth_user: found an unknown kind of reference;"));
  // systemd grants access to a credential by an ACL, whose mask appears in the file's mode. The mode does not show that other users may read it.
  const auto keyed = build(R"({"agent": {"provider": "openai"}, "providers": {"openai": {"api_key": "${credential:open}"}}})", given,
                           {{"/run/credentials/offhook.service/open", "k\n"}});
  CHECK(keyed.problems().empty());
  CHECK(keyed.warnings().empty());
  CHECK(std::get<agent::RealtimeWay>(keyed.profile().sessions.front()).provider->api_key.reveal() == "k");
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

TEST_CASE("The first agent whose match fits takes the call, and it inherits from /agent each setting that it does not set itself") {
  const auto built = build(R"({"agent": {"provider": "openai", "prompt": "You are Ada.", "greeting": "Hello.", "language": "en", "tools": ["note"],
                                         "limits": {"silence_seconds": 5, "end_of_turn_ms": 700}},
      "agents": [{"name": "sales", "match": {"called": "6002"}, "prompt": "You sell.", "voice": "cedar"},
                 {"name": "night", "match": {"header": {"name": "X-Night", "value": "yes"}}, "provider": "local", "transcripts": true, "codecs": ["PCMA"]}]})",
                           {{"OPENAI_API_KEY", "k"}});
  REQUIRE_MESSAGE(built.made.directory, built.problems());
  const auto& sales = *built.made.directory->choose({"1", "6002", {}});
  CHECK(sales.name == "sales");
  CHECK(prompt_for(sales, {}) == "You sell.");
  CHECK(greeting_for(sales, {}) == "Hello.");
  CHECK(sales.voice == "cedar");
  CHECK(sales.language == "en");
  CHECK(sales.tools.front().tool == agent::BuiltInTool::Note);
  CHECK(ways(sales) == "realtime openai; cascade openai/openai/openai");
  CHECK(sales.limits.silence == 5s);
  CHECK(sales.limits.end_of_turn == 700ms);
  CHECK(sales.limits.call == 1800s);
  CHECK_FALSE(sales.transcripts);
  const auto& night = *built.made.directory->choose({"1", "6001", {{"X-Night", "yes"}}});
  CHECK(ways(night) == "cascade local/local/local");
  CHECK(night.transcripts);
  CHECK(night.codecs == std::vector{offhook::media::AudioCodec::Pcma});
  CHECK(built.made.directory->choose({"1", "6001", {}})->name == "agent");
}

TEST_CASE("The settings `match` and `context` of an agent may each require a verified caller") {
  const auto built = build(R"({"agent": {"context": {"url": "https://h", "verified": true}}, "agents": [
      {"name": "a", "match": {"caller": "1", "verified": true}}, {"name": "b", "match": {"caller": "2"}, "context": {"url": "https://h"}}]})");
  REQUIRE_MESSAGE(built.made.directory, built.problems());
  CHECK(built.made.directory->entries()[0].match.verified);
  CHECK_FALSE(built.made.directory->entries()[1].match.verified);
  CHECK(built.profile().context->verified);
  CHECK_FALSE(built.made.directory->entries()[1].profile->context->verified);
}

TEST_CASE("build_directory() grants the configured tools with their limits, and grants `transfer` with the configured destinations only") {
  const auto built = build(R"({"agent": {"provider": "openai", "tools": ["hang_up", {"name": "transfer", "confirm": "caller", "max_per_call": 2,
                              "destinations": {"sales": "6002", "boss": "sip:7@pbx.example"}}, {"name": "send_digits", "keys": ["#", {"pattern": "XXXX#"}]}]}})", {{"OPENAI_API_KEY", "k"}});
  REQUIRE_MESSAGE(built.made.directory, built.problems());
  const auto& tools = built.profile().tools;
  REQUIRE(tools.size() == 3);
  CHECK(tools[1].tool == agent::BuiltInTool::Transfer);
  CHECK(tools[1].confirm == agent::Confirm::Caller);
  CHECK(tools[1].max_per_call == 2);
  REQUIRE(tools[1].destinations.size() == 2);
  CHECK(tools[1].destinations[1].target == "sip:7@pbx.example");
  CHECK(tools[0].max_per_call == 1);
  CHECK(tools[2].max_per_call == 20);
  CHECK(tools[2].keys == std::vector<std::string>{"#", "XXXX#"});
  CHECK(build(R"({"agent": {"tools": []}})").profile().tools.empty());
}

TEST_CASE("build_directory() reads the prompt file. The header of the file applies to each setting that the configuration does not set") {
  const Texts files{{"etc/p.md", "---\nvoice: marin\nlanguage: de\ngreeting: Hallo {{caller_name}}.\ntools: note\n---\nDu bist Ada.\n"}};
  const auto built = build(R"({"agent": {"provider": "openai", "prompt_file": "p.md", "instructions": "Kurz."}})", {{"OPENAI_API_KEY", "k"}}, files);
  REQUIRE_MESSAGE(built.made.directory, built.problems());
  CHECK(prompt_for(built.profile(), {}) == "Du bist Ada.\n\nKurz.");
  CHECK(built.profile().voice == "marin");
  CHECK(built.profile().language == "de");
  CHECK(built.profile().tools.size() == 1);
  CHECK(built.profile().tools.front().tool == agent::BuiltInTool::Note);
  const auto own = build(R"({"agent": {"provider": "openai", "prompt_file": "p.md", "language": "en", "greeting": "Hi.", "tools": ["hang_up", "note"]}})",
                         {{"OPENAI_API_KEY", "k"}, {"VOICE", "cedar"}}, files);
  CHECK(own.profile().voice == "cedar");
  CHECK(own.profile().language == "en");
  CHECK(greeting_for(own.profile(), {}) == "Hi.");
  CHECK(own.profile().tools.size() == 1);  // The file limits the granted tools further.
  const auto variable = build(R"({"agent": {"provider": "openai", "prompt_file": "p.md"}})", {{"OPENAI_API_KEY", "k"}, {"PROMPT", "You are Bob."}}, files);
  CHECK(prompt_for(variable.profile(), {}) == "You are Bob.");
}

TEST_CASE("The setting `context` names a file or a URL, and `fallback` is a transfer or a goodbye") {
  const auto built = build(R"({"agent": {"prompt": "{{context.plan}}", "context": {"url": "http://127.0.0.1:9/c?x=1", "timeout_ms": 300}, "fallback": {"transfer_to": "6009"},
                              "apology": "Sorry.", "filler": "One moment.", "goodbye": "Bye.",
                              "sentences": {"silence": "Hello?", "refusal": "No."}, "limits": {"silences": 1}}})");
  REQUIRE_MESSAGE(built.made.directory, built.problems());
  CHECK(built.profile().context->url == "http://127.0.0.1:9/c?x=1");
  CHECK(built.profile().context->timeout == 300ms);
  CHECK(built.profile().fallback.transfer_to == "6009");
  CHECK(built.profile().sentences.filler == "One moment.");
  CHECK(built.profile().sentences.silence == "Hello?");
  CHECK(built.profile().sentences.refusal == "No.");
  CHECK(built.profile().sentences.limit.empty());
  CHECK(built.profile().limits.silences == 1);
  CHECK(build(R"({"agent": {"fallback": {"hang_up": true}}})").profile().fallback.transfer_to.empty());
  const auto file = build(R"({"agent": {"context": {"file": "c.json"}}})", {}, {{"etc/c.json", R"({"a": 1})"}});
  CHECK(file.profile().context->file == "etc/c.json");
}

TEST_CASE("A problem names its place, the found value, the allowed values and the remedy") {
  struct Row { const char* json; const char* problem; };
  const Texts files{{"etc/bad.md", "---\nvoyce: x\n---\n"}, {"etc/tool.md", "---\ntools: transfer\n---\n"}, {"etc/odd.md", "---\ntools: fly\n---\n"},
                    {"etc/lang.md", "---\nlanguage: german language\n---\n"}, {"etc/list.json", "[1]"}, {"etc/good.json", "{}"}};
  for (const Row row : {
           Row{R"({"agent": {"provider": "openia"}})", "/agent/provider: found an unknown provider (\"openia\"); allowed: \"local\", \"openai\", \"azure\", \"deepgram\", \"ollama\", \"azure_openai\", \"openai_compatible\", or a name of /providers; did you mean \"openai\"?"},
           {R"({"agent": {"provider": "ollama"}})", "/providers/ollama/models/chat: found nothing; allowed: a model that `ollama list` shows, such as \"llama3.2\"; set OLLAMA_MODEL, or write it in the file"},
           {R"({"agent": {"provider": "azure"}, "providers": {"azure": {"speech": {"key": "k", "region": "westeurope"}}}})",
            "/agent/provider: found a provider without a model that thinks; allowed: a provider with AZURE_OPENAI_ENDPOINT, AZURE_OPENAI_KEY and AZURE_OPENAI_DEPLOYMENT; set these three variables, or name a provider that thinks in MODEL_PROVIDER"},
           {R"({"agent": {"provider": "azure"}, "providers": {"azure": {"speech": {"key": "k", "region": "westeurope"}, "base_url": "https://h", "api_key": "k"}}})",
            "/providers/azure/deployment: found nothing; allowed: the name of a deployment; set AZURE_OPENAI_DEPLOYMENT, or write it in the file"},
           {R"({"agent": {"provider": "local", "model_provider": "azure"}, "providers": {"azure": {"api_key": "k", "deployment": "d"}}})",
            "/providers/azure/base_url: found nothing; allowed: a URL such as \"https://NAME.openai.azure.com\"; set AZURE_OPENAI_ENDPOINT, or write it in the file"},
           {R"({"agent": {"provider": "mine", "model_provider": "local"}, "providers": {"mine": {"kind": "deepgram"}}})",
            "/providers/mine/api_key: found nothing; allowed: the key of a Deepgram project; write it in the file"},
           {R"({"agent": {"provider": "azure", "model_provider": "local"}, "providers": {"azure": {"speech": {"key": "k"}}}})",
            "/providers/azure/speech/region: found nothing; allowed: the region of the Speech resource, such as \"westeurope\"; set AZURE_SPEECH_REGION, or write it in the file"},
           {R"({"agent": {"provider": "deepgram"}})", "/providers/deepgram/api_key: found nothing; allowed: the key of a Deepgram project; set DEEPGRAM_API_KEY, or write it in the file"},
           {R"({"agent": {"model_provider": "deepgram"}, "providers": {"deepgram": {"api_key": "k"}}})",
            "/agent/model_provider: found a provider without a model that thinks; allowed: another provider than deepgram; name a provider for this task in MODEL_PROVIDER, or in `think` of a session"},
           {R"({"agent": {"provider": "deepgram"}, "providers": {"deepgram": {"base_url": "https://api.eu.deepgram.com"}}})", "/providers/deepgram/api_key: found nothing;"},
           {R"({"agent": {"provider": "deepgram"}, "providers": {"deepgram": {"base_url": "https://API.EU.Deepgram.com:443"}}})", "/providers/deepgram/api_key: found nothing;"},
           {R"({"agent": {"speech_provider": "ollamma"}})", "/agent/speech_provider: found an unknown provider (\"ollamma\");"},
           {R"({"agent": {"sessions": [{"kind": "cascade", "speak": "ollama"}]}, "providers": {"ollama": {"models": {"chat": "x"}}}})",
            "/agent/sessions/0/speak: found a provider without a model that speaks; allowed: another provider than ollama;"},
           {R"({"agent": {"sessions": [{"kind": "realtime", "provider": "azure"}]}, "providers": {"azure": {"base_url": "https://h", "api_key": "k"}}})",
            "/agent/sessions/0/provider: found a provider without a model that hears and speaks itself; allowed: a provider with /providers/azure/models/realtime;"},
           {R"({"agent": {"provider": "local", "speech_provider": "local", "voice": "marin"}})", "/agent/voice: found an unknown voice (\"marin\"); allowed: \"slt\", \"rms\" when the embedded voice speaks;"},
           {R"({"agents": [{"name": "a", "match": {"called": "1"}, "speech_provider": "local", "voice": "marin"}]})", "/agents/0/voice: found an unknown voice (\"marin\");"},
           {R"({"agent": {"phrases": ["Offhook", ""]}})", "/agent/phrases/1: found empty text;"},
           {R"({"agent": {"languages": ["en", ""]}})", "/agent/languages/1: found empty text; allowed: a language tag such as \"en\" or \"pt-BR\" (BCP 47); write one, or remove the entry"},
           {R"({"agent": {"languages": ["English"]}})", "/agent/languages/0: found text that is not a language tag (\"English\");"},
           {R"({"agent": {"sessions": [{"kind": "cascade", "think": ["openai", "hmoe"]}]}, "providers": {"home": {"kind": "local"}, "openai": {"api_key": "k"}}})",
            "/agent/sessions/0/think/1: found an unknown provider (\"hmoe\"); allowed: \"local\", \"openai\", \"azure\", \"deepgram\", \"ollama\", \"azure_openai\", \"openai_compatible\", or a name of /providers; did you mean \"home\"?"},
           {R"({"agent": {"sessions": [{"kind": "realtime"}]}})", "/agent/sessions/0: found a provider without a model that hears and speaks itself; allowed: another provider than local; make the session a cascade"},
           {R"({"agent": {"provider": "openai", "sessions": [{"kind": "realtime", "think": "openai"}]}, "providers": {"openai": {"api_key": "k"}}})",
            "/agent/sessions/0/think: found a part of a cascade in a realtime session; allowed: kind and provider; remove it, or make the session a cascade"},
           {R"({"agent": {"provider": "x"}, "providers": {"x": {"kind": "openai_compatible", "base_url": "http://h/v1"}}})",
            "/agent/provider: found a provider without a model that thinks; allowed: a provider with /providers/x/models/chat; set it or OPENAI_MODEL, or name another provider"},
           {R"({"agent": {"provider": "x"}, "providers": {"x": {}}})", "/providers/x/kind: found nothing; allowed: \"openai\", \"azure\", \"deepgram\", \"ollama\", \"azure_openai\", \"openai_compatible\", \"local\"; name its protocol"},
           {R"({"agent": {"provider": "openai", "regions": ["eu"]}, "providers": {"openai": {"api_key": "k"}}})",
            "/agent/regions: found a session with the provider openai, which has no region; allowed: only providers of these regions; set /providers/openai/region, or use another provider"},
           {R"({"agent": {"provider": "openai", "regions": ["eu"]}, "providers": {"openai": {"api_key": "k", "region": "us"}}})",
            "/agent/regions: found a session with the provider openai, which is in another region;"},
           {R"({"agent": {"tools": ["transfer"]}})", "/agent/tools/0/destinations: found nothing; allowed: an object of names, each with a number or a SIP address; name the targets of transfers"},
           {R"({"agent": {"tools": ["note", "note"]}})", "/agent/tools/1: found a tool twice; allowed: each tool once; keep one of them"},
           {R"({"agent": {"tools": [{"name": "hold", "destinations": {"a": "1"}}]}})", "/agent/tools/0/destinations: found destinations for a tool that transfers no call;"},
           {R"({"agent": {"prompt": "a\nHello {{callr}}"}})", "/agent/prompt: found an unknown variable in line 2; allowed: a text with variables that are known (docs/prompts.md); did you mean {{caller}}?"},
           {R"({"agent": {"greeting": "{{caller"}})", "/agent/greeting: found {{ without its }} in line 1;"},
           {R"({"agent": {"instructions": "{{context.plan}}"}})", "/agent/instructions: found a {{context.NAME}} without /agent/context, which names the source of its value; allowed: a {{context.NAME}} together with /agent/context; set /agent/context, or remove the variable"},
           {R"({"agent": {"prompt_file": "none.md"}})", "/agent/prompt_file: found a file that cannot be read (it is not there); allowed: a Markdown file of at most 128 KiB; check the path: it starts at the folder of the configuration file"},
           {R"({"agent": {"prompt_file": "bad.md"}})", "/agent/prompt_file: found an unknown key in line 2 of the file; allowed: a prompt as docs/prompts.md describes; did you mean \"voice\"?"},
           {R"({"agent": {"prompt_file": "lang.md"}})", "/agent/prompt_file: found text that is not a language tag for language in the head of the file;"},
           {R"({"agent": {"prompt_file": "odd.md"}})", "/agent/prompt_file: found an unknown tool in the prompt file;"},
           {R"({"agent": {"prompt_file": "tool.md"}})", "/agent/prompt_file: found transfer in the prompt file, and no destinations for it;"},
           {R"({"agent": {"prompt_file": "tool.md", "tools": ["note"]}})", "/agent/prompt_file: found a tool in the prompt file that is not granted; allowed: those of /agent/tools;"},
           {R"({"agent": {"prompt": "x", "prompt_file": "tool.md"}})", "/agent/prompt_file: found a prompt twice, in a text and in a file; allowed: one of prompt and prompt_file; remove one of them"},
           {R"({"agent": {"fallback": {"transfer_to": "1", "hang_up": true}}})", "/agent/fallback: found two ways to end a call; allowed: transfer_to, or hang_up; keep one of them"},
           {R"({"agent": {"fallback": {"hang_up": false}}})", "/agent/fallback: found no way to end a call;"},
           {R"({"agent": {"context": {}}})", "/agent/context: found neither a file nor a URL; allowed: one of file and url; name one"},
           {R"({"agent": {"context": {"file": "good.json", "url": "http://h"}}})", "/agent/context: found a file and a URL;"},
           {R"({"agent": {"context": {"file": "list.json"}}})", "/agent/context/file: found a file that cannot be used: the file has JSON that is not an object;"},
           {R"({"agent": {"context": {"file": "none.json"}}})", "/agent/context/file: found a file that cannot be read (it is not there);"},
           {R"({"agent": {"limits": {"call_seconds": 10, "silence_seconds": 10}}})", "/agent/limits: found a silence as long as a whole call;"},
           {R"({"agents": [{"name": "agent", "match": {"called": "1"}}]})", "/agents/0/name: found the name of another agent;"},
           {R"({"agents": [{"name": "a", "match": {"called": "1"}}, {"name": "a", "match": {"called": "2"}}]})", "/agents/1/name: found the name of another agent;"},
           {R"({"agents": [{"name": "a", "match": {}}]})", "/agents/0/match: found no condition; allowed: called, caller, header, or verified with true; name one; /agent takes the calls that no other agent takes"},
           {R"({"agents": [{"name": "a", "match": {"verified": false}}]})", "/agents/0/match: found no condition; allowed: called, caller, header, or verified with true;"},
           {R"({"agents": [{"name": "a"}]})", "/agents/0/match: found nothing; allowed: an object with called, caller, verified, header; write it in the file"},
           {R"({"agents": [{"name": "a", "match": {"called": "6*1"}}]})", "/agents/0/match/called: found a star that is not at the end;"},
           {R"({"agents": [{"name": "a", "match": {"header": {"name": "X"}}}]})", "/agents/0/match/header/value: found nothing;"},
           {R"({"agents": [{"name": "a", "match": {"called": "1"}, "promt": "x"}]})", "/agents/0/promt: found an unknown setting; allowed: name, match, provider, model_provider, speech_provider, sessions,"},
           {R"({"agents": [{"name": "a", "match": {"called": "1"}, "voice": "alloy"}]})", "/agents/0/voice: found an unknown voice (\"alloy\"); allowed: \"slt\", \"rms\" when the embedded voice speaks; write one of them"},
           {R"({"providers": {"my home": {}}})", "/providers/my home: found a name with other characters; allowed: a name of 1 to 64 letters, digits, - and _; rename it"},
           {R"({"providers": {"x": {"kind": "openai", "base_url": "https://user:pw@h/v1"}}})", "/providers/x/base_url: found a user or a password in the URL;"},
           {R"({"agent": {"provider": "openai"}, "providers": {"openai": {"api_key": "k", "base_url": "https://h/v1?a=b"}}})", "/providers/openai/base_url: found a URL with a query;"},
           {R"({"agent": {"provider": "openai"}, "providers": {"openai": {"api_key": "k", "ca_file": "none.pem"}}})", "/providers/openai/ca_file: found a file that cannot be read (it is not there);"},
           {R"({"agent": {"language": "german!"}})", "/agent/language: found text that is not a language tag;"},
       }) {
    CAPTURE(row.json);
    const auto told = build(row.json, {}, files).problems();
    CAPTURE(told);
    CHECK(told.starts_with(row.problem));
    CHECK(std::count(told.begin(), told.end(), '\n') == 1);
  }
}

TEST_CASE("A fault in /agent is reported once, even if several agents inherit it. A fault in an agent's own settings is reported with the agent's index") {
  const auto shared = build(R"({"agent": {"prompt": "{{x}}"}, "agents": [{"name": "a", "match": {"called": "1"}}, {"name": "b", "match": {"called": "2"}, "greeting": "{{y}}"}]})");
  CHECK(shared.made.problems.size() == 2);
  CHECK(shared.made.problems[0].where == "/agent/prompt");
  CHECK(shared.made.problems[1].where == "/agents/1/greeting");
  CHECK(build("", {{"PROMPT", "{{x}}"}}).problems().starts_with("PROMPT: found an unknown variable in line 1;"));
  CHECK_FALSE(shared.made.directory);
}

TEST_CASE("A warning names an agent that can never get a call, and a prompt that no provider of the agent reads") {
  CHECK(build(R"({"agents": [{"name": "a", "match": {"called": "1"}}, {"name": "b", "match": {"called": "1"}}]})").warnings() ==
        "/agents/1/match: an earlier agent has the same conditions: this agent gets no calls\n");
  CHECK(build(R"({"agent": {"prompt": "x"}})").warnings() == "/agent/prompt: the provider local does not read it\n");
}

TEST_CASE("The output of a configuration with providers shows no secret") {
  const auto built = build(R"({"agent": {"provider": "openai"}, "providers": {"openai": {"api_key": "canary-9"}, "canary-9": {"kind": "openai"}}})");
  CHECK(built.problems().find("canary") == std::string::npos);
  CHECK(offhook::agent::write_json(built.effective.config.provider_tree).find("\"api_key\":\"***\"") != std::string::npos);
  CHECK(build(R"({"providers": {"openai": {"api_key": 7, "canary": 1}}})", {{"OPENAI_API_KEY", "canary"}}).problems().find("api_key: found a whole number") != std::string::npos);
}
