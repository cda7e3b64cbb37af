#pragma once

#include <offhook/tests/sim/scripted.hpp>

#include <optional>
#include <string>
#include <utility>

namespace offhook::sim {

/// A call with a session timer, in either role: RFC 4028.
struct Timed : Scripted {
  using Use = sip::SessionTimerOptions::Use;
  static inline const Fields kAsks{{"Supported", "timer"}, {"Session-Expires", "1800;refresher=uac"}, {"Min-SE", "90"}};
  static inline const Fields kUpdates{
      {"Supported", "timer"}, {"Session-Expires", "1800;refresher=uas"}, {"Allow", "INVITE, ACK, BYE, UPDATE"}};

  sip::AccountId account;
  sip::SessionId session;
  std::string our_tag, peer_tag = "peer";
  std::string ok;  // The agent's 2xx.

  void open(sip::SessionTimerOptions timer) {
    sip::AccountOptions options;
    options.address_of_record = "sip:bot@192.0.2.1";
    options.registrar = "sip:192.0.2.99";
    options.registers = false;
    options.session_timer = timer;
    account = stack.accounts().add(options, now);
  }
  /// Establishes a call from the peer.
  void called(Fields extra) {
    receive(invite("offer", std::move(extra)));
    const auto call = event<sip::IncomingCall>();
    REQUIRE(call);
    session = call->session;
    REQUIRE(stack.calls().answer(session, {"application/sdp", "answer"}, now));
    drain();
    ok = take("SIP/2.0 200");
    our_tag = tag_of(header(ok, "To"));
    receive(in_dialog("ACK", 1, our_tag));
    REQUIRE(event<sip::CallConfirmed>());
    sent.clear();
  }
  std::string dial(std::optional<sip::SessionTimerOptions> timer = {}, const std::string& offer = "offer") {
    sip::CallOptions options;
    options.account = account;
    options.target = "sip:al@192.0.2.99";
    if (!offer.empty()) options.offer = {"application/sdp", offer};
    options.session_timer = timer;
    const auto made = stack.calls().call(options, now);
    REQUIRE(made);
    session = *made;
    drain();
    const std::string first = take("INVITE ");
    call_id = header(first, "Call-ID");
    our_tag = tag_of(header(first, "From"));
    return first;
  }
  /// Receives the peer's 2xx to the agent's INVITE.
  void answered(const std::string& first, Fields extra) {
    extra.emplace_back("Contact", "<sip:al@192.0.2.99>");
    receive(response(first, 200, "peer", "answer", std::move(extra)));
    REQUIRE(event<sip::CallAnswered>());
    REQUIRE(!take("ACK ").empty());
    sent.clear();
    events.clear();
  }
  /// Refuses each UPDATE with 503 during the time `while_`. Returns the number of refused requests.
  int refuse_all_for(base::Duration while_) {
    int refused = 0;
    for (const auto end = now + while_; now < end;) {
      advance(500ms);
      const std::string update = take("UPDATE ");
      if (update.empty()) continue;
      receive(response(update, 503, ""));
      ++refused;
    }
    return refused;
  }
  void expect_expired() {
    const auto ended = event<sip::CallEnded>();
    REQUIRE(ended);
    CHECK(ended->by == sip::CallEnded::By::Network);
    CHECK(ended->why == sip::CallEnded::Why::SessionLost);
    CHECK(ended->reason == "the session was not refreshed");
    CHECK(!take("BYE ").empty());
  }
};

}  // namespace offhook::sim
