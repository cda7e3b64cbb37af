#pragma once

#include <offhook/sip/model/flow.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>

namespace offhook::inline v0::sip::detail {

/// One listening socket of a stream transport. Passes every accepted connection on, without a check.
class Acceptor {
 public:
  using Accepted = std::function<void(boost::asio::ip::tcp::socket, Transport)>;

  Acceptor(boost::asio::io_context& io, Transport transport, Accepted accepted)
      : acceptor_(io), pause_(io), transport_(transport), accepted_(std::move(accepted)) {}

  /// `v6_only`: an IPv6 socket does not accept IPv4 peers, which use another socket.
  [[nodiscard]] boost::system::error_code open(const base::SocketAddress& local, bool v6_only);
  void begin() { accept_next(); }
  void close();
  [[nodiscard]] base::SocketAddress local() const;
  [[nodiscard]] Transport transport() const { return transport_; }

 private:
  void accept_next();

  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer pause_;
  Transport transport_;
  Accepted accepted_;
};

}  // namespace offhook::inline v0::sip::detail
