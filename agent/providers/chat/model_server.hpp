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

/// One interface of a server with a language model. Makes the requests, and the readers for the answers. Pure.
class ModelServer {
 public:
  virtual ~ModelServer() = default;
  /// Returns the name of the model.
  [[nodiscard]] virtual const std::string& model() const = 0;
  /// Returns the URL to which questions go.
  [[nodiscard]] virtual std::string url() const = 0;
  /// Returns a complete request, with headers and body.
  [[nodiscard]] virtual net::HttpRequest request(const ModelQuestion& question) const = 0;
  /// Returns a reader for one answer.
  [[nodiscard]] virtual std::unique_ptr<ModelAnswer> answer() const = 0;
  /// Describes the failure of a request whose answer has a status other than 2xx. `whom` is the service's name in the sentence.
  [[nodiscard]] virtual RequestFailure failure(std::string_view whom, const net::HttpHead& head, std::string_view body) const {
    return failure_of(whom, head, body);
  }
  /// Returns a request that makes the server load the model, so that the first question does not wait for it; nullopt if no request
  /// is needed.
  [[nodiscard]] virtual std::optional<net::HttpRequest> warm_up() const { return std::nullopt; }
};

}  // namespace offhook::inline v0::agent::chat
