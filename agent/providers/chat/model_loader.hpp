#pragma once

#include <offhook/agent/providers/chat/model_server.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace offhook::inline v0::agent::chat {

/// Makes a server load its model before a question waits for it, if the server needs a request for that. The destructor cancels the
/// request; the server may continue to load.
class ModelLoader {
 public:
  using Done = std::function<void(std::optional<RequestFailure>)>;
  /// Calls `done` once, on the thread of `http`: with nullopt when the model is loaded, or with the failure. `done` may destroy this
  /// object. If the server needs no request, never calls `done`, and is_needed() is false. `http` and `server` must outlive this object.
  ModelLoader(const ModelServer& server, net::HttpClient& http, Done done);
  ModelLoader(const ModelLoader&) = delete;
  ModelLoader& operator=(const ModelLoader&) = delete;
  [[nodiscard]] bool is_needed() const { return transfer_ != nullptr; }
  /// Returns true while the server has not answered the load request.
  [[nodiscard]] bool is_loading() const { return is_needed() && !is_over_; }

 private:
  void on_end(std::optional<net::NetError> error);

  const ModelServer& server_;
  Done done_;
  net::HttpHead head_;
  std::string body_;
  bool is_over_ = false;
  std::unique_ptr<net::HttpTransfer> transfer_;
};

}  // namespace offhook::inline v0::agent::chat
