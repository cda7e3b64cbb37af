#pragma once

#include <offhook/sip/flow.hpp>
#include <offhook/sip/transport/sip_edge.hpp>

#include <functional>
#include <optional>
#include <vector>

namespace offhook::inline v0::sip::detail {

/// Where this machine is reached, once all is bound, and which of it a peer is to be told. Pure: the routing table is asked
/// through a function.
class Listeners {
 public:
  struct Bound {
    Transport transport = Transport::Udp;
    base::SocketAddress local;
    FlowId socket{};       ///< of UDP; 0 for what accepts connections
    bool both_families = false;  ///< on ::, and IPv4 peers come here too (RFC 4291 section 2.5.5.2)
  };
  /// Which address of ours packets to that one leave from; nothing when there is no way there.
  using RouteSource = std::function<std::optional<base::IpAddress>(const base::IpAddress&)>;

  explicit Listeners(RouteSource route_source) : route_source_(std::move(route_source)) {}

  void add(const Bound& bound) { bound_.push_back(bound); }
  void clear() { bound_.clear(); }
  [[nodiscard]] const std::vector<Bound>& all() const { return bound_; }

  struct Way {
    base::SocketAddress local;
    FlowId socket{};
  };
  /// The listener of that transport which a peer at `remote` can reach: the one on the very address that packets leave from, else
  /// one on every address. Stream transports need none: we can open connections all the same, and name the default port.
  /// Nothing when there is no way to that address, or no UDP socket of its family.
  [[nodiscard]] std::optional<Way> towards(Transport transport, const base::IpAddress& remote) const;
  /// The address of ours for that peer, by whatever transport.
  [[nodiscard]] std::optional<base::IpAddress> address_towards(const base::IpAddress& remote) const;

 private:
  [[nodiscard]] const Bound* best(std::optional<Transport> transport, const base::IpAddress& remote,
                                  const std::optional<base::IpAddress>& source) const;
  RouteSource route_source_;
  std::vector<Bound> bound_;
};

}  // namespace offhook::inline v0::sip::detail
