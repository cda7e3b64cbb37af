#pragma once

#include <offhook/tests/sim/scripted.hpp>

#include <string>
#include <utility>

namespace offhook::sim {

/// A call in which the peer is the caller and the agent is the callee.
struct Called : Scripted {
  sip::SessionId session;
  std::string our_tag;

  void ring_in(const std::string& content = "offer", Fields extra = {}) {
    receive(invite(content, std::move(extra)));
    const auto call = event<sip::IncomingCall>();
    REQUIRE(call);
    session = call->session;
  }
  void pick_up(const std::string& content = "answer") {
    REQUIRE(stack.calls().answer(session, {"application/sdp", content}, now));
    drain();
    const std::string ok = take("SIP/2.0 200");
    REQUIRE(!ok.empty());
    our_tag = tag_of(header(ok, "To"));
  }
  void talk() {
    ring_in();
    pick_up();
    receive(in_dialog("ACK", 1, our_tag));
    REQUIRE(event<sip::CallConfirmed>());
    sent.clear();
  }
  void expect_no_residue() {
    advance(64 * 500ms + 1s);
    CHECK(stack.calls().size() == 0);
    CHECK_FALSE(stack.next_deadline());
  }
};

}  // namespace offhook::sim
