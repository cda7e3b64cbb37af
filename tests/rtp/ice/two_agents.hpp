#pragma once

#include <offhook/base/random.hpp>
#include <offhook/rtp/ice/ice_agent.hpp>
#include <offhook/rtp/nat/stun_message.hpp>
#include <offhook/tests/rtp/ice/ice_addresses.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

namespace offhook_test {

using namespace std::chrono_literals;

/// Two agents on a network without NATs, in which each datagram takes 10 ms to its destination. tests/sim/ice has NATs.
class TwoAgents {
 public:
  struct Side {
    std::unique_ptr<offhook::base::SeededRandom> random;
    std::unique_ptr<offhook::rtp::IceAgent> agent;
    offhook::rtp::IcePeer described;   ///< this side's description for the other side; describe() adds the agent's credentials
    std::vector<offhook::rtp::IceEvent> events;
    std::vector<offhook::rtp::IceTransmit> sent;

    template <class Event>
    [[nodiscard]] std::size_t count() const {
      return static_cast<std::size_t>(std::count_if(events.begin(), events.end(), [](const auto& event) { return std::holds_alternative<Event>(event); }));
    }
    [[nodiscard]] std::optional<offhook::rtp::IceFailure> failure() const {
      for (const auto& event : events) {
        if (const auto* failed = std::get_if<offhook::rtp::IceFailed>(&event)) return failed->reason;
      }
      return std::nullopt;
    }
  };

  explicit TwoAgents(const offhook::rtp::IceOptions& first = {.controlling = true}, const offhook::rtp::IceOptions& second = {.controlling = false}) {
    make(0, first);
    make(1, second);
  }

  Side& a() { return sides_[0]; }
  Side& b() { return sides_[1]; }
  offhook::rtp::IceAgent& agent(std::size_t number) { return *sides_[number].agent; }
  [[nodiscard]] offhook::base::TimePoint now() const { return now_; }
  /// Returns true if the network drops this datagram of the side `from`.
  std::function<bool(std::size_t from, const offhook::rtp::IceTransmit& transmit)> drops;

  /// Delivers the description of side `from` to the other side, with all candidates.
  void describe(std::size_t from) {
    auto peer = sides_[from].described;
    peer.credentials = agent(from).credentials();
    (void)agent(1 - from).set_peer(peer, now_);
    for (auto candidate : agent(from).local_candidates()) {
      candidate.base = candidate.related = {};
      agent(1 - from).add_remote(candidate, now_);
    }
    drain(1 - from);
  }
  void connect(std::chrono::milliseconds time = 5s) {
    describe(0);
    describe(1);
    run(time);
  }
  void run(std::chrono::milliseconds time) {
    const auto end = now_ + time;
    drain(0);
    drain(1);
    for (;;) {
      auto next = flying_.empty() ? end : std::min(end, flying_.begin()->first);
      for (std::size_t number = 0; number < 2; ++number) {
        if (const auto due = agent(number).next_deadline()) next = std::min(next, *due);
      }
      if (next >= end) break;
      now_ = std::max(now_, next);
      while (!flying_.empty() && flying_.begin()->first <= now_) deliver(flying_.extract(flying_.begin()).mapped());
      for (std::size_t number = 0; number < 2; ++number) {
        const auto due = agent(number).next_deadline();
        if (due && *due <= now_) agent(number).on_time(now_);
        drain(number);
      }
    }
    now_ = end;
  }
  /// Returns true if both agents have selected paths that lead to each other.
  [[nodiscard]] bool is_connected(std::uint16_t component = 1) {
    const auto ours = agent(0).path(component, now_), theirs = agent(1).path(component, now_);
    return agent(0).state() == offhook::rtp::IceState::Completed && agent(1).state() == offhook::rtp::IceState::Completed && ours && theirs && ours->base == theirs->to && ours->to == theirs->base;
  }
  /// Returns how many requests this side has sent.
  [[nodiscard]] std::size_t requests(std::size_t number, bool use_candidate = false) const {
    return static_cast<std::size_t>(std::count_if(sides_[number].sent.begin(), sides_[number].sent.end(), [&](const auto& one) {
      const auto message = offhook::rtp::StunMessage::parse(one.octets);
      return message->kind() == offhook::rtp::StunClass::Request && (!use_candidate || message->has(offhook::rtp::StunAttribute::UseCandidate));
    }));
  }

 private:
  struct Flight {
    std::size_t from = 0;
    offhook::rtp::IceTransmit transmit;
  };
  void make(std::size_t number, const offhook::rtp::IceOptions& options) {
    Side& side = sides_[number];
    side.random = std::make_unique<offhook::base::SeededRandom>(number + 1);
    side.agent = std::make_unique<offhook::rtp::IceAgent>(options, *side.random);
    side.described.lite = options.lite;
    side.described.ice2 = true;
    side.described.components = options.components;
  }
  void drain(std::size_t number) {
    Side& side = sides_[number];
    while (auto transmit = side.agent->poll_transmit()) {
      side.sent.push_back(*transmit);
      if (!drops || !drops(number, *transmit)) flying_.emplace(now_ + 10ms, Flight{number, std::move(*transmit)});
    }
    while (const auto event = side.agent->poll_event()) side.events.push_back(*event);
  }
  void deliver(const Flight& flight) {
    const std::size_t to = 1 - flight.from;
    agent(to).on_datagram(flight.transmit.to, flight.transmit.base, flight.transmit.octets, now_);
    drain(to);
  }

  std::array<Side, 2> sides_;
  std::multimap<offhook::base::TimePoint, Flight> flying_;
  offhook::base::TimePoint now_{1000s};
};

inline const auto kA = at("192.0.2.1", 5000), kB = at("198.51.100.1", 6000);

/// One host candidate on each side.
struct Pair : TwoAgents {
  explicit Pair(const offhook::rtp::IceOptions& first = {.controlling = true}, const offhook::rtp::IceOptions& second = {.controlling = false}) : TwoAgents(first, second) {
    (void)agent(0).add_local(host(kA));
    (void)agent(1).add_local(host(kB));
  }
};

}  // namespace offhook_test
