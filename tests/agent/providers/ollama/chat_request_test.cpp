#include <offhook/agent/providers/ollama/chat_request.hpp>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <string>

using namespace offhook::agent;
using namespace offhook::agent::ollama;
using chat::ModelMessage;
using chat::ModelQuestion;
using nlohmann::json;

namespace {

ModelOptions of(std::string model) {
  ModelOptions options;
  options.model = std::move(model);
  return options;
}
ModelMessage model_message(ModelMessage::Kind kind, std::string text) { return {kind, std::move(text), {}}; }
ModelMessage called(std::vector<ModelMessage::Call> calls) { return {ModelMessage::Kind::Calls, {}, std::move(calls)}; }
json messages_in(std::vector<ModelMessage> messages) {
  return json::parse(write_chat_request(of("m"), {"", std::move(messages), nullptr}))["messages"];
}

}  // namespace

TEST_CASE("Ollama's chat request has the options for loading the model, and turns thinking off") {
  const std::vector<ToolDescription> tools{{"f", "does it", R"({"type":"object","properties":{"x":{"type":"string"}}})", ToolClass::Read},
                                           {"g", "does that", "", ToolClass::Read}};
  auto options = of("qwen3:8b");
  options.temperature = 0.25;
  options.max_tokens = 300;
  const auto sent = json::parse(write_chat_request(options, {"Be kind.", {model_message(ModelMessage::Kind::User, "Hi")}, &tools}));
  CHECK(sent == json::parse(R"({"model":"qwen3:8b","stream":true,"keep_alive":1800,"think":false,
    "options":{"num_ctx":8192,"num_predict":300,"temperature":0.25},
    "messages":[{"role":"system","content":"Be kind."},{"role":"user","content":"Hi"}],
    "tools":[
      {"type":"function","function":{"name":"f","description":"does it","parameters":{"type":"object","properties":{"x":{"type":"string"}}}}},
      {"type":"function","function":{"name":"g","description":"does that","parameters":{"type":"object","properties":{}}}}]})"));
}

TEST_CASE("Ollama's chat request omits unset options") {
  const std::vector<ToolDescription> none;
  auto options = of("m");
  options.think = Think::AsModel;
  options.keep_alive = std::chrono::seconds(-1);
  const auto sent = json::parse(write_chat_request(options, {"", {model_message(ModelMessage::Kind::User, "Hi")}, &none}));
  CHECK(sent == json::parse(R"({"model":"m","stream":true,"keep_alive":-1,"options":{"num_ctx":8192},"messages":[{"role":"user","content":"Hi"}]})"));
}

TEST_CASE("Ollama's chat request has the configured level of thinking") {
  const auto think = [](Think how) {
    auto options = of("m");
    options.think = how;
    return json::parse(write_chat_request(options, {}))["think"];
  };
  CHECK(think(Think::On) == true);
  CHECK(think(Think::Off) == false);
  CHECK(think(Think::Low) == "low");
  CHECK(think(Think::Medium) == "medium");
  CHECK(think(Think::High) == "high");
  CHECK(think(Think::Max) == "max");
}

TEST_CASE("parse_think accepts only the known words") {
  CHECK(parse_think("") == Think::AsModel);
  CHECK(parse_think("off") == Think::Off);
  CHECK(parse_think("max") == Think::Max);
  CHECK_FALSE(parse_think("minimal"));
  CHECK_FALSE(parse_think("Off"));
}

TEST_CASE("Ollama's load request has the model and options of a chat request, and no messages") {
  auto options = of("m");
  options.context_tokens = 4096;
  options.keep_alive = std::chrono::hours(1);
  auto load = json::parse(write_load_request(options)), question = json::parse(write_chat_request(options, {}));
  CHECK(load["messages"] == json::array());
  CHECK(load["options"] == json::parse(R"({"num_ctx":4096})"));
  CHECK(load["keep_alive"] == 3600);
  for (const char* same : {"model", "options", "keep_alive"}) CHECK(load[same] == question[same]);
}

TEST_CASE("Ollama's chat request puts text and its tool calls into one message, because Ollama would drop the calls otherwise") {
  CHECK(messages_in({model_message(ModelMessage::Kind::User, "What do I owe?"), model_message(ModelMessage::Kind::Assistant, "Let me look."),
                     called({{"a", "look", R"({"who":"me"})", "3"}, {"b", "look", "{}", "{\"x\":1}"}}),
                     called({{"c", "pay", "{}", "ok"}}), model_message(ModelMessage::Kind::Assistant, "Done."),
                     model_message(ModelMessage::Kind::User, "Bye")}) == json::parse(R"([
    {"role":"user","content":"What do I owe?"},
    {"role":"assistant","content":"Let me look.","tool_calls":[
      {"id":"a","function":{"name":"look","arguments":{"who":"me"}}},{"id":"b","function":{"name":"look","arguments":{}}}]},
    {"role":"tool","tool_name":"look","tool_call_id":"a","content":"3"},
    {"role":"tool","tool_name":"look","tool_call_id":"b","content":"{\"x\":1}"},
    {"role":"assistant","content":"","tool_calls":[{"id":"c","function":{"name":"pay","arguments":{}}}]},
    {"role":"tool","tool_name":"pay","tool_call_id":"c","content":"ok"},
    {"role":"assistant","content":"Done."},
    {"role":"user","content":"Bye"}])"));
  CHECK(messages_in({model_message(ModelMessage::Kind::User, "Hi"), model_message(ModelMessage::Kind::Assistant, "Hello.")}) ==
        json::parse(R"([{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello."}])"));
}

TEST_CASE("Ollama's chat request sends an empty object if the arguments of a call are not an object") {
  for (const std::string arguments : {"not json", "[1]", "\"x\"", "", "{\"cut\":", "{} {}", "\xff"}) {
    CAPTURE(arguments);
    const auto messages = messages_in({called({{"a", "f", arguments, "7"}})});
    CHECK(messages[0]["tool_calls"][0]["function"]["arguments"] == json::object());
  }
}
