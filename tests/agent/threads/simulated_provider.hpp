#pragma once

#include <offhook/base/time.hpp>
#include <offhook/tests/agent/calls/virtual_net.hpp>
#include <offhook/tests/agent/calls/virtual_services.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <memory>
#include <utility>

namespace offhook::inline v0::agent::test {

/// The simulated OpenAI, in the process and in real time, at the other end of one conversation thread's sockets. If that thread stalls, the
/// provider stalls, too.
class SimulatedProvider final : public net::Edges {
 public:
  SimulatedProvider(boost::asio::io_context& io, services::openai::Scenario scenario)
      : world_{std::move(scenario), *services::openai::RecordedVoices::make("tone", {40}), {}}, service_(world_), timer_(io) {
    net_.add("", service_);
    tick();
  }
  [[nodiscard]] net::HttpClient& http(const std::string& ca_file) override { return net_.http(ca_file); }
  [[nodiscard]] net::HttpClient& local_http() override { return net_.local_http(); }
  [[nodiscard]] net::WebSocketClient& sockets(const std::string& ca_file) override { return net_.sockets(ca_file); }

 private:
  void tick() {
    net_.tick(base::Clock::now());
    timer_.expires_after(std::chrono::milliseconds(10));
    timer_.async_wait([this, alive = std::weak_ptr(alive_)](const boost::system::error_code& error) {
      if (!error && !alive.expired()) tick();  // A timer that has expired cannot be cancelled any more.
    });
  }

  services::openai::SimWorld world_;
  OpenAiService service_;
  VirtualNet net_;
  boost::asio::steady_timer timer_;
  std::shared_ptr<int> alive_ = std::make_shared<int>();
};

}  // namespace offhook::inline v0::agent::test
