#include <offhook/media/engine/udp_socket.hpp>

#include <offhook/media/engine/socket_names.hpp>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <span>

namespace offhook::inline v0::media {
namespace {

constexpr int kExpedited = 0xB8;  // DSCP EF, RFC 3246: some routers prefer these packets

const sockaddr* as_sockaddr(const sockaddr_storage& address) { return reinterpret_cast<const sockaddr*>(&address); }

}  // namespace

base::Result<UdpSocket, SocketError> UdpSocket::bind(const base::SocketAddress& local) {
  const int family = local.ip.is_v4() ? AF_INET : AF_INET6;
  const bool can_tie = family == AF_INET && local.port != 0 && !local.ip.is_unspecified();
  UdpSocket made(::socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), can_tie);
  if (made.fd_ < 0) return base::fail(SocketError::Refused);
  const int yes = 1;
  ::setsockopt(made.fd_, SOL_SOCKET, SO_TIMESTAMPNS, &yes, sizeof yes);
  if (family == AF_INET6) {
    // Otherwise a v4 address would also arrive as a mapped v6 address.
    ::setsockopt(made.fd_, IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof yes);
    ::setsockopt(made.fd_, IPPROTO_IPV6, IPV6_TCLASS, &kExpedited, sizeof kExpedited);
  } else {
    ::setsockopt(made.fd_, IPPROTO_IP, IP_TOS, &kExpedited, sizeof kExpedited);
  }
  sockaddr_storage address;
  const auto size = to_sockaddr(local, address);
  if (::bind(made.fd_, as_sockaddr(address), size) == 0) return made;
  return base::fail(errno == EADDRINUSE ? SocketError::InUse : SocketError::Refused);
}

void UdpSocket::close() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

bool UdpSocket::send(base::Bytes datagram, const base::SocketAddress& to) const {
  sockaddr_storage address;
  const auto size = to_sockaddr(to, address);
  const auto sent = ::sendto(fd_, datagram.data(), datagram.size(), MSG_NOSIGNAL, as_sockaddr(address), size);
  return sent >= 0 && static_cast<std::size_t>(sent) == datagram.size();
}

bool UdpSocket::send(base::Bytes datagram) const {
  const auto sent = ::send(fd_, datagram.data(), datagram.size(), MSG_NOSIGNAL);
  return sent >= 0 && static_cast<std::size_t>(sent) == datagram.size();
}

bool UdpSocket::tie(const base::SocketAddress& peer) const {
  sockaddr_storage address;
  const auto size = to_sockaddr(peer, address);
  return can_tie_ && ::connect(fd_, as_sockaddr(address), size) == 0;
}

void UdpSocket::untie() const {
  sockaddr nobody{};
  nobody.sa_family = AF_UNSPEC;
  (void)::connect(fd_, &nobody, sizeof nobody);
}

ReceiveBatch::ReceiveBatch() {
  for (std::size_t i = 0; i < kMaxDatagrams; ++i) {
    vectors_[i] = {octets_[i].data(), octets_[i].size()};
    headers_[i].msg_hdr.msg_name = &sources_[i];
    headers_[i].msg_hdr.msg_iov = &vectors_[i];
    headers_[i].msg_hdr.msg_iovlen = 1;
    headers_[i].msg_hdr.msg_control = controls_[i].octets.data();
  }
}

void ReceiveBatch::receive(int fd, std::size_t most) {
  for (auto& header : std::span(headers_).first(most)) {  // The last receive() overwrote the lengths.
    header.msg_hdr.msg_namelen = sizeof(sockaddr_storage);
    header.msg_hdr.msg_controllen = sizeof(Control);
  }
  const int got = ::recvmmsg(fd, headers_.data(), static_cast<unsigned>(most), MSG_DONTWAIT, nullptr);
  count_ = got > 0 ? static_cast<std::size_t>(got) : 0;
  refused_ = got < 0 && errno != EAGAIN && errno != EINTR;
}

std::span<std::uint8_t> ReceiveBatch::bytes(std::size_t index) {
  if ((headers_[index].msg_hdr.msg_flags & MSG_TRUNC) != 0) return {};
  return std::span(octets_[index]).first(headers_[index].msg_len);
}

std::optional<base::Duration> ReceiveBatch::arrival(std::size_t index) const { return noted_arrival(CMSG_FIRSTHDR(&headers_[index].msg_hdr)); }

base::SocketAddress ReceiveBatch::from(std::size_t index) const { return from_sockaddr(&sources_[index]); }

}  // namespace offhook::inline v0::media
