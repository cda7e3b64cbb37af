#include <offhook/sip/transport/route_finder.hpp>

#include <offhook/sip/transport/addresses.hpp>

namespace offhook::inline v0::sip::detail {

RouteFinder::RouteFinder(const Listeners& listeners, std::function<bool(Transport)> offered, NameLookUps::Ways ways, Answer answer)
    : listeners_(listeners), offered_(std::move(offered)), answer_(std::move(answer)), names_(std::move(ways)) {}

void RouteFinder::resolve(Query query) {
  // Never in clear what a URI wants secured (RFC 3261 section 26.2.2): what cannot be had is refused, not replaced.
  if (!offered_(query.transport)) return answer(query, {{}, "no " + std::string(to_string(query.transport)) + " here"});
  if (const auto literal = base::IpAddress::parse(query.host)) return answer(query, {{*literal}, {}});
  names_.look_up(query.host, [this, query](NameLookUps::Result result) { answer(query, std::move(result)); });
}

void RouteFinder::answer(const Query& query, NameLookUps::Result found) {
  QueryResult result;
  result.error = std::move(found.error);
  const std::uint16_t port = query.port.value_or(default_port(query.transport));
  const bool proves_name = query.transport != Transport::Udp && query.transport != Transport::Tcp;
  for (const auto& address : found.addresses) {
    if (result.routes.size() == kMaxRoutesPerName) break;
    const base::IpAddress remote = unmapped(address);
    const auto way = listeners_.towards(query.transport, remote);
    if (!way) continue;
    result.routes.push_back({query.transport, way->local, {remote, port}, way->socket, proves_name ? query.host : std::string()});
  }
  if (result.routes.empty() && result.error.empty()) result.error = "no route to any of its addresses";
  answer_(query.id, std::move(result));
}

}  // namespace offhook::inline v0::sip::detail
