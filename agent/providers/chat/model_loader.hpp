#pragma once

#include <offhook/agent/providers/chat/model_server.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace offhook::inline v0::agent::chat {

/// Has a server load its model before anybody waits for it, where it has to be told to. Destroying this gives up waiting; the server
/// may go on.
class ModelLoader {
 public:
  using Done = std::function<void(std::optional<RequestFailure>)>;
  /// `done` is called once, on the thread of `http`, with nothing when the model is loaded; it may destroy this. Where there is
  /// nothing to load it is never called, and is_needed() false. `http` and `server` outlive this.
  ModelLoader(const ModelServer& server, net::HttpClient& http, Done done);
  ModelLoader(const ModelLoader&) = delete;
  ModelLoader& operator=(const ModelLoader&) = delete;
  [[nodiscard]] bool is_needed() const { return transfer_ != nullptr; }
  /// The server was asked, and has not answered yet.
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
