#include <offhook/sip/stack/outbound_route.hpp>

#include <offhook/sip/stack/hop.hpp>

#include <algorithm>
#include <string_view>

namespace offhook::inline v0::sip {

namespace {

/// Returns a preset Route, which must have `lr` for loose routing: RFC 3261 section 19.1.1.
std::string loose_route(const std::string& uri) {
  const auto parsed = parse_uri(uri);
  return "<" + uri + (parsed && parsed->params.has("lr") ? "" : ";lr") + ">";
}

}  // namespace

OutboundRoute outbound_route(const AccountOptions& account, const std::vector<std::string>& service_routes) {
  OutboundRoute way = way_to_registrar(account);
  for (const std::string& route : service_routes) {
    if (std::find(way.routes.begin(), way.routes.end(), route) == way.routes.end()) way.routes.push_back(route);
  }
  if (account.outbound_proxy.empty() && !way.routes.empty()) {
    std::string_view first = way.routes.front();
    if (const auto route = take_name_addr(first)) way.next_hop = std::string(route->uri.text);
    way.alternatives.clear();  // The registrar's Service-Route names the server for requests.
  }
  return way;
}

const std::string& first_server(const AccountOptions& account) { return account.server.empty() ? account.registrar : account.server; }

OutboundRoute way_to_registrar(const AccountOptions& account) {
  if (account.outbound_proxy.empty()) return {{}, first_server(account), account.secondaries};
  return {{loose_route(account.outbound_proxy)}, account.outbound_proxy, account.secondaries};
}

OutboundRoute way_to_another(const AccountOptions& account, const std::string& registrar) {
  if (account.outbound_proxy.empty()) return {{}, registrar, {}};
  return way_to_registrar(account);
}

std::vector<std::string> service_routes(const Message& response) {
  const auto routes = response.name_addrs(HeaderName::ServiceRoute, OutboundRoute::kMaxServiceRoutes);
  if (!routes) return {};
  std::vector<std::string> written;
  for (const NameAddr& route : *routes) {
    if (!hop_of(route.uri.text) || !route.uri.params.has("lr")) return {};
    written.push_back("<" + std::string(route.uri.text) + ">" + std::string(route.params.text()));
  }
  return written;
}

}  // namespace offhook::inline v0::sip
