#pragma once

#include <offhook/sip/model/events.hpp>
#include <offhook/sip/stack/hop.hpp>

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace offhook::inline v0::sip {

/// Sets the local address of a route without a local port to the local end of this connection. We do not listen there, so only
/// this connection reaches us.
inline void set_own_end(Route& route, const Flow& connection) {
  if (route.local.port == 0 && same_way(flow_along(route), connection)) route.local = connection.local;
}

/// Stores the addresses of each call's next hops as long as the call exists, so that its requests go where its INVITE went.
class CallHops {
 public:
  /// Next hops to store per call. If a peer changes its address more often, all of them are forgotten and looked up again.
  static constexpr std::size_t kMaxOfOneCall = 32;

  void remember(std::uint64_t session, const Hop& hop, const std::vector<Route>& routes);
  /// Returns null, or a pointer that is valid until the next change.
  [[nodiscard]] const std::vector<Route>* find(std::uint64_t session, const Hop& hop) const;
  /// For the rest of the call, puts the address that responded in front of all others. An ACK needs this, because no failure
  /// would make it use the next address.
  void prefer(std::uint64_t session, const Hop& hop, const Route& used);
  /// Call this when a connection to one of the hop's addresses was opened.
  void learn_own_end(std::uint64_t session, const Hop& hop, const Flow& connection);
  /// Call this when the connection was closed; a new one will have another local end.
  void forget_own_end(const Flow& connection);
  void forget(std::uint64_t session, const Hop& hop) { routes_.erase({session, hop}); }
  void forget(std::uint64_t session);
  [[nodiscard]] std::size_t size() const { return routes_.size(); }

 private:
  std::map<std::pair<std::uint64_t, Hop>, std::vector<Route>> routes_;
};

}  // namespace offhook::inline v0::sip
