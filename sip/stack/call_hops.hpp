#pragma once

#include <offhook/sip/stack/events.hpp>
#include <offhook/sip/stack/hop.hpp>

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace offhook::inline v0::sip {

/// A route that says no port of ours leaves by this connection, whose own end is then what leads to us: no one listens there.
inline void set_own_end(Route& route, const Flow& connection) {
  if (route.local.port == 0 && same_way(flow_along(route), connection)) route.local = connection.local;
}

/// The addresses of each call's next hops, for as long as the call lives: its requests go where its INVITE went. Pure.
class CallHops {
 public:
  /// Next hops whose addresses one call keeps. A peer that moves on and on makes it forget them all, and look up again.
  static constexpr std::size_t kMaxOfOneCall = 32;

  void remember(std::uint64_t session, const Hop& hop, const std::vector<Route>& routes);
  /// Null, or valid until the next change.
  [[nodiscard]] const std::vector<Route>* find(std::uint64_t session, const Hop& hop) const;
  /// The address that answered goes first for the rest of the call: an ACK has no failure that would lead it to the next one.
  void prefer(std::uint64_t session, const Hop& hop, const Route& used);
  /// The connection to one of its addresses is there.
  void learn_own_end(std::uint64_t session, const Hop& hop, const Flow& connection);
  /// And gone again: the next one has another end.
  void forget_own_end(const Flow& connection);
  void forget(std::uint64_t session, const Hop& hop) { routes_.erase({session, hop}); }
  void forget(std::uint64_t session);
  [[nodiscard]] std::size_t size() const { return routes_.size(); }

 private:
  std::map<std::pair<std::uint64_t, Hop>, std::vector<Route>> routes_;
};

}  // namespace offhook::inline v0::sip
