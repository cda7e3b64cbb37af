#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace offhook::inline v0::sip {

/// Pages that a WebSocket listener serves to browsers, so that a page and its WebSocket have one origin and one certificate. The listener answers
/// GET and HEAD from this table alone, and each answer ends its connection.
struct WebPages {
  struct Page {
    std::string path;  ///< the whole path, such as "/phone.js"; the listener ignores a query
    std::string type;  ///< the value of Content-Type
    std::string body;
  };
  std::vector<Page> pages;         ///< at most kMaxPages
  /// The values of Host that reach this listener: "127.0.0.1:8443". Any other value gets 421, also in the handshake of a WebSocket: a page of
  /// another name, which resolves to this address, must not read these pages (DNS rebinding). At most kMaxHosts.
  std::vector<std::string> hosts;
  std::vector<std::pair<std::string, std::string>> fields;  ///< further header fields of each page, such as Content-Security-Policy

  static constexpr std::size_t kMaxPages = 32;
  static constexpr std::size_t kMaxBody = 256 * 1024;
  static constexpr std::size_t kMaxHosts = 32;

  /// Returns true if all is within these bounds, and each path can be in a request line.
  [[nodiscard]] bool is_usable() const;
};

namespace detail {

/// Returns true if a request with this Host field is for these pages.
[[nodiscard]] bool is_for(const WebPages& pages, std::string_view host);

/// The answer to a request: a page, or the status of a refusal and its reason.
struct PageAnswer {
  const WebPages::Page* page = nullptr;
  unsigned status = 200;
  std::string_view why = {};
};

/// Answers a request with this method and target, such as "/phone.js?v=1". Compares the whole path with the table, so that no path
/// leads to other files.
/// Deviation: does not accept the absolute form of RFC 9112 section 3.2.2, which clients send only to proxies.
[[nodiscard]] PageAnswer answer_to(const WebPages& pages, std::string_view method, std::string_view target);

}  // namespace detail

}  // namespace offhook::inline v0::sip
