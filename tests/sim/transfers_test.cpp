// Transfers between three telephones, with reliable early media and crossing offers, over good and bad networks.
#include <offhook/tests/sim/network.hpp>

#include <doctest/doctest.h>

#include <map>
#include <set>

using namespace offhook;
using namespace offhook::sim;

namespace {

const sip::Body kHold{"application/sdp", "hold"};

/// Ann has a call with Bo, and transfers him to Cy: blind, or after her own call with Cy. Every telephone answers every call, after reliable early
/// media. The telephones put each other on hold from time to time.
struct Three {
  Network network;
  std::map<std::string, Network::Node*> people;
  std::map<std::string, sip::AccountId> accounts;
  sip::SessionId with_bo, with_cy;
  std::vector<int> outcomes;  // final statuses of Ann's REFER, as reported to her
  std::map<std::string, std::set<std::uint64_t>> up;
  unsigned replaced = 0, dialled_by_bo = 0;

  Three(std::uint64_t seed, Weather weather, bool attended) : network(seed, weather), attended_(attended) {
    const std::pair<const char*, const char*> all[] = {{"ann", "192.0.2.1"}, {"bo", "192.0.2.2"}, {"cy", "192.0.2.3"}};
    for (const auto& [name, ip] : all) {
      people[name] = &network.add(ip);
      sip::AccountOptions options;
      options.address_of_record = "sip:" + std::string(name) + "@" + ip;
      options.registrar = "sip:" + std::string(ip);
      options.registers = false;
      accounts[name] = people[name]->stack.accounts().add(options, network.now());
    }
    network.on_event = [this](Network::Node& node, sip::Event event) { on_event(node, std::move(event)); };
    with_bo = dial("ann", "sip:bo@192.0.2.2", {});
    if (attended) network.at(network.now() + 10s, [this] { with_cy = dial("ann", "sip:cy@192.0.2.3", {}); });
    network.at(network.now() + 25s, [this] { refer(); });
  }
  sip::SessionId dial(const std::string& who, const std::string& target, sip::CallOptions call) {
    call.account = accounts[who];
    call.target = target;
    call.offer = kOffer;
    call.through_registrar = false;
    const auto made = people[who]->stack.calls().call(call, network.now());
    return made ? *made : sip::SessionId{};
  }
  void refer() {
    sip::ReferOptions options;
    options.target = attended_ ? "" : "sip:cy@192.0.2.3";
    if (attended_) options.replaces = with_cy;
    (void)people["ann"]->stack.transfers().refer(with_bo, options, network.now());
    // Both sides change their media at the same moment. One side gets 491 and tries again. This must not happen at the same time as the REFER,
    // because no later request of the dialog may overtake the REFER: RFC 3261 section 12.2.2.
    network.at(network.now() + 1s, [this] {
      (void)people["ann"]->stack.calls().offer(with_bo, kHold, network.now());
      for (const auto id : up["bo"]) (void)people["bo"]->stack.calls().offer(sip::SessionId{id}, kHold, network.now());
    });
  }
  std::string name_of(const Network::Node& node) const {
    for (const auto& [name, one] : people) {
      if (one == &node) return name;
    }
    return {};
  }
  void on_event(Network::Node& node, sip::Event event) {
    const std::string who = name_of(node);
    sip::Stack& stack = node.stack;
    if (const auto* call = std::get_if<sip::IncomingCall>(&event)) {
      const auto id = call->session;
      network.at(network.now() + 200ms, [this, &stack, id] { (void)stack.calls().progress(id, kAnswer, network.now()); });
      network.at(network.now() + 1500ms, [this, &stack, id] { (void)stack.calls().answer(id, kAnswer, network.now()); });
    }
    if (const auto* offer = std::get_if<sip::OfferReceived>(&event)) (void)stack.calls().accept_offer(offer->session, kAnswer, network.now());
    if (const auto* answered = std::get_if<sip::CallAnswered>(&event)) up[who].insert(answered->session.value);
    if (const auto* confirmed = std::get_if<sip::CallConfirmed>(&event)) up[who].insert(confirmed->session.value);
    if (const auto* asked = std::get_if<sip::TransferRequested>(&event)) {
      if (!stack.transfers().accept(asked->session, network.now())) return;
      sip::CallOptions call;
      call.for_transfer = asked->session;
      call.replaces = asked->replaces;
      (void)dial(who, asked->target, call);
      ++dialled_by_bo;
    }
    if (const auto* progress = std::get_if<sip::TransferProgress>(&event)) {
      outcomes.push_back(progress->status);
      if (progress->status == 200) (void)stack.calls().hang_up(with_bo, network.now());  // The transferor hangs up after a success.
    }
    if (const auto* ended = std::get_if<sip::CallEnded>(&event)) {
      up[who].erase(ended->session.value);
      replaced += ended->why == sip::CallEnded::Why::Replaced ? 1 : 0;
    }
  }
  [[nodiscard]] bool succeeded() const {
    return outcomes == std::vector<int>{200} && up.at("ann").empty() && up.at("bo").size() == 1 && up.at("cy").size() == 1;
  }
  void end_all() {
    for (auto& [name, sessions] : up) {
      for (const auto id : std::set<std::uint64_t>(sessions)) (void)people[name]->stack.calls().hang_up(sip::SessionId{id}, network.now());
    }
  }
  [[nodiscard]] bool nothing_left() const {
    for (const auto& [name, node] : people) {
      if (node->stack.sizes().legs != 0) return false;
    }
    return network.quiet();
  }

 private:
  bool attended_;
};

}  // namespace

TEST_CASE("In a blind transfer, Bo calls Cy, and Ann gets the result and hangs up [RFC 3515 section 2.4]") {
  Three three(3, {}, false);
  three.network.run_for(100s);
  CHECK(three.succeeded());
  CHECK(three.dialled_by_bo == 1);
  CHECK(three.replaced == 0);
}

TEST_CASE("In an attended transfer, Bo's call replaces Ann's call with Cy [RFC 3891 section 3]") {
  Three three(3, {}, true);
  three.network.run_for(100s);
  CHECK(three.succeeded());
  CHECK(three.replaced == 1);
}

TEST_CASE("Over a bad network, Ann gets the result of a transfer at most once, Bo calls Cy at most once, and no state remains [RFC 3515 section 2.4]") {
  unsigned good = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    CAPTURE(seed);
    Three three(seed, kStorm, seed % 2 == 0);
    three.network.run_for(400s);
    CHECK(three.outcomes.size() <= 1);
    CHECK(three.dialled_by_bo <= 1);
    good += three.succeeded() ? 1 : 0;
    // After a report of 200, Bo and Cy still talk, or one of them has detected that the other has gone.
    three.end_all();
    three.network.run_for(250s);
    three.end_all();
    three.network.run_for(250s);
    CHECK(three.nothing_left());
  }
  CHECK(good >= 30);
}

TEST_CASE("When the network is cut during a transfer, no state remains on the three telephones after their users hang up") {
  for (const auto after : {25100ms, 25500ms, 26500ms, 27500ms}) {
    CAPTURE(after.count());
    Three three(5, {}, after.count() % 1000 == 500);
    three.network.run_for(after);
    three.network.set_weather({.is_cut = true});
    three.network.run_for(300s);
    three.end_all();
    three.network.run_for(300s);
    CHECK(three.nothing_left());
  }
}
