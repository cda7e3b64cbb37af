#pragma once

#include <offhook/agent/net/web_socket.hpp>
#include <offhook/agent/providers/azure/usp_frame.hpp>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

/// Sockets on which the test acts as the service: the test reads the messages of Offhook, and sends the messages of the service.
namespace offhook::test {

struct FakeUspSocket {
  struct Sent { bool binary; std::string path, request_id, content_type, body; };
  agent::net::WebSocketRequest request;
  agent::net::WebSocketHandler handler;
  std::vector<Sent> sent;
  bool destroyed = false;

  [[nodiscard]] std::vector<Sent> of(std::string_view path) const {
    std::vector<Sent> found;
    for (const Sent& each : sent) {
      if (each.path == path) found.push_back(each);
    }
    return found;
  }
  void open() { handler.on_open(); }
  void say(const std::string& path, const std::string& request_id, const nlohmann::json& body) {
    say_raw("Path: " + path + "\r\nX-RequestId: " + request_id + "\r\nContent-Type: application/json; charset=utf-8\r\n\r\n" + body.dump());
  }
  void say_raw(const std::string& frame) {
    REQUIRE_FALSE(destroyed);
    handler.on_text(frame);
  }
  void say_audio(const std::string& request_id, const std::string& stream_id, const std::string& octets) {
    const std::string headers = "X-RequestId:" + request_id + "\r\nX-StreamId:" + stream_id + "\r\nPath:audio\r\n";
    std::string frame;
    frame += static_cast<char>(headers.size() >> 8U);
    frame += static_cast<char>(headers.size() & 0xFFU);
    handler.on_binary(frame + headers + octets);
  }
  void close(int code, std::string reason = {}) { handler.on_closed({std::nullopt, 0, {}, code, std::move(reason)}); }
  void refuse(int status, std::string retry_after = {}) {
    handler.on_closed({agent::net::NetError{agent::net::NetError::What::Protocol, "no 101"}, status, std::move(retry_after), 0, {}});
  }
  /// Refuses the connection.
  void shut() { handler.on_closed({agent::net::NetError{agent::net::NetError::What::Refused, "refused"}, 0, {}, 1006, {}}); }
};

class FakeUspClient final : public agent::net::WebSocketClient {
 public:
  std::vector<std::shared_ptr<FakeUspSocket>> sockets;

  std::unique_ptr<agent::net::WebSocket> open(agent::net::WebSocketRequest request, agent::net::WebSocketHandler handler) override {
    sockets.push_back(std::make_shared<FakeUspSocket>());
    sockets.back()->request = std::move(request);
    sockets.back()->handler = std::move(handler);
    return std::make_unique<Handle>(sockets.back());
  }
  FakeUspSocket& last() { return *sockets.back(); }

 private:
  struct Handle final : agent::net::WebSocket {
    explicit Handle(std::shared_ptr<FakeUspSocket> of) : state(std::move(of)) {}
    ~Handle() override { state->destroyed = true; }
    void send_text(std::string_view text) override { note(false, agent::azure::parse_usp_text(text)); }
    void send_binary(std::string_view bytes) override { note(true, agent::azure::parse_usp_binary(bytes)); }
    void close(int, std::string_view) override {}
    void note(bool binary, const base::Result<agent::azure::UspMessage, agent::azure::UspError>& message) {
      REQUIRE(message);
      state->sent.push_back({binary, std::string(message->path), std::string(message->request_id), std::string(message->content_type), std::string(message->body)});
    }
    std::shared_ptr<FakeUspSocket> state;
  };
};

}  // namespace offhook::test
