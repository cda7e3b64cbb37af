#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/base/socket_address.hpp>
#include <offhook/rtp/nat/stun_transaction.hpp>
#include <offhook/rtp/nat/turn_framer.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

struct ssl_st;

namespace offhook_test {

/// A UDP socket. Throws std::system_error.
class UdpSocket {
 public:
  /// own  the address to bind; port 0: any port
  explicit UdpSocket(const offhook::base::SocketAddress& own);
  ~UdpSocket();
  UdpSocket(const UdpSocket&) = delete;
  UdpSocket& operator=(const UdpSocket&) = delete;

  void send(offhook::base::Bytes octets, const offhook::base::SocketAddress& to) const;
  /// Returns a datagram with its source, or nullopt if none waits.
  [[nodiscard]] std::optional<std::pair<offhook::base::SocketAddress, std::vector<std::uint8_t>>> receive() const;
  [[nodiscard]] offhook::base::SocketAddress address() const;
  [[nodiscard]] int fd() const { return fd_; }

 private:
  int fd_;
};

/// The link from loopback to a TURN server over UDP, TCP or TLS. Throws std::runtime_error.
class ServerLink {
 public:
  struct Message {
    offhook::base::SocketAddress from;
    std::vector<std::uint8_t> octets;
  };

  /// ca_file  the certificate to trust, for TLS
  ServerLink(offhook::rtp::StunTransport transport, const offhook::base::SocketAddress& server, const std::string& ca_file);
  ~ServerLink();
  ServerLink(const ServerLink&) = delete;
  ServerLink& operator=(const ServerLink&) = delete;

  /// to  the server; over UDP, it may be another server
  void send(offhook::base::Bytes message, const offhook::base::SocketAddress& to);
  /// Returns the messages that have come.
  [[nodiscard]] std::vector<Message> receive();
  [[nodiscard]] bool is_closed() const { return is_closed_; }
  [[nodiscard]] offhook::base::SocketAddress address() const;
  [[nodiscard]] int fd() const { return udp_ ? udp_->fd() : fd_; }

 private:
  void start_tls(const std::string& host, const std::string& ca_file);
  [[nodiscard]] std::optional<std::size_t> read(std::vector<std::uint8_t>& room);
  [[nodiscard]] bool would_block(long result) const;

  offhook::base::SocketAddress server_;
  std::optional<UdpSocket> udp_;
  int fd_ = -1;  // socket of the connection over TCP or TLS
  std::shared_ptr<ssl_st> tls_;
  offhook::rtp::TurnFramer framer_;
  bool is_closed_ = false;
};

}  // namespace offhook_test
