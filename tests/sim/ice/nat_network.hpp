#pragma once

#include <offhook/base/socket_address.hpp>

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

/// A network of hosts, NATs and firewalls, a STUN server and TURN servers. It has no ICE and no clock. depart() sends a datagram, and creates
/// mappings in the boxes that the datagram passes. arrive() delivers it, and changes nothing. The network can be copied with its state.
namespace offhook::sim::ice {

/// The part of the other endpoint's address on which a mapping or a filter depends: RFC 4787 sections 4.1 and 5.
enum class Dependence : std::uint8_t { EndpointIndependent, Address, AddressAndPort };

struct BoxRules {
  bool passes_udp = true;
  bool translates = true;          ///< false: a firewall, which only filters
  Dependence mapping = Dependence::EndpointIndependent;
  Dependence filtering = Dependence::EndpointIndependent;
  bool hairpins = false;           ///< RFC 4787 section 6
  bool preserves_ports = false;    ///< RFC 4787 section 4.2.1
};

/// A NAT or a firewall. Its mappings do not expire.
class Box {
 public:
  Box(const BoxRules& rules, const base::IpAddress& outside) : rules_(rules), outside_(outside) {}

  [[nodiscard]] const BoxRules& rules() const { return rules_; }
  [[nodiscard]] const base::IpAddress& outside() const { return outside_; }

  /// Sends a datagram of a host behind the box. Returns the source address that it has outside.
  base::SocketAddress outwards(const base::SocketAddress& from, const base::SocketAddress& to) {
    Mapping& mapping = mapping_of(from, to);
    mapping.contacted.insert(seen(to, rules_.filtering));
    return {rules_.translates ? outside_ : from.ip, mapping.port};
  }
  /// Returns the address inside to which the box passes a datagram from outside, or nullopt if it drops the datagram.
  [[nodiscard]] std::optional<base::SocketAddress> inwards(const base::SocketAddress& from, const base::SocketAddress& to) const {
    for (const auto& [key, mapping] : mappings_) {
      const auto& inside = key.first;
      if (mapping.port != to.port || (!rules_.translates && inside.ip != to.ip)) continue;
      if (mapping.contacted.contains(seen(from, rules_.filtering))) return inside;
    }
    return std::nullopt;
  }

 private:
  struct Mapping {
    std::uint16_t port = 0;
    std::set<base::SocketAddress> contacted;
  };
  /// Returns the parts of an address that the rule compares.
  static base::SocketAddress seen(const base::SocketAddress& address, Dependence rule) {
    switch (rule) {
      case Dependence::EndpointIndependent: return {};
      case Dependence::Address: return {address.ip, 0};
      case Dependence::AddressAndPort: return address;
    }
    return {};
  }
  Mapping& mapping_of(const base::SocketAddress& from, const base::SocketAddress& to) {
    Mapping& mapping = mappings_[{from, seen(to, rules_.mapping)}];
    if (mapping.port == 0) mapping.port = !rules_.translates || (rules_.preserves_ports && is_free(from.port)) ? from.port : next_free();
    return mapping;
  }
  [[nodiscard]] bool is_free(std::uint16_t port) const {
    return std::none_of(mappings_.begin(), mappings_.end(), [&](const auto& one) { return one.second.port == port; });
  }
  std::uint16_t next_free() {
    while (!is_free(++last_port_)) {}
    return last_port_;
  }

  BoxRules rules_;
  base::IpAddress outside_;
  std::uint16_t last_port_ = 20000;
  std::map<std::pair<base::SocketAddress, base::SocketAddress>, Mapping> mappings_;   // by inside address, and the part of the destination on which the mapping depends
};

class Network {
 public:
  static constexpr int kInternet = 0;
  static constexpr int kServer = -1;   ///< the side of STUN and TURN servers

  /// Makes a network behind a box, and returns its number. `outside` is the network in front of the box.
  int add_network(const BoxRules& rules, int outside, const base::IpAddress& outside_ip) {
    uplinks_.push_back({static_cast<int>(boxes_.size()), outside});
    boxes_.emplace_back(rules, outside_ip);
    return static_cast<int>(uplinks_.size()) - 1;
  }
  void add_host(int side, int network, const base::IpAddress& ip) { hosts_.push_back({side, network, ip}); }
  /// Gives this side a relayed address. Its own path to the TURN server works in any network, by TCP if necessary.
  void allocate(int side, const base::SocketAddress& relayed) { allocations_.push_back({side, relayed, {}}); }

  struct Flight {
    int network = 0;
    base::SocketAddress from, to;
  };
  /// Sends a datagram from a host or relayed address of this side, up to the network of its destination. For a relayed address, first installs a permission.
  [[nodiscard]] std::optional<Flight> depart(int side, const base::SocketAddress& base, const base::SocketAddress& to) {
    if (base.ip.is_v6() != to.ip.is_v6()) return std::nullopt;
    Flight flight{kInternet, base, to};
    if (Allocation* const relay = allocation(side, base)) {
      relay->permissions.insert(to.ip);
      return flight;
    }
    const auto at = std::find_if(hosts_.begin(), hosts_.end(), [&](const Host& one) { return one.side == side && one.ip == base.ip; });
    if (at == hosts_.end()) return std::nullopt;
    flight.network = at->network;
    while (!is_in(flight.network, to.ip)) {
      if (flight.network == kInternet) return std::nullopt;
      const auto [box, outside] = uplinks_[static_cast<std::size_t>(flight.network)];
      Box& passed = boxes_[static_cast<std::size_t>(box)];
      if (!passed.rules().passes_udp) return std::nullopt;
      flight.from = passed.outwards(flight.from, to);
      flight.network = outside;
      if (passed.rules().translates && passed.outside() == to.ip && !passed.rules().hairpins) return std::nullopt;
    }
    return flight;
  }

  struct Arrival {
    int side = 0;
    base::SocketAddress base, from;
  };
  /// Delivers a datagram from depart(). Returns nullopt if a box or a TURN server drops it.
  [[nodiscard]] std::optional<Arrival> arrive(Flight flight) const {
    for (;;) {
      for (const auto& relay : allocations_) {
        if (flight.network != kInternet || relay.address != flight.to) continue;
        if (!relay.permissions.contains(flight.from.ip)) return std::nullopt;
        return Arrival{relay.side, relay.address, flight.from};
      }
      const auto at = std::find_if(hosts_.begin(), hosts_.end(), [&](const Host& one) { return one.network == flight.network && one.ip == flight.to.ip; });
      if (at != hosts_.end()) return Arrival{at->side, flight.to, flight.from};
      const auto inside = behind(flight.network, flight.to.ip);
      if (!inside) return std::nullopt;
      const Box& box = boxes_[static_cast<std::size_t>(uplinks_[static_cast<std::size_t>(*inside)].box)];
      const auto to = box.rules().passes_udp ? box.inwards(flight.from, flight.to) : std::nullopt;
      if (!to) return std::nullopt;
      flight.network = *inside;
      flight.to = *to;
    }
  }

 private:
  struct Host {
    int side = 0, network = 0;
    base::IpAddress ip;
  };
  struct Uplink {
    int box = 0, outside = 0;
  };
  struct Allocation {
    int side = 0;
    base::SocketAddress address;
    std::set<base::IpAddress> permissions;
  };

  [[nodiscard]] Allocation* allocation(int side, const base::SocketAddress& address) {
    const auto at = std::find_if(allocations_.begin(), allocations_.end(), [&](const Allocation& one) { return one.side == side && one.address == address; });
    return at == allocations_.end() ? nullptr : &*at;
  }
  /// Returns true if a host, a relayed address or a box in this network has the address.
  [[nodiscard]] bool is_in(int network, const base::IpAddress& ip) const {
    const bool is_host = std::any_of(hosts_.begin(), hosts_.end(), [&](const Host& one) { return one.network == network && one.ip == ip; });
    const bool is_relay = network == kInternet && std::any_of(allocations_.begin(), allocations_.end(), [&](const Allocation& one) { return one.address.ip == ip; });
    return is_host || is_relay || behind(network, ip);
  }
  /// Returns the network behind the box that has this address in `network`, or nullopt if there is none.
  [[nodiscard]] std::optional<int> behind(int network, const base::IpAddress& ip) const {
    for (std::size_t inside = 1; inside < uplinks_.size(); ++inside) {
      if (uplinks_[inside].outside != network) continue;
      const Box& box = boxes_[static_cast<std::size_t>(uplinks_[inside].box)];
      const bool is_own = box.rules().translates ? box.outside() == ip : std::any_of(hosts_.begin(), hosts_.end(), [&](const Host& one) { return one.network == static_cast<int>(inside) && one.ip == ip; });
      if (is_own) return static_cast<int>(inside);
    }
    return std::nullopt;
  }

  std::vector<Box> boxes_;
  std::vector<Uplink> uplinks_{{-1, -1}};   // by network; the Internet has no uplink
  std::vector<Host> hosts_;
  std::vector<Allocation> allocations_;
};

}  // namespace offhook::sim::ice
