#pragma once

#include <offhook/sip/transport/acceptor.hpp>
#include <offhook/sip/transport/listeners.hpp>
#include <offhook/sip/transport/udp_socket.hpp>

#include <memory>
#include <vector>

namespace offhook::inline v0::sip::detail {

/// Opens all sockets that an edge listens on, or none.
class Binder {
 public:
  Binder(boost::asio::io_context& io, EdgeCounters& counters, Acceptor::Accepted accepted)
      : io_(io), counters_(counters), accepted_(std::move(accepted)) {}

  /// Then `into` says where each of them is. TCP takes the port that the system gave to UDP on the same address.
  [[nodiscard]] boost::system::error_code open(const std::vector<Listener>& wanted, Listeners& into);
  void close();

  [[nodiscard]] const std::vector<std::unique_ptr<UdpSocket>>& udp() const { return udp_; }
  [[nodiscard]] const std::vector<std::unique_ptr<Acceptor>>& acceptors() const { return acceptors_; }

 private:
  [[nodiscard]] boost::system::error_code open_all(const std::vector<Listener>& wanted, Listeners& into);
  [[nodiscard]] boost::system::error_code open_one(const Listener& wanted, bool v6_only, Listeners& into);

  boost::asio::io_context& io_;
  EdgeCounters& counters_;
  Acceptor::Accepted accepted_;
  std::vector<std::unique_ptr<UdpSocket>> udp_;
  std::vector<std::unique_ptr<Acceptor>> acceptors_;
};

/// What a simple form of the options means: UDP and TCP on one port.
[[nodiscard]] std::vector<Listener> listeners_of(const EdgeOptions& options);

}  // namespace offhook::inline v0::sip::detail
