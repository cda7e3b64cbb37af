#pragma once

#include <offhook/base/random.hpp>
#include <offhook/rtp/ice/detail/binding.hpp>
#include <offhook/rtp/ice/ice_agent.hpp>
#include <offhook/tests/rtp/ice/ice_addresses.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

namespace offhook_test {

using namespace std::chrono_literals;

/// An agent with one host candidate, and a peer whose messages the test writes one by one.
struct ScriptedPeer {
  explicit ScriptedPeer(const offhook::rtp::IceOptions& options = {.controlling = false}) : agent(options, random) { (void)agent.add_local(host(base)); }

  offhook::base::SeededRandom random{1};
  offhook::rtp::IceAgent agent;
  offhook::base::SocketAddress base = at("192.0.2.1", 5000);
  offhook::base::SocketAddress peer = at("198.51.100.1", 6000);
  offhook::rtp::IceCredentials credentials{"RFRAG", "RPASSRPASSRPASSRPASSRPASS"};
  offhook::rtp::IceClaim claim{true, 5};
  offhook::base::TimePoint now{1000s};
  std::uint8_t last_id = 0;

  void describe(bool ice2 = true, bool lite = false) { (void)agent.set_peer({.credentials = credentials, .lite = lite, .ice2 = ice2}, now); }
  void signal() { agent.add_remote(signalled(peer), now); }

  [[nodiscard]] offhook::rtp::IceOctets check(bool use_candidate = false, std::uint32_t priority = 1000) {
    offhook::rtp::StunId id{};
    id[0] = ++last_id;
    return write_check({id, priority, claim, use_candidate}, credentials, agent.credentials());
  }
  bool receive(const offhook::rtp::IceOctets& octets, const std::optional<offhook::base::SocketAddress>& from = {}) { return agent.on_datagram(base, from.value_or(peer), octets, now); }
  void pass(std::chrono::milliseconds time) {
    const auto end = now + time;
    for (auto due = agent.next_deadline(); due && *due <= end; due = agent.next_deadline()) {
      now = std::max(now, *due);
      agent.on_time(now);
    }
    now = end;
  }
  /// Returns the next datagram of the agent.
  [[nodiscard]] std::optional<offhook::rtp::IceTransmit> next() { return agent.poll_transmit(); }
  /// Takes all datagrams, and returns the last request among them.
  [[nodiscard]] std::optional<offhook::rtp::IceTransmit> last_request() {
    std::optional<offhook::rtp::IceTransmit> last;
    while (auto one = next()) {
      if (offhook::rtp::StunMessage::parse(one->octets)->kind() == offhook::rtp::StunClass::Request) last = std::move(one);
    }
    return last;
  }
  /// Takes all datagrams, and returns the code of the last answer: 200 for a success, 0 if there is none.
  [[nodiscard]] int last_answer() {
    int code = 0;
    while (const auto one = next()) {
      const auto message = offhook::rtp::StunMessage::parse(one->octets);
      if (message->kind() == offhook::rtp::StunClass::Success) code = 200;
      if (message->kind() == offhook::rtp::StunClass::Error) code = message->error()->code;
    }
    return code;
  }
  [[nodiscard]] offhook::rtp::IceOctets success_to(const offhook::rtp::IceTransmit& request) const {
    return write_success(offhook::rtp::StunMessage::parse(request.octets)->id(), request.base, credentials);
  }
  [[nodiscard]] offhook::rtp::IceOctets error_to(const offhook::rtp::IceTransmit& request, int code, bool is_signed = true) const {
    return write_refusal(offhook::rtp::StunMessage::parse(request.octets)->id(), {code, is_signed}, &credentials);
  }
  template <class Event>
  [[nodiscard]] std::optional<Event> event() {
    while (const auto one = agent.poll_event()) {
      if (const auto* wanted = std::get_if<Event>(&*one)) return *wanted;
    }
    return std::nullopt;
  }
};

}  // namespace offhook_test
