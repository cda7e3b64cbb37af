#include <offhook/tests/services/ollama/chat_checks.hpp>
#include <offhook/tests/services/ollama/sim_ollama.hpp>

#include <doctest/doctest.h>

#include <sstream>
#include <string>
#include <vector>

using namespace offhook;
using namespace offhook::services;
using namespace offhook::services::ollama;
using namespace std::chrono_literals;
using Json = nlohmann::json;

namespace {

struct Desk {
  SimOllama sim;
  explicit Desk(const std::string& scenario) : sim(read_scenario(scenario).scenario, {}) { REQUIRE(read_scenario(scenario).error == ""); }

  SimOllama::Served serve(const std::string& path, const Json& body, base::Duration at = {}) {
    return sim.serve({"POST", path, {{"content-type", "application/json"}}, body.dump(), false}, base::TimePoint{} + at);
  }
  HttpPlan chat(const Json& more = Json::object(), base::Duration at = {}) {
    Json body = {{"model", "llama3.2"}, {"messages", Json::array({Json{{"role", "user"}, {"content", "hello"}}})}};
    body.update(more);
    return serve("/api/chat", body, at).plan;
  }
  HttpPlan get(const std::string& path, base::Duration at = {}) { return sim.serve({"GET", path, {}, "", false}, base::TimePoint{} + at).plan; }
};

std::string body_of(const HttpPlan& plan) {
  std::string body;
  for (const auto& step : plan.steps) body += step.bytes;
  return body;
}
std::vector<Json> lines_of(const HttpPlan& plan) {
  std::vector<Json> lines;
  std::istringstream body(body_of(plan));
  for (std::string line; std::getline(body, line);) lines.push_back(Json::parse(line));
  return lines;
}
int status_of(const HttpPlan& plan) { return plan.steps.empty() ? 0 : plan.steps[0].status; }
std::string error_in(const HttpPlan& plan) { return Json::parse(body_of(plan)).value("error", ""); }

}  // namespace

TEST_CASE("SimOllama sends one line per piece of its answer. The last line has the reason and the statistics") {
  Desk desk(R"({"replies":["one two three"],"response_ms":120,"token_ms":10})");
  const auto plan = desk.chat();
  REQUIRE(plan.steps.size() > 4);
  CHECK(plan.steps[0].headers[0].second == "application/x-ndjson");
  CHECK(plan.steps[0].at == 120ms);
  CHECK(plan.steps.back().what == HttpPlan::What::End);
  CHECK(plan.steps.back().at == 150ms);
  const auto lines = lines_of(plan);
  REQUIRE(lines.size() == 4);
  CHECK(lines[1]["message"] == Json({{"role", "assistant"}, {"content", " two"}}));
  CHECK(lines[1]["done"] == false);
  CHECK(lines[3]["done"] == true);
  CHECK(lines[3]["done_reason"] == "stop");
  CHECK(lines[3]["eval_count"] > 0);
}

TEST_CASE("SimOllama sends each tool call completely in one line before the last, with its arguments as an object") {
  Desk desk(R"({"replies":[{"text":"Hm.","calls":[{"name":"f","arguments":{"x":1}},{"name":"g"}]}]})");
  const auto lines = lines_of(desk.chat());
  REQUIRE(lines.size() == 4);
  CHECK(lines[1]["message"]["tool_calls"] == Json::parse(R"([{"id":"call_1","function":{"index":0,"name":"f","arguments":{"x":1}}}])"));
  CHECK(lines[2]["message"]["tool_calls"][0]["function"]["index"] == 1);
  CHECK(lines[2]["done"] == false);
  CHECK(lines[3]["done_reason"] == "stop");
}

TEST_CASE("In SimOllama, a thinking model thinks except if the request disables it. A model that cannot think refuses a request to think") {
  Desk desk(R"({"models":[{"name":"qwen3","thinks":true},{"name":"llama2","tools":false}],"replies":["Yes."],"loop":true})");
  const auto thoughts = [&](const Json& more) {
    std::size_t count = 0;
    for (const Json& line : lines_of(desk.chat(more))) count += line["message"].contains("thinking") ? 1 : 0;
    return count;
  };
  CHECK(thoughts({{"model", "qwen3"}}) > 0);
  CHECK(thoughts({{"model", "qwen3"}, {"think", "low"}}) > 0);
  CHECK(thoughts({{"model", "qwen3"}, {"think", false}}) == 0);
  CHECK(status_of(desk.chat({{"model", "llama2"}, {"think", false}})) == 200);
  const auto refused = desk.chat({{"model", "llama2"}, {"think", true}});
  CHECK(status_of(refused) == 400);
  CHECK(error_in(refused) == "\"llama2:latest\" does not support thinking");
  const Json tools = Json::parse(R"([{"type":"function","function":{"name":"f","description":"","parameters":{"type":"object","properties":{}}}}])");
  CHECK(error_in(desk.chat({{"model", "llama2"}, {"tools", tools}})).ends_with("does not support tools"));
  CHECK(status_of(desk.chat({{"model", "qwen3"}, {"tools", tools}})) == 200);
}

TEST_CASE("SimOllama loads a model in its load time, keeps it loaded for its keep_alive, and reloads it for another context length") {
  Desk desk(R"({"replies":["Yes."],"loop":true,"load_ms":2000,"response_ms":100,"token_ms":0})");
  const auto begins = [&](const Json& more, base::Duration at) { return desk.chat(more, at).steps.at(0).at; };
  const auto loaded = [&](base::Duration at) { return Json::parse(body_of(desk.get("/api/ps", at)))["models"].size(); };
  const Json here = {{"options", {{"num_ctx", 8192}}}, {"keep_alive", 60}};
  Json load = here;
  load["messages"] = Json::array();
  CHECK(loaded(0s) == 0);
  const auto warm_up = desk.chat(load);
  CHECK(warm_up.steps[0].at == 2000ms);
  CHECK(lines_of(warm_up)[0]["done_reason"] == "load");
  CHECK(begins(here, 500ms) == 1600ms);
  CHECK(begins(here, 3s) == 100ms);
  CHECK(begins({{"options", {{"num_ctx", 4096}}}, {"keep_alive", "1m"}}, 4s) == 2100ms);
  CHECK(loaded(66s) == 1);
  CHECK(loaded(67s) == 0);
  CHECK(begins({{"keep_alive", -1}}, 70s) == 2100ms);
  CHECK(loaded(1000h) == 1);
  CHECK(lines_of(desk.chat({{"keep_alive", 0}, {"messages", Json::array()}}, 1000h))[0]["done_reason"] == "unload");
  CHECK(loaded(1000h) == 0);
}

TEST_CASE("If SimOllama may run one answer and queue one, a second request waits. A third gets 503, until the second one has gone") {
  Desk desk(R"({"replies":["one two"],"loop":true,"response_ms":100,"token_ms":50,"parallel":1,"max_queue":1})");
  const Json body = {{"model", "llama3.2"}, {"messages", Json::array({Json{{"role", "user"}, {"content", "hello"}}})}};
  const auto first = desk.serve("/api/chat", body), second = desk.serve("/api/chat", body), third = desk.serve("/api/chat", body);
  CHECK(first.plan.steps[0].at == 100ms);
  CHECK(first.plan.steps.back().at == 200ms);
  CHECK(second.plan.steps[0].at == 300ms);
  CHECK(status_of(third.plan) == 503);
  CHECK(error_in(third.plan).find("maximum pending requests exceeded") != std::string::npos);
  desk.sim.gone(second.request);
  CHECK(desk.serve("/api/chat", body).plan.steps[0].at == 300ms);
  CHECK(desk.serve("/api/chat", body, 1s).plan.steps[0].at == 100ms);
}

TEST_CASE("SimOllama applies its faults in the order of the requests, and then answers without faults") {
  Desk desk(R"({"replies":["one two three"],"loop":true,"endpoints":{"chat":{"faults":[
    {"kind":"status","status":503,"message":"busy"},{"kind":"stall"},{"kind":"stall","after_bytes":150},{"kind":"drop","after_bytes":150},
    {"kind":"error","message":"model runner has unexpectedly stopped","after_bytes":1},{"kind":"garbage","after_bytes":1},{"kind":"broken_json","after_bytes":1},
    {"kind":"no_done"},{"kind":"incomplete"},{"kind":"empty"},{"kind":"unknown_events","after_bytes":1},{"kind":"split","bytes":3},{"kind":"latency","delay_ms":5000}]}}})");
  const auto refused = desk.chat();
  CHECK(status_of(refused) == 503);
  CHECK(error_in(refused) == "busy");
  CHECK(desk.chat().steps.empty());
  const auto stalled = desk.chat();
  CHECK(body_of(stalled).size() == 150);
  CHECK(stalled.steps.back().what == HttpPlan::What::Bytes);
  CHECK(desk.chat().steps.back().what == HttpPlan::What::Drop);
  CHECK(body_of(desk.chat()).ends_with("{\"error\":\"model runner has unexpectedly stopped\"}\n"));
  CHECK(body_of(desk.chat()).find("502 Bad Gateway") != std::string::npos);
  CHECK_THROWS((void)lines_of(desk.chat()));
  CHECK(lines_of(desk.chat()).back()["done"] == false);
  CHECK(lines_of(desk.chat()).back()["done_reason"] == "length");
  CHECK(lines_of(desk.chat()).size() == 1);
  CHECK(lines_of(desk.chat()).size() == 5);
  const auto split = desk.chat();
  CHECK(split.steps[1].bytes.size() == 3);
  CHECK(lines_of(split).size() == 4);
  CHECK(desk.chat().steps[0].at == 5300ms);
  CHECK(lines_of(desk.chat()).size() == 4);
}

TEST_CASE("SimOllama refuses invalid requests") {
  Desk desk(R"({"key":"right","replies":["Yes."],"loop":true})");
  const auto status = [&](const std::string& body, const std::string& key = "right") {
    return status_of(desk.sim.serve({"POST", "/api/chat", {{"authorization", "Bearer " + key}}, body, false}, {}).plan);
  };
  const auto messages = [&](const std::string& list) { return status(R"({"model":"llama3.2","messages":)" + list + "}"); };
  CHECK(status(R"({"model":"llama3.2:latest","messages":[{"role":"user","content":"x"}]})") == 200);
  CHECK(status(R"({"model":"llama3.2","messages":[{"role":"user","content":"x"}]})", "wrong") == 401);
  CHECK(status(R"({"model":"llama3.3","messages":[]})") == 404);
  CHECK(status(R"({"messages":[]})") == 400);
  CHECK(status("{") == 400);
  CHECK(status("[]") == 400);
  CHECK(status(R"({"model":"llama3.2","tool_choice":"auto"})") == 400);
  CHECK(status(R"({"model":"llama3.2","options":{"num_context":1}})") == 400);
  CHECK(status(R"({"model":"llama3.2","keep_alive":"soon"})") == 400);
  CHECK(status(R"({"model":"llama3.2","think":"much"})") == 400);
  CHECK(messages("{}") == 400);
  CHECK(messages(R"([{"role":"judge","content":"x"}])") == 400);
  CHECK(messages(R"([{"role":"user","content":[{"text":"x"}]}])") == 400);
  CHECK(messages(R"([{"role":"assistant","content":"x"},{"role":"assistant","content":"y"}])") == 400);
  CHECK(messages(R"([{"role":"assistant","content":"","tool_calls":[{"function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_name":"f","content":"x"}])") == 400);
  CHECK(messages(R"([{"role":"assistant","content":"","tool_calls":[{"function":{"name":"f","arguments":{}}}]}])") == 400);
  CHECK(messages(R"([{"role":"tool","tool_name":"f","content":"x"}])") == 400);
  CHECK(messages(R"([{"role":"assistant","content":"","tool_calls":[{"function":{"name":"f","arguments":{}}}]},{"role":"tool","tool_name":"f","content":"x"}])") == 200);
}

TEST_CASE("SimOllama lists its models and their capabilities, and serves the OpenAI-compatible interface") {
  Desk desk(R"({"models":["llama3.2",{"name":"qwen3:8b","thinks":true}],"replies":["Yes."],"loop":true})");
  CHECK(Json::parse(body_of(desk.get("/api/tags")))["models"][1]["name"] == "qwen3:8b");
  CHECK(Json::parse(body_of(desk.serve("/api/show", {{"model", "qwen3:8b"}}).plan))["capabilities"] == Json({"completion", "tools", "thinking"}));
  CHECK(status_of(desk.serve("/api/show", {{"model", "qwen3"}}).plan) == 404);
  CHECK(status_of(desk.get("/api/nothing")) == 404);
  const Json body = {{"model", "qwen3:8b"}, {"stream", true}, {"messages", Json::array({Json{{"role", "user"}, {"content", "x"}}})}};
  CHECK(body_of(desk.serve("/v1/chat/completions", body).plan).ends_with("data: [DONE]\n\n"));
  CHECK(status_of(desk.serve("/v1/chat/completions", {{"model", "gpt"}}).plan) == 404);
}

TEST_CASE("Ollama's read_scenario refuses an invalid member, and names it") {
  CHECK(read_scenario(R"({"model":["a"]})").error.find("model") != std::string::npos);
  CHECK(read_scenario(R"({"models":[{"name":"a","tool":true}]})").error.find("tool") != std::string::npos);
  CHECK(read_scenario(R"({"load_ms":"long"})").error != "");
  CHECK(read_scenario("[]").error != "");
  CHECK(read_scenario("{}").scenario.models.at(0).name == "llama3.2:latest");
}

TEST_CASE("keep_alive_in reads durations in the format of Go, and numbers of seconds") {
  CHECK(keep_alive_in("1h30m") == std::optional<base::Duration>(90min));
  CHECK(keep_alive_in("500ms") == std::optional<base::Duration>(500ms));
  CHECK(keep_alive_in("-1m") == std::optional<base::Duration>(-1min));
  CHECK(keep_alive_in(2.5) == std::optional<base::Duration>(2500ms));
  for (const char* bad : {"", "10", "m", "10 m", "1d"}) CHECK_FALSE(keep_alive_in(bad));
  CHECK_FALSE(keep_alive_in(Json::object()));
}
