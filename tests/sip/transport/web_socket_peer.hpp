#pragma once

#include <offhook/tests/sip/transport/secured_peer.hpp>

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <string>
#include <string_view>

namespace offhook::transport_test {

/// Returns the options of an edge with WebSocket.
inline sip::EdgeOptions web(sip::WebSocketOptions options = {}) {
  sip::EdgeOptions edge;
  edge.web_socket = std::move(options);
  return edge;
}

/// An edge that listens for WebSocket on 127.0.0.1.
struct WebSocketEdge : ServingEdge {
  explicit WebSocketEdge(const sip::EdgeOptions& options = web()) : ServingEdge({sip::Transport::Ws}, options) {}
};

inline bool has(const std::string& text, std::string_view what) { return text.find(what) != std::string::npos; }

/// Returns the handshake of RFC 6455 section 1.2 with these changes.
inline std::string upgrade(const std::string& extra = "Sec-WebSocket-Protocol: sip\r\n", const std::string& line = "GET /chat HTTP/1.1") {
  return line + "\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                "Sec-WebSocket-Version: 13\r\n" + extra + "\r\n";
}

enum : unsigned { kContinued = 0, kText = 1, kBinary = 2, kCloseFrame = 8, kPingFrame = 9, kPongFrame = 10, kFin = 0x80 };

/// Returns one frame of a client (RFC 6455 section 5.2), or of a server if `masked` is false.
inline std::string frame(unsigned head, std::string_view payload, bool masked = true) {
  std::string bytes(1, static_cast<char>(head));
  const unsigned mark = masked ? 0x80 : 0;
  const std::size_t size = payload.size();
  if (size < 126) {
    bytes += static_cast<char>(mark | size);
  } else {
    const int octets = size < 65536 ? 2 : 8;
    bytes += static_cast<char>(mark | (octets == 2 ? 126U : 127U));
    for (int i = octets - 1; i >= 0; --i) bytes += static_cast<char>(size >> (8 * i) & 0xff);
  }
  if (!masked) return bytes.append(payload);
  constexpr char kMask[] = {0x11, 0x22, 0x33, 0x44};
  bytes.append(kMask, 4);
  for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>(payload[i] ^ kMask[i % 4]);
  return bytes;
}

/// Returns the server's value for the key of this request: RFC 6455 section 4.2.2.
inline std::string accept_of(const std::string& request) {
  constexpr std::string_view kField = "Sec-WebSocket-Key: ";
  const auto at = request.find(kField) + kField.size();
  const std::string key = request.substr(at, request.find("\r\n", at) - at) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  unsigned char digest[SHA_DIGEST_LENGTH];
  SHA1(reinterpret_cast<const unsigned char*>(key.data()), key.size(), digest);
  unsigned char text[32] = {};
  const int size = EVP_EncodeBlock(text, digest, SHA_DIGEST_LENGTH);
  return {reinterpret_cast<const char*>(text), static_cast<std::size_t>(size)};
}

/// The browser's end of a connection. The test writes and reads its octets.
struct Browser {
  Socket socket{SOCK_STREAM};
  explicit Browser(std::uint16_t port) { socket.connect(port); }
  /// Sends a handshake. Returns the whole response.
  std::string ask(const std::string& request) {
    socket.send(request);
    return socket.receive("\r\n\r\n");
  }
  static Browser open(std::uint16_t port) {
    Browser browser(port);
    const std::string answer = browser.ask(upgrade());
    REQUIRE(answer.starts_with("HTTP/1.1 101 "));
    return browser;
  }
};

}  // namespace offhook::transport_test
