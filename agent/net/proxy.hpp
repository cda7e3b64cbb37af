#pragma once

#include <offhook/agent/config/secret.hpp>
#include <offhook/agent/net/http_client.hpp>
#include <offhook/agent/net/web_socket_url.hpp>
#include <offhook/base/result.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent::net {

inline constexpr int kProxyAuthenticationRequired = 407;  ///< RFC 9110 section 15.5.8

/// An HTTP proxy. Offhook connects to it by plain http.
struct Proxy {
  std::string host;            ///< a name or an address; of an IPv6 address without its brackets
  std::uint16_t port = 0;
  config::Secret credentials;  ///< "user:password", as for Basic (RFC 7617 section 2); "": none

  /// "http://host:port", without the credentials.
  [[nodiscard]] std::string shown() const { return "http://" + host_and_port(host, port); }
  /// Of a Proxy-Authorization header: "Basic dXNlcjpwYXNzd29yZA=="; "" where there are no credentials.
  [[nodiscard]] std::string authorization() const;

  friend bool operator==(const Proxy&, const Proxy&) = default;
};

/// Reads `http://[USER:PASSWORD@]HOST:PORT`, also without its scheme; %XX in the user and the password stand for an octet. The error says, without
/// quoting it, what the text is: another kind of proxy, a proxy without a port (programs differ in the port that they then take), or no URL.
[[nodiscard]] base::Result<Proxy, std::string> parse_proxy(std::string_view text);

/// The error for a proxy that answered with `status` when it was asked to connect to `whom`.
[[nodiscard]] NetError refusal_of(const Proxy& proxy, std::string_view whom, int status);

/// Which requests go by which proxy.
struct ProxyRules {
  static constexpr std::size_t kMaxDirect = 64;

  std::optional<Proxy> for_http, for_https;  ///< of http and ws, of https and wss; nothing: none
  std::vector<std::string> direct;           ///< hosts that are asked without one

  /// The proxy for a host, or null: this machine is asked without one, and what `direct` names.
  [[nodiscard]] const Proxy* find(bool tls, std::string_view host) const;
  /// For people: "none", "http://proxy:3128", "http://proxy:3128 for https".
  [[nodiscard]] std::string shown() const;

  friend bool operator==(const ProxyRules&, const ProxyRules&) = default;
};

/// Reads a list of hosts in curl's form of no_proxy. Commas or blanks separate them. A name, with or without a dot before it, means itself and all names
/// that end in it; an address means itself, or with /BITS its network; `*` means all. Returns nullopt for more than ProxyRules::kMaxDirect.
[[nodiscard]] std::optional<std::vector<std::string>> parse_no_proxy(std::string_view text);

}  // namespace offhook::inline v0::agent::net
