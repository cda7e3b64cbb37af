#include <offhook/sip/session/confirmed_call.hpp>
#include <offhook/tests/sip/stack/caller.hpp>

using namespace offhook;
using namespace offhook::sim;

// --- the peer's offer in the 2xx

TEST_CASE_FIXTURE(Caller, "After an INVITE without an offer, the 200 has the peer's offer and the ACK the agent's answer [RFC 3261 section 13.2.1]") {
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
  REQUIRE(stack.calls().accept_offer(session, {"application/sdp", "our answer"}, now));
  drain();
  CHECK(body(take("ACK ")) == "our answer");
  receive(ok);
  CHECK(body(take("ACK ")) == "our answer");
}

TEST_CASE_FIXTURE(Caller, "If the application refuses the offer in a 2xx, the stack sends ACK and then BYE [RFC 3261 section 13.2.2.4]") {
  dial("");
  receive(response(first, 200, "a", "their offer", contact()));
  REQUIRE(stack.calls().refuse_offer(session, 488, now));
  drain();
  CHECK(take().starts_with("ACK "));
  CHECK(take().starts_with("BYE "));
}

// --- the agent's offers within the call

TEST_CASE_FIXTURE(Caller, "After 491 to its re-INVITE the agent retries after 2.1 to 4 s, because it chose the Call-ID [RFC 3261 section 14.1]") {
  talk();
  REQUIRE(stack.calls().offer(session, {"application/sdp", "mine"}, now));
  drain();
  receive(response(take("INVITE "), 491, ""));
  sent.clear();
  advance(2099ms);
  CHECK(count("INVITE ") == 0);
  advance(1901ms);
  CHECK(count("INVITE ") == 1);
}

TEST_CASE_FIXTURE(Caller, "A re-INVITE that gets a 100 and no final response ends when the call ends") {
  talk();
  REQUIRE(stack.calls().offer(session, {"application/sdp", "mine"}, now));
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
  CHECK(stack.calls().hang_up(session, now) == base::fail(sip::StackError::WrongState));
  expect_no_residue();
  CHECK(stack.calls().hang_up(session, now) == base::fail(sip::StackError::UnknownSession));
}

TEST_CASE_FIXTURE(Caller, "The agent cancels a re-INVITE that has got only provisional responses for kPatience [RFC 3261 section 14.1]") {
  talk();
  REQUIRE(stack.calls().offer(session, {"application/sdp", "mine"}, now));
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
  SUBCASE("491, after which the agent does not retry") {
    receive(response(offered, 491, ""));
    status = 491;
    sent.clear();
    advance(5s);
    CHECK(count("INVITE ") == 0);
  }
  SUBCASE("no response") {
    advance(32s);
    status = 408;
  }
  SUBCASE("a 2xx that crosses the CANCEL") {
    receive(response(offered, 200, "", "theirs", contact()));
    CHECK(!take("ACK ").empty());
    CHECK(event<sip::OfferAnswered>());
  }
  if (status != 0) CHECK(event<sip::OfferRefused>()->status == status);
  receive(in_dialog("INVITE", 1, our_tag(), "theirs", {}, "a"));  // The peer can still change the media.
  CHECK(event<sip::OfferReceived>());
}

TEST_CASE_FIXTURE(Caller, "The stack does not take a repeated 2xx as the answer to a later offer [RFC 3261 section 13.2.2.4]") {
  names["new.example"] = {route(sip::Transport::Udp, address("192.0.2.98", 5060))};
  talk();
  REQUIRE(stack.calls().offer(session, {"application/sdp", "first"}, now));
  drain();
  const std::string second = take("INVITE ");
  answers_queries = false;  // The test does not answer the query for the name in the new Contact.
  const std::string said = response(second, 200, "", "first answer", {{"Contact", "<sip:a@new.example>"}});
  receive(said);
  REQUIRE(event<sip::OfferAnswered>()->answer.data == "first answer");
  REQUIRE(take("ACK ").empty());
  const auto asked = queries.size();
  receive(said);  // The peer repeats the 2xx, because the agent has sent no ACK.
  CHECK(queries.size() == asked);
  REQUIRE(stack.calls().offer(session, {"application/sdp", "second"}, now));
  advance(500ms);
  receive(said);
  CHECK_FALSE(event<sip::OfferAnswered>());
}

TEST_CASE_FIXTURE(Caller, "The agent answers a challenge to its re-INVITE, but not after it has sent BYE [RFC 3261 section 15]") {
  dial();
  receive(response(first, 401, "x", {}, challenge("n")));
  first = take("INVITE ");
  receive(response(first, 200, "a", "answer", {{"Contact", "<sip:desk@192.0.2.50>"}}));
  REQUIRE(event<sip::CallAnswered>());
  REQUIRE(stack.calls().offer(session, {"application/sdp", "mine"}, now));
  drain();
  const std::string offered = take("INVITE ");
  REQUIRE(!offered.empty());
  SUBCASE("within the call") {
    receive(response(offered, 401, "", {}, challenge("m")));
    const std::string again = take("INVITE ");
    CHECK(!header(again, "Authorization").empty());
    receive(response(again, 200, "", "theirs", {{"Contact", "<sip:desk@192.0.2.50>"}}));
    CHECK(header(take("ACK "), "CSeq") == header(again, "CSeq").substr(0, 2) + "ACK");
    CHECK(event<sip::OfferAnswered>());
  }
  SUBCASE("after the BYE") {
    REQUIRE(stack.calls().hang_up(session, now));
    drain();
    REQUIRE(!take("BYE ").empty());
    receive(response(offered, 401, "", {}, challenge("m")));
    CHECK(take("INVITE ").empty());
  }
}

TEST_CASE_FIXTURE(Caller, "The agent drops an offer that waits after 491 when it answers an offer of the peer [RFC 3264 section 8]") {
  talk();
  REQUIRE(stack.calls().offer(session, {"application/sdp", "version 2"}, now));
  drain();
  receive(response(take("INVITE "), 491, ""));
  receive(in_dialog("INVITE", 1, our_tag(), "theirs", {}, "a"));
  REQUIRE(event<sip::OfferReceived>());
  REQUIRE(stack.calls().accept_offer(session, {"application/sdp", "version 3"}, now));
  drain();
  receive(in_dialog("ACK", 1, our_tag(), {}, {}, "a"));
  sent.clear();
  advance(5s);
  CHECK(sent.empty());
  CHECK(event<sip::OfferRefused>()->status == 491);
  REQUIRE(stack.calls().offer(session, {"application/sdp", "version 4"}, now));
  drain();
  CHECK(body(take("INVITE ")) == "version 4");
}
