#include "building.hpp"

#include <offhook/agent/app/agent_options.hpp>
#include <offhook/agent/providers/embedded/local.hpp>
#include <offhook/agent/providers/openai/provider.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

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

TEST_CASE("An agent's sessions keep the order of the configuration, and each session uses the providers that it names") {
  const auto built = build(R"({"agent": {"provider": "openai", "voice": "marin", "sessions": [
        {"kind": "realtime"}, {"kind": "cascade", "think": ["openai", "home"], "speak": "local"}, {"kind": "cascade", "provider": "local"}]},
      "providers": {"openai": {"region": "eu"}, "home": {"kind": "openai_compatible", "base_url": "http://localhost:1/v1", "region": "home", "models": {"chat": "m"}}}})",
                           {{"OPENAI_API_KEY", "k"}});
  REQUIRE_MESSAGE(built.made.directory, built.problems());
  CHECK(ways(built.profile()) == "realtime openai; cascade openai/openai+home/local; cascade local/local/local");
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
