#pragma once

#include <offhook/agent/providers/chat/model_server.hpp>
#include <offhook/agent/providers/openai/model_request.hpp>
#include <offhook/agent/providers/openai/server.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace offhook::inline v0::agent::openai {

struct ChatServerOptions {
  enum class Api : std::uint8_t { Chat, Responses };  ///< /chat/completions, which all servers support, or /responses
  Server server;
  ModelOptions model;
  Api api = Api::Chat;
};

/// OpenAI's interface to a language model, on OpenAI's server or on another one with the same interface.
class ChatServer final : public chat::ModelServer {
 public:
  explicit ChatServer(ChatServerOptions options) : options_(std::move(options)) {}
  [[nodiscard]] const std::string& model() const override { return options_.model.model; }
  [[nodiscard]] std::string url() const override;
  [[nodiscard]] net::HttpRequest request(const chat::ModelQuestion& question) const override;
  [[nodiscard]] std::unique_ptr<chat::ModelAnswer> answer() const override;

 private:
  [[nodiscard]] std::string_view path() const;
  ChatServerOptions options_;
};

}  // namespace offhook::inline v0::agent::openai
