#pragma once

#include <offhook/tests/services/sim_program.hpp>

#include <memory>
#include <string>
#include <utility>

namespace offhook::services {

/// Runs one scenario on a port without TLS and on one with TLS. `Server` has open(scenario, log, {certificate, key, first session}) and port().
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
  constexpr unsigned kFirstSecureSession = 100001;  // Keeps the session numbers of the two ports apart in the log.
  auto plain = Server::open(scenario, note);
  auto secure = Server::open(scenario, note, {certificate.certificate_pem, certificate.key_pem, kFirstSecureSession});
  error = "no port on loopback";
  if constexpr (requires { scenario.voice; }) error += ", or no voice \"" + scenario.voice + "\"";
  if (!plain || !secure) return nullptr;
  return std::make_unique<BothPorts<Server>>(std::move(plain), std::move(secure));
}

}  // namespace offhook::services
