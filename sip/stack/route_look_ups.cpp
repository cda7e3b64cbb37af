#include <offhook/sip/stack/route_look_ups.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace offhook::inline v0::sip {

using transaction::TransactionId;

QueryId Queries::ask(const Hop& hop) {
  const QueryId id{++last_id_};
  outbox_.queries.push_back({id, hop.host, hop.port, hop.transport, hop.secure || hop.takes_keys});
  return id;
}

void RouteLookUps::start(TransactionId request, const Hop& hop, const std::vector<std::string>& alternatives) {
  Pending& pending = pending_[request];
  pending.found.resize(1 + alternatives.size());
  places_.emplace(queries_.ask(hop), Place{request, 0});
  pending.left = 1;
  for (std::size_t i = 0; i < alternatives.size(); ++i) {
    auto other = hop_of(alternatives[i]);
    if (!other) continue;
    other->takes_keys = hop.takes_keys;
    places_.emplace(queries_.ask(*other), Place{request, i + 1});
    ++pending.left;
  }
}

void RouteLookUps::start_stream(TransactionId request, const base::SocketAddress& remote) {
  streams_.emplace(queries_.ask({remote.ip.to_string(), remote.port, Transport::Tcp, false}), request);
}

std::optional<RouteLookUps::Found> RouteLookUps::on_answer(QueryId query, QueryResult result) {
  if (const auto stream = streams_.extract(query)) {
    std::erase_if(result.routes, [](const Route& route) { return route.transport != Transport::Tcp; });
    return Found{stream.mapped(), true, true, std::move(result.routes)};
  }
  const auto place = places_.extract(query);
  if (!place) return std::nullopt;
  const auto [request, index] = place.mapped();
  Pending& pending = pending_.at(request);
  if (result.routes.empty() && (index == 0 || pending.trouble.empty())) pending.trouble = std::move(result.error);
  pending.found[index] = std::move(result.routes);
  Found found{request, false, --pending.left == 0, {}, pending.trouble};
  if (!found.is_complete) return found;
  for (std::vector<Route>& some : pending.found) std::move(some.begin(), some.end(), std::back_inserter(found.routes));
  pending_.erase(request);
  return found;
}

}  // namespace offhook::inline v0::sip
