#pragma once

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace offhook::flood {

/// A datagram socket on an address of this machine, connected to the target.
class UdpPeer {
 public:
  UdpPeer(const std::string& ip, std::uint16_t port) : fd_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in own = address(ip, 0), target = address("127.0.0.1", port);
    if (fd_ < 0 || ::bind(fd_, reinterpret_cast<sockaddr*>(&own), sizeof own) != 0 ||
        ::connect(fd_, reinterpret_cast<sockaddr*>(&target), sizeof target) != 0)
      throw std::runtime_error("cannot send from " + ip);
  }
  UdpPeer(UdpPeer&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  UdpPeer& operator=(UdpPeer&&) = delete;
  ~UdpPeer() {
    if (fd_ >= 0) ::close(fd_);
  }

  bool send(std::string_view text) { return ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL) >= 0; }
  /// Returns one datagram, or "" when none arrives within `wait_ms`.
  std::string receive(int wait_ms) {
    pollfd entry{fd_, POLLIN, 0};
    if (::poll(&entry, 1, wait_ms) != 1) return {};
    char buffer[65536];
    const auto got = ::recv(fd_, buffer, sizeof buffer, MSG_DONTWAIT);
    return got > 0 ? std::string(buffer, static_cast<std::size_t>(got)) : std::string();
  }

 private:
  static sockaddr_in address(const std::string& ip, std::uint16_t port) {
    sockaddr_in made{};
    made.sin_family = AF_INET;
    made.sin_port = htons(port);
    ::inet_pton(AF_INET, ip.c_str(), &made.sin_addr);
    return made;
  }
  int fd_;
};

}  // namespace offhook::flood
