#pragma once

#include <offhook/agent/providers/chat/model_server.hpp>
#include <offhook/agent/providers/ollama/chat_request.hpp>
#include <offhook/agent/support/secret.hpp>
#include <offhook/base/time.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace offhook::inline v0::agent::ollama {

struct ChatServerOptions {
  std::string base_url = "http://127.0.0.1:11434";  ///< without a path; may end in '/'
  Secret key;                               ///< empty: requests have no authorization header, because an operator's own server needs none
  base::Duration connect_limit = std::chrono::seconds(3);
  ModelOptions model;
};

/// Ollama's own interface to a model on an Ollama server. It accepts num_ctx and keep_alive, and separates thoughts from text.
class ChatServer final : public chat::ModelServer {
 public:
  explicit ChatServer(ChatServerOptions options) : options_(std::move(options)) {}
  [[nodiscard]] const std::string& model() const override { return options_.model.model; }
  [[nodiscard]] std::string url() const override;
  [[nodiscard]] net::HttpRequest request(const chat::ModelQuestion& question) const override;
  [[nodiscard]] std::unique_ptr<chat::ModelAnswer> answer() const override;
  /// Describes a failure. If Offhook knows the sentence of Ollama's error, the description contains advice, but never the sentence itself.
  [[nodiscard]] RequestFailure failure(std::string_view whom, const net::HttpHead& head, std::string_view body) const override;
  [[nodiscard]] std::optional<net::HttpRequest> warm_up() const override;

 private:
  [[nodiscard]] net::HttpRequest request_of(std::string body) const;
  ChatServerOptions options_;
};

}  // namespace offhook::inline v0::agent::ollama
