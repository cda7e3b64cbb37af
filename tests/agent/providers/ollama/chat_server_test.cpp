#include <offhook/agent/providers/ollama/chat_server.hpp>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>

using namespace offhook::agent;
using namespace offhook::agent::ollama;
using nlohmann::json;

namespace {

ChatServer server_of(std::string base_url = "http://127.0.0.1:11434", std::string key = "") {
  ChatServerOptions options;
  options.base_url = std::move(base_url);
  options.key = Secret(std::move(key));
  options.model.model = "llama3.2";
  return ChatServer(std::move(options));
}

RequestFailure failure_at(int status, std::string_view body) {
  return server_of().failure("the model llama3.2", net::HttpHead{status, {}}, body);
}

}  // namespace

TEST_CASE("Ollama's ChatServer sends requests to /api/chat, with a key if one is configured") {
  const auto request = server_of().request({"", {{chat::ModelMessage::Kind::User, "Hi", {}}}, nullptr});
  CHECK(request.method == "POST");
  CHECK(request.url == "http://127.0.0.1:11434/api/chat");
  CHECK(json::parse(request.body)["model"] == "llama3.2");
  CHECK(request.headers == net::Headers{{"content-type", "application/json"}, {"accept", "application/x-ndjson"}});
  const auto keyed = server_of("https://ollama.com//", "canary").request({});
  CHECK(keyed.url == "https://ollama.com/api/chat");
  CHECK(keyed.headers[0] == std::pair<std::string, std::string>("authorization", "Bearer canary"));
}

TEST_CASE("Ollama's ChatServer loads its model with a request that has no messages and a longer time limit") {
  const auto request = server_of().warm_up();
  REQUIRE(request);
  CHECK(request->url == "http://127.0.0.1:11434/api/chat");
  CHECK(json::parse(request->body)["model"] == "llama3.2");
  CHECK(json::parse(request->body)["messages"] == json::array());
  CHECK(request->total_limit > net::HttpRequest{}.total_limit);
}

TEST_CASE("Ollama's ChatServer gives a remedy for each refusal of Ollama, and no text of Ollama") {
  struct { int status; std::string body; FailureKind kind; std::string why; } const cases[] = {
      {404, R"({"error":"model 'canary' not found"})", FailureKind::Protocol,
       "it has no such model: run `ollama pull llama3.2` there, or name another model"},
      {404, "404 page not found", FailureKind::Protocol,
       "there is no /api/chat: check that the server is Ollama, and that the base URL has no path such as /v1"},
      {400, R"({"error":"registry.ollama.ai/library/canary does not support tools"})", FailureKind::Protocol,
       "this model supports no tools: choose a model that does, or grant the agent none"},
      {400, R"({"error":"\"canary\" does not support thinking"})", FailureKind::Protocol, "this model cannot think: set reply/reasoning_effort to none"},
      {400, R"({"error":"\"canary\" does not support chat"})", FailureKind::Protocol, "this model does not chat: choose another model"},
      {400, R"({"error":"canary"})", FailureKind::Protocol, "it refuses the request"},
      {401, R"({"error":"unauthorized","signin_url":"https://canary"})", FailureKind::Auth, "check the key, and the permissions of its account"},
      {500, R"({"error":"model requires more system memory (9 GiB) than is available (canary GiB) now"})", FailureKind::Overloaded,
       "the model does not fit into the server's memory: choose a smaller model, or a smaller context"},
      {503, R"({"error":"server busy, please try again.  maximum pending requests exceeded"})", FailureKind::Overloaded,
       "its queue is full: OLLAMA_NUM_PARALLEL and OLLAMA_MAX_QUEUE set how many requests it accepts"},
  };
  for (const auto& one : cases) {
    CAPTURE(one.body);
    const auto failure = failure_at(one.status, one.body);
    CHECK(failure.kind == one.kind);
    CHECK(failure.why == "the model llama3.2 answered " + std::to_string(one.status) + ": " + one.why);
  }
  CHECK(failure_at(500, R"({"error":"canary"})").why == "the model llama3.2 answered 500");
  CHECK(failure_at(503, "<html>canary").why == "the model llama3.2 answered 503");
}

TEST_CASE("Ollama's ChatServer allows a retry if Ollama's queue is full, but not if the model is missing") {
  CHECK(failure_at(503, R"({"error":"server busy, please try again.  maximum pending requests exceeded"})").retry_in);
  CHECK_FALSE(failure_at(404, R"({"error":"model 'x' not found"})").retry_in);
}
