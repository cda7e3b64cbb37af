#include <offhook/sip/stack/call_hops.hpp>

#include <algorithm>
#include <iterator>

namespace offhook::inline v0::sip {

void CallHops::remember(std::uint64_t session, const Hop& hop, const std::vector<Route>& routes) {
  const auto first = routes_.lower_bound({session, Hop{}}), last = routes_.lower_bound({session + 1, Hop{}});
  const auto kept = static_cast<std::size_t>(std::distance(first, last));
  if (kept >= kMaxOfOneCall && !routes_.contains({session, hop})) routes_.erase(first, last);
  routes_[{session, hop}] = routes;
}

const std::vector<Route>* CallHops::find(std::uint64_t session, const Hop& hop) const {
  const auto at = routes_.find({session, hop});
  return at == routes_.end() ? nullptr : &at->second;
}

void CallHops::prefer(std::uint64_t session, const Hop& hop, const Route& used) {
  const auto known = routes_.find({session, hop});
  if (known == routes_.end()) return;
  const auto at = std::find_if(known->second.begin(), known->second.end(), [&](const Route& route) {
    return same_way(flow_along(route), flow_along(used));
  });
  if (at != known->second.end()) std::rotate(known->second.begin(), at, known->second.end());
}

void CallHops::learn_own_end(std::uint64_t session, const Hop& hop, const Flow& connection) {
  const auto known = routes_.find({session, hop});
  if (known == routes_.end()) return;
  for (Route& route : known->second) set_own_end(route, connection);
}

void CallHops::forget_own_end(const Flow& connection) {
  for (auto& [hop, routes] : routes_) {
    for (Route& route : routes) {
      // A local address on which we listen is not the end of a connection.
      if (route.local == connection.local && same_way(flow_along(route), connection)) route.local.port = 0;
    }
  }
}

void CallHops::forget(std::uint64_t session) {
  routes_.erase(routes_.lower_bound({session, Hop{}}), routes_.lower_bound({session + 1, Hop{}}));
}

}  // namespace offhook::inline v0::sip
