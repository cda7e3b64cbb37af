#include <offhook/tests/sip/stack/early_dialogs.hpp>

using namespace offhook;
using namespace offhook::sim;

namespace {

struct RoutedCaller : EarlyDialogs {
  RoutedCaller() { record_route = "<sip:192.0.2.97;lr>"; }
};

}  // namespace

// --- as the caller

TEST_CASE_FIXTURE(RoutedCaller, "A reliable 183 gets a PRACK in its early dialog, along the route of this dialog [RFC 3262 section 4]") {
  dial();
  CHECK(header(first, "Supported").starts_with("100rel, timer"));
  CHECK(header(first, "Allow").find("PRACK") != std::string::npos);
  reliable(4711, "a", "answer");
  const std::string prack = take("PRACK ");
  CHECK(start_line(prack) == "PRACK sip:a@192.0.2.98 SIP/2.0");
  CHECK(header(prack, "RAck") == "4711 1 INVITE");
  CHECK(header(prack, "CSeq") == "2 PRACK");
  CHECK(header(prack, "Route") == "<sip:192.0.2.97;lr>");
  CHECK(header(prack, "To").ends_with(";tag=a"));
  CHECK(last_flow.remote == address("192.0.2.97", 5060));
  CHECK(body(prack).empty());
  const auto progress = event<sip::CallProgress>();
  REQUIRE(progress);
  CHECK(progress->body.data == "answer");
  receive(response(prack, 200, ""));
  // The 200 need not repeat the answer: RFC 6337 section 2.2.
  receive(response(first, 200, "a", {}, {{"Contact", "<sip:a@192.0.2.98>"}, {"Record-Route", "<sip:192.0.2.97;lr>"}}));
  CHECK(header(take("ACK "), "CSeq") == "1 ACK");
  CHECK(event<sip::CallAnswered>()->body.data == "answer");
  REQUIRE(stack.calls().hang_up(session, now));
  drain();
  CHECK(header(take("BYE "), "CSeq") == "3 BYE");
}

TEST_CASE_FIXTURE(RoutedCaller, "Repeated responses and responses after a gap in RSeq get no PRACK and no event. The next response in order gets both [RFC 3262 section 4]") {
  dial();
  reliable(10, "a");
  CHECK(!take("PRACK ").empty());
  CHECK(event<sip::CallProgress>());
  sent.clear();
  reliable(10, "a");
  reliable(12, "a");
  reliable(9, "a");
  CHECK(sent.empty());
  CHECK(events.empty());
  reliable(11, "a");
  CHECK(header(take("PRACK "), "RAck") == "11 1 INVITE");
  CHECK(event<sip::CallProgress>());
}

TEST_CASE_FIXTURE(RoutedCaller, "The stack accepts RSeq numbers up to 2^32 - 1, and none after this number [RFC 3262 section 3]") {
  dial();
  reliable(4294967295U, "a");
  CHECK(header(take("PRACK "), "RAck") == "4294967295 1 INVITE");
  sent.clear();
  reliable(0, "a");  // An RSeq of 0 is invalid, so that this counts as an ordinary provisional response.
  CHECK(sent.empty());
}

TEST_CASE_FIXTURE(RoutedCaller, "A 100 that requires 100rel, and an 18x without RSeq, are not reliable [RFC 3262 section 4]") {
  dial();
  receive(response(first, 100, "a", {}, {{"Require", "100rel"}, {"RSeq", "1"}}));
  receive(response(first, 180, "a", {}, {{"Require", "100rel"}}));
  CHECK(sent.empty());
  CHECK(event<sip::CallProgress>());
}

TEST_CASE_FIXTURE(RoutedCaller, "Each branch of a fork has its own RSeq order. The BYE to an abandoned branch continues its CSeq after its PRACKs [RFC 3262 section 4]") {
  dial();
  reliable(10, "a", "answer a");
  reliable(500, "b", "answer b");
  reliable(11, "a");
  CHECK(header(take("PRACK "), "RAck") == "10 1 INVITE");
  CHECK(header(take("PRACK "), "RAck") == "500 1 INVITE");
  const std::string third = take("PRACK ");
  CHECK(header(third, "RAck") == "11 1 INVITE");
  CHECK(header(third, "CSeq") == "3 PRACK");
  receive(response(first, 200, "b", {}, {{"Contact", "<sip:b@192.0.2.98>"}}));
  CHECK(event<sip::CallAnswered>()->body.data == "answer b");
  sent.clear();
  receive(response(first, 200, "a", {}, {{"Contact", "<sip:a@192.0.2.98>"}}));
  CHECK(!take("ACK ").empty());
  CHECK(header(take("BYE "), "CSeq") == "4 BYE");
}

TEST_CASE_FIXTURE(RoutedCaller, "An offer in a reliable 183 gets its answer in PRACK [RFC 3262 section 5]") {
  dial("");
  reliable(10, "a", "their offer");
  CHECK(take("PRACK ").empty());
  const auto offered = event<sip::OfferReceived>();
  REQUIRE(offered);
  CHECK(offered->offer.data == "their offer");
  SUBCASE("accepted") {
    REQUIRE(stack.calls().accept_offer(session, kAnswer, now));
    drain();
    const std::string prack = take("PRACK ");
    CHECK(header(prack, "RAck") == "10 1 INVITE");
    CHECK(body(prack) == "answer");
    receive(response(first, 200, "a", {}, {{"Contact", "<sip:a@192.0.2.98>"}}));
    CHECK(body(take("ACK ")).empty());
    const auto answered = event<sip::CallAnswered>();
    REQUIRE(answered);
    CHECK(answered->body.empty());
    CHECK_FALSE(answered->is_offer);  // The PRACK had the answer.
    CHECK_FALSE(stack.calls().accept_offer(session, kAnswer, now));
  }
  SUBCASE("refused: the agent must cancel the call") {
    REQUIRE(stack.calls().refuse_offer(session, 488, now));
    drain();
    CHECK(!take("CANCEL ").empty());
  }
}

TEST_CASE_FIXTURE(RoutedCaller, "After a challenge to PRACK, the stack sends the PRACK again with credentials and the next CSeq [RFC 3262 section 4]") {
  dial();
  const std::string challenge = "Digest realm=\"pbx\", nonce=\"n\", algorithm=MD5, qop=\"auth\"";
  receive(response(first, 407, "x", {}, {{"Proxy-Authenticate", challenge}}));
  first = take("INVITE ");
  CHECK(header(first, "CSeq") == "2 INVITE");
  record_route = "<sip:192.0.2.99;lr>";  // The stack answers challenges of the registrar only.
  reliable(10, "a", "answer");
  const std::string prack = take("PRACK ");
  CHECK(header(prack, "RAck") == "10 2 INVITE");
  CHECK(header(prack, "CSeq") == "3 PRACK");
  receive(response(prack, 407, "", {}, {{"Proxy-Authenticate", challenge}}));
  const std::string again = take("PRACK ");
  CHECK(header(again, "CSeq") == "4 PRACK");
  CHECK(header(again, "RAck") == "10 2 INVITE");
  CHECK(header(again, "Route") == record_route);
  CHECK(!header(again, "Proxy-Authorization").empty());
}

TEST_CASE_FIXTURE(RoutedCaller, "After offer and answer, the peer may send a new offer in an early UPDATE [RFC 3311 section 5.2]") {
  dial();
  reliable(10, "a", "answer");
  sent.clear();
  receive(in_dialog("UPDATE", 1, our_tag, "new", {}, "a"));
  CHECK(sent.empty());
  REQUIRE(event<sip::OfferReceived>());
  receive(in_dialog("UPDATE", 2, our_tag, "newer", {}, "a"));
  CHECK(header(take("SIP/2.0 500"), "Retry-After").size() > 0);
  SUBCASE("accepted") {
    REQUIRE(stack.calls().accept_offer(session, {"application/sdp", "fine"}, now));
    drain();
    CHECK(body(take("SIP/2.0 200")) == "fine");
    receive(response(first, 200, "a", {}, {{"Contact", "<sip:a@192.0.2.98>"}}));
    CHECK(event<sip::CallAnswered>()->body.empty());  // The early UPDATE has replaced the first answer.
  }
  SUBCASE("refused") {
    REQUIRE(stack.calls().refuse_offer(session, 488, now));
    drain();
    CHECK(!take("SIP/2.0 488").empty());
  }
  SUBCASE("hang_up") {
    REQUIRE(stack.calls().hang_up(session, now));
    drain();
    CHECK(!take("SIP/2.0 487").empty());
    CHECK(!take("CANCEL ").empty());
  }
  SUBCASE("a 2xx arrives before the answer") {
    receive(response(first, 200, "a", {}, {{"Contact", "<sip:a@192.0.2.98>"}}));
    CHECK(!take("SIP/2.0 491").empty());
    CHECK(event<sip::CallAnswered>()->body.data == "answer");
  }
}

TEST_CASE_FIXTURE(RoutedCaller, "If a PRACK gets no response, the call continues, and no state is left after it") {
  dial();
  reliable(10, "a", "answer");
  advance(40s);
  CHECK_FALSE(event<sip::CallEnded>());
  receive(response(first, 486, "a"));
  CHECK(event<sip::CallEnded>()->status == 486);
  advance(66s);
  CHECK(stack.calls().size() == 0);
  CHECK(stack.sizes().legs == 0);
  CHECK_FALSE(stack.next_deadline());
}

TEST_CASE_FIXTURE(RoutedCaller, "Two branches may send offers at the same time, and each gets its own answer [RFC 3262 section 5]") {
  dial("");
  reliable(10, "a", "offer a");
  reliable(20, "b", "offer b");
  CHECK(take("PRACK ").empty());
  CHECK(event<sip::OfferReceived>()->branch_tag == "a");
  CHECK(event<sip::OfferReceived>()->branch_tag == "b");
  CHECK(stack.calls().accept_offer(session, {"application/sdp", "x"}, now, "c") == base::fail(sip::StackError::WrongState));
  REQUIRE(stack.calls().accept_offer(session, {"application/sdp", "for b"}, now, "b"));
  REQUIRE(stack.calls().accept_offer(session, {"application/sdp", "for a"}, now));
  drain();
  const std::string b = take("PRACK ");
  CHECK(header(b, "To").ends_with(";tag=b"));
  CHECK(body(b) == "for b");
  const std::string a = take("PRACK ");
  CHECK(header(a, "To").ends_with(";tag=a"));
  CHECK(body(a) == "for a");
}

TEST_CASE_FIXTURE(RoutedCaller, "The offers in early UPDATEs of two branches may wait at the same time. The events have the branch tag [RFC 3311 section 5.2]") {
  dial();
  reliable(10, "a", "answer a");
  reliable(20, "b", "answer b");
  sent.clear();
  const std::string tag = tag_of(header(first, "From"));
  receive(in_dialog("UPDATE", 1, tag, "new a", {}, "a"));
  receive(in_dialog("UPDATE", 1, tag, "new b", {}, "b"));
  CHECK(event<sip::OfferReceived>()->branch_tag == "a");
  CHECK(event<sip::OfferReceived>()->branch_tag == "b");
  receive(in_dialog("UPDATE", 2, tag, "newer b", {}, "b"));
  CHECK(take().starts_with("SIP/2.0 500"));
  REQUIRE(stack.calls().refuse_offer(session, 488, now, "b"));
  REQUIRE(stack.calls().accept_offer(session, kAnswer, now, "a"));
  drain();
  CHECK(header(take("SIP/2.0 488"), "From").ends_with(";tag=b"));
  CHECK(header(take("SIP/2.0 200"), "From").ends_with(";tag=a"));
}
