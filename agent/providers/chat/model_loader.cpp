#include <offhook/agent/providers/chat/model_loader.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::agent::chat {

ModelLoader::ModelLoader(const ModelServer& server, net::HttpClient& http, Done done) : server_(server), done_(std::move(done)) {
  auto request = server.warm_up();
  if (!request) return;
  request->max_body = kMaxErrorBody;
  net::HttpHandler handler;
  handler.on_head = [this](const net::HttpHead& head) { head_ = head; };
  handler.on_body = [this](std::string_view bytes) { body_ += bytes.substr(0, kMaxErrorBody - std::min(kMaxErrorBody, body_.size())); };
  handler.on_end = [this](std::optional<net::NetError> error) { on_end(std::move(error)); };
  transfer_ = http.start(std::move(*request), std::move(handler));
}

void ModelLoader::on_end(std::optional<net::NetError> error) {
  is_over_ = true;
  const std::string whom = "the model " + server_.model();
  std::optional<RequestFailure> failure;
  if (error) {
    failure = failure_of(whom, *error);
  } else if (head_.status < 200 || head_.status >= 300) {
    failure = server_.failure(whom, head_, body_);
  }
  if (const Done done = std::exchange(done_, nullptr)) done(std::move(failure));
}

}  // namespace offhook::inline v0::agent::chat
