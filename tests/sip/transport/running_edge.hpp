#pragma once

// Real sockets on loopback, without timed assertions: each wait ends when the expected event comes, or fails after a long limit.
#include <offhook/base/random.hpp>
#include <offhook/sip/transport/sip_edge.hpp>

#include <doctest/doctest.h>

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <future>
#include <string>
#include <thread>
#include <utility>

namespace offhook::transport_test {

/// A peer's socket.
class Socket {
 public:
  explicit Socket(int type, int family = AF_INET) : fd_(::socket(family, type, 0)) {}
  Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  ~Socket() {
    if (fd_ >= 0) ::close(fd_);
  }
  /// Sets the peer's source address.
  void bind(const std::string& ip) {
    const Address address(ip, 0);
    REQUIRE(::bind(fd_, address.get(), address.size) == 0);
  }
  void connect(std::uint16_t port, const std::string& ip = "127.0.0.1") {
    const Address address(ip, port);
    REQUIRE(::connect(fd_, address.get(), address.size) == 0);
  }
  /// Listens for connections. Returns the port.
  std::uint16_t listen() {
    bind("127.0.0.1");
    sockaddr_in address{};
    socklen_t size = sizeof address;
    REQUIRE(::listen(fd_, 1) == 0);
    REQUIRE(::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    return ntohs(address.sin_port);
  }
  Socket accept() {
    pollfd entry{fd_, POLLIN, 0};
    REQUIRE(::poll(&entry, 1, 20000) == 1);
    Socket taken;
    taken.fd_ = ::accept(fd_, nullptr, nullptr);
    return taken;
  }
  void send(std::string_view text) { REQUIRE(::send(fd_, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size())); }
  /// Sends what the system accepts. Ignores errors, because the edge may have closed the connection.
  void try_send(std::string_view text) { (void)::send(fd_, text.data(), text.size(), MSG_NOSIGNAL); }
  /// Reads until `wanted` arrives, the edge closes the connection, or nothing arrives for 20 s.
  std::string receive(std::string_view wanted) {
    std::string all;
    while (all.find(wanted) == std::string::npos) {
      pollfd entry{fd_, POLLIN, 0};
      if (::poll(&entry, 1, 20000) != 1) break;
      char buffer[4096];
      const auto got = ::recv(fd_, buffer, sizeof buffer, 0);
      if (got <= 0) break;
      all.append(buffer, static_cast<std::size_t>(got));
    }
    return all;
  }
  bool closed_by_peer(int limit_ms = 20000) {
    pollfd entry{fd_, POLLIN, 0};
    char c = 0;
    return ::poll(&entry, 1, limit_ms) == 1 && ::recv(fd_, &c, 1, 0) <= 0;
  }

 private:
  struct Address {
    sockaddr_storage storage{};
    socklen_t size = sizeof(sockaddr_in);

    Address(const std::string& ip, std::uint16_t port) {
      auto& v4 = reinterpret_cast<sockaddr_in&>(storage);
      auto& v6 = reinterpret_cast<sockaddr_in6&>(storage);
      if (ip.find(':') == std::string::npos) {
        v4.sin_family = AF_INET;
        v4.sin_port = htons(port);
        REQUIRE(::inet_pton(AF_INET, ip.c_str(), &v4.sin_addr) == 1);
      } else {
        v6.sin6_family = AF_INET6;
        v6.sin6_port = htons(port);
        REQUIRE(::inet_pton(AF_INET6, ip.c_str(), &v6.sin6_addr) == 1);
        size = sizeof v6;
      }
    }
    [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  };
  Socket() = default;
  int fd_ = -1;
};

struct RunningEdge {
  base::SystemRandom random;
  sip::Stack stack;
  std::unique_ptr<sip::SipEdge> edge;
  std::thread thread;

  explicit RunningEdge(base::Duration message_time = std::chrono::seconds(10), base::Duration idle_time = std::chrono::seconds(180))
      : RunningEdge(sip::EdgeOptions{base::IpAddress{}, 0, true, message_time, idle_time}, sip::StackOptions{}) {}
  RunningEdge(sip::EdgeOptions options, const sip::StackOptions& stack_options) : stack(stack_options, random) {
    options.bind = *base::IpAddress::parse("127.0.0.1");
    auto opened = sip::SipEdge::open(options, stack);
    REQUIRE(opened.has_value());
    edge = std::move(*opened);
    edge->on_event([this](const sip::Event& event) {
      if (const auto* call = std::get_if<sip::IncomingCall>(&event)) (void)stack.calls().ring(call->session, base::Clock::now());
    });
    thread = std::thread([this] { edge->run(); });
  }
  /// Runs `read` on the edge's thread. Returns the result of `read`.
  template <class Read>
  auto on_edge(Read read) {
    std::promise<decltype(read())> said;
    edge->post([&] { said.set_value(read()); });
    return said.get_future().get();
  }
  sip::EdgeCounters counters() {
    return on_edge([&] { return edge->counters(); });
  }
  ~RunningEdge() {
    edge->stop();
    thread.join();
  }
};

inline std::string options(std::string_view transport, int number) {
  const std::string n = std::to_string(number);
  return "OPTIONS sip:127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/" + std::string(transport) + " 127.0.0.1:9;branch=z9hG4bKedge" + n +
         ";rport\r\nMax-Forwards: 70\r\nFrom: <sip:peer@127.0.0.1>;tag=a" + n + "\r\nTo: <sip:127.0.0.1>\r\nCall-ID: edge-" + n +
         "\r\nCSeq: " + n + " OPTIONS\r\nContent-Length: 0\r\n\r\n";
}

inline std::string invite(std::string_view transport, int number) {
  std::string text = options(transport, number);
  for (auto at = text.find("OPTIONS"); at != std::string::npos; at = text.find("OPTIONS")) text.replace(at, 7, "INVITE");
  return text.insert(text.find("Call-ID"), "Contact: <sip:peer@127.0.0.1:9>\r\n");
}

}  // namespace offhook::transport_test
