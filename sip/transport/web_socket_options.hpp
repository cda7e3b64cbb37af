#pragma once

#include <offhook/base/time.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::sip {

/// SIP over WebSocket (RFC 7118), as client and as server, plain and over TLS. The subprotocol is "sip", or there is no connection.
struct WebSocketOptions {
  std::string path = "/";  ///< that we ask a server for, with its query; as a server we give whatever path is asked for
  /// Whose pages may connect to us, as a browser names them: "https://phone.example.com". "*": anybody's. Who names no origin is no
  /// browser, and may (RFC 6455 section 10.2). At most kMaxOrigins.
  std::vector<std::string> origins = {};
  /// Half of it without an octet from the peer, and it is pinged; all of it, and it is gone (RFC 6455 section 5.5.2).
  base::Duration silence = std::chrono::seconds(60);

  static constexpr std::size_t kMaxOrigins = 32;
  static constexpr std::size_t kMaxPath = 1024;

  /// Whether it may stand in a request line: RFC 9112 section 3.2.1.
  [[nodiscard]] static bool is_path(std::string_view text) {
    const bool plain = std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f && c != '#'; });
    return plain && text.starts_with('/') && text.size() <= kMaxPath;
  }
};

}  // namespace offhook::inline v0::sip
