#pragma once

#include <doctest/doctest.h>

#include <openssl/ssl.h>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <memory>
#include <string>

namespace offhook::test {

/// A connected socket on 127.0.0.1, over UDP or TLS.
class RawSocket {
 public:
  RawSocket(std::uint16_t peer_port, bool tls) : socket_(::socket(AF_INET, tls ? SOCK_STREAM : SOCK_DGRAM, 0)) {
    const timeval patience{10, 0};
    REQUIRE(::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0);
    sockaddr_in own = loopback(0), peer = loopback(peer_port);
    REQUIRE(::bind(socket_, as_address(own), sizeof own) == 0);
    REQUIRE(::connect(socket_, as_address(peer), sizeof peer) == 0);
    socklen_t size = sizeof own;
    REQUIRE(::getsockname(socket_, as_address(own), &size) == 0);
    port_ = ntohs(own.sin_port);
    if (!tls) return;
    context_.reset(SSL_CTX_new(TLS_client_method()));
    ssl_.reset(SSL_new(context_.get()));
    REQUIRE(SSL_set_fd(ssl_.get(), socket_) == 1);
    REQUIRE(uninterrupted([&] { return SSL_connect(ssl_.get()); }) == 1);
  }
  ~RawSocket() {
    ssl_.reset();
    ::close(socket_);
  }
  RawSocket(const RawSocket&) = delete;
  RawSocket& operator=(const RawSocket&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] bool is_tls() const { return ssl_ != nullptr; }
  void send(const std::string& text) const {
    const auto size = static_cast<int>(text.size());
    REQUIRE((ssl_ ? SSL_write(ssl_.get(), text.data(), size) : static_cast<int>(::send(socket_, text.data(), text.size(), 0))) == size);
  }
  /// Returns the next message. Fails the test if none comes for 10 s.
  std::string receive() {
    while (true) {
      if (const auto size = size_of_first(); size > 0) {
        const std::string text = unread_.substr(0, size);
        unread_.erase(0, size);
        return text;
      }
      std::array<char, 4096> bytes{};
      const int size = uninterrupted([&] {
        return ssl_ ? SSL_read(ssl_.get(), bytes.data(), bytes.size()) : static_cast<int>(::recv(socket_, bytes.data(), bytes.size(), 0));
      });
      REQUIRE(size > 0);
      unread_.append(bytes.data(), static_cast<std::size_t>(size));
    }
  }

 private:
  /// Repeats a system call that fails with EINTR. The kernel's work for an io_uring that this thread has closed earlier can cause EINTR.
  template <class Call>
  static int uninterrupted(Call call) {
    int result = 0;
    do {
      errno = 0;
      result = call();
    } while (result < 0 && errno == EINTR);
    return result;
  }
  /// Returns the size of the first message in `unread_`, or 0 if it is not complete.
  [[nodiscard]] std::size_t size_of_first() const {
    const auto head = unread_.find("\r\n\r\n"), length = unread_.find("\r\nContent-Length: ");
    if (head == std::string::npos) return 0;
    std::size_t body = 0;
    REQUIRE(length < head);
    std::from_chars(unread_.data() + length + 18, unread_.data() + head, body);
    return unread_.size() >= head + 4 + body ? head + 4 + body : 0;
  }
  static sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
  }
  static sockaddr* as_address(sockaddr_in& address) { return reinterpret_cast<sockaddr*>(&address); }

  struct Free {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };
  int socket_;
  std::uint16_t port_ = 0;
  std::string unread_;
  std::unique_ptr<SSL_CTX, Free> context_;
  std::unique_ptr<SSL, Free> ssl_;
};

/// A caller on 127.0.0.1 that writes its requests itself, so that it can send what a stack would not send.
class RawCaller {
 public:
  static constexpr const char* kOffer = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 30000 RTP/AVP 0\r\n";

  explicit RawCaller(std::uint16_t peer_port, bool tls = false) : peer_port_(std::to_string(peer_port)), socket_(std::make_unique<RawSocket>(peer_port, tls)) {}

  /// Sends the next requests to another port of the peer, over UDP.
  void change_to_udp(std::uint16_t peer_port) { socket_ = std::make_unique<RawSocket>(peer_port, false); }

  /// Sends a request to the user bert. After a response with a To tag, the request belongs to the dialog. `headers` are further lines.
  void send(const std::string& method, int sequence, const std::string& body, const std::string& type = "application/sdp", const std::string& headers = {}) const {
    const std::string peer = "sip:bert@127.0.0.1:" + peer_port_, count = std::to_string(sequence), port = std::to_string(socket_->port());
    const std::string via = socket_->is_tls() ? "TLS" : "UDP", contact = "sip:raw@127.0.0.1:" + port + (socket_->is_tls() ? ";transport=tls" : "");
    socket_->send(method + " " + peer + " SIP/2.0\r\nVia: SIP/2.0/" + via + " 127.0.0.1:" + port + ";branch=z9hG4bK" + method + count +
                  "\r\nMax-Forwards: 70\r\nFrom: <sip:raw@127.0.0.1>;tag=raw\r\nTo: <" + peer + ">" + (tag_.empty() ? "" : ";tag=" + tag_) +
                  "\r\nCall-ID: raw\r\nCSeq: " + count + " " + method + "\r\nContact: <" + contact + ">\r\n" +
                  headers + (body.empty() ? "" : "Content-Type: " + type + "\r\n") + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  }

  /// Returns the next response whose CSeq ends in `sequence`, such as "2 UPDATE". Skips other responses. Fails the test if no response comes for
  /// 10 s.
  std::string receive(const std::string& sequence) {
    while (true) {
      const std::string text = socket_->receive();
      if (text.find(sequence + "\r\n") == std::string::npos) continue;
      if (const auto to = text.find("\r\nTo: "); to != std::string::npos) {
        const auto tag = text.find(";tag=", to), end = text.find("\r\n", to + 2);
        if (tag < end) tag_ = text.substr(tag + 5, end - tag - 5);
      }
      return text;
    }
  }

  /// Returns the final response to the INVITE with this CSeq number.
  std::string final_response(int sequence) {
    std::string response;
    do response = receive(std::to_string(sequence) + " INVITE");
    while (response.starts_with("SIP/2.0 1"));
    return response;
  }

 private:
  std::string peer_port_;
  std::unique_ptr<RawSocket> socket_;
  std::string tag_;
};

}  // namespace offhook::test
