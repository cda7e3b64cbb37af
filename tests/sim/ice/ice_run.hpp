#pragma once

#include <offhook/base/random.hpp>
#include <offhook/base/time.hpp>
#include <offhook/rtp/ice/ice_agent.hpp>
#include <offhook/tests/sim/ice/nat_network.hpp>
#include <offhook/tests/sim/ice/path_search.hpp>
#include <offhook/tests/sim/ice/plan.hpp>

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace offhook::sim::ice {

/// Two agents in virtual time, on the network that a plan describes. Equal plans and seeds give equal runs.
class IceRun {
 public:
  IceRun(const Plan& plan, std::uint64_t seed) : plan_(plan), random_(seed) {
    build_network();
    for (int number = 0; number < 2; ++number) gather(number);
  }

  /// Returns true if the network has a path, which IceAgent must then find.
  [[nodiscard]] bool has_path() const {
    std::array<SearchedSide, 2> searched;
    for (std::size_t number = 0; number < 2; ++number) {
      searched[number].only_answers = plan_.sides[number].lite;
      for (const auto& candidate : sides_[number].agent->local_candidates()) {
        if (candidate.component != 1) continue;
        if (candidate.base == candidate.address) searched[number].bases.push_back(candidate.base);
        searched[1 - number].told.push_back(candidate.address);
      }
    }
    return both_lite() ? shares_a_family() : ice::has_path(network_, searched);
  }
  /// Returns the cause that this side must report if it fails.
  [[nodiscard]] rtp::IceFailure cause(std::size_t number) const {
    if (plan_.sides[number].lite && !both_lite()) return rtp::IceFailure::NotNominated;
    for (const auto& ours : sides_[number].agent->local_candidates()) {
      for (const auto& theirs : sides_[1 - number].agent->local_candidates()) {
        if (ours.component == theirs.component && ours.base != theirs.address && ours.base.ip.is_v6() == theirs.address.ip.is_v6()) return rtp::IceFailure::ChecksTimedOut;
      }
    }
    return rtp::IceFailure::NoPairs;
  }

  /// Exchanges the descriptions, and runs until both agents have completed or failed.
  void connect() {
    describe(0, 1, now_);                                 // The offer arrives now.
    describe(1, 0, now_ + plan_.answer_delay);
    run_while([this] { return !has_verdict(); });
  }
  /// The first side restarts ICE; the second side gets the new description.
  void restart() {
    sides_[0].agent->restart();
    describe(0, 1, now_ + plan_.weather.delay);
    describe(1, 0, now_ + plan_.weather.delay + plan_.answer_delay);
    for (Side& side : sides_) side.failure.reset();
    run_while([this] { return !has_verdict() || sides_[0].agent->state() == rtp::IceState::Running; });
  }
  void run_for(base::Duration time) {
    const auto end = now_ + time;
    at(end, [] {});
    run_while([&] { return now_ < end; });
  }

  struct Side {
    std::unique_ptr<base::SeededRandom> random;
    std::unique_ptr<rtp::IceAgent> agent;
    std::optional<rtp::IceFailure> failure;
    int consents_lost = 0;
  };
  [[nodiscard]] const Side& side(std::size_t number) const { return sides_[number]; }
  [[nodiscard]] bool is_connected(std::size_t number) const { return sides_[number].agent->state() == rtp::IceState::Completed; }
  /// Returns true if media of each component arrive in both directions on the selected paths, from the address to which the receiver sends.
  [[nodiscard]] bool carries_media() {
    for (std::uint16_t component = 1; component <= plan_.components; ++component) {
      for (int number = 0; number < 2; ++number) {
        const auto path = sides_[static_cast<std::size_t>(number)].agent->path(component, now_);
        const auto other = sides_[static_cast<std::size_t>(1 - number)].agent->path(component, now_);
        if (!path || !other) return false;
        const auto flight = network_.depart(number, path->base, path->to);
        const auto arrival = flight ? network_.arrive(*flight) : std::nullopt;
        if (!arrival || arrival->side != 1 - number || arrival->base != other->base || arrival->from != other->to) return false;
      }
    }
    return true;
  }
  /// Returns false if an agent was inconsistent, or still had an expired deadline after on_time().
  [[nodiscard]] bool was_sound() const { return sound_; }
  /// Called with a line of text for each datagram and event, if it is set.
  std::function<void(const std::string&)> trace;

 private:
  static constexpr base::Duration kLimit = 300s;
  static base::IpAddress ip(const char* text) { return *base::IpAddress::parse(text); }
  static base::SocketAddress stun_server() { return {ip("192.0.2.10"), 3478}; }

  void build_network() {
    network_.add_host(Network::kServer, Network::kInternet, stun_server().ip);
    const int carrier = plan_.shared == Plan::Shared::Carrier
                            ? network_.add_network({.filtering = Dependence::Address, .hairpins = plan_.carrier_hairpins}, Network::kInternet, ip("198.51.100.50"))
                            : Network::kInternet;
    int lan = Network::kInternet;
    for (int number = 0; number < 2; ++number) {
      const SidePlan& side = plan_.sides[static_cast<std::size_t>(number)];
      const bool is_first = number == 0;
      BoxRules rules = rules_of(side.access);
      rules.hairpins = side.hairpins;
      rules.preserves_ports = side.preserves_ports;
      const bool joins = !is_first && plan_.shared == Plan::Shared::Network;
      const auto outside = ip(carrier != Network::kInternet ? (is_first ? "100.64.0.1" : "100.64.0.2") : (is_first ? "198.51.100.1" : "198.51.100.2"));
      if (side.access == Access::Open)
        lan = Network::kInternet;
      else if (!joins)
        lan = network_.add_network(rules, carrier, outside);
      const bool is_public = side.access == Access::Open || side.access == Access::Firewall;
      const char* const second_private = plan_.equal_host_addresses && !joins ? "192.168.1.2" : "192.168.1.3";
      host_v4_[static_cast<std::size_t>(number)] = is_public ? outside : ip(is_first ? "192.168.1.2" : second_private);
      if (side.has_v4) network_.add_host(number, lan, host_v4_[static_cast<std::size_t>(number)]);
      if (!side.has_v6) continue;
      const auto v6 = host_v6(number);
      network_.add_host(number, side.v6_firewall ? network_.add_network(rules_of(Access::Firewall), Network::kInternet, v6) : Network::kInternet, v6);
    }
  }
  static base::IpAddress host_v6(int number) { return ip(number == 0 ? "2001:db8::a" : "2001:db8::b"); }

  void gather(int number) {
    const SidePlan& wanted = plan_.sides[static_cast<std::size_t>(number)];
    Side& side = sides_[static_cast<std::size_t>(number)];
    side.random = std::make_unique<base::SeededRandom>(random_.next_u64());
    side.agent = std::make_unique<rtp::IceAgent>(rtp::IceOptions{.controlling = wanted.controlling, .lite = wanted.lite, .components = plan_.components}, *side.random);
    for (std::uint16_t component = 1; component <= plan_.components; ++component) {
      const auto port = static_cast<std::uint16_t>(4999 + component);
      if (wanted.has_v6) add_host_candidate(side, component, {host_v6(number), port});
      if (wanted.has_v4) {
        const base::SocketAddress base{host_v4_[static_cast<std::size_t>(number)], port};
        add_host_candidate(side, component, base);
        const auto seen = wanted.lite ? std::nullopt : network_.depart(number, base, stun_server());
        if (seen) (void)side.agent->add_local({.type = rtp::IceCandidateType::ServerReflexive, .component = component, .base = base, .address = seen->from, .server = stun_server().ip});
      }
      if (!wanted.has_relay) continue;
      const auto server = ip(plan_.one_turn_server || number == 0 ? "192.0.2.20" : "192.0.2.21");
      const base::SocketAddress relayed{server, static_cast<std::uint16_t>(50000 + 10 * number + component)};
      network_.allocate(number, relayed);
      (void)side.agent->add_local({.type = rtp::IceCandidateType::Relayed, .component = component, .base = relayed, .address = relayed, .server = server});
    }
  }
  static void add_host_candidate(Side& side, std::uint16_t component, const base::SocketAddress& address) {
    (void)side.agent->add_local({.type = rtp::IceCandidateType::Host, .component = component, .base = address, .address = address});
  }

  /// Delivers the description of `from` to `to` at `when`, with its candidates at that time or, if they trickle, later.
  void describe(std::size_t from, std::size_t to, base::TimePoint when) {
    at(when, [this, from, to, when] {
      const bool trickles = plan_.sides[from].trickles;
      Side& receiver = sides_[to];
      const auto& sender = *sides_[from].agent;
      (void)receiver.agent->set_peer({.credentials = sender.credentials(), .lite = plan_.sides[from].lite, .ice2 = true, .trickle = trickles, .components = plan_.components}, now_);
      auto last = when;
      for (const auto& local : sender.local_candidates()) {
        rtp::IceCandidate signalled = local;
        signalled.base = signalled.related = {};
        const auto arrival = trickles ? when + base::Duration(1ms) * static_cast<std::int64_t>(random_.below(2000)) : when;
        at(arrival, [this, &receiver, signalled] { (void)receiver.agent->add_remote(signalled, now_); });
        last = std::max(last, arrival);
      }
      if (trickles) at(last, [this, &receiver] { receiver.agent->end_of_remote(now_); });
    });
  }

  [[nodiscard]] bool both_lite() const { return plan_.sides[0].lite && plan_.sides[1].lite; }
  [[nodiscard]] bool shares_a_family() const {
    const auto has = [&](std::size_t number, bool v6) { return v6 ? plan_.sides[number].has_v6 : plan_.sides[number].has_v4; };
    return (has(0, false) && has(1, false)) || (has(0, true) && has(1, true));
  }
  [[nodiscard]] bool has_verdict() const {
    return std::all_of(sides_.begin(), sides_.end(), [](const Side& side) { return side.agent->state() != rtp::IceState::Running; });
  }

  void at(base::TimePoint when, std::function<void()> what) { agenda_.emplace(when, std::move(what)); }

  template <class Condition>
  void run_while(Condition goes_on) {
    const auto limit = now_ + kLimit;
    while (goes_on() && now_ < limit) {
      auto next = agenda_.empty() ? limit : agenda_.begin()->first;
      for (const Side& side : sides_) {
        if (const auto due = side.agent->next_deadline()) next = std::min(next, *due);
      }
      now_ = std::max(now_, next);
      while (!agenda_.empty() && agenda_.begin()->first <= now_) agenda_.extract(agenda_.begin()).mapped()();
      for (std::size_t number = 0; number < 2; ++number) tend(number);
    }
  }
  void tend(std::size_t number) {
    Side& side = sides_[number];
    if (const auto due = side.agent->next_deadline(); due && *due <= now_) {
      side.agent->on_time(now_);
      const auto next = side.agent->next_deadline();
      sound_ = sound_ && (!next || *next > now_);
    }
    while (const auto transmit = side.agent->poll_transmit()) send(static_cast<int>(number), *transmit);
    while (const auto event = side.agent->poll_event()) {
      note(static_cast<int>(number), "event " + std::to_string(event->index()));
      if (const auto* failed = std::get_if<rtp::IceFailed>(&*event)) side.failure = failed->reason;
      if (std::holds_alternative<rtp::IceConsentLost>(*event)) ++side.consents_lost;
    }
    sound_ = sound_ && side.agent->is_consistent();
  }
  void note(int number, const std::string& what) const {
    if (trace) trace(std::to_string(std::chrono::duration<double>(now_.time_since_epoch()).count() - 1000) + " side " + std::to_string(number) + " " + what);
  }
  void send(int number, const rtp::IceTransmit& transmit) {
    const auto flight = network_.depart(number, transmit.base, transmit.to);
    const bool is_lost = !flight || random_.below(100) < plan_.weather.loss_percent;
    note(number, std::string((transmit.octets[0] & 1) != 0 ? "answer " : "request ") + transmit.base.to_string() + " -> " + transmit.to.to_string() + (is_lost ? " lost" : ""));
    if (is_lost) return;
    const int copies = random_.below(100) < plan_.weather.duplicate_percent ? 2 : 1;
    for (int copy = 0; copy < copies; ++copy) {
      const auto extra = random_.below(static_cast<std::uint64_t>(plan_.weather.jitter.count()) + 1);
      at(now_ + plan_.weather.delay + base::Duration(static_cast<base::Duration::rep>(extra)), [this, flight = *flight, octets = transmit.octets] { deliver(flight, octets); });
    }
  }
  void deliver(const Network::Flight& flight, const std::vector<std::uint8_t>& octets) {
    const auto arrival = network_.arrive(flight);
    if (!arrival || arrival->side == Network::kServer) return;
    note(arrival->side, std::string((octets[0] & 1) != 0 ? "got answer " : "got request ") + arrival->from.to_string() + " -> " + arrival->base.to_string());
    (void)sides_[static_cast<std::size_t>(arrival->side)].agent->on_datagram(arrival->base, arrival->from, octets, now_);
  }

  Plan plan_;
  base::SeededRandom random_;
  Network network_;
  std::array<base::IpAddress, 2> host_v4_;
  std::array<Side, 2> sides_;
  std::multimap<base::TimePoint, std::function<void()>> agenda_;
  base::TimePoint now_{1000s};
  bool sound_ = true;
};

}  // namespace offhook::sim::ice
