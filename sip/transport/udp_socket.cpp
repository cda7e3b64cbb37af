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
// After its restart, a PBX sends a burst of datagrams, which do not fit into the default buffer of 208 KiB.
constexpr int kSocketBufferBytes = 1 << 20;

/// Returns our address to which a datagram was sent, or nullopt if the kernel does not report it.
std::optional<base::IpAddress> destination_of(msghdr& message) {
  for (cmsghdr* entry = CMSG_FIRSTHDR(&message); entry != nullptr; entry = CMSG_NXTHDR(&message, entry)) {
    if (entry->cmsg_level == IPPROTO_IP && entry->cmsg_type == IP_PKTINFO) {
      in_pktinfo info{};
      std::memcpy(&info, CMSG_DATA(entry), sizeof info);
      std::array<std::uint8_t, 4> octets{};
      // Our address, even if the datagram was sent to a broadcast address.
      std::memcpy(octets.data(), &info.ipi_spec_dst, octets.size());
      return base::IpAddress::v4(octets);
    }
    if (entry->cmsg_level == IPPROTO_IPV6 && entry->cmsg_type == IPV6_PKTINFO) {
      in6_pktinfo info{};
      std::memcpy(&info, CMSG_DATA(entry), sizeof info);
      std::array<std::uint8_t, 16> octets{};
      std::memcpy(octets.data(), &info.ipi6_addr, octets.size());
      return base::IpAddress::v6(octets).unmapped();
    }
  }
  return std::nullopt;
}

void ask_for_destinations(int socket, bool v6) {
  const int on = 1;
  if (v6) ::setsockopt(socket, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof on);
  else ::setsockopt(socket, IPPROTO_IP, IP_PKTINFO, &on, sizeof on);
}

using Control = std::array<std::uint8_t, 128>;

/// Sets the local address from which a datagram must leave. `control` must live as long as the message.
void ask_for_source(msghdr& message, Control& control, const asio::ip::address& source) {
  const auto put = [&](int level, int type, const auto& info) {
    message.msg_control = control.data();
    message.msg_controllen = CMSG_SPACE(sizeof info);
    cmsghdr* entry = CMSG_FIRSTHDR(&message);
    entry->cmsg_level = level;
    entry->cmsg_type = type;
    entry->cmsg_len = CMSG_LEN(sizeof info);
    std::memcpy(CMSG_DATA(entry), &info, sizeof info);
  };
  if (source.is_v6()) {
    in6_pktinfo info{};
    std::memcpy(&info.ipi6_addr, source.to_v6().to_bytes().data(), sizeof info.ipi6_addr);
    put(IPPROTO_IPV6, IPV6_PKTINFO, info);
  } else {
    in_pktinfo info{};
    std::memcpy(&info.ipi_spec_dst, source.to_v4().to_bytes().data(), sizeof info.ipi_spec_dst);
    put(IPPROTO_IP, IP_PKTINFO, info);
  }
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
    alignas(cmsghdr) Control control{};
    msghdr message{};
    message.msg_name = from.data();
    message.msg_namelen = static_cast<socklen_t>(from.capacity());
    message.msg_iov = &content;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    const ssize_t size = ::recvmsg(socket_.native_handle(), &message, 0);
    if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) break;
    // ECONNREFUSED is an ICMP error for an earlier send; the transaction's timer handles that.
    if (size < 0) continue;
    from.resize(message.msg_namelen);
    ++counters_.datagrams_received;
    // If the socket is bound to all interfaces, the destination of the datagram is the address that the sender knows. Our Contact
    // must name it.
    const base::IpAddress ours = local_.ip.is_unspecified() ? destination_of(message).value_or(local_.ip) : local_.ip;
    datagram_(Flow{id(), Transport::Udp, {ours, local_.port}, detail::to_ours(from)},
              {buffer_.data(), static_cast<std::size_t>(size)});
  }
  burst_end_();
}

/// Returns the address in the form for this socket. A socket of both families needs IPv4 addresses in mapped form
/// (RFC 4291 section 2.5.5.2).
asio::ip::address UdpSocket::in_our_form(const base::IpAddress& ip) const {
  auto address = detail::to_asio(ip);
  if (local_.ip.is_v6() && ip.is_v4()) return asio::ip::make_address_v6(asio::ip::v4_mapped, address.to_v4());
  return address;
}

bool UdpSocket::send(const Flow& flow, std::string_view bytes) {
  udp::endpoint to(in_our_form(flow.remote.ip), flow.remote.port);
  iovec content{const_cast<char*>(bytes.data()), bytes.size()};  // sendmsg() does not change it.
  alignas(cmsghdr) Control control{};
  msghdr message{};
  message.msg_name = to.data();
  message.msg_namelen = static_cast<socklen_t>(to.size());
  message.msg_iov = &content;
  message.msg_iovlen = 1;
  // If the socket is bound to all interfaces, the kernel would choose the source by its routes, and a response could come from
  // another address than the request was sent to.
  if (local_.ip.is_unspecified() && !flow.local.ip.is_unspecified()) ask_for_source(message, control, in_our_form(flow.local.ip));
  ssize_t sent = ::sendmsg(socket_.native_handle(), &message, 0);
  if (sent < 0 && message.msg_control != nullptr && (errno == EINVAL || errno == EADDRNOTAVAIL || errno == ENETUNREACH)) {
    // The machine has lost that address: send from any address.
    message.msg_control = nullptr;
    message.msg_controllen = 0;
    sent = ::sendmsg(socket_.native_handle(), &message, 0);
  }
  ++(sent < 0 ? counters_.send_errors : counters_.datagrams_sent);
  return sent >= 0;
}

}  // namespace offhook::inline v0::sip
