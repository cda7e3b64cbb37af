#include <offhook/sip/transport/udp_socket.hpp>

#include <offhook/sip/transport/addresses.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/v6_only.hpp>

#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

namespace offhook::inline v0::sip {

namespace asio = boost::asio;
using asio::ip::udp;
using boost::system::error_code;

namespace {
constexpr int kSocketBufferBytes = 1 << 20;  // A burst of a PBX that comes back must not be lost to the default of 208 KiB.

/// The address of ours that a datagram was sent to, as the kernel tells it; nothing when it does not.
std::optional<base::IpAddress> destination_of(msghdr& message) {
  for (cmsghdr* entry = CMSG_FIRSTHDR(&message); entry != nullptr; entry = CMSG_NXTHDR(&message, entry)) {
    if (entry->cmsg_level == IPPROTO_IP && entry->cmsg_type == IP_PKTINFO) {
      in_pktinfo info{};
      std::memcpy(&info, CMSG_DATA(entry), sizeof info);
      std::array<std::uint8_t, 4> octets{};
      std::memcpy(octets.data(), &info.ipi_addr, octets.size());
      return base::IpAddress::v4(octets);
    }
    if (entry->cmsg_level == IPPROTO_IPV6 && entry->cmsg_type == IPV6_PKTINFO) {
      in6_pktinfo info{};
      std::memcpy(&info, CMSG_DATA(entry), sizeof info);
      std::array<std::uint8_t, 16> octets{};
      std::memcpy(octets.data(), &info.ipi6_addr, octets.size());
      return detail::unmapped(base::IpAddress::v6(octets));
    }
  }
  return std::nullopt;
}

void ask_for_destinations(int socket, bool v6) {
  const int on = 1;
  if (v6) ::setsockopt(socket, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof on);
  else ::setsockopt(socket, IPPROTO_IP, IP_PKTINFO, &on, sizeof on);
}

}  // namespace

error_code UdpSocket::open(const base::SocketAddress& local, bool v6_only) {
  error_code error;
  const auto endpoint = detail::to_asio<udp>(local);
  socket_.open(endpoint.protocol(), error);
  if (!error && local.ip.is_v6()) socket_.set_option(asio::ip::v6_only(v6_only), error);
  if (!error) socket_.bind(endpoint, error);
  if (!error) socket_.non_blocking(true, error);
  if (error) return error;
  error_code ignored;
  socket_.set_option(asio::socket_base::receive_buffer_size(kSocketBufferBytes), ignored);
  ask_for_destinations(socket_.native_handle(), local.ip.is_v6());
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
    iovec content{buffer_.data(), buffer_.size()};
    alignas(cmsghdr) std::array<std::uint8_t, 128> control{};
    msghdr message{};
    message.msg_name = from.data();
    message.msg_namelen = static_cast<socklen_t>(from.capacity());
    message.msg_iov = &content;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    const ssize_t size = ::recvmsg(socket_.native_handle(), &message, 0);
    if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) break;
    if (size < 0) continue;  // ECONNREFUSED: an ICMP answer to an earlier send; the transaction's timer knows.
    from.resize(message.msg_namelen);
    ++counters_.datagrams_received;
    // Bound to every interface, only the datagram says which of our addresses its sender knows: our Contact names it.
    const base::IpAddress ours = local_.ip.is_unspecified() ? destination_of(message).value_or(local_.ip) : local_.ip;
    datagram_(Flow{id(), Transport::Udp, {ours, local_.port}, detail::to_ours(from)},
              {buffer_.data(), static_cast<std::size_t>(size)});
  }
  burst_end_();
}

void UdpSocket::send(const base::SocketAddress& remote, std::string bytes) {
  error_code error;
  auto to = detail::to_asio<udp>(remote);
  if (local_.ip.is_v6() && remote.ip.is_v4())  // The socket of both families takes an IPv4 address in this form alone.
    to.address(asio::ip::make_address_v6(asio::ip::v4_mapped, to.address().to_v4()));
  socket_.send_to(asio::buffer(bytes), to, 0, error);
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
