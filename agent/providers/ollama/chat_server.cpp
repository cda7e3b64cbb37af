#include <offhook/agent/providers/ollama/chat_server.hpp>

#include <offhook/agent/providers/ollama/chat_answer.hpp>
#include <offhook/agent/support/json_in.hpp>

#include <algorithm>
#include <array>

namespace offhook::inline v0::agent::ollama {

namespace {

/// Longest load of a model: a slow disk needs minutes for the largest models. No present call waits for it.
constexpr base::Duration kLoadLimit = std::chrono::minutes(15);  // Longer than Rehearsal::kWarmUpLimit, whose report advises the operator.

struct KnownSentence {
  int status;
  std::string_view part, advice;
};
constexpr std::array<KnownSentence, 5> kKnown{{
    {400, "does not support tools", "this model supports no tools: choose a model that does, or grant the agent none"},
    {400, "does not support thinking", "this model cannot think: set reply/reasoning_effort to none"},
    {400, "does not support chat", "this model does not chat: choose another model"},
    {500, "more system memory", "the model does not fit into the server's memory: choose a smaller model, or a smaller context"},
    {503, "maximum pending requests", "its queue is full: OLLAMA_NUM_PARALLEL and OLLAMA_MAX_QUEUE set how many requests it accepts"},
}};

/// Returns the sentence of the server's error; "" if the body is not in Ollama's format.
std::string sentence_in(std::string_view body) {
  json::Parser parser;
  const auto root = json::parse(parser, body.substr(0, kMaxErrorBody));
  return root ? std::string(json::text(*root, "error")) : std::string{};
}

}  // namespace

std::string ChatServer::url() const {
  std::string url = options_.base_url;
  while (url.ends_with('/')) url.pop_back();
  return url + "/api/chat";
}

net::HttpRequest ChatServer::request_of(std::string body) const {
  net::HttpRequest request;
  request.url = url();
  request.connect_limit = options_.connect_limit;
  if (!options_.key.empty()) request.headers.emplace_back("authorization", "Bearer " + options_.key.reveal());
  request.headers.emplace_back("content-type", "application/json");
  request.headers.emplace_back("accept", "application/x-ndjson");
  request.body = std::move(body);
  return request;
}

net::HttpRequest ChatServer::request(const chat::ModelQuestion& question) const {
  return request_of(write_chat_request(options_.model, question));
}

std::optional<net::HttpRequest> ChatServer::warm_up() const {
  auto request = request_of(write_load_request(options_.model));
  request.total_limit = kLoadLimit;
  return request;
}

std::unique_ptr<chat::ModelAnswer> ChatServer::answer() const { return std::make_unique<ChatAnswer>(); }

RequestFailure ChatServer::failure(std::string_view whom, const net::HttpHead& head, std::string_view body) const {
  RequestFailure failure = failure_of(whom, head, body);
  const std::string sentence = sentence_in(body);
  const auto* const known = std::find_if(kKnown.begin(), kKnown.end(), [&](const KnownSentence& one) {
    return one.status == head.status && sentence.find(one.part) != std::string::npos;
  });
  std::string advice;
  if (known != kKnown.end()) {
    advice = known->advice;
  } else if (head.status == 404 && !sentence.empty()) {
    advice = "it has no such model: run `ollama pull " + model() + "` there, or name another model";
  } else if (head.status == 404) {
    advice = "there is no /api/chat: check that the server is Ollama, and that the base URL has no path such as /v1";
  }
  if (!advice.empty()) failure.why = std::string(whom) + " answered " + std::to_string(head.status) + ": " + advice;
  return failure;
}

}  // namespace offhook::inline v0::agent::ollama
