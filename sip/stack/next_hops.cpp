#include <offhook/sip/stack/next_hops.hpp>

namespace offhook::inline v0::sip {

std::optional<std::vector<Route>> NextHops::known(const ClientRecord& request) const {
  const auto way = contacts_.way(request.what.owner);
  if (way && goes_back(*request.hop, *way)) return std::vector<Route>{{way->transport, way->local, way->remote, way->id, way->name}};
  const auto* routes = request.is_of_session() ? calls_.find(request.what.owner.id, *request.hop) : nullptr;
  return routes != nullptr ? std::optional(*routes) : std::nullopt;
}

bool NextHops::look_up_stream(ClientRecord& request, base::TimePoint now) {
  const Route& route = request.routes[request.route];
  if (datagram_limit_ == 0 || request.bytes.size() <= datagram_limit_) return false;
  if (route.transport != Transport::Udp || request.stream_tried == route.remote) return false;
  request.stream_tried = route.remote;
  if (memory_.is_passed_over(Transport::Tcp, route.remote, now)) return false;
  look_ups_.start_stream(request.id, route.remote);
  return true;
}

void NextHops::arrange(const ClientRecord& request, std::vector<Route>& routes, base::TimePoint now) {
  memory_.arrange(*request.hop, routes, now);
  if (request.is_of_session()) calls_.remember(request.what.owner.id, *request.hop, routes);
}

void NextHops::on_response(const ClientRecord& request, base::TimePoint now) {
  if (request.hop && request.route < request.routes.size()) memory_.on_answer(*request.hop, request.routes[request.route], now);
}

void NextHops::on_failure(const ClientRecord& request, std::optional<std::chrono::seconds> retry_after, base::TimePoint now) {
  if (request.route < request.routes.size()) memory_.on_failure(request.routes[request.route], retry_after, now);
}

void NextHops::forget(const ClientRecord& request) {
  if (request.hop && request.is_of_session()) calls_.forget(request.what.owner.id, *request.hop);
}

void NextHops::prefer(const ClientRecord& request) {
  if (request.route == 0 || !request.is_of_session() || !request.hop) return;
  calls_.prefer(request.what.owner.id, *request.hop, request.routes[request.route]);
}

void NextHops::learn_own_end(ClientRecord& request, const Flow& connection) {
  if (!is_reliable(connection.transport) || request.route >= request.routes.size()) return;
  set_own_end(request.routes[request.route], connection);
  if (request.hop && request.is_of_session()) calls_.learn_own_end(request.what.owner.id, *request.hop, connection);
}

}  // namespace offhook::inline v0::sip
