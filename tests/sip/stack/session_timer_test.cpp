#include <offhook/tests/sim/scripted.hpp>

#include <doctest/doctest.h>

using namespace offhook;
using namespace offhook::sim;
using Use = sip::SessionTimerOptions::Use;

namespace {

struct Timed : Scripted {
  sip::AccountId account;
  sip::SessionId session;
  std::string our_tag, peer_tag = "peer";
  std::string ok;  // Our 2xx.

  void open(sip::SessionTimerOptions timer) {
    sip::AccountOptions options;
    options.address_of_record = "sip:bot@192.0.2.1";
    options.registrar = "sip:192.0.2.99";
    options.registers = false;
    options.session_timer = timer;
    account = stack.add_account(options, now);
  }
  /// They call, we answer, they acknowledge.
  void called(Fields extra) {
    receive(invite("offer", std::move(extra)));
    const auto call = event<sip::IncomingCall>();
    REQUIRE(call);
    session = call->session;
    REQUIRE(stack.answer(session, {"application/sdp", "answer"}, now));
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
    const auto made = stack.call(options, now);
    REQUIRE(made);
    session = *made;
    drain();
    const std::string first = take("INVITE ");
    call_id = header(first, "Call-ID");
    our_tag = tag_of(header(first, "From"));
    return first;
  }
  /// They answer our INVITE.
  void answered(const std::string& first, Fields extra) {
    extra.emplace_back("Contact", "<sip:al@192.0.2.99>");
    receive(response(first, 200, "peer", "answer", std::move(extra)));
    REQUIRE(event<sip::CallAnswered>());
    REQUIRE(!take("ACK ").empty());
    sent.clear();
    events.clear();
  }
  /// How many UPDATEs were refused meanwhile.
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

const Fields kAsks{{"Supported", "timer"}, {"Session-Expires", "1800;refresher=uac"}, {"Min-SE", "90"}};
const Fields kUpdates{{"Supported", "timer"}, {"Session-Expires", "1800;refresher=uas"}, {"Allow", "INVITE, ACK, BYE, UPDATE"}};

}  // namespace

TEST_CASE_FIXTURE(Timed, "By default no session timer is asked for, and support for it is said [RFC 4028 section 7.1]") {
  open({});
  const std::string first = dial();
  CHECK(header(first, "Supported").find("timer") != std::string::npos);
  CHECK(header(first, "Session-Expires").empty());
  CHECK(header(first, "Min-SE").empty());
  answered(first, {});
  advance(std::chrono::hours(10));
  CHECK(sent.empty());
  REQUIRE(stack.hang_up(session, now));
  drain();
  CHECK(header(take("BYE "), "Supported").find("timer") != std::string::npos);
}

TEST_CASE_FIXTURE(Timed, "A caller who refreshes is granted what he asks, and hears Require: timer [RFC 4028 section 9]") {
  called(kAsks);
  CHECK(header(ok, "Session-Expires") == "1800;refresher=uac");
  CHECK(header(ok, "Require") == "timer");
  CHECK(header(ok, "Supported").find("timer") != std::string::npos);
  advance(1767s);
  CHECK(sent.empty());
  advance(1s);  // 32 s before the end: section 10.
  expect_expired();
}

TEST_CASE_FIXTURE(Timed, "The lesser of 32 s and a third is left when the refresh did not come [RFC 4028 section 10]") {
  called({{"Supported", "timer"}, {"Session-Expires", "90"}});
  CHECK(header(ok, "Session-Expires") == "90;refresher=uac");
  advance(59999ms);
  CHECK(sent.empty());
  advance(1ms);
  expect_expired();
}

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

TEST_CASE_FIXTURE(Timed, "Too short an interval is refused with 422 and Min-SE: 89 s, not 90 [RFC 4028 section 9]") {
  receive(invite("offer", {{"Supported", "timer"}, {"Session-Expires", "89"}}));
  const std::string refused = take("SIP/2.0 422");
  CHECK(header(refused, "Min-SE") == "90");
  CHECK_FALSE(event<sip::IncomingCall>());
  CHECK(stack.sessions() == 0);
}

TEST_CASE_FIXTURE(Timed, "An account's own minimum holds, in the call's refreshes too [RFC 4028 section 9]") {
  open({Use::Accept, 1800s, 300s});
  receive(invite("offer", {{"Supported", "timer"}, {"Session-Expires", "299"}}));
  CHECK(header(take("SIP/2.0 422"), "Min-SE") == "300");
  receive(message("ACK sip:bot@192.0.2.1 SIP/2.0", {}));
  call_id = "call-1";
  std::string second = invite("offer", {{"Supported", "timer"}, {"Session-Expires", "300;refresher=uac"}});
  second.replace(second.find("1 INVITE"), 8, "2 INVITE");
  receive(second);
  const auto call = event<sip::IncomingCall>();
  REQUIRE(call);
  REQUIRE(stack.answer(call->session, {"application/sdp", "answer"}, now));
  drain();
  our_tag = tag_of(header(take("SIP/2.0 200"), "To"));
  receive(in_dialog("ACK", 2, our_tag));
  receive(in_dialog("UPDATE", 3, our_tag, {}, {{"Supported", "timer"}, {"Session-Expires", "120"}}));
  CHECK(header(take("SIP/2.0 422"), "Min-SE") == "300");
}

TEST_CASE_FIXTURE(Timed,
                  "A proxy's short interval for a caller without timers is taken; we refresh [RFC 4028 section 9, table 2]") {
  called({{"Session-Expires", "60"}});
  CHECK(header(ok, "Session-Expires") == "60;refresher=uas");
  CHECK(header(ok, "Require").empty());
  advance(31s);
  CHECK(sent.empty());
  advance(1s);  // Not under SessionTimer::kShortest, whatever was asked for.
  CHECK(!take("INVITE ").empty());
}

TEST_CASE_FIXTURE(Timed, "What cannot be read is no session timer") {
  called({{"Supported", "timer"}, {"Session-Expires", "soon"}});
  CHECK(header(ok, "Session-Expires").empty());
}

TEST_CASE_FIXTURE(Timed, "422 to our INVITE: once more with that Min-SE, the next CSeq, the same names [RFC 4028 section 7.3]") {
  open({Use::Ask, 300s, 90s});
  const std::string first = dial();
  CHECK(header(first, "Session-Expires") == "300");
  receive(response(first, 422, "x", {}, {{"Min-SE", "600"}}));
  CHECK(!take("ACK ").empty());
  const std::string second = take("INVITE ");
  CHECK(header(second, "CSeq") == "2 INVITE");
  CHECK(header(second, "Call-ID") == header(first, "Call-ID"));
  CHECK(header(second, "From") == header(first, "From"));
  CHECK(header(second, "To") == header(first, "To"));
  CHECK(header(second, "Session-Expires") == "600");
  CHECK(header(second, "Min-SE") == "600");
  CHECK(body(second) == "offer");
  CHECK(events.empty());
  answered(second, {{"Require", "timer"}, {"Session-Expires", "600;refresher=uac"}});
  advance(300s);
  const std::string refresh = take("INVITE ");
  CHECK(header(refresh, "Session-Expires") == "600;refresher=uac");
  CHECK(header(refresh, "Min-SE").empty());  // What was asked before there was a dialog counts no more: section 7.4.
}

TEST_CASE_FIXTURE(Timed,
                  "422 is followed only upwards, and not for ever; without Min-SE it is a refusal [RFC 4028 section 7.3]") {
  open({});
  std::string request = dial();
  SUBCASE("no Min-SE") {
    receive(response(request, 422, "x"));
    CHECK(take("INVITE ").empty());
  }
  SUBCASE("no more than was asked") {
    receive(response(request, 422, "x", {}, {{"Min-SE", "120"}}));
    request = take("INVITE ");
    CHECK(header(request, "Session-Expires") == "1800");
    receive(response(request, 422, "x", {}, {{"Min-SE", "1800"}}));
    CHECK(take("INVITE ").empty());
  }
  SUBCASE("ever more") {
    std::size_t tries = 0;
    for (int least = 2000; !request.empty(); least += 100, ++tries) {
      receive(response(request, 422, "x", {}, {{"Min-SE", std::to_string(least)}}));
      request = take("INVITE ");
    }
    CHECK(tries == 5);  // SessionTimer::kMaxTooSmall were followed.
  }
  const auto ended = event<sip::CallEnded>();
  REQUIRE(ended);
  CHECK(ended->status == 422);
  CHECK(stack.sessions() == 0);
}

TEST_CASE_FIXTURE(Timed, "A timer that is answered unasked is kept, whoever is to refresh [RFC 4028 section 7.2]") {
  open({});
  const std::string first = dial();
  receive(response(first, 180, "peer"));  // An early dialog before it makes no difference.
  SUBCASE("we") {
    answered(first, {{"Session-Expires", "600;refresher=uac"}});
    advance(300s);
    CHECK(!take("INVITE ").empty());
  }
  SUBCASE("they") {
    answered(first, {{"Require", "timer"}, {"Session-Expires", "600;refresher=uas"}});
    advance(567s);
    CHECK(sent.empty());
    advance(1s);
    expect_expired();
  }
}

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

TEST_CASE_FIXTURE(Timed, "An answer without a timer turns off one that the peer knows [RFC 4028 section 7.2]") {
  open({Use::Ask, 600s, 90s});
  answered(dial(), {{"Supported", "timer"}, {"Require", "timer"}, {"Session-Expires", "600;refresher=uac"}});
  advance(300s);
  receive(response(take("INVITE "), 200, "", "answer", {{"Supported", "timer"}}));
  sent.clear();
  advance(std::chrono::hours(10));
  CHECK(sent.empty());
}

TEST_CASE_FIXTURE(Timed,
                  "As the called side we ask only a caller who knows timers, and never for longer than he [RFC 4028 section 9]") {
  open({Use::Ask, 600s, 90s});
  SUBCASE("knows them") {
    called({{"Supported", "timer"}});
    CHECK(header(ok, "Session-Expires") == "600;refresher=uas");
  }
  SUBCASE("wants at least") {
    called({{"Supported", "timer"}, {"Min-SE", "900"}});
    CHECK(header(ok, "Session-Expires") == "900;refresher=uas");
  }
  SUBCASE("longer than ours") {
    called(kAsks);
    CHECK(header(ok, "Session-Expires") == "600;refresher=uac");
  }
  SUBCASE("does not know them") {
    called({});
    CHECK(header(ok, "Session-Expires").empty());
  }
}

TEST_CASE_FIXTURE(Timed, "Off: nothing is said of timers, and who requires them gets 420 [RFC 4028 section 9]") {
  open({Use::Off});
  SUBCASE("asked for") {
    called(kAsks);
    CHECK(header(ok, "Session-Expires").empty());
    CHECK(header(ok, "Supported").find("timer") == std::string::npos);
  }
  SUBCASE("required") {
    receive(invite("offer", {{"Require", "timer"}}));
    CHECK(header(take("SIP/2.0 420"), "Unsupported") == "timer");
  }
  SUBCASE("our call") {
    CHECK(header(dial(), "Supported").find("timer") == std::string::npos);
  }
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

TEST_CASE_FIXTURE(Timed, "A call that is over is not refreshed") {
  called(kUpdates);
  receive(in_dialog("BYE", 2, our_tag));
  advance(66s);
  CHECK(stack.sessions() == 0);
  CHECK_FALSE(stack.next_deadline());
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

TEST_CASE_FIXTURE(Timed, "Who shall refresh can be wished for, and decided where it is ours to decide [RFC 4028 section 9]") {
  using Wish = sip::SessionTimerOptions::Refresher;
  SUBCASE("as caller") {
    open({});
    CHECK(header(dial(sip::SessionTimerOptions{Use::Ask, 1800s, 90s, Wish::Us}), "Session-Expires") == "1800;refresher=uac");
    CHECK(header(dial(sip::SessionTimerOptions{Use::Ask, 1800s, 90s, Wish::Them}), "Session-Expires") == "1800;refresher=uas");
    CHECK(header(dial(sip::SessionTimerOptions{Use::Ask, 1800s, 90s}), "Session-Expires") == "1800");
  }
  SUBCASE("as called side, ourselves") {
    open({Use::Accept, 1800s, 90s, Wish::Us});
    called({{"Supported", "timer"}, {"Session-Expires", "1800"}});
    CHECK(header(ok, "Session-Expires") == "1800;refresher=uas");
  }
  SUBCASE("as called side, the caller, who has said nothing") {
    open({Use::Ask, 1800s, 90s, Wish::Them});
    called({{"Supported", "timer"}});
    CHECK(header(ok, "Session-Expires") == "1800;refresher=uac");
  }
  SUBCASE("as called side, but the caller has said it already") {
    open({Use::Accept, 1800s, 90s, Wish::Us});
    called({{"Supported", "timer"}, {"Session-Expires", "1800;refresher=uac"}});
    CHECK(header(ok, "Session-Expires") == "1800;refresher=uac");
  }
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
