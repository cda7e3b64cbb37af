#pragma once

#include <doctest/doctest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string>

namespace offhook::test {

/// A port of 127.0.0.1 whose accept queue is full. The kernel drops further SYNs, so a client that connects gets no response.
class FullListener {
 public:
  FullListener() {
    for (int& one : sockets_) REQUIRE((one = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) >= 0);
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::bind(sockets_[0], as_sockaddr(), sizeof address_) == 0);
    socklen_t size = sizeof address_;
    REQUIRE(::getsockname(sockets_[0], as_sockaddr(), &size) == 0);
    REQUIRE(::listen(sockets_[0], 0) == 0);
    for (std::size_t i = 1; i < sockets_.size(); ++i) (void)::connect(sockets_[i], as_sockaddr(), sizeof address_);
  }
  ~FullListener() {
    for (const int one : sockets_) ::close(one);
  }
  FullListener(const FullListener&) = delete;
  FullListener& operator=(const FullListener&) = delete;

  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(ntohs(address_.sin_port)); }

 private:
  sockaddr* as_sockaddr() { return reinterpret_cast<sockaddr*>(&address_); }

  std::array<int, 4> sockets_{};  // the listener, and connections that fill its queue
  sockaddr_in address_{};
};

}  // namespace offhook::test
