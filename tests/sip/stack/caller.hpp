#pragma once

#include <offhook/tests/sim/scripted.hpp>

#include <string>

namespace offhook::sim {

/// A call from the agent to the peer, through a registrar at which the agent does not register.
struct Caller : Scripted {
  sip::AccountId account;
  sip::SessionId session;
  std::string first;  // The agent's INVITE.

  Caller() {
    sip::AccountOptions options;
    options.address_of_record = "sip:bot@pbx.example";
    options.registrar = "sip:192.0.2.50";
    options.display_name = "The \"Bot\"";
    options.username = "bot";
    options.password = "secret";
    options.registers = false;
    account = stack.accounts().add(options, now);
  }
  void dial(const std::string& offer = "offer", bool through_registrar = true) {
    sip::CallOptions options;
    options.account = account;
    options.target = "sip:desk@192.0.2.99";
    if (!offer.empty()) options.offer = {"application/sdp", offer};
    options.headers = {{"X-Trace", "7"}};
    options.through_registrar = through_registrar;
    const auto made = stack.calls().call(options, now);
    REQUIRE(made);
    session = *made;
    drain();
    first = take("INVITE ");
    call_id = header(first, "Call-ID");
  }
  Fields contact() const { return {{"Contact", "<sip:desk@192.0.2.99:5062>"}}; }
  std::string our_tag() const { return tag_of(header(first, "From")); }
  void talk() {
    dial();
    receive(response(first, 200, "a", "answer", contact()));
    REQUIRE(event<sip::CallAnswered>());
    REQUIRE(!take("ACK ").empty());
    sent.clear();
  }
  void expect_no_residue() {
    advance(66s);
    CHECK(stack.calls().size() == 0);
    CHECK_FALSE(stack.next_deadline());
  }
  static Fields challenge(const std::string& nonce) {
    return {{"WWW-Authenticate", "Digest realm=\"pbx\", nonce=\"" + nonce + "\", algorithm=MD5, qop=\"auth\""}};
  }
};

}  // namespace offhook::sim
