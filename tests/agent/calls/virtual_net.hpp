#pragma once

#include <offhook/agent/net/edges.hpp>
#include <offhook/base/time.hpp>
#include <offhook/tests/services/openai/sim_http.hpp>
#include <offhook/tests/services/openai/sim_realtime.hpp>

#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace offhook::inline v0::agent::test {

/// Sockets and HTTP that lead to the simulated OpenAI on virtual time: no thread, no clock, no port. What is sent arrives a
/// little later; what the simulator breaks is broken here as it would be on a wire.
class VirtualNet final : public net::Edges, public net::HttpClient, public net::WebSocketClient {
 public:
  static constexpr base::Duration kLatency = std::chrono::milliseconds(10);
  static constexpr base::Duration kHandshake = std::chrono::milliseconds(30);

  explicit VirtualNet(services::openai::SimWorld& world) : world_(world), http_(world) {}

  [[nodiscard]] net::HttpClient& http(const std::string&) override { return *this; }
  [[nodiscard]] net::WebSocketClient& sockets(const std::string&) override { return *this; }
  [[nodiscard]] std::unique_ptr<net::HttpTransfer> start(net::HttpRequest request, net::HttpHandler handler) override;
  void warm(const std::string&) override {}
  [[nodiscard]] std::unique_ptr<net::WebSocket> open(net::WebSocketRequest request, net::WebSocketHandler handler) override;

  void tick(base::TimePoint now);

 private:
  struct Transfer;
  struct Line;
  class TransferHandle;
  class SocketHandle;
  void run(Transfer& transfer);
  void run(Line& line);
  void deliver(Line& line, const services::openai::SimOuts& outs);

  services::openai::SimWorld& world_;
  services::openai::SimHttp http_;
  base::TimePoint now_{};
  std::vector<std::shared_ptr<Transfer>> transfers_;
  std::vector<std::shared_ptr<Line>> lines_;
  std::size_t handshakes_ = 0;
  unsigned sessions_ = 0;
};

}  // namespace offhook::inline v0::agent::test
