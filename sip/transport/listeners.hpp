#pragma once

#include <offhook/sip/model/flow.hpp>
#include <offhook/sip/transport/sip_edge.hpp>

#include <functional>
#include <optional>
#include <vector>

namespace offhook::inline v0::sip::detail {

/// The bound addresses of this machine; chooses the address that a peer gets. Does no I/O: RouteSource queries the routing table.
class Listeners {
 public:
  struct Bound {
    Transport transport = Transport::Udp;
    base::SocketAddress local;
    FlowId socket{};       ///< id of the UDP socket; 0 for listening sockets of stream transports
    bool both_families = false;  ///< bound to ::, and also accepts IPv4 peers (RFC 4291 section 2.5.5.2)
  };
  /// Returns our address from which packets to the given address leave, or nullopt if there is no route.
  using RouteSource = std::function<std::optional<base::IpAddress>(const base::IpAddress&)>;

  explicit Listeners(RouteSource route_source) : route_source_(std::move(route_source)) {}

  void add(const Bound& bound) { bound_.push_back(bound); }
  void clear() { bound_.clear(); }
  [[nodiscard]] const std::vector<Bound>& all() const { return bound_; }

  struct Way {
    base::SocketAddress local;
    FlowId socket{};
  };
  /// Returns the listener of that transport that a peer at `remote` can reach: the one on the address from which packets leave,
  /// otherwise one on all addresses. A stream transport needs no listener, because we can open connections; port is then 0.
  /// Returns nullopt if there is no route to that address, or no UDP socket of its family.
  [[nodiscard]] std::optional<Way> towards(Transport transport, const base::IpAddress& remote) const;
  /// Returns our address for that peer, over any transport.
  [[nodiscard]] std::optional<base::IpAddress> address_towards(const base::IpAddress& remote) const;

 private:
  [[nodiscard]] const Bound* best(std::optional<Transport> transport, const base::IpAddress& remote,
                                  const std::optional<base::IpAddress>& source) const;
  RouteSource route_source_;
  std::vector<Bound> bound_;
};

}  // namespace offhook::inline v0::sip::detail
