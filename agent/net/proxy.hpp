#pragma once

#include <offhook/agent/net/http_client.hpp>
#include <offhook/agent/net/web_socket_url.hpp>
#include <offhook/agent/support/secret.hpp>
#include <offhook/base/result.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::net {

inline constexpr int kProxyAuthenticationRequired = 407;  ///< RFC 9110 section 15.5.8

/// An HTTP proxy. Offhook connects to it over plain http.
struct Proxy {
  std::string host;            ///< a name or an address; an IPv6 address has no brackets
  std::uint16_t port = 0;
  Secret credentials;  ///< "user:password", as for Basic (RFC 7617 section 2); "": none

  /// Returns "http://host:port", without the credentials.
  [[nodiscard]] std::string shown() const { return "http://" + host_and_port(host, port); }
  /// Returns the value of a Proxy-Authorization header: "Basic dXNlcjpwYXNzd29yZA=="; "" if there are no credentials.
  [[nodiscard]] std::string authorization() const;

  friend bool operator==(const Proxy&, const Proxy&) = default;
};

/// Parses `http://[USER:PASSWORD@]HOST:PORT`; the scheme is optional. %XX in the user and the password stands for an octet. The error describes the
/// text without quoting it: a proxy of another kind, a user name with a colon, a missing port (programs have different default ports), or an
/// invalid URL.
[[nodiscard]] base::Result<Proxy, std::string> parse_proxy(std::string_view text);

/// Returns the error for a proxy that answered the request to connect to `whom` with `status`.
[[nodiscard]] NetError refusal_of(const Proxy& proxy, std::string_view whom, int status);

/// The rules that select a proxy for a request.
struct ProxyRules {
  static constexpr std::size_t kMaxDirect = 64;

  std::optional<Proxy> for_http, for_https;  ///< the proxy for http and ws, and the one for https and wss; nullopt: no proxy
  std::vector<std::string> direct;           ///< hosts that are reached without a proxy

  /// Returns the proxy for a host. Returns null if no proxy applies, if the host is this machine, or if `direct` lists the host.
  [[nodiscard]] const Proxy* find(bool tls, std::string_view host) const;
  /// Returns a text for people: "none", "http://proxy:3128", "http://proxy:3128 for https".
  [[nodiscard]] std::string shown() const;

  friend bool operator==(const ProxyRules&, const ProxyRules&) = default;
};

/// Parses a list of hosts in curl's form of no_proxy, separated by commas or blanks. A name, with or without a leading dot, matches itself and all
/// its subdomains. An address matches itself; with /BITS it matches its network. `*` matches all hosts. Returns nullopt for more than
/// ProxyRules::kMaxDirect entries.
[[nodiscard]] std::optional<std::vector<std::string>> parse_no_proxy(std::string_view text);

}  // namespace offhook::inline v0::agent::net
