#include <offhook/sip/transport/udp_socket.hpp>

#include <offhook/sip/transport/addresses.hpp>

#include <boost/asio/buffer.hpp>

namespace offhook::inline v0::sip {

namespace asio = boost::asio;
using asio::ip::udp;
using boost::system::error_code;

namespace {
constexpr int kSocketBufferBytes = 1 << 20;  // A burst of a PBX that comes back must not be lost to the default of 208 KiB.
}

error_code UdpSocket::open(const base::SocketAddress& local) {
  error_code error;
  const auto endpoint = detail::to_asio<udp>(local);
  socket_.open(endpoint.protocol(), error);
  if (!error) socket_.bind(endpoint, error);
  if (!error) socket_.non_blocking(true, error);
  if (error) return error;
  error_code ignored;
  socket_.set_option(asio::socket_base::receive_buffer_size(kSocketBufferBytes), ignored);
  local_ = detail::to_ours(socket_.local_endpoint(error));
  return error;
}

void UdpSocket::on_datagrams(std::function<void(const Flow&, base::Bytes)> datagram, std::function<void()> burst_end) {
  datagram_ = std::move(datagram);
  burst_end_ = std::move(burst_end);
  wait();
}

void UdpSocket::wait() {
  socket_.async_wait(udp::socket::wait_read, [this](const error_code& error) {
    if (error == asio::error::operation_aborted) return;
    read_burst();
    wait();
  });
}

void UdpSocket::read_burst() {
  for (std::size_t i = 0; i < SipEdge::kMaxDatagramsPerWake; ++i) {
    udp::endpoint from;
    error_code error;
    const std::size_t size = socket_.receive_from(asio::buffer(buffer_), from, 0, error);
    if (error == asio::error::would_block) break;
    if (error) continue;  // ECONNREFUSED: an ICMP answer to an earlier send; the transaction's timer knows.
    ++counters_.datagrams_received;
    datagram_(Flow{id(), Transport::Udp, local_, detail::to_ours(from)}, {buffer_.data(), size});
  }
  burst_end_();
}

void UdpSocket::send(const base::SocketAddress& remote, std::string bytes) {
  error_code error;
  socket_.send_to(asio::buffer(bytes), detail::to_asio<udp>(remote), 0, error);
  if (error) {
    ++counters_.send_errors;
  } else {
    ++counters_.datagrams_sent;
  }
}

std::optional<base::IpAddress> UdpSocket::route_source(const base::IpAddress& remote) {
  asio::io_context io;
  udp::socket probe(io);
  error_code error;
  probe.open(remote.is_v6() ? udp::v6() : udp::v4(), error);
  if (!error) probe.connect({detail::to_asio(remote), 5060}, error);
  const auto local = probe.local_endpoint(error);
  if (error) return std::nullopt;
  return detail::to_ours(local.address());
}

}  // namespace offhook::inline v0::sip
