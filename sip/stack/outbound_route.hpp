#pragma once

#include <offhook/sip/message/message.hpp>
#include <offhook/sip/stack/account_options.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace offhook::inline v0::sip {

/// The path of a request outside any dialog: the preset Routes, the next hop, and alternatives to the next hop.
struct OutboundRoute {
  static constexpr std::size_t kMaxSecondaries = 4;    ///< per account
  static constexpr std::size_t kMaxServiceRoutes = 8;  ///< a registrar that sends more is treated as if it sent none

  std::vector<std::string> routes;
  std::string next_hop;
  std::vector<std::string> alternatives;
};

/// Returns the path of a request other than REGISTER: the outbound proxy, then the registrar's Service-Route (RFC 3608 section 6.1).
[[nodiscard]] OutboundRoute outbound_route(const AccountOptions& account, const std::vector<std::string>& service_routes);
/// Returns AccountOptions::server, or the registrar.
[[nodiscard]] const std::string& first_server(const AccountOptions& account);
/// Returns the path of a REGISTER. It does not use the Service-Route, which leads away from the registrar.
[[nodiscard]] OutboundRoute way_to_registrar(const AccountOptions& account);
/// Returns the path of a REGISTER that the registrar redirected to `registrar`.
[[nodiscard]] OutboundRoute way_to_another(const AccountOptions& account, const std::string& registrar);

/// Returns the Service-Route of a 2xx to REGISTER, each value as in a Route. Returns an empty list if one of them cannot be used.
[[nodiscard]] std::vector<std::string> service_routes(const Message& response);

}  // namespace offhook::inline v0::sip
