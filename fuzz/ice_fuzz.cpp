// The input drives one ICE agent and its peer: datagrams of any octets, messages with the right credentials, answers to the agent's own requests, time,
// candidates, descriptions and restarts. The first octet selects the options; then each action is one octet with its arguments (see Driver). Checks that the
// agent stays consistent and within its bounds, that it sends only from its own bases, that no answer is larger than three times its request, and that time
// always makes progress.
#include "require.hpp"
#include "script.hpp"

#include <offhook/rtp/ice/detail/binding.hpp>
#include <offhook/rtp/ice/ice_agent.hpp>
#include <offhook/rtp/ice/limits.hpp>

#include <algorithm>
#include <array>
#include <deque>
#include <string>
#include <vector>

using namespace offhook;

namespace {

constexpr std::size_t kMaxIceSteps = 2000, kMaxRemembered = 32;

base::SocketAddress ice_address(unsigned number) {
  const auto ip = number % 8 == 7 ? *base::IpAddress::parse("2001:db8::1") : base::IpAddress::v4({198, 51, 100, static_cast<std::uint8_t>(number % 8)});
  return {ip, static_cast<std::uint16_t>(5000 + number / 8)};
}

class IceDriver {
 public:
  IceDriver(fuzz::Script& script, std::uint8_t how)
      : script_(script),
        agent_({.controlling = (how & 1) != 0, .lite = (how & 2) != 0, .components = static_cast<std::uint16_t>(1 + (how >> 2 & 1)), .max_pairs = (how & 8) != 0 ? 3U : 100U}, random_),
        peer_lite_((how & 16) != 0),
        ice2_((how & 32) != 0),
        trickle_((how & 64) != 0) {
    for (std::uint16_t component = 1; component <= 2; ++component) add_local(component - 1U, component, rtp::IceCandidateType::Host);
  }

  void step() {
    switch (script_.next() % 16) {
      case 0: return pass(script_.next() * std::chrono::milliseconds(1));
      case 1: return pass(script_.next() * std::chrono::milliseconds(250));
      case 2: return receive(text_octets(script_.next()), script_.next());
      case 3: return receive(signed_request(), script_.next());
      case 4: return answer(true);
      case 5: return answer(false);
      case 6: return refuse();
      case 7: return add_remote();
      case 8: return describe(script_.next());
      case 9: return agent_.restart();
      case 10: return (void)agent_.cancel_restart();
      case 11: return agent_.end_of_remote(now_);
      case 12: return agent_.set_gathering((script_.next() & 1) != 0, now_);
      case 13: return add_local(script_.next(), static_cast<std::uint16_t>(script_.next() % 4), static_cast<rtp::IceCandidateType>(script_.next() % 4));
      case 14: return remove_base(script_.next());
      case 15: return damaged();
    }
  }
  /// Takes the agent's datagrams and events, and checks the datagrams and the agent.
  void look() {
    while (const auto one = agent_.poll_transmit()) {
      fuzz::require(!one->octets.empty() && one->to.port != 0 && rtp::StunMessage::parse(one->octets).has_value());
      if (rtp::StunMessage::parse(one->octets)->kind() != rtp::StunClass::Request) continue;
      fuzz::require(std::find(bases_.begin(), bases_.end(), one->base) != bases_.end());
      asked_.push_back(*one);
      if (asked_.size() > kMaxRemembered) asked_.pop_front();
    }
    while (agent_.poll_event()) {}
    fuzz::require(agent_.is_consistent() && agent_.local_candidates().size() <= rtp::kMaxLocalCandidates);
    for (std::uint16_t component = 0; component < 4; ++component) {
      if (const auto path = agent_.path(component, now_)) fuzz::require(std::find(bases_.begin(), bases_.end(), path->base) != bases_.end());
    }
  }

 private:
  void pass(base::Duration time) {
    const auto end = now_ + time;
    for (auto due = agent_.next_deadline(); due && *due <= end; due = agent_.next_deadline()) {
      now_ = std::max(now_, *due);
      agent_.on_time(now_);
      fuzz::require(!agent_.next_deadline() || *agent_.next_deadline() > now_);
      look();
    }
    now_ = end;
  }
  void receive(const rtp::IceOctets& octets, unsigned from) {
    look();
    const auto base = bases_.empty() ? ice_address(0) : bases_[script_.next() % bases_.size()];
    agent_.on_datagram(base, ice_address(from), octets, now_);
    const auto answer = agent_.poll_transmit();
    if (answer && rtp::StunMessage::parse(answer->octets)->kind() != rtp::StunClass::Request)
      fuzz::require(answer->octets.size() <= 3 * octets.size() && answer->to == ice_address(from) && answer->base == base);
    fuzz::require(!agent_.poll_transmit());
  }
  rtp::IceOctets text_octets(std::size_t length) {
    const auto text = script_.text(length);
    return {text.begin(), text.end()};
  }
  rtp::IceOctets signed_request() {
    const std::uint8_t how = script_.next();
    const rtp::IceClaim claim{(how & 1) != 0, (how & 2) != 0 ? ~std::uint64_t{0} : 0};
    return write_check({new_id(), 1U + script_.next(), claim, (how & 4) != 0}, theirs(), agent_.credentials());
  }
  rtp::StunId new_id() {
    rtp::StunId id{};
    for (int i = 0; i < 4; ++i) id[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(ids_ >> (8 * i));
    ++ids_;
    return id;
  }
  /// Answers one of the agent's last requests, from the request's destination if `symmetric` is true, otherwise from an address of the script.
  void answer(bool symmetric) {
    if (asked_.empty()) return;
    const rtp::IceTransmit request = asked_[script_.next() % asked_.size()];
    const auto octets = write_success(rtp::StunMessage::parse(request.octets)->id(), ice_address(script_.next()), theirs());
    agent_.on_datagram(request.base, symmetric ? request.to : ice_address(script_.next()), octets, now_);
  }
  void refuse() {
    if (asked_.empty()) return;
    const rtp::IceTransmit request = asked_[script_.next() % asked_.size()];
    static constexpr std::array kCodes{400, 401, 403, 420, 487, 500};
    const std::uint8_t how = script_.next();
    const auto ours = theirs();
    const auto octets = write_refusal(rtp::StunMessage::parse(request.octets)->id(), {kCodes[how % kCodes.size()], (how & 0x80) == 0}, &ours);
    agent_.on_datagram(request.base, request.to, octets, now_);
  }
  void damaged() {
    auto octets = signed_request();
    const std::size_t at = script_.next() + (script_.next() & 1U) * 256;
    octets[at % octets.size()] ^= static_cast<std::uint8_t>(1 + script_.next() % 255);
    receive(octets, script_.next());
  }
  void add_remote() {
    rtp::IceCandidate candidate;
    const std::uint8_t how = script_.next();
    candidate.type = static_cast<rtp::IceCandidateType>(how % 4);
    candidate.component = static_cast<std::uint16_t>(how >> 2 & 3);
    candidate.priority = rtp::ice_priority(candidate.type, static_cast<std::uint16_t>(256 * script_.next()), 1);
    candidate.foundation = std::to_string(how >> 4);
    candidate.address = ice_address(script_.next());
    agent_.add_remote(candidate, now_);
  }
  void describe(std::uint8_t which) {
    described_ = which % 3;
    (void)agent_.set_peer({.credentials = theirs(), .lite = peer_lite_, .ice2 = ice2_, .trickle = trickle_, .components = static_cast<std::uint16_t>(which >> 2 & 3)}, now_);
  }
  void add_local(unsigned number, std::uint16_t component, rtp::IceCandidateType type) {
    const base::SocketAddress base{base::IpAddress::v4({192, 0, 2, static_cast<std::uint8_t>(number % 16)}), 4000};
    if (agent_.add_local({.type = type, .component = component, .base = base, .address = type == rtp::IceCandidateType::ServerReflexive ? ice_address(number) : base})) bases_.push_back(base);
  }
  void remove_base(unsigned number) {
    if (bases_.empty()) return;
    const auto base = bases_[number % bases_.size()];
    agent_.remove_base(base, now_);
    std::erase(bases_, base);
  }
  [[nodiscard]] rtp::IceCredentials theirs() const { return {"RFRAG" + std::to_string(described_), "RPASSRPASSRPASSRPASSRPASS"}; }

  fuzz::Script& script_;
  base::SeededRandom random_{1};
  rtp::IceAgent agent_;
  bool peer_lite_, ice2_, trickle_;
  unsigned described_ = 0;
  std::uint32_t ids_ = 1;
  std::vector<base::SocketAddress> bases_;
  std::deque<rtp::IceTransmit> asked_;   // requests of the agent
  base::TimePoint now_ = base::TimePoint{} + std::chrono::seconds(1);
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Script script(data, size);
  IceDriver driver(script, script.next());
  for (std::size_t step = 0; step < kMaxIceSteps && !script.over(); ++step) {
    driver.step();
    driver.look();
  }
  return 0;
}
