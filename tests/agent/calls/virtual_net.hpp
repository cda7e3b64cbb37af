#pragma once

#include <offhook/agent/net/edges.hpp>
#include <offhook/base/time.hpp>
#include <offhook/tests/agent/calls/virtual_service.hpp>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace offhook::inline v0::agent::test {

/// Sockets and HTTP connections to simulated services on virtual time, without a thread, a clock or a port. Data arrives kLatency later.
/// A simulator's fault has the same effect here as on a real connection.
class VirtualNet final : public net::Edges, public net::HttpClient, public net::WebSocketClient {
 public:
  static constexpr base::Duration kLatency = std::chrono::milliseconds(10);
  static constexpr base::Duration kHandshake = std::chrono::milliseconds(30);

  VirtualNet();
  ~VirtualNet() override;

  /// Adds a service for `host`, a name with its port if it has one. The service for "" gets all unknown hosts. The service outlives the
  /// net.
  void add(const std::string& host, VirtualService& service) { services_[host] = &service; }

  [[nodiscard]] net::HttpClient& http(const std::string&) override { return *this; }
  [[nodiscard]] net::HttpClient& local_http() override { return *this; }
  [[nodiscard]] net::WebSocketClient& sockets(const std::string&) override { return *this; }
  [[nodiscard]] std::unique_ptr<net::HttpTransfer> start(net::HttpRequest request, net::HttpHandler handler) override;
  void warm(const std::string&) override {}
  void send_off(net::HttpRequest) override {}
  [[nodiscard]] std::unique_ptr<net::WebSocket> open(net::WebSocketRequest request, net::WebSocketHandler handler) override;

  void tick(base::TimePoint now);
  /// Returns the number of requests and sockets in use.
  [[nodiscard]] std::size_t open_connections() const { return transfers_.size() + lines_.size(); }

 private:
  struct Transfer;
  struct Line;
  class TransferHandle;
  class SocketHandle;
  [[nodiscard]] VirtualService& service_of(const std::string& url) const;
  void run(Transfer& transfer);
  void run(Line& line);
  void answer_handshake(Line& line);
  void deliver(Line& line);

  std::map<std::string, VirtualService*> services_;
  base::TimePoint now_{};
  std::vector<std::shared_ptr<Transfer>> transfers_;
  std::vector<std::shared_ptr<Line>> lines_;
};

}  // namespace offhook::inline v0::agent::test
