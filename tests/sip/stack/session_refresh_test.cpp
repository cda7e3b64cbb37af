#include <offhook/tests/sip/stack/timed.hpp>

#include <string>

using namespace offhook;
using namespace offhook::sim;

// --- theirs -----------------------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(Timed, "Their UPDATE and their re-INVITE each start the time anew [RFC 4028 section 9]") {
  called(kAsks);
  advance(900s);
  receive(in_dialog("UPDATE", 2, our_tag, {}, kAsks));
  const std::string updated = take("SIP/2.0 200");
  CHECK(header(updated, "Session-Expires") == "1800;refresher=uac");
  CHECK(header(updated, "Require") == "timer");
  advance(1000s);
  receive(in_dialog("INVITE", 3, our_tag, "offer", kAsks));
  REQUIRE(event<sip::OfferReceived>());
  REQUIRE(stack.accept_offer(session, {"application/sdp", "answer"}, now));
  drain();
  CHECK(header(take("SIP/2.0 200"), "Session-Expires") == "1800;refresher=uac");
  receive(in_dialog("ACK", 3, our_tag));
  sent.clear();
  advance(1767s);
  CHECK(sent.empty());
  advance(1s);
  expect_expired();
}

TEST_CASE_FIXTURE(Timed, "A refresh that asks for no timer any more turns it off [RFC 4028 section 9]") {
  called(kAsks);
  receive(in_dialog("UPDATE", 2, our_tag));
  CHECK(header(take("SIP/2.0 200"), "Session-Expires").empty());
  advance(std::chrono::hours(10));
  CHECK(sent.empty());
}

TEST_CASE_FIXTURE(Timed, "The lesser of 32 s and a third is left when the refresh did not come [RFC 4028 section 10]") {
  called({{"Supported", "timer"}, {"Session-Expires", "90"}});
  CHECK(header(ok, "Session-Expires") == "90;refresher=uac");
  advance(59999ms);
  CHECK(sent.empty());
  advance(1ms);
  expect_expired();
}

// --- ours -------------------------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(Timed, "Asked to refresh, we send UPDATE at half time to a peer that allows it [RFC 4028 section 7.4]") {
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

TEST_CASE_FIXTURE(Timed,
                  "A peer without UPDATE is refreshed by the offer that stands, unseen by the phone [RFC 4028 section 7.4]") {
  called({{"Supported", "timer"}, {"Session-Expires", "1800;refresher=uas"}, {"Allow", "INVITE, ACK, BYE"}});
  advance(900s);
  const std::string reinvite = take("INVITE ");
  CHECK(body(reinvite) == "answer");
  CHECK(header(reinvite, "Session-Expires") == "1800;refresher=uac");
  receive(response(reinvite, 200, "", "offer", {{"Session-Expires", "1800;refresher=uac"}}));
  CHECK(!take("ACK ").empty());
  CHECK(events.empty());  // They said the same as before.
  advance(900s);
  const std::string again = take("INVITE ");
  CHECK(!again.empty());
  receive(response(again, 200, "", "moved", {{"Session-Expires", "1800;refresher=uac"}}));
  const auto changed = event<sip::OfferAnswered>();
  REQUIRE(changed);
  CHECK(changed->answer.data == "moved");
}

TEST_CASE_FIXTURE(Timed, "Minding an Allow that lied: after 405 the refresh is a re-INVITE [RFC 4028 section 7.4]") {
  called(kUpdates);
  advance(900s);
  receive(response(take("UPDATE "), 405, ""));
  CHECK(!take("INVITE ").empty());
}

TEST_CASE_FIXTURE(Timed, "An answer without a timer turns off one that the peer knows [RFC 4028 section 7.2]") {
  open({Use::Ask, 600s, 90s});
  answered(dial(), {{"Supported", "timer"}, {"Require", "timer"}, {"Session-Expires", "600;refresher=uac"}});
  advance(300s);
  receive(response(take("INVITE "), 200, "", "answer", {{"Supported", "timer"}}));
  sent.clear();
  advance(std::chrono::hours(10));
  CHECK(sent.empty());
}

TEST_CASE_FIXTURE(Timed, "A call that is over is not refreshed") {
  called(kUpdates);
  receive(in_dialog("BYE", 2, our_tag));
  advance(66s);
  CHECK(stack.sessions() == 0);
  CHECK_FALSE(stack.next_deadline());
}

TEST_CASE_FIXTURE(Timed, "A 405 to our refresh after the timer was turned off arms nothing [RFC 4028 section 7.2]") {
  called(kUpdates);
  advance(900s);
  const std::string refresh = take("UPDATE ");
  REQUIRE(!refresh.empty());
  receive(in_dialog("UPDATE", 2, our_tag));  // Without Session-Expires: there is no session expiration any more.
  REQUIRE(header(take("SIP/2.0 200"), "Session-Expires").empty());
  receive(in_dialog("INVITE", 3, our_tag, "offer"));
  REQUIRE(event<sip::OfferReceived>());  // The phone takes its time.
  const std::string refused = response(refresh, 405, "");
  stack.receive(peer, base::Bytes(reinterpret_cast<const std::uint8_t*>(refused.data()), refused.size()), now);
  CHECK(stack.is_consistent());
}

TEST_CASE_FIXTURE(Timed, "Nor is a refresh due in the past, over and over [RFC 4028 section 7.2]") {
  called({{"Supported", "timer"}, {"Session-Expires", "90;refresher=uas"}, {"Allow", "INVITE, ACK, BYE, UPDATE"}});
  advance(45s);
  const std::string refresh = take("UPDATE ");
  REQUIRE(!refresh.empty());
  receive(in_dialog("UPDATE", 2, our_tag));
  REQUIRE(!take("SIP/2.0 200").empty());
  advance(4s);
  receive(in_dialog("INVITE", 3, our_tag, "offer"));
  REQUIRE(event<sip::OfferReceived>());
  REQUIRE(stack.accept_offer(session, {"application/sdp", "answer"}, now));  // At once; their ACK does not come.
  drain();
  advance(21s);
  const std::string refused = response(refresh, 405, "");
  stack.receive(peer, base::Bytes(reinterpret_cast<const std::uint8_t*>(refused.data()), refused.size()), now);
  REQUIRE(stack.next_deadline());
  REQUIRE(*stack.next_deadline() > now);  // Else handle_timeout() does not return.
  stack.handle_timeout(now);
}

// --- refused, lost or in the way of offers ----------------------------------------------------------------------------------

TEST_CASE_FIXTURE(Timed, "A refresh that meets 481 or 408, or no answer at all, ends the call with BYE [RFC 4028 section 10]") {
  called(kUpdates);
  advance(900s);
  const std::string update = take("UPDATE ");
  SUBCASE("481") {
    receive(response(update, 481, ""));
  }
  SUBCASE("408") {
    receive(response(update, 408, ""));
  }
  SUBCASE("nothing") {
    advance(32s);
  }
  CHECK(!take("BYE ").empty());
  const auto ended = event<sip::CallEnded>();
  REQUIRE(ended);
  CHECK(ended->why == sip::CallEnded::Why::SessionLost);
}

TEST_CASE_FIXTURE(Timed, "A refresh that is refused is tried again, but not for ever [RFC 4028 section 10]") {
  called(kUpdates);
  CHECK(refuse_all_for(1767s) == 4);  // At 900, 1334, 1551 and 1659.5 s.
  CHECK(events.empty());
  advance(1s);
  expect_expired();
}

TEST_CASE_FIXTURE(Timed, "422 to a refresh: again at once with more, and the old end stands until a 2xx [RFC 4028 section 10]") {
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

TEST_CASE_FIXTURE(Timed, "The phone's offer waits behind a refresh by re-INVITE [RFC 3261 section 14.1]") {
  called({{"Supported", "timer"}, {"Session-Expires", "1800;refresher=uas"}});
  advance(900s);
  const std::string refresh = take("INVITE ");
  REQUIRE(stack.offer(session, {"application/sdp", "hold"}, now));
  CHECK_FALSE(stack.offer(session, {"application/sdp", "more"}, now));
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

TEST_CASE_FIXTURE(Timed, "A refresh that meets 491 is tried again after a random while [RFC 3261 section 14.1]") {
  called({{"Supported", "timer"}, {"Session-Expires", "1800;refresher=uas"}});
  advance(900s);
  receive(response(take("INVITE "), 491, ""));
  CHECK(take("INVITE ").empty());
  SUBCASE("nothing came between") {
    advance(2s);
    CHECK(body(take("INVITE ")) == "answer");
  }
  SUBCASE("their refresh came first") {
    receive(in_dialog("UPDATE", 2, our_tag, {}, kAsks));
    sent.clear();
    advance(10s);
    CHECK(sent.empty());
  }
}

TEST_CASE_FIXTURE(Timed, "A refused refresh is tried again after the Retry-After that came with it [RFC 3261 section 20.33]") {
  open({});
  answered(dial(sip::SessionTimerOptions{Use::Ask, 1800s, 90s}),
           {{"Supported", "timer"}, {"Session-Expires", "1800;refresher=uac"}, {"Allow", "UPDATE"}});
  advance(900s);
  receive(response(take("UPDATE "), 503, "", {}, {{"Retry-After", "30 (busy)"}}));
  advance(29s);
  CHECK(take("UPDATE ").empty());
  advance(1s);
  receive(response(take("UPDATE "), 503, "", {}, {{"Retry-After", "100000"}}));  // Longer than the session lasts.
  advance(1768s - 930s - 33s);
  CHECK(take("UPDATE ").empty());
  advance(1s);
  receive(response(take("UPDATE "), 200, "", {}, {{"Session-Expires", "1800;refresher=uac"}}));
  advance(60s);
  CHECK_FALSE(event<sip::CallEnded>());
}

TEST_CASE_FIXTURE(Timed, "A description that we refused is not what the peer said last [RFC 3261 section 14.2]") {
  called({{"Supported", "timer"}, {"Session-Expires", "1800;refresher=uas"}, {"Allow", "INVITE, ACK, BYE"}});
  receive(in_dialog("INVITE", 2, our_tag, "moved"));
  REQUIRE(event<sip::OfferReceived>());
  REQUIRE(stack.refuse_offer(session, 488, now));
  drain();
  take("SIP/2.0 488");
  events.clear();
  sent.clear();
  advance(900s);
  const std::string refresh = take("INVITE ");
  REQUIRE(!refresh.empty());
  receive(response(refresh, 200, "", "moved"));  // Other than "offer", which stood.
  const auto changed = event<sip::OfferAnswered>();
  REQUIRE(changed);
  CHECK(changed->answer.data == "moved");
}

TEST_CASE_FIXTURE(Timed, "Before any BYE of ours goes the ACK that is owed [RFC 3261 section 13.2.2.4]") {
  open({});
  const std::string first = dial({}, "");
  receive(response(first, 200, "peer", "their offer",
                   {{"Require", "timer"}, {"Session-Expires", "90;refresher=uas"}, {"Contact", "<sip:al@192.0.2.99>"}}));
  REQUIRE(event<sip::CallAnswered>());  // The phone has no answer yet.
  advance(89s);
  REQUIRE(event<sip::CallEnded>());
  CHECK(take().starts_with("ACK "));
  CHECK(take().starts_with("BYE "));
}

// --- for our own sake -------------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(
    Timed, "Asked for and not answered, the timer is ours alone: any answer shows that they are there [RFC 4028 section 7.2]") {
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

TEST_CASE_FIXTURE(Timed, "A timer for our own sake outlives what the peer asks for meanwhile [RFC 4028 section 7.2]") {
  open({Use::Ask, 600s, 90s});
  answered(dial(), {});  // Knows no session timers.
  receive(in_dialog("INVITE", 1, our_tag, "hold"));
  REQUIRE(event<sip::OfferReceived>());
  REQUIRE(stack.accept_offer(session, {"application/sdp", "fine"}, now));
  drain();
  CHECK(header(take("SIP/2.0 200"), "Session-Expires").empty());
  receive(in_dialog("ACK", 1, our_tag));
  sent.clear();
  advance(std::chrono::hours(10));  // They are gone for good.
  CHECK(event<sip::CallEnded>());
  CHECK(stack.legs() == 0);
}

TEST_CASE_FIXTURE(Timed, "A caller without timers is refreshed for our own sake as well") {
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

TEST_CASE_FIXTURE(Timed, "A refresh that did not reach the peer is no sign of its life [RFC 4028 section 10]") {
  bool by_proxy = false;
  SUBCASE("it could not be sent") {
    by_proxy = false;
  }
  SUBCASE("a proxy says so") {
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
