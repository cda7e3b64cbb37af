#pragma once

#include <offhook/tests/sim/ice/nat_network.hpp>

#include <algorithm>
#include <array>
#include <set>
#include <tuple>
#include <vector>

namespace offhook::sim::ice {

/// The addresses from which one side can send, and the addresses that it knows at first.
struct SearchedSide {
  std::vector<base::SocketAddress> bases;
  std::vector<base::SocketAddress> told;   ///< addresses in the other side's description
  bool only_answers = false;               ///< true if it sends only to addresses from which a datagram came
};

/// Returns true if the two sides can exchange a datagram and its answer between the same two addresses, whatever they send before. Tries everything: each base sends
/// to each known address, again and again, until no round gives a new result. Boxes forget nothing, so no other order of the datagrams could find more.
inline bool has_path(Network network, const std::array<SearchedSide, 2>& sides) {
  using Address = base::SocketAddress;
  std::array<std::set<Address>, 2> known;
  for (std::size_t side = 0; side < 2; ++side) {
    if (!sides[side].only_answers) known[side].insert(sides[side].told.begin(), sides[side].told.end());
  }
  // Datagrams that arrived: the sender's side, its base, its destination, the receiver's base, and the source that the receiver saw.
  std::set<std::tuple<std::size_t, Address, Address, Address, Address>> arrived;
  const auto found = [&] { return arrived.size() + known[0].size() + known[1].size(); };
  // A round without a new result may still open filters for datagrams that failed before. Therefore the search ends after two such rounds in a row.
  for (int quiet_rounds = 0; quiet_rounds < 2;) {
    const std::size_t before = found();
    for (std::size_t side = 0; side < 2; ++side) {
      const std::set<Address> destinations = known[side];
      for (const Address& base : sides[side].bases) {
        for (const Address& to : destinations) {
          const auto flight = network.depart(static_cast<int>(side), base, to);
          const auto arrival = flight ? network.arrive(*flight) : std::nullopt;
          if (!arrival || arrival->side != static_cast<int>(1 - side)) continue;
          arrived.emplace(side, base, to, arrival->base, arrival->from);
          known[1 - side].insert(arrival->from);
        }
      }
    }
    quiet_rounds = found() == before ? quiet_rounds + 1 : 0;
  }
  return std::any_of(arrived.begin(), arrived.end(), [&](const auto& one) {
    const auto& [side, base, to, other_base, seen] = one;
    return arrived.contains({1 - side, other_base, seen, base, to});
  });
}

}  // namespace offhook::sim::ice
