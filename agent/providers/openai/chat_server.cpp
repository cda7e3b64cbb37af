#include <offhook/agent/providers/openai/chat_server.hpp>

#include <offhook/agent/providers/openai/chat_answer.hpp>
#include <offhook/agent/providers/openai/responses_answer.hpp>

namespace offhook::inline v0::agent::openai {

std::string_view ChatServer::path() const {
  return options_.api == ChatServerOptions::Api::Responses ? "/responses" : "/chat/completions";
}

std::string ChatServer::url() const { return url_of(options_.server, path()); }

net::HttpRequest ChatServer::request(const chat::ModelQuestion& question) const {
  auto request = request_to(options_.server, path());
  request.headers.emplace_back("content-type", "application/json");
  request.headers.emplace_back("accept", "text/event-stream");
  const bool responses = options_.api == ChatServerOptions::Api::Responses;
  request.body = responses ? write_responses_request(options_.model, question) : write_chat_request(options_.model, question);
  return request;
}

std::unique_ptr<chat::ModelAnswer> ChatServer::answer() const {
  if (options_.api == ChatServerOptions::Api::Responses) return std::make_unique<ResponsesAnswer>();
  return std::make_unique<ChatAnswer>(options_.model.starts_in_thought);
}

}  // namespace offhook::inline v0::agent::openai
