#pragma once

#include <doctest/doctest.h>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <string>

namespace offhook::test {

/// A caller on 127.0.0.1 that writes its requests itself, so that it can send what a stack would not send.
class RawCaller {
 public:
  static constexpr const char* kOffer = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 30000 RTP/AVP 0\r\n";

  explicit RawCaller(std::uint16_t peer_port) : peer_port_(peer_port), socket_(::socket(AF_INET, SOCK_DGRAM, 0)) {
    const timeval patience{10, 0};
    REQUIRE(::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0);
    sockaddr_in own = loopback(0), peer = loopback(peer_port);
    REQUIRE(::bind(socket_, as_address(own), sizeof own) == 0);
    REQUIRE(::connect(socket_, as_address(peer), sizeof peer) == 0);
    socklen_t size = sizeof own;
    REQUIRE(::getsockname(socket_, as_address(own), &size) == 0);
    port_ = std::to_string(ntohs(own.sin_port));
  }
  ~RawCaller() { ::close(socket_); }
  RawCaller(const RawCaller&) = delete;
  RawCaller& operator=(const RawCaller&) = delete;

  /// Sends a request to the user bert. After a response with a To tag, the request belongs to the dialog.
  void send(const std::string& method, int sequence, const std::string& body) const {
    const std::string peer = "sip:bert@127.0.0.1:" + std::to_string(peer_port_), count = std::to_string(sequence);
    const std::string text = method + " " + peer + " SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:" + port_ + ";branch=z9hG4bK" + method + count +
                             "\r\nMax-Forwards: 70\r\nFrom: <sip:raw@127.0.0.1>;tag=raw\r\nTo: <" + peer + ">" + (tag_.empty() ? "" : ";tag=" + tag_) +
                             "\r\nCall-ID: raw\r\nCSeq: " + count + " " + method + "\r\nContact: <sip:raw@127.0.0.1:" + port_ + ">\r\n" +
                             (body.empty() ? "" : "Content-Type: application/sdp\r\n") + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    REQUIRE(::send(socket_, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()));
  }

  /// Returns the next response whose CSeq ends in `sequence`, such as "2 UPDATE". Skips other responses. Fails the test if no response comes for
  /// 10 s.
  std::string receive(const std::string& sequence) {
    while (true) {
      std::array<char, 4096> bytes{};
      ssize_t size = 0;
      do size = ::recv(socket_, bytes.data(), bytes.size(), 0);  // The kernel's work for an io_uring that this thread closed before can interrupt it.
      while (size < 0 && errno == EINTR);
      REQUIRE(size > 0);
      const std::string text(bytes.data(), static_cast<std::size_t>(size));
      if (text.find(sequence + "\r\n") == std::string::npos) continue;
      if (const auto to = text.find("\r\nTo: "); to != std::string::npos) {
        const auto tag = text.find(";tag=", to), end = text.find("\r\n", to + 2);
        if (tag < end) tag_ = text.substr(tag + 5, end - tag - 5);
      }
      return text;
    }
  }

 private:
  static sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
  }
  static sockaddr* as_address(sockaddr_in& address) { return reinterpret_cast<sockaddr*>(&address); }

  std::uint16_t peer_port_;
  int socket_;
  std::string port_, tag_;
};

}  // namespace offhook::test
