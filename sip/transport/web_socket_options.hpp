#pragma once

#include <offhook/base/time.hpp>
#include <offhook/sip/transport/web_pages.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::sip {

/// SIP over WebSocket (RFC 7118), as client and as server, plain and over TLS. A connection without the subprotocol "sip" is
/// refused.
struct WebSocketOptions {
  /// Path and query that we request from a server; as server we accept any path.
  std::string path = "/";
  /// Origins whose pages may connect to us, as a browser sends them: "https://phone.example.com". "*": all. A client without an
  /// Origin is not a browser, and may connect (RFC 6455 section 10.2). At most kMaxOrigins.
  std::vector<std::string> origins = {};
  /// Silence of the peer: after half of it we send a ping, after all of it we close the connection (RFC 6455 section 5.5.2).
  base::Duration silence = std::chrono::seconds(60);
  std::shared_ptr<const WebPages> pages = {};  ///< pages of our listeners; null: a GET without a handshake gets 426 Upgrade Required

  static constexpr std::size_t kMaxOrigins = 32;
  static constexpr std::size_t kMaxPath = 1024;

  /// Returns true if the text may be the path in a request line: RFC 9112 section 3.2.1.
  [[nodiscard]] static bool is_path(std::string_view text) {
    const bool plain = std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f && c != '#'; });
    return plain && text.starts_with('/') && text.size() <= kMaxPath;
  }
};

}  // namespace offhook::inline v0::sip
