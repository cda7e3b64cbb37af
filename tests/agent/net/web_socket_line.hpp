#pragma once

#include <offhook/agent/net/beast_web_socket.hpp>
#include <offhook/base/time.hpp>
#include <offhook/tests/services/certificate.hpp>
#include <offhook/tests/services/web_server.hpp>

#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <unistd.h>

/// A client and a server that uses Beast, with real sockets on loopback. The tests assert no durations: a time limit is short in a test that
/// must reach the limit, and long in all other tests.
namespace offhook::test {

using namespace std::chrono_literals;
using agent::net::WebSocketClosed;
using agent::net::WebSocketHandler;
using agent::net::WebSocketRequest;

inline const services::Certificate& certificate() {
  static const services::Certificate kMade = services::make_certificate();
  return kMade;
}

struct CaFile {
  std::string path = (std::filesystem::temp_directory_path() / ("offhook_net_test_" + std::to_string(::getpid()) + "_" + std::to_string(++made) + ".pem")).string();
  inline static int made = 0;
  explicit CaFile(const std::string& pem) { std::ofstream(path) << pem; }
  ~CaFile() { std::filesystem::remove(path); }
};

/// The server's side of a WebSocket; a text message selects its behaviour.
class Echo final : public services::Visitor {
 public:
  Echo(std::atomic<int>& received, std::atomic<int>& pings) : received_(received), pings_(pings) {}
  void on_text(services::Peer& peer, std::string_view text) override {
    ++received_;
    if (text == "close") return peer.close(4001, "as asked");
    if (text == "close without a code") return peer.close(0, "");
    if (text == "drop") return peer.drop();
    if (text == "garbage") return peer.send_raw(std::string(32, static_cast<char>(0xFF)));
    if (text == "bad text") return peer.send_text("\xC3\x28");
    if (text == "split") return peer.send_split("a message in several frames", 5);
    if (text == "resumed?") return peer.send_text(peer.resumed_tls() ? "yes" : "no");
    if (text.starts_with("send ")) return peer.send_text(std::string(static_cast<std::size_t>(std::atol(std::string(text.substr(5)).c_str())), 'x'));
    peer.send_text(std::string(text));
  }
  void on_binary(services::Peer& peer, std::string_view bytes) override { peer.send_binary(std::string(bytes)); }
  void on_ping(services::Peer&) override { ++pings_; }

 private:
  std::atomic<int>&received_, &pings_;
};

struct House {
  std::mutex mutex;
  std::vector<services::WebRequest> requests;
  std::atomic<int> received{0};  ///< number of received text messages
  std::atomic<int> pings{0};
  std::unique_ptr<services::WebServer> server;

  explicit House(services::ServerOptions options = {}) {
    server = services::WebServer::open(std::move(options), [this](services::Peer& peer, const services::WebRequest& request) -> std::unique_ptr<services::Visitor> {
      const std::lock_guard lock(mutex);
      requests.push_back(request);
      if (request.target == "/401") {
        peer.answer(401, {{"content-type", "application/json"}}, R"({"error":{"message":"Incorrect API key provided: sk-secret"}})");
      } else if (request.target == "/429") {
        peer.answer(429, {{"retry-after", "7"}, {"X-Reason", "too many"}}, std::string(5000, 'x'));
      } else if (request.target == "/200") {
        peer.answer(200, {}, "no WebSocket here");
      } else if (request.target == "/nonsense") {
        peer.send_raw("220 mail.example.com ESMTP\r\n\r\n");
      } else if (request.target == "/never") {
      } else {
        peer.upgrade();
        if (request.target == "/deaf") peer.stop_reading();
        if (request.target == "/greeting") peer.send_text("hello");
        return std::make_unique<Echo>(received, pings);
      }
      return nullptr;
    });
    REQUIRE(server != nullptr);
  }
  [[nodiscard]] std::string url(const std::string& path, const std::string& host = "127.0.0.1", const std::string& scheme = "ws") const {
    return scheme + "://" + host + ":" + std::to_string(server->port()) + path;
  }
};

struct SecureHouse : House {
  SecureHouse() : House({certificate().certificate_pem, certificate().key_pem, false}) {}
};

/// One client socket, and its received messages and events.
struct Line {
  bool open = false;
  std::vector<std::string> texts, binaries;
  std::vector<WebSocketClosed> closed;
  std::function<void()> on_open, on_text, on_closed;
  std::unique_ptr<agent::net::WebSocket> socket;

  WebSocketHandler handler() {
    return {[this] {
              open = true;
              if (on_open) on_open();
            },
            [this](std::string_view text) {
              texts.emplace_back(text);
              if (on_text) on_text();
            },
            [this](std::string_view bytes) { binaries.emplace_back(bytes); },
            [this](const WebSocketClosed& why) {
              closed.push_back(why);
              if (on_closed) on_closed();
            }};
  }
};

struct Caller {
  boost::asio::io_context io;
  CaFile ca{certificate().certificate_pem};
  std::unique_ptr<agent::net::WebSocketClient> client;

  explicit Caller(bool trusts = true) {
    auto made = agent::net::make_beast_web_socket_client(io, {trusts ? ca.path : "", 300ms});
    REQUIRE(made.has_value());
    client = std::move(*made);
  }
  void open(Line& line, WebSocketRequest request) { line.socket = client->open(std::move(request), line.handler()); }
  void open(Line& line, const std::string& url) {
    WebSocketRequest request;
    request.url = url;
    request.connect_limit = 20s;
    open(line, std::move(request));
  }
  /// Runs the event loop until the condition holds, and fails if it does not hold in time.
  template <class Condition>
  void until(Condition is_so) {
    const auto limit = base::Clock::now() + 20s;
    while (!is_so() && base::Clock::now() < limit) {
      io.restart();
      io.run_one_for(50ms);
    }
    REQUIRE(is_so());
  }
};

}  // namespace offhook::test
