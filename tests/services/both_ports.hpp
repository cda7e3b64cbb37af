#pragma once

#include <offhook/tests/services/sim_program.hpp>

#include <memory>
#include <string>
#include <utility>

namespace offhook::services {

/// Runs one scenario on two ports, one without TLS and one with TLS. `Server` has open(scenario, log, {certificate, key, first session}) and port().
template <class Server>
class BothPorts final : public RunningSim {
 public:
  BothPorts(std::unique_ptr<Server> plain, std::unique_ptr<Server> secure) : plain_(std::move(plain)), secure_(std::move(secure)) {}
  [[nodiscard]] std::uint16_t http() const override { return plain_->port(); }
  [[nodiscard]] std::uint16_t https() const override { return secure_->port(); }

 private:
  std::unique_ptr<Server> plain_, secure_;
};

template <class Server, class Scenario>
std::unique_ptr<RunningSim> open_both_ports(const Scenario& scenario, const SimNote& note, const Certificate& certificate, std::string& error) {
  constexpr unsigned kFirstSecureSession = 100001;  // In the log, this separates the session numbers of the two ports.
  auto plain = Server::open(scenario, note);
  auto secure = Server::open(scenario, note, {certificate.certificate_pem, certificate.key_pem, kFirstSecureSession});
  error = "no loopback port is free";
  if constexpr (requires { scenario.voice; }) error += ", or there is no voice \"" + scenario.voice + "\"";
  if (!plain || !secure) return nullptr;
  return std::make_unique<BothPorts<Server>>(std::move(plain), std::move(secure));
}

}  // namespace offhook::services
