#pragma once

#include <offhook/sip/transport/sip_edge.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>

#include <array>
#include <functional>
#include <string_view>

namespace offhook::inline v0::sip {

/// One UDP socket of an edge. Reads in bursts. Counts a send that the kernel refuses; the transaction repeats it.
class UdpSocket {
 public:
  UdpSocket(boost::asio::io_context& io, EdgeCounters& counters, FlowId id) : socket_(io), counters_(counters), id_(id) {}

  [[nodiscard]] boost::system::error_code open(const base::SocketAddress& local, bool v6_only);
  /// Sets the handlers. `burst_end` runs after each burst of datagrams.
  void on_datagrams(std::function<void(const Flow&, base::Bytes)> datagram, std::function<void()> burst_end);
  /// Sends to the flow's remote address, from its local one. Returns false if the kernel refuses the datagram.
  bool send(const Flow& flow, std::string_view bytes);

  [[nodiscard]] FlowId id() const { return id_; }
  [[nodiscard]] base::SocketAddress local() const { return local_; }

 private:
  void wait();
  void read_burst();
  [[nodiscard]] boost::asio::ip::address in_our_form(const base::IpAddress& ip) const;

  boost::asio::ip::udp::socket socket_;
  EdgeCounters& counters_;
  FlowId id_;
  base::SocketAddress local_;
  std::function<void(const Flow&, base::Bytes)> datagram_;
  std::function<void()> burst_end_;
  std::array<std::uint8_t, 65536> buffer_{};
};

}  // namespace offhook::inline v0::sip
