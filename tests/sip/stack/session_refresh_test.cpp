#include <offhook/tests/sip/stack/timed.hpp>

#include <string>

using namespace offhook;
using namespace offhook::sim;

// --- the peer refreshes

TEST_CASE_FIXTURE(Timed, "The peer's UPDATE and re-INVITE each restart the session timer [RFC 4028 section 9]") {
  called(kAsks);
  advance(900s);
  receive(in_dialog("UPDATE", 2, our_tag, {}, kAsks));
  const std::string updated = take("SIP/2.0 200");
  CHECK(header(updated, "Session-Expires") == "1800;refresher=uac");
  CHECK(header(updated, "Require") == "timer");
  advance(1000s);
  receive(in_dialog("INVITE", 3, our_tag, "offer", kAsks));
  REQUIRE(event<sip::OfferReceived>());
  REQUIRE(stack.calls().accept_offer(session, {"application/sdp", "answer"}, now));
  drain();
  CHECK(header(take("SIP/2.0 200"), "Session-Expires") == "1800;refresher=uac");
  receive(in_dialog("ACK", 3, our_tag));
  sent.clear();
  advance(1767s);
  CHECK(sent.empty());
  advance(1s);
  expect_expired();
}

TEST_CASE_FIXTURE(Timed, "A refresh of the peer without Session-Expires turns the session timer off [RFC 4028 section 9]") {
  called(kAsks);
  receive(in_dialog("UPDATE", 2, our_tag));
  CHECK(header(take("SIP/2.0 200"), "Session-Expires").empty());
  advance(std::chrono::hours(10));
  CHECK(sent.empty());
}

TEST_CASE_FIXTURE(Timed, "Without a refresh the call ends before the expiry, earlier by 32 s or by a third of the interval, whichever is less [RFC 4028 section 10]") {
  called({{"Supported", "timer"}, {"Session-Expires", "90"}});
  CHECK(header(ok, "Session-Expires") == "90;refresher=uac");
  advance(59999ms);
  CHECK(sent.empty());
  advance(1ms);
  expect_expired();
}

// --- the agent refreshes

TEST_CASE_FIXTURE(Timed, "As refresher the agent sends an UPDATE after half of the interval if the peer allows UPDATE [RFC 4028 section 7.4]") {
  called(kUpdates);
  CHECK(header(ok, "Session-Expires") == "1800;refresher=uas");
  CHECK(header(ok, "Require") == "timer");
  advance(899999ms);
  CHECK(sent.empty());
  advance(1ms);
  const std::string update = take("UPDATE ");
  CHECK(start_line(update) == "UPDATE sip:al@192.0.2.99 SIP/2.0");
  CHECK(header(update, "Session-Expires") == "1800;refresher=uac");
  CHECK(header(update, "Supported").find("timer") != std::string::npos);
  CHECK(header(update, "Min-SE").empty());
  CHECK(header(update, "Contact") == "<sip:bot@192.0.2.1:5060>");
  CHECK(body(update).empty());
  receive(response(update, 200, "", {}, {{"Session-Expires", "1800;refresher=uac"}, {"Contact", "<sip:al@192.0.2.98>"}}));
  CHECK(events.empty());
  advance(900s);
  CHECK(start_line(take("UPDATE ")) == "UPDATE sip:al@192.0.2.98 SIP/2.0");
}

TEST_CASE_FIXTURE(Timed, "If the peer does not allow UPDATE, the agent refreshes with a re-INVITE of the current description, which causes no event [RFC 4028 section 7.4]") {
  called({{"Supported", "timer"}, {"Session-Expires", "1800;refresher=uas"}, {"Allow", "INVITE, ACK, BYE"}});
  advance(900s);
  const std::string reinvite = take("INVITE ");
  CHECK(body(reinvite) == "answer");
  CHECK(header(reinvite, "Session-Expires") == "1800;refresher=uac");
  receive(response(reinvite, 200, "", "offer", {{"Session-Expires", "1800;refresher=uac"}}));
  CHECK(!take("ACK ").empty());
  CHECK(events.empty());  // The peer's description has not changed.
  advance(900s);
  const std::string again = take("INVITE ");
  CHECK(!again.empty());
  receive(response(again, 200, "", "moved", {{"Session-Expires", "1800;refresher=uac"}}));
  const auto changed = event<sip::OfferAnswered>();
  REQUIRE(changed);
  CHECK(changed->answer.data == "moved");
}

TEST_CASE_FIXTURE(Timed, "If a peer that allows UPDATE responds with 405, the agent refreshes with a re-INVITE [RFC 4028 section 7.4]") {
  called(kUpdates);
  advance(900s);
  receive(response(take("UPDATE "), 405, ""));
  CHECK(!take("INVITE ").empty());
}

TEST_CASE_FIXTURE(Timed, "A 2xx to a refresh without Session-Expires turns the timer off, if the peer supports timers [RFC 4028 section 7.2]") {
  open({Use::Ask, 600s, 90s});
  answered(dial(), {{"Supported", "timer"}, {"Require", "timer"}, {"Session-Expires", "600;refresher=uac"}});
  advance(300s);
  receive(response(take("INVITE "), 200, "", "answer", {{"Supported", "timer"}}));
  sent.clear();
  advance(std::chrono::hours(10));
  CHECK(sent.empty());
}

TEST_CASE_FIXTURE(Timed, "The agent does not refresh an ended call") {
  called(kUpdates);
  receive(in_dialog("BYE", 2, our_tag));
  advance(66s);
  CHECK(stack.calls().size() == 0);
  CHECK_FALSE(stack.next_deadline());
}

TEST_CASE_FIXTURE(Timed, "If the peer has turned the timer off, a 405 to an earlier refresh does not start the timer [RFC 4028 section 7.2]") {
  called(kUpdates);
  advance(900s);
  const std::string refresh = take("UPDATE ");
  REQUIRE(!refresh.empty());
  receive(in_dialog("UPDATE", 2, our_tag));  // This UPDATE has no Session-Expires, so the session no longer has an expiry.
  REQUIRE(header(take("SIP/2.0 200"), "Session-Expires").empty());
  receive(in_dialog("INVITE", 3, our_tag, "offer"));
  REQUIRE(event<sip::OfferReceived>());  // The application does not answer yet.
  const std::string refused = response(refresh, 405, "");
  stack.receive(peer, base::Bytes(reinterpret_cast<const std::uint8_t*>(refused.data()), refused.size()), now);
  CHECK(stack.is_consistent());
}

TEST_CASE_FIXTURE(Timed, "If the peer has turned the timer off, a 405 to an earlier refresh schedules no refresh in the past [RFC 4028 section 7.2]") {
  called({{"Supported", "timer"}, {"Session-Expires", "90;refresher=uas"}, {"Allow", "INVITE, ACK, BYE, UPDATE"}});
  advance(45s);
  const std::string refresh = take("UPDATE ");
  REQUIRE(!refresh.empty());
  receive(in_dialog("UPDATE", 2, our_tag));
  REQUIRE(!take("SIP/2.0 200").empty());
  advance(4s);
  receive(in_dialog("INVITE", 3, our_tag, "offer"));
  REQUIRE(event<sip::OfferReceived>());
  REQUIRE(stack.calls().accept_offer(session, {"application/sdp", "answer"}, now));  // The 200 is sent at once, but the peer's ACK does not arrive.
  drain();
  advance(21s);
  const std::string refused = response(refresh, 405, "");
  stack.receive(peer, base::Bytes(reinterpret_cast<const std::uint8_t*>(refused.data()), refused.size()), now);
  REQUIRE(stack.next_deadline());
  REQUIRE(*stack.next_deadline() > now);  // With a deadline in the past, handle_timeout() would never return.
  stack.handle_timeout(now);
}

// --- refused and lost refreshes, and refreshes that collide with offers

TEST_CASE_FIXTURE(Timed, "If a refresh gets 481, 408 or no response, the agent ends the call with BYE [RFC 4028 section 10]") {
  called(kUpdates);
  advance(900s);
  const std::string update = take("UPDATE ");
  SUBCASE("481") {
    receive(response(update, 481, ""));
  }
  SUBCASE("408") {
    receive(response(update, 408, ""));
  }
  SUBCASE("no response") {
    advance(32s);
  }
  CHECK(!take("BYE ").empty());
  const auto ended = event<sip::CallEnded>();
  REQUIRE(ended);
  CHECK(ended->why == sip::CallEnded::Why::SessionLost);
}

TEST_CASE_FIXTURE(Timed, "The agent retries a refused refresh until shortly before the expiry [RFC 4028 section 10]") {
  called(kUpdates);
  CHECK(refuse_all_for(1767s) == 4);  // At 900, 1334, 1551 and 1659.5 s.
  CHECK(events.empty());
  advance(1s);
  expect_expired();
}

TEST_CASE_FIXTURE(Timed, "After a 422 the agent retries at once with Min-SE. The old expiry applies until a 2xx [RFC 4028 section 10]") {
  called(kUpdates);
  advance(900s);
  receive(response(take("UPDATE "), 422, "", {}, {{"Min-SE", "4000"}}));
  const std::string again = take("UPDATE ");
  CHECK(header(again, "Session-Expires") == "4000;refresher=uac");
  CHECK(header(again, "Min-SE") == "4000");
  receive(response(again, 100, ""));
  receive(response(again, 500, ""));
  CHECK(refuse_all_for(867s) == 3);
  CHECK(events.empty());
  advance(1s);
  expect_expired();
}

TEST_CASE_FIXTURE(Timed, "An offer of the application waits for a refresh by re-INVITE [RFC 3261 section 14.1]") {
  called({{"Supported", "timer"}, {"Session-Expires", "1800;refresher=uas"}});
  advance(900s);
  const std::string refresh = take("INVITE ");
  REQUIRE(stack.calls().offer(session, {"application/sdp", "hold"}, now));
  CHECK_FALSE(stack.calls().offer(session, {"application/sdp", "more"}, now));
  drain();
  CHECK(sent.empty());
  SUBCASE("accepted") {
    receive(response(refresh, 200, "", "offer", {{"Session-Expires", "1800;refresher=uac"}}));
  }
  SUBCASE("refused") {
    receive(response(refresh, 488, ""));
  }
  SUBCASE("glare") {
    receive(response(refresh, 491, ""));
    CHECK(take("INVITE ").empty());
    advance(2s);
  }
  const std::string hold = take("INVITE ");
  CHECK(body(hold) == "hold");
  receive(response(hold, 200, "", "held"));
  CHECK(event<sip::OfferAnswered>()->answer.data == "held");
}

TEST_CASE_FIXTURE(Timed, "The agent retries a refresh that gets 491 after a random time [RFC 3261 section 14.1]") {
  called({{"Supported", "timer"}, {"Session-Expires", "1800;refresher=uas"}});
  advance(900s);
  receive(response(take("INVITE "), 491, ""));
  CHECK(take("INVITE ").empty());
  SUBCASE("the peer sends nothing") {
    advance(2s);
    CHECK(body(take("INVITE ")) == "answer");
  }
  SUBCASE("the peer refreshes first") {
    receive(in_dialog("UPDATE", 2, our_tag, {}, kAsks));
    sent.clear();
    advance(10s);
    CHECK(sent.empty());
  }
}

TEST_CASE_FIXTURE(Timed, "The agent retries a refused refresh after the time in Retry-After [RFC 3261 section 20.33]") {
  open({});
  answered(dial(sip::SessionTimerOptions{Use::Ask, 1800s, 90s}),
           {{"Supported", "timer"}, {"Session-Expires", "1800;refresher=uac"}, {"Allow", "UPDATE"}});
  advance(900s);
  receive(response(take("UPDATE "), 503, "", {}, {{"Retry-After", "30 (busy)"}}));
  advance(29s);
  CHECK(take("UPDATE ").empty());
  advance(1s);
  receive(response(take("UPDATE "), 503, "", {}, {{"Retry-After", "100000"}}));  // This time is longer than the rest of the session.
  advance(1768s - 930s - 33s);
  CHECK(take("UPDATE ").empty());
  advance(1s);
  receive(response(take("UPDATE "), 200, "", {}, {{"Session-Expires", "1800;refresher=uac"}}));
  advance(60s);
  CHECK_FALSE(event<sip::CallEnded>());
}

TEST_CASE_FIXTURE(Timed, "The peer's description in an offer that the agent refused does not count as the peer's last description [RFC 3261 section 14.2]") {
  called({{"Supported", "timer"}, {"Session-Expires", "1800;refresher=uas"}, {"Allow", "INVITE, ACK, BYE"}});
  receive(in_dialog("INVITE", 2, our_tag, "moved"));
  REQUIRE(event<sip::OfferReceived>());
  REQUIRE(stack.calls().refuse_offer(session, 488, now));
  drain();
  take("SIP/2.0 488");
  events.clear();
  sent.clear();
  advance(900s);
  const std::string refresh = take("INVITE ");
  REQUIRE(!refresh.empty());
  receive(response(refresh, 200, "", "moved"));  // "moved" differs from "offer", the last accepted description.
  const auto changed = event<sip::OfferAnswered>();
  REQUIRE(changed);
  CHECK(changed->answer.data == "moved");
}

TEST_CASE_FIXTURE(Timed, "If the session expires before the stack has sent the ACK, it sends the ACK and then the BYE [RFC 3261 section 13.2.2.4]") {
  open({});
  const std::string first = dial({}, "");
  receive(response(first, 200, "peer", "their offer",
                   {{"Require", "timer"}, {"Session-Expires", "90;refresher=uas"}, {"Contact", "<sip:al@192.0.2.99>"}}));
  REQUIRE(event<sip::CallAnswered>());  // The application has not answered yet.
  advance(89s);
  REQUIRE(event<sip::CallEnded>());
  CHECK(take().starts_with("ACK "));
  CHECK(take().starts_with("BYE "));
}

// --- timers that only the agent uses

TEST_CASE_FIXTURE(Timed,
    "If the peer does not support timers, the agent still refreshes. Any response shows that the peer is alive [RFC 4028 section 7.2]") {
  open({});
  answered(dial(sip::SessionTimerOptions{Use::Ask, 600s, 90s}), {});
  for (int i = 0; i < 5; ++i) {
    advance(300s);
    const std::string refresh = take("INVITE ");
    REQUIRE(!refresh.empty());
    receive(response(refresh, i % 2 == 0 ? 488 : 200, "", i % 2 == 0 ? "" : "answer"));
  }
  CHECK(events.empty());
  advance(300s);
  CHECK(!take("INVITE ").empty());
  advance(32s);
  CHECK(event<sip::CallEnded>()->why == sip::CallEnded::Why::SessionLost);
}

TEST_CASE_FIXTURE(Timed, "A timer that only the agent uses continues after a re-INVITE of the peer [RFC 4028 section 7.2]") {
  open({Use::Ask, 600s, 90s});
  answered(dial(), {});  // The peer does not support session timers.
  receive(in_dialog("INVITE", 1, our_tag, "hold"));
  REQUIRE(event<sip::OfferReceived>());
  REQUIRE(stack.calls().accept_offer(session, {"application/sdp", "fine"}, now));
  drain();
  CHECK(header(take("SIP/2.0 200"), "Session-Expires").empty());
  receive(in_dialog("ACK", 1, our_tag));
  sent.clear();
  advance(std::chrono::hours(10));  // The peer does not respond any more.
  CHECK(event<sip::CallEnded>());
  CHECK(stack.sizes().legs == 0);
}

TEST_CASE_FIXTURE(Timed, "With Use::Ask the agent refreshes the call even if the caller does not support timers") {
  open({Use::Ask, 600s, 90s});
  called({});
  CHECK(header(ok, "Session-Expires").empty());
  advance(300s);
  const std::string refresh = take("INVITE ");
  CHECK(body(refresh) == "answer");
  receive(response(refresh, 200, "", "offer"));
  advance(600s);
  CHECK(event<sip::CallEnded>()->why == sip::CallEnded::Why::SessionLost);
}

TEST_CASE_FIXTURE(Timed, "A refresh that did not reach the peer does not show that the peer is alive [RFC 4028 section 10]") {
  bool by_proxy = false;
  SUBCASE("the refresh could not be sent") {
    by_proxy = false;
  }
  SUBCASE("a proxy responds with 503") {
    by_proxy = true;
  }
  open({Use::Ask, 600s, 90s});
  answered(dial(), {});
  for (int i = 0; i < 100; ++i) {
    advance(60s);
    const std::string refresh = take("INVITE ");
    if (refresh.empty()) continue;
    if (by_proxy) receive(response(refresh, 503, ""));
    else stack.on_flow_failed(last_flow, now);
    drain();
  }
  CHECK(event<sip::CallEnded>());
}
