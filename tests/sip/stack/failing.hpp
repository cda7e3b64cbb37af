#pragma once

#include <offhook/tests/sim/scripted.hpp>

#include <string>
#include <utility>

/// A proxy with two addresses, and an account that calls through the proxy.
namespace offhook::sim {

using sip::Transport;

inline const base::SocketAddress kOne = address("192.0.2.51", 5060), kTwo = address("192.0.2.52", 5060);

struct Failing : Scripted {
  sip::AccountId account;
  sip::SessionId session;

  explicit Failing(sip::StackOptions stack_options = {}) : Scripted(std::move(stack_options)) {
    names["proxy.example"] = {route(Transport::Udp, kOne), route(Transport::Udp, kTwo)};
    sip::AccountOptions options;
    options.address_of_record = "sip:bot@pbx.example";
    options.registrar = "sip:proxy.example";
    options.registers = false;
    account = stack.accounts().add(options, now);
  }
  std::string dial(std::size_t offer_octets = 5) {
    sip::CallOptions options;
    options.account = account;
    options.target = "sip:desk@pbx.example";
    options.offer = {"application/sdp", std::string(offer_octets, 'o')};
    const auto made = stack.calls().call(options, now);
    REQUIRE(made);
    session = *made;
    drain();
    return take("INVITE ");
  }
  static Fields contact() { return {{"Contact", "<sip:desk@192.0.2.52:5062>"}}; }
  void expect_no_residue() {
    advance(100s);
    CHECK(stack.calls().size() == 0);
    CHECK(stack.sizes().legs == 0);
    CHECK_FALSE(stack.next_deadline());
  }
};

}  // namespace offhook::sim
