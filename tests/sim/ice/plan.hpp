#pragma once

#include <offhook/base/random.hpp>
#include <offhook/base/socket_address.hpp>
#include <offhook/base/time.hpp>
#include <offhook/tests/sim/ice/nat_network.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <string_view>

/// The parameters of a run of two agents, drawn from a seed.
namespace offhook::sim::ice {

using namespace std::chrono_literals;

/// The box between a host and the Internet. The comments have its mapping and its filtering, in the terms of RFC 4787.
enum class Access : std::uint8_t {
  Open,               ///< no box
  FullCone,           ///< endpoint-independent, endpoint-independent
  AddressRestricted,  ///< endpoint-independent, address-dependent
  PortRestricted,     ///< endpoint-independent, address and port-dependent
  AddressSymmetric,   ///< address-dependent, address-dependent
  Symmetric,          ///< address and port-dependent, address and port-dependent
  Firewall,           ///< no mapping; address and port-dependent filtering
  Blocked,            ///< no UDP passes; the host reaches TURN servers by TCP
};
inline constexpr std::array kAccesses{Access::Open, Access::FullCone, Access::AddressRestricted, Access::PortRestricted,
                                      Access::AddressSymmetric, Access::Symmetric, Access::Firewall, Access::Blocked};

[[nodiscard]] inline std::string_view name_of(Access access) {
  static constexpr std::array<std::string_view, kAccesses.size()> kNames{"open", "full cone", "address restricted", "port restricted", "address symmetric", "symmetric", "firewall", "blocked"};
  return kNames[static_cast<std::size_t>(access)];
}

[[nodiscard]] inline BoxRules rules_of(Access access) {
  using D = Dependence;
  switch (access) {
    case Access::Open:
    case Access::FullCone: return {.mapping = D::EndpointIndependent, .filtering = D::EndpointIndependent};
    case Access::AddressRestricted: return {.mapping = D::EndpointIndependent, .filtering = D::Address};
    case Access::PortRestricted: return {.mapping = D::EndpointIndependent, .filtering = D::AddressAndPort};
    case Access::AddressSymmetric: return {.mapping = D::Address, .filtering = D::Address};
    case Access::Symmetric: return {.mapping = D::AddressAndPort, .filtering = D::AddressAndPort};
    case Access::Firewall: return {.translates = false, .mapping = D::EndpointIndependent, .filtering = D::AddressAndPort};
    case Access::Blocked: return {.passes_udp = false};
  }
  return {};
}
[[nodiscard]] inline bool is_nat(Access access) { return access != Access::Open && access != Access::Firewall && access != Access::Blocked; }

struct Weather {
  unsigned loss_percent = 0, duplicate_percent = 0;
  base::Duration delay = 20ms, jitter{};   ///< jitter is uniform, and reorders datagrams
};

struct SidePlan {
  Access access = Access::Open;
  bool hairpins = false, preserves_ports = false;
  bool has_v4 = true, has_v6 = false, v6_firewall = false;
  bool has_relay = false;
  bool lite = false;
  bool trickles = false;
  bool controlling = true;
};

struct Plan {
  std::array<SidePlan, 2> sides;     ///< the first side sends the offer
  enum class Shared : std::uint8_t { Nothing, Network, Carrier } shared = Shared::Nothing;   ///< a common LAN, or a third NAT in front of both sides' NATs
  bool carrier_hairpins = false;
  bool equal_host_addresses = false; ///< true if both hosts have the same address, in two private networks
  bool one_turn_server = false;
  std::uint16_t components = 1;
  bool restarts = false;             ///< true to restart ICE after the first result, if there is a path
  base::Duration answer_delay{};     ///< time from the offer to the answer
  Weather weather;
};

/// Draws all parts of a plan that the arguments do not set.
[[nodiscard]] inline Plan draw(Access first, Access second, bool first_relay, bool second_relay, base::Random& random) {
  const auto one_in = [&](std::uint64_t count) { return random.below(count) == 0; };
  Plan plan;
  plan.sides[0].access = first;
  plan.sides[1].access = second;
  plan.sides[0].has_relay = first_relay;
  plan.sides[1].has_relay = second_relay;
  for (SidePlan& side : plan.sides) {
    side.hairpins = one_in(2);
    side.preserves_ports = one_in(2);
    side.has_v6 = one_in(4);
    side.v6_firewall = one_in(2);
    side.has_v4 = !side.has_v6 || !one_in(4);
    side.trickles = one_in(3);
    side.lite = side.access == Access::Open && !side.has_relay && one_in(4);
    if (!side.has_v4) side.has_relay = false;
  }
  plan.sides[1].controlling = false;
  if (one_in(8)) plan.sides[1].controlling = true;
  if (one_in(8)) plan.sides[0].controlling = false;
  if (is_nat(first) && is_nat(second)) {
    if (one_in(4)) plan.shared = Plan::Shared::Carrier;
    if (first == second && one_in(4)) plan.shared = Plan::Shared::Network;
  }
  plan.carrier_hairpins = one_in(2);
  plan.equal_host_addresses = one_in(2);
  plan.one_turn_server = one_in(2);
  plan.components = one_in(6) ? 2 : 1;
  plan.restarts = one_in(8);
  plan.answer_delay = base::Duration(1ms) * static_cast<std::int64_t>(random.below(2000));
  plan.weather.loss_percent = static_cast<unsigned>(10 * random.below(4));
  plan.weather.duplicate_percent = one_in(2) ? 10 : 0;
  plan.weather.delay = base::Duration(1ms) * static_cast<std::int64_t>(5 + random.below(100));
  plan.weather.jitter = base::Duration(1ms) * static_cast<std::int64_t>(random.below(200));
  return plan;
}

}  // namespace offhook::sim::ice
