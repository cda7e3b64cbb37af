#pragma once

#include <offhook/sip/message/message.hpp>
#include <offhook/sip/stack/stack.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace offhook::inline v0::sip {

/// How a request outside any dialog leaves: what is preset in Route, whose host gets it, and who else may.
struct WayOut {
  static constexpr std::size_t kMaxSecondaries = 4;    ///< Of one account.
  static constexpr std::size_t kMaxServiceRoutes = 8;  ///< A registrar that names more names none.

  std::vector<std::string> routes;
  std::string next_hop;
  std::vector<std::string> alternatives;
};

/// By the outbound proxy, then by what the registrar's Service-Route said: RFC 3608 section 6.1.
[[nodiscard]] WayOut way_out(const AccountOptions& account, const std::vector<std::string>& service_routes);
/// AccountOptions::server, or the registrar.
[[nodiscard]] const std::string& first_server(const AccountOptions& account);
/// Of a REGISTER: not by the Service-Route, which leads away from the registrar.
[[nodiscard]] WayOut way_to_registrar(const AccountOptions& account);
/// Of one that the registrar has redirected to there.
[[nodiscard]] WayOut way_to_another(const AccountOptions& account, const std::string& registrar);

/// The Service-Route of a 2xx to REGISTER, each as it goes into a Route. None when one of them cannot be used.
[[nodiscard]] std::vector<std::string> service_routes(const Message& response);

}  // namespace offhook::inline v0::sip
