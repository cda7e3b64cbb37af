#pragma once

#include <offhook/agent/config/secret.hpp>
#include <offhook/agent/providers/chat/model_server.hpp>
#include <offhook/agent/providers/ollama/chat_request.hpp>
#include <offhook/base/time.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace offhook::inline v0::agent::ollama {

struct ChatServerOptions {
  std::string base_url = "http://127.0.0.1:11434";  ///< without a path; it may end in '/'
  config::Secret key;                               ///< none: no header, as servers of one's own have it
  base::Duration connect_limit = std::chrono::seconds(3);
  ModelOptions model;
};

/// A model of Ollama's, by its own interface: the one that takes num_ctx and keep_alive, and that tells apart what was thought and
/// what was said.
class ChatServer final : public chat::ModelServer {
 public:
  explicit ChatServer(ChatServerOptions options) : options_(std::move(options)) {}
  [[nodiscard]] const std::string& model() const override { return options_.model.model; }
  [[nodiscard]] std::string url() const override;
  [[nodiscard]] net::HttpRequest request(const chat::ModelQuestion& question) const override;
  [[nodiscard]] std::unique_ptr<chat::ModelAnswer> answer() const override;
  /// Says what to do where Ollama's own sentences are known; they are not shown.
  [[nodiscard]] RequestFailure failure(std::string_view whom, const net::HttpHead& head, std::string_view body) const override;
  [[nodiscard]] std::optional<net::HttpRequest> warm_up() const override;

 private:
  [[nodiscard]] net::HttpRequest request_of(std::string body) const;
  ChatServerOptions options_;
};

}  // namespace offhook::inline v0::agent::ollama
