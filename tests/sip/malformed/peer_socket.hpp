#pragma once

#include <doctest/doctest.h>
#include <offhook/base/random.hpp>
#include <offhook/sip/transport/sip_edge.hpp>

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <future>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

/// An edge with real sockets on loopback, and sockets of its peers.
namespace offhook::malformed {

class PeerSocket {
 public:
  /// `ip` and `port` are the source address of the sent packets, and therefore the destination of responses. Port 0: any port.
  PeerSocket(int type, const std::string& ip, std::uint16_t port, std::uint16_t edge) : fd_(::socket(AF_INET, type | SOCK_CLOEXEC, 0)) {
    const int on = 1;
    (void)::setsockopt(fd_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in own = address(ip, port);
    REQUIRE_MESSAGE(::bind(fd_, reinterpret_cast<sockaddr*>(&own), sizeof own) == 0, "cannot bind ", ip, ":", port);
    sockaddr_in to = address("127.0.0.1", edge);
    REQUIRE(::connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0);
  }
  PeerSocket(const PeerSocket&) = delete;
  PeerSocket& operator=(const PeerSocket&) = delete;
  ~PeerSocket() { ::close(fd_); }

  /// Sends the text. Ignores it if the edge has closed the stream.
  void send(std::string_view text) {
    while (!text.empty()) {
      const auto sent = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  /// Returns the received octets up to the first occurrence of `wanted`, the end of the stream, or `limit_ms` of silence.
  std::string receive(std::string_view wanted, int limit_ms = 10000) {
    std::string all;
    while (all.find(wanted) == std::string::npos) {
      pollfd entry{fd_, POLLIN, 0};
      if (::poll(&entry, 1, limit_ms) != 1) break;
      char buffer[65536];
      const auto got = ::recv(fd_, buffer, sizeof buffer, 0);
      if (got <= 0) {
        closed_ = true;
        break;
      }
      all.append(buffer, static_cast<std::size_t>(got));
    }
    return all;
  }
  [[nodiscard]] bool closed() const { return closed_; }
  [[nodiscard]] int fd() const { return fd_; }

 private:
  static sockaddr_in address(const std::string& ip, std::uint16_t port) {
    sockaddr_in made{};
    made.sin_family = AF_INET;
    made.sin_port = htons(port);
    REQUIRE(::inet_pton(AF_INET, ip.c_str(), &made.sin_addr) == 1);
    return made;
  }
  int fd_;
  bool closed_ = false;
};

/// A stack behind real sockets. It rejects every call with 486 at once, unless `rejects` is false.
struct LiveEdge {
  base::SystemRandom random;
  sip::Stack stack;
  std::unique_ptr<sip::SipEdge> edge;
  std::thread thread;

  /// With `tls` the edge listens only for TLS.
  explicit LiveEdge(base::Duration message_time = std::chrono::seconds(10), bool rejects = true, std::optional<sip::TlsOptions> tls = {})
      : stack(brief(), random) {
    sip::EdgeOptions options;
    options.bind = *base::IpAddress::parse("127.0.0.1");
    options.message_time = message_time;
    if (tls) options.listeners = {{sip::Transport::Tls, options.bind, 0}};
    options.tls = std::move(tls);
    auto opened = sip::SipEdge::open(options, stack);
    REQUIRE(opened.has_value());
    edge = std::move(*opened);
    edge->on_event([this, rejects](const sip::Event& event) {
      const auto* call = std::get_if<sip::IncomingCall>(&event);
      if (call != nullptr && rejects) (void)stack.calls().reject(call->session, 486, {}, base::Clock::now());
    });
    thread = std::thread([this] { edge->run(); });
  }
  /// Returns options with short timers, so that transactions end soon. Otherwise thousands of transactions would fill the table.
  static sip::StackOptions brief() {
    sip::StackOptions options;
    options.t1 = std::chrono::milliseconds(1);
    options.t2 = std::chrono::milliseconds(8);
    options.t4 = std::chrono::milliseconds(10);
    return options;
  }
  ~LiveEdge() {
    edge->stop();
    thread.join();
  }
};

inline std::string good_options(std::string_view transport, const std::string& number) {
  return "OPTIONS sip:127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/" + std::string(transport) + " 127.0.0.1:9;branch=z9hG4bKgood" + number +
         ";rport\r\nMax-Forwards: 70\r\nFrom: <sip:peer@127.0.0.1>;tag=good" + number + "\r\nTo: <sip:127.0.0.1>\r\nCall-ID: good-" + number +
         "\r\nCSeq: 7 OPTIONS\r\nContent-Length: 0\r\n\r\n";
}

}  // namespace offhook::malformed
