#include "agent_line.hpp"

using namespace offhook::test;

namespace {

json written(const AgentSettings& settings, const AgentBriefing& briefing, std::uint32_t turn = 0) {
  return json::parse(write_settings(settings, briefing, turn));
}

}  // namespace

TEST_CASE("Settings has the audio formats, the models and the functions, and lets the server defer functions to the end of a turn") {
  AgentLine line;
  line.settings.think_endpoint = ThinkEndpoint{"https://models.example/v1/chat", offhook::agent::Secret("key-of-a-model")};
  line.settings.temperature = 0.5;
  line.settings.keyterms = {"Offhook"};
  line.settings.tags = {"test"};
  line.settings.mip_opt_out = true;
  line.tools.push_back({"odd", "Has no schema.", "nonsense", ToolClass::Read});
  const json settings = written(line.settings, {"Be brief.", "en-GB", &line.history, &line.tools});
  CHECK(settings["type"] == "Settings");
  CHECK(settings["audio"] == json::parse(R"({"input":{"encoding":"mulaw","sample_rate":8000},"output":{"encoding":"mulaw","sample_rate":8000,"container":"none"}})"));
  CHECK(settings["agent"]["listen"]["provider"] ==
        json::parse(R"({"type":"deepgram","version":"v2","model":"flux-general-en","eot_threshold":1.0,"eot_timeout_ms":10000,"keyterms":["Offhook"]})"));
  CHECK(settings["agent"]["think"]["provider"] == json::parse(R"({"type":"open_ai","model":"gpt-4o-mini","temperature":0.5})"));
  CHECK(settings["agent"]["think"]["endpoint"] == json::parse(R"({"url":"https://models.example/v1/chat","headers":{"authorization":"Bearer key-of-a-model"}})"));
  CHECK(settings["agent"]["think"]["prompt"] == "Be brief.");
  CHECK(settings["agent"]["think"]["functions"][0] ==
        json::parse(R"({"name":"look_up","description":"Looks up.","parameters":{"type":"object"},"defer_until_eot":true})"));
  CHECK(settings["agent"]["think"]["functions"][1]["parameters"] == json::parse(R"({"type":"object","properties":{}})"));
  CHECK(settings["agent"]["speak"]["provider"] == json::parse(R"({"type":"deepgram","model":"aura-2-thalia-en"})"));
  CHECK_FALSE(settings["agent"].contains("greeting"));  // Offhook speaks the greeting itself.
  CHECK_FALSE(settings["agent"].contains("context"));
  CHECK(settings["tags"] == json::parse(R"(["test"])"));
  CHECK(settings["mip_opt_out"] == true);
}

TEST_CASE("If Flux ends turns, Settings has the thresholds for the end of a turn. For another model, Settings has none") {
  AgentSettings settings;
  settings.own_end = FluxEnd{0.8, 0.5, 3000ms};
  const auto listens = [&settings] { return written(settings, {"", "en"})["agent"]["listen"]["provider"]; };
  CHECK(listens() == json::parse(R"({"type":"deepgram","version":"v2","model":"flux-general-en","eot_threshold":0.8,"eager_eot_threshold":0.5,"eot_timeout_ms":3000})"));
  settings.own_end = FluxEnd{};
  CHECK(listens() == json::parse(R"({"type":"deepgram","version":"v2","model":"flux-general-en","eot_threshold":0.7,"eot_timeout_ms":2500})"));
  settings.listen_model = "nova-3";
  CHECK_FALSE(listens().contains("eot_threshold"));
}

TEST_CASE("The language selects the listening model if none is configured, and Settings gives Flux only languages that it supports") {
  AgentSettings settings;
  const auto listens = [&settings](const char* language) { return written(settings, {"", language})["agent"]["listen"]["provider"]; };
  CHECK(listens("DE-AT")["language_hints"] == json::parse(R"(["de"])"));
  CHECK(listens("pl") == json::parse(R"({"type":"deepgram","version":"v1","model":"nova-3","language":"pl"})"));
  settings.languages = {"en-GB", "en-US"};
  CHECK(listens("")["model"] == "flux-general-en");
  CHECK(listens("fr")["language_hints"] == json::parse(R"(["fr"])"));
  settings.languages = {"de-DE", "EN", "de-AT"};
  CHECK(listens("")["language_hints"] == json::parse(R"(["de","en"])"));
  settings.languages = {"de", "pl"};
  CHECK(listens("") == json::parse(R"({"type":"deepgram","version":"v1","model":"nova-3","language":"multi"})"));
  settings.listen_model = "flux-general-multi";
  CHECK(listens("")["language_hints"] == json::parse(R"(["de"])"));
  CHECK_FALSE(listens("pl").contains("language_hints"));
  settings = {};
  CHECK(written(settings, {"", "pt-BR"})["agent"]["listen"]["provider"]["model"] == "flux-general-multi");
  CHECK(written(settings, {"", "pt-BR"})["agent"]["listen"]["provider"]["language_hints"] == json::parse(R"(["pt"])"));
  CHECK_FALSE(written(settings, {"", ""})["agent"]["listen"]["provider"].contains("language_hints"));
  settings.listen_model = "nova-3";
  CHECK(written(settings, {"", "de"})["agent"]["listen"]["provider"] == json::parse(R"({"type":"deepgram","version":"v1","model":"nova-3","language":"de"})"));
  CHECK(written(settings, {"", ""})["agent"]["listen"]["provider"]["language"] == "multi");
  settings.format = AudioFormat::Pcm24k;
  CHECK(written(settings, {})["audio"]["output"] == json::parse(R"({"encoding":"linear16","sample_rate":24000,"container":"none"})"));
  settings.voice = "flux-kit-en";
  CHECK(written(settings, {})["agent"]["speak"]["provider"] == json::parse(R"({"type":"deepgram","version":"v2","model":"flux-kit-en"})"));
}

TEST_CASE("Settings has the history, except for the turn that the session requests again") {
  History history;
  using Kind = HistoryEntry::Kind;
  history.add({Kind::Caller, 1, "hello", {}, {}, false});
  history.add({Kind::Agent, 1, "Good day. How", {}, {}, true});
  history.add({Kind::Note, 2, "The caller pressed the keys 42.", {}, {}, false});
  history.add({Kind::ToolCall, 2, "{\"a\":1}", "look_up", "c1", false});
  history.add({Kind::ToolResult, 2, "{\"b\":2}", {}, "c1", false});
  history.add({Kind::ToolCall, 2, "{}", "look_up", "c2", false});  // Settings omits a call without a result.
  history.add({Kind::Caller, 3, "and now", {}, {}, false});
  const json messages = written({}, {"", "en", &history, nullptr}, 3)["agent"]["context"]["messages"];
  REQUIRE(messages.size() == 4);
  CHECK(messages[0] == json::parse(R"({"type":"History","role":"user","content":"hello"})"));
  CHECK(messages[1] == json::parse(R"({"type":"History","role":"assistant","content":"Good day. How [interrupted]"})"));
  CHECK(messages[2]["content"] == "[The caller pressed the keys 42.]");
  CHECK(messages[3]["function_calls"][0] ==
        json::parse(R"({"id":"c1","name":"look_up","client_side":true,"arguments":"{\"a\":1}","response":"{\"b\":2}"})"));
  CHECK(written({}, {"", "en", &history, nullptr}, 0)["agent"]["context"]["messages"].size() == 5);
}

TEST_CASE("Settings has the newest kMaxContext octets of the history, kMaxPrompt octets of the prompt, and kMaxKeyterms keyterms") {
  History history;
  const std::size_t half = kMaxContext / 2;
  history.add({HistoryEntry::Kind::Caller, 1, "x", {}, {}, false});
  history.add({HistoryEntry::Kind::Caller, 2, std::string(half, 'a'), {}, {}, false});
  history.add({HistoryEntry::Kind::Caller, 3, std::string(half - 1, 'b'), {}, {}, false});
  AgentSettings settings;
  settings.keyterms.assign(AgentSettings::kMaxKeyterms + 1, "k");
  AgentBriefing briefing{std::string(kMaxPrompt + 1, 'p'), "en", &history, nullptr};
  json told = written(settings, briefing);
  CHECK(told["agent"]["context"]["messages"].size() == 3);  // This is all of kMaxContext octets.
  CHECK(told["agent"]["think"]["prompt"].get<std::string>().size() == kMaxPrompt);
  CHECK(told["agent"]["listen"]["provider"]["keyterms"].size() == AgentSettings::kMaxKeyterms);
  history.add({HistoryEntry::Kind::Caller, 4, "y", {}, {}, false});
  told = written(settings, briefing);
  CHECK(told["agent"]["context"]["messages"].size() == 3);
  CHECK(told["agent"]["context"]["messages"][2]["content"] == "y");
}

TEST_CASE("AgentMessageReader reads messages by their type, and refuses invalid messages") {
  AgentMessageReader reader;
  using Kind = AgentMessage::Kind;
  CHECK(reader.read(R"({"type":"Welcome","request_id":"r"})")->kind == Kind::Welcome);
  CHECK(reader.read(R"({"type":"ConversationText","role":"user","content":"hi"})")->kind == Kind::UserText);
  CHECK(reader.read(R"({"type":"ConversationText","role":"assistant","content":"hi"})")->text == "hi");
  CHECK(reader.read(R"({"type":"ConversationText","role":"nobody","content":"hi"})")->kind == Kind::Passed);
  CHECK(reader.read(R"({"type":"LatencyReport"})")->kind == Kind::Passed);
  CHECK(reader.read(R"({"type":"Error","code":"INVALID_SETTINGS","description":"a sentence"})")->code == "INVALID_SETTINGS");
  CHECK(reader.read(R"({"type":"Error","code":"a sentence with dg-canary"})")->code.empty());
  CHECK(reader.read(R"({"type":"FunctionCallRequest","functions":7})")->functions.empty());
  for (const char* const bad : {"", "{", "[]", "7", R"({"kind":"Welcome"})", R"({"type":7})"}) CHECK_FALSE(reader.read(bad).has_value());
}

TEST_CASE("AgentMessageReader bounds the texts, functions, names and arguments of a message") {
  AgentMessageReader reader;
  const auto text_of = [&](std::size_t octets) {
    return reader.read(json{{"type", "ConversationText"}, {"role", "user"}, {"content", std::string(octets, 'a')}}.dump())->text.size();
  };
  CHECK(text_of(AgentMessageReader::kMaxText) == AgentMessageReader::kMaxText);
  CHECK(text_of(AgentMessageReader::kMaxText + 1) == AgentMessageReader::kMaxText);
  const auto request = [&](std::size_t count, std::size_t name, std::size_t arguments) {
    json functions = json::array();
    for (std::size_t i = 0; i < count; ++i)
      functions.push_back({{"id", std::to_string(i)}, {"name", std::string(name, 'n')}, {"arguments", std::string(arguments, ' ')}, {"client_side", true}});
    return *reader.read(json{{"type", "FunctionCallRequest"}, {"functions", functions}}.dump());
  };
  CHECK(request(AgentMessageReader::kMaxFunctions, 1, 0).functions_dropped == 0);
  CHECK(request(AgentMessageReader::kMaxFunctions + 1, 1, 0).functions_dropped == 1);
  CHECK(request(1, AgentMessageReader::kMaxName, 0).functions.size() == 1);
  CHECK(request(1, AgentMessageReader::kMaxName + 1, 0).functions.empty());
  CHECK(request(1, 1, AgentMessageReader::kMaxArguments).functions.size() == 1);
  CHECK(request(1, 1, AgentMessageReader::kMaxArguments + 1).functions.empty());
}
