#pragma once

#include <offhook/agent/net/web_socket.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace offhook::test {

/// Fake WebSockets. The test acts as the server: it reads the messages of Offhook, and sends the messages of the server.
class FakeSockets final : public agent::net::WebSocketClient {
 public:
  struct Sent {
    bool binary = false;
    std::string bytes;
  };
  struct Socket {
    agent::net::WebSocketRequest request;
    agent::net::WebSocketHandler handler;
    std::vector<Sent> sent;
    bool destroyed = false;
  };

  std::unique_ptr<agent::net::WebSocket> open(agent::net::WebSocketRequest request, agent::net::WebSocketHandler handler) override {
    all.push_back(std::make_shared<Socket>(Socket{std::move(request), std::move(handler), {}, false}));
    return std::make_unique<Handle>(all.back());
  }
  [[nodiscard]] Socket& last() {
    REQUIRE_FALSE(all.empty());
    return *all.back();
  }

  std::vector<std::shared_ptr<Socket>> all;

 private:
  struct Handle final : agent::net::WebSocket {
    explicit Handle(std::shared_ptr<Socket> of) : socket(std::move(of)) {}
    ~Handle() override { socket->destroyed = true; }
    void send_text(std::string_view text) override { socket->sent.push_back({false, std::string(text)}); }
    void send_binary(std::string_view bytes) override {
      REQUIRE_FALSE(bytes.empty());  // For Deepgram, an empty message means the end of the stream.
      socket->sent.push_back({true, std::string(bytes)});
    }
    void close(int, std::string_view) override {}
    std::shared_ptr<Socket> socket;
  };
};

}  // namespace offhook::test
