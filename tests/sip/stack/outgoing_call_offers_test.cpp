#include <offhook/sip/session/confirmed_call.hpp>
#include <offhook/tests/sip/stack/caller.hpp>

using namespace offhook;
using namespace offhook::sim;

// --- theirs in the 2xx ------------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(
    Caller, "Without an offer of ours theirs comes in the 200, and our answer goes into the ACK [RFC 3261 section 13.2.1]") {
  dial("");
  const std::string ok = response(first, 200, "a", "their offer", contact());
  receive(ok);
  const auto answered = event<sip::CallAnswered>();
  REQUIRE(answered);
  CHECK(answered->body.data == "their offer");
  CHECK(answered->is_offer);
  receive(ok);
  CHECK(count("ACK ") == 0);
  CHECK_FALSE(event<sip::CallAnswered>());
  REQUIRE(stack.accept_offer(session, {"application/sdp", "our answer"}, now));
  drain();
  CHECK(body(take("ACK ")) == "our answer");
  receive(ok);
  CHECK(body(take("ACK ")) == "our answer");
}

TEST_CASE_FIXTURE(Caller, "Hung up instead of answering their offer: ACK, then BYE [RFC 3261 section 13.2.2.4]") {
  dial("");
  receive(response(first, 200, "a", "their offer", contact()));
  REQUIRE(stack.refuse_offer(session, 488, now));
  drain();
  CHECK(take().starts_with("ACK "));
  CHECK(take().starts_with("BYE "));
}

// --- ours within the call ---------------------------------------------------------------------------------------------------

TEST_CASE_FIXTURE(Caller, "491 to our re-INVITE: tried again after 2.1 to 4 s, as the Call-ID is ours [RFC 3261 section 14.1]") {
  talk();
  REQUIRE(stack.offer(session, {"application/sdp", "mine"}, now));
  drain();
  receive(response(take("INVITE "), 491, ""));
  sent.clear();
  advance(2099ms);
  CHECK(count("INVITE ") == 0);
  advance(1901ms);
  CHECK(count("INVITE ") == 1);
}

TEST_CASE_FIXTURE(Caller, "A re-INVITE that gets 100 and no more does not outlive its call") {
  talk();
  REQUIRE(stack.offer(session, {"application/sdp", "mine"}, now));
  drain();
  const std::string again = take("INVITE ");
  SUBCASE("100, then BYE") {
    receive(response(again, 100, ""));
    receive(in_dialog("BYE", 1, our_tag(), {}, {}, "a"));
  }
  SUBCASE("BYE, then 100") {
    receive(in_dialog("BYE", 1, our_tag(), {}, {}, "a"));
    receive(response(again, 100, ""));
  }
  REQUIRE(event<sip::CallEnded>());
  CHECK(stack.hang_up(session, now).error() == sip::StackError::WrongState);
  expect_no_residue();
  CHECK(stack.hang_up(session, now).error() == sip::StackError::UnknownSession);
}

TEST_CASE_FIXTURE(
    Caller, "A re-INVITE that gets nothing but provisional responses is cancelled in the end [RFC 3261 section 14.1]") {
  talk();
  REQUIRE(stack.offer(session, {"application/sdp", "mine"}, now));
  drain();
  const std::string offered = take("INVITE ");
  receive(response(offered, 180, ""));
  sent.clear();
  advance(sip::session::ConfirmedCall::kPatience - 1ms);
  CHECK(count("CANCEL ") == 0);
  advance(1ms);
  const std::string cancel = take("CANCEL ");
  CHECK(header(cancel, "CSeq") == header(offered, "CSeq").substr(0, 2) + "CANCEL");
  int status = 0;
  SUBCASE("487") {
    receive(response(offered, 487, ""));
    status = 487;
  }
  SUBCASE("491: it is not tried again, for nobody wants it") {
    receive(response(offered, 491, ""));
    status = 491;
    sent.clear();
    advance(5s);
    CHECK(count("INVITE ") == 0);
  }
  SUBCASE("nothing at all") {
    advance(32s);
    status = 408;
  }
  SUBCASE("a 2xx that crosses it") {
    receive(response(offered, 200, "", "theirs", contact()));
    CHECK(!take("ACK ").empty());
    CHECK(event<sip::OfferAnswered>());
  }
  if (status != 0) CHECK(event<sip::OfferRefused>()->status == status);
  receive(in_dialog("INVITE", 1, our_tag(), "theirs", {}, "a"));  // The media can still be changed.
  CHECK(event<sip::OfferReceived>());
}

TEST_CASE_FIXTURE(
    Caller, "A repeated 2xx answers the offer that it came for, and no later one [RFC 3261 section 13.2.2.4]") {
  names["new.example"] = {route(sip::Transport::Udp, address("192.0.2.98", 5060))};
  talk();
  REQUIRE(stack.offer(session, {"application/sdp", "first"}, now));
  drain();
  const std::string second = take("INVITE ");
  answers_queries = false;  // The name of their new Contact is slow to look up.
  const std::string said = response(second, 200, "", "first answer", {{"Contact", "<sip:a@new.example>"}});
  receive(said);
  REQUIRE(event<sip::OfferAnswered>()->answer.data == "first answer");
  REQUIRE(take("ACK ").empty());
  const auto asked = queries.size();
  receive(said);  // Again, since there was no ACK.
  CHECK(queries.size() == asked);
  REQUIRE(stack.offer(session, {"application/sdp", "second"}, now));
  advance(500ms);
  receive(said);
  CHECK_FALSE(event<sip::OfferAnswered>());
}

TEST_CASE_FIXTURE(Caller, "A challenged re-INVITE goes again, but not after our BYE [RFC 3261 section 15]") {
  dial();
  receive(response(first, 401, "x", {}, challenge("n")));
  first = take("INVITE ");
  receive(response(first, 200, "a", "answer", {{"Contact", "<sip:desk@192.0.2.50>"}}));
  REQUIRE(event<sip::CallAnswered>());
  REQUIRE(stack.offer(session, {"application/sdp", "mine"}, now));
  drain();
  const std::string offered = take("INVITE ");
  REQUIRE(!offered.empty());
  SUBCASE("in the call") {
    receive(response(offered, 401, "", {}, challenge("m")));
    const std::string again = take("INVITE ");
    CHECK(!header(again, "Authorization").empty());
    receive(response(again, 200, "", "theirs", {{"Contact", "<sip:desk@192.0.2.50>"}}));
    CHECK(header(take("ACK "), "CSeq") == header(again, "CSeq").substr(0, 2) + "ACK");
    CHECK(event<sip::OfferAnswered>());
  }
  SUBCASE("after it") {
    REQUIRE(stack.hang_up(session, now));
    drain();
    REQUIRE(!take("BYE ").empty());
    receive(response(offered, 401, "", {}, challenge("m")));
    CHECK(take("INVITE ").empty());
  }
}

TEST_CASE_FIXTURE(
    Caller, "An offer of ours that waits after 491 is not sent once theirs was answered: it is older [RFC 3264 section 8]") {
  talk();
  REQUIRE(stack.offer(session, {"application/sdp", "version 2"}, now));
  drain();
  receive(response(take("INVITE "), 491, ""));
  receive(in_dialog("INVITE", 1, our_tag(), "theirs", {}, "a"));
  REQUIRE(event<sip::OfferReceived>());
  REQUIRE(stack.accept_offer(session, {"application/sdp", "version 3"}, now));
  drain();
  receive(in_dialog("ACK", 1, our_tag(), {}, {}, "a"));
  sent.clear();
  advance(5s);
  CHECK(sent.empty());
  CHECK(event<sip::OfferRefused>()->status == 491);
  REQUIRE(stack.offer(session, {"application/sdp", "version 4"}, now));
  drain();
  CHECK(body(take("INVITE ")) == "version 4");
}
