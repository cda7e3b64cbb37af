#pragma once

#include <offhook/sip/transport/acceptor.hpp>
#include <offhook/sip/transport/listeners.hpp>
#include <offhook/sip/transport/udp_socket.hpp>

#include <memory>
#include <vector>

namespace offhook::inline v0::sip::detail {

/// Opens all listening sockets of an edge, or none.
class Binder {
 public:
  Binder(boost::asio::io_context& io, EdgeCounters& counters, Acceptor::Accepted accepted)
      : io_(io), counters_(counters), accepted_(std::move(accepted)) {}

  /// Opens the sockets, and stores their addresses in `into`. TCP uses the port that the system gave to UDP on the same address.
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

/// Returns the listeners. Without EdgeOptions::listeners, these are UDP and TCP on one port.
[[nodiscard]] std::vector<Listener> listeners_of(const EdgeOptions& options);

}  // namespace offhook::inline v0::sip::detail
