#pragma once

#include <offhook/agent/net/http_client.hpp>
#include <offhook/agent/providers/chat/model_events.hpp>
#include <offhook/agent/providers/chat/model_question.hpp>
#include <offhook/agent/providers/http_failure.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::chat {

/// A server with a language model, by one of its interfaces: how it is asked, and what reads its answers. Pure.
class ModelServer {
 public:
  virtual ~ModelServer() = default;
  /// The model's name, for people.
  [[nodiscard]] virtual const std::string& model() const = 0;
  /// Where questions go.
  [[nodiscard]] virtual std::string url() const = 0;
  /// Whole, with its headers and its body.
  [[nodiscard]] virtual net::HttpRequest request(const ModelQuestion& question) const = 0;
  /// A reader for one answer.
  [[nodiscard]] virtual std::unique_ptr<ModelAnswer> answer() const = 0;
  /// Of an answer other than 2xx. `whom` is for people.
  [[nodiscard]] virtual RequestFailure failure(std::string_view whom, const net::HttpHead& head, std::string_view body) const {
    return failure_of(whom, head, body);
  }
  /// Has the model loaded, so that the first question does not wait for it; nothing where that is no matter of ours.
  [[nodiscard]] virtual std::optional<net::HttpRequest> warm_up() const { return std::nullopt; }
};

}  // namespace offhook::inline v0::agent::chat
