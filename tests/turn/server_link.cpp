#include <offhook/tests/turn/server_link.hpp>

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>

namespace offhook_test {
namespace {

using offhook::base::IpAddress;
using offhook::base::SocketAddress;
using offhook::rtp::StunTransport;

constexpr std::size_t kRoom = 66000;

struct Name {
  sockaddr_storage storage{};
  socklen_t size = sizeof(sockaddr_storage);
  [[nodiscard]] sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

Name name_of(const SocketAddress& address) {
  Name name;
  const auto& octets = address.ip.octets();
  if (address.ip.is_v6()) {
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(address.port);
    std::memcpy(&v6.sin6_addr, octets.data(), sizeof v6.sin6_addr);
    std::memcpy(&name.storage, &v6, name.size = sizeof v6);
  } else {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(address.port);
    std::memcpy(&v4.sin_addr, octets.data(), sizeof v4.sin_addr);
    std::memcpy(&name.storage, &v4, name.size = sizeof v4);
  }
  return name;
}

SocketAddress address_of(const Name& name) {
  if (name.storage.ss_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &name.storage, sizeof v6);
    std::array<std::uint8_t, 16> octets{};
    std::memcpy(octets.data(), &v6.sin6_addr, octets.size());
    return {IpAddress::v6(octets), ntohs(v6.sin6_port)};
  }
  sockaddr_in v4{};
  std::memcpy(&v4, &name.storage, sizeof v4);
  std::array<std::uint8_t, 4> octets{};
  std::memcpy(octets.data(), &v4.sin_addr, octets.size());
  return {IpAddress::v4(octets), ntohs(v4.sin_port)};
}

SocketAddress own_address(int fd) {
  Name name;
  getsockname(fd, name.get(), &name.size);
  return address_of(name);
}

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

int socket_of(bool is_v6, int type) {
  const int fd = socket(is_v6 ? AF_INET6 : AF_INET, type, 0);
  if (fd < 0) fail("socket");
  return fd;
}

}  // namespace

UdpSocket::UdpSocket(const SocketAddress& own) : fd_(socket_of(own.ip.is_v6(), SOCK_DGRAM)) {
  Name name = name_of(own);
  if (bind(fd_, name.get(), name.size) != 0) fail("bind");
}
UdpSocket::~UdpSocket() { close(fd_); }

void UdpSocket::send(offhook::base::Bytes octets, const SocketAddress& to) const {
  Name name = name_of(to);
  if (sendto(fd_, octets.data(), octets.size(), 0, name.get(), name.size) < 0) fail("sendto");
}

std::optional<std::pair<SocketAddress, std::vector<std::uint8_t>>> UdpSocket::receive() const {
  Name name;
  std::vector<std::uint8_t> room(kRoom);
  const auto size = recvfrom(fd_, room.data(), room.size(), MSG_DONTWAIT, name.get(), &name.size);
  if (size < 0) return std::nullopt;
  room.resize(static_cast<std::size_t>(size));
  return std::pair(address_of(name), std::move(room));
}

SocketAddress UdpSocket::address() const { return own_address(fd_); }

ServerLink::ServerLink(StunTransport transport, const SocketAddress& server, const std::string& ca_file) : server_(server) {
  if (!is_stream(transport)) {
    udp_.emplace(SocketAddress{IpAddress::parse(server.ip.is_v6() ? "::1" : "127.0.0.1").value(), 0});
    return;
  }
  fd_ = socket_of(server.ip.is_v6(), SOCK_STREAM);
  Name name = name_of(server);
  if (connect(fd_, name.get(), name.size) != 0) fail("connect");
  const int on = 1;
  setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (transport == StunTransport::Tls) start_tls(server.ip.to_string(), ca_file);
  fcntl(fd_, F_SETFL, fcntl(fd_, F_GETFL) | O_NONBLOCK);
}

ServerLink::~ServerLink() {
  if (tls_) SSL_shutdown(tls_.get());
  if (fd_ >= 0) close(fd_);
}

void ServerLink::start_tls(const std::string& host, const std::string& ca_file) {
  const std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  if (SSL_CTX_load_verify_locations(context.get(), ca_file.c_str(), nullptr) != 1) throw std::runtime_error("cannot read the certificate to trust: " + ca_file);
  tls_.reset(SSL_new(context.get()), SSL_free);
  X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(tls_.get()), host.c_str());
  SSL_set_fd(tls_.get(), fd_);
  if (SSL_connect(tls_.get()) != 1) throw std::runtime_error("TLS with the server fails");
}

/// Returns true if a read or write with this result is possible later.
bool ServerLink::would_block(long result) const {
  if (!tls_) return errno == EAGAIN || errno == EINTR;
  const int error = SSL_get_error(tls_.get(), static_cast<int>(result));
  return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE;
}

void ServerLink::send(offhook::base::Bytes message, const SocketAddress& to) {
  if (udp_) return udp_->send(message, to);
  while (!message.empty() && !is_closed_) {
    const long sent = tls_ ? SSL_write(tls_.get(), message.data(), static_cast<int>(message.size()))
                           : ::send(fd_, message.data(), message.size(), MSG_NOSIGNAL);
    if (sent > 0) {
      message = message.subspan(static_cast<std::size_t>(sent));
      continue;
    }
    is_closed_ = !would_block(sent);
    pollfd ready{fd_, POLLOUT, 0};
    poll(&ready, 1, 100);
  }
}

/// Returns the number of octets that were read, or nullopt if none wait.
std::optional<std::size_t> ServerLink::read(std::vector<std::uint8_t>& room) {
  const long size = tls_ ? SSL_read(tls_.get(), room.data(), static_cast<int>(room.size())) : recv(fd_, room.data(), room.size(), 0);
  if (size > 0) return static_cast<std::size_t>(size);
  is_closed_ = size == 0 || !would_block(size);
  return std::nullopt;
}

std::vector<ServerLink::Message> ServerLink::receive() {
  std::vector<Message> messages;
  while (auto datagram = udp_ ? udp_->receive() : std::nullopt) messages.push_back({datagram->first, std::move(datagram->second)});
  std::vector<std::uint8_t> room(kRoom);
  while (const auto size = udp_ ? std::nullopt : read(room)) {
    offhook::base::Bytes octets = offhook::base::Bytes(room).first(*size);
    auto next = framer_.next(octets);
    for (; next == offhook::rtp::TurnFramer::Next::Message; next = framer_.next(octets)) {
      messages.push_back({server_, {framer_.message().begin(), framer_.message().end()}});
    }
    if (next == offhook::rtp::TurnFramer::Next::Error) throw std::runtime_error("the server's stream has octets that are not a TURN message");
  }
  return messages;
}

SocketAddress ServerLink::address() const { return own_address(fd()); }

}  // namespace offhook_test
