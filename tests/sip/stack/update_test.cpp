#include <offhook/tests/sim/scripted.hpp>

#include <doctest/doctest.h>

using namespace offhook;
using namespace offhook::sim;

namespace {

struct Updated : Scripted {
  sip::SessionId session;
  std::string our_tag;

  void ring_in() {
    receive(invite());
    session = event<sip::IncomingCall>()->session;
    REQUIRE(stack.calls().ring(session, now));
    drain();
    our_tag = tag_of(header(take("SIP/2.0 180"), "To"));
  }
  void talk() {
    ring_in();
    REQUIRE(stack.calls().answer(session, {"application/sdp", "answer"}, now));
    drain();
    CHECK(header(take("SIP/2.0 200"), "Allow").find("UPDATE") != std::string::npos);
    receive(in_dialog("ACK", 1, our_tag));
    sent.clear();
    events.clear();
  }
  void expect_later(const std::string& response) {
    CHECK(response.starts_with("SIP/2.0 500"));
    const std::string wait = header(response, "Retry-After");
    REQUIRE(!wait.empty());
    CHECK(std::stoi(wait) <= 10);
  }
};

std::string moved(std::string request) {
  const std::string from = "Contact: <sip:al@192.0.2.99>";
  return request.replace(request.find(from), from.size(), "Contact: <sip:al@192.0.2.77>");
}

}  // namespace

TEST_CASE_FIXTURE(Updated, "An UPDATE without an offer changes the target of an incoming call that rings [RFC 3311 section 5.2]") {
  ring_in();
  receive(moved(in_dialog("UPDATE", 2, our_tag)));
  const std::string ok = take("SIP/2.0 200");
  CHECK(header(ok, "CSeq") == "2 UPDATE");
  CHECK(header(ok, "Contact") == "<sip:bot@192.0.2.1:5060>");
  CHECK(body(ok).empty());
  REQUIRE(stack.calls().answer(session, {"application/sdp", "answer"}, now));
  drain();
  receive(in_dialog("ACK", 1, our_tag));
  REQUIRE(stack.calls().hang_up(session, now));
  drain();
  CHECK(start_line(take("BYE ")) == "BYE sip:al@192.0.2.77 SIP/2.0");
}

TEST_CASE_FIXTURE(Updated, "An UPDATE with an offer before the answer to INVITE gets 500 with Retry-After [RFC 3311 section 5.2]") {
  ring_in();
  receive(in_dialog("UPDATE", 2, our_tag, "early"));
  expect_later(take());
  CHECK(events.empty());
  REQUIRE(stack.calls().answer(session, {"application/sdp", "answer"}, now));
}

TEST_CASE_FIXTURE(Updated, "In an outgoing call, an early UPDATE changes the target. An early UPDATE with an offer collides and gets 491 [RFC 3311 section 5.2]") {
  sip::AccountOptions options;
  options.address_of_record = "sip:bot@192.0.2.1";
  options.registrar = "sip:192.0.2.99";
  options.registers = false;
  sip::CallOptions call;
  call.account = stack.accounts().add(options, now);
  call.target = "sip:al@192.0.2.99";
  call.offer = {"application/sdp", "offer"};
  REQUIRE(stack.calls().call(call, now));
  drain();
  const std::string first = take("INVITE ");
  CHECK(header(first, "Allow").find("UPDATE") != std::string::npos);
  call_id = header(first, "Call-ID");
  our_tag = tag_of(header(first, "From"));
  receive(response(first, 180, "a", {}, {{"Contact", "<sip:al@192.0.2.98>"}}));
  receive(in_dialog("UPDATE", 7, our_tag, "theirs", {}, "a"));
  CHECK(take().starts_with("SIP/2.0 491"));
  receive(moved(in_dialog("UPDATE", 8, our_tag, {}, {}, "a")));
  CHECK(take().starts_with("SIP/2.0 200"));
  receive(in_dialog("UPDATE", 9, our_tag, {}, {}, "nobody"));
  CHECK(take().starts_with("SIP/2.0 481"));
  receive(in_dialog("UPDATE", 8, our_tag, {}, {}, "a"));
  CHECK(take().starts_with("SIP/2.0 500"));  // The CSeq does not rise: RFC 3261 section 12.2.2
}

TEST_CASE_FIXTURE(Updated, "Within a call the application accepts or refuses the offer of an UPDATE. An UPDATE that collides with an offer gets 491 [RFC 3311 section 5.2]") {
  talk();
  SUBCASE("accepted") {
    receive(in_dialog("UPDATE", 2, our_tag, "new"));
    CHECK(event<sip::OfferReceived>()->offer.data == "new");
    REQUIRE(stack.calls().accept_offer(session, {"application/sdp", "fine"}, now));
    drain();
    const std::string ok = take("SIP/2.0 200");
    CHECK(body(ok) == "fine");
    CHECK(header(ok, "Contact") == "<sip:bot@192.0.2.1:5060>");
  }
  SUBCASE("refused") {
    receive(in_dialog("UPDATE", 2, our_tag, "new"));
    REQUIRE(stack.calls().refuse_offer(session, 488, now));
    drain();
    CHECK(!take("SIP/2.0 488").empty());
  }
  SUBCASE("glare") {
    REQUIRE(stack.calls().offer(session, {"application/sdp", "mine"}, now));
    drain();
    sent.clear();
    receive(in_dialog("UPDATE", 2, our_tag, "new"));
    CHECK(take().starts_with("SIP/2.0 491"));
    CHECK(events.empty());
    receive(in_dialog("UPDATE", 3, our_tag));  // Without an offer there is no collision.
    CHECK(take().starts_with("SIP/2.0 200"));
  }
}

TEST_CASE_FIXTURE(Updated, "While an UPDATE with an offer waits for its answer, another UPDATE or INVITE gets 500 with Retry-After [RFC 3311 section 5.2]") {
  talk();
  receive(in_dialog("UPDATE", 2, our_tag, "new"));
  receive(in_dialog("UPDATE", 3, our_tag));
  expect_later(take());
  receive(in_dialog("UPDATE", 4, our_tag, "newer"));
  expect_later(take());
  receive(in_dialog("INVITE", 5, our_tag, "newest"));
  expect_later(take("SIP/2.0 5"));
  REQUIRE(stack.calls().accept_offer(session, {"application/sdp", "fine"}, now));
  drain();
  CHECK(header(take("SIP/2.0 200"), "CSeq") == "2 UPDATE");
}

TEST_CASE_FIXTURE(Updated, "While the peer's re-INVITE waits, an UPDATE of the peer may change the target, and an UPDATE with an offer gets 500 [RFC 3311 section 5.2]") {
  talk();
  receive(in_dialog("INVITE", 2, our_tag, "hold"));
  sent.clear();
  receive(in_dialog("UPDATE", 3, our_tag, "new"));
  expect_later(take());
  receive(moved(in_dialog("UPDATE", 4, our_tag)));
  CHECK(take().starts_with("SIP/2.0 200"));
  REQUIRE(stack.calls().accept_offer(session, {"application/sdp", "held"}, now));
  drain();
  CHECK(header(take("SIP/2.0 200"), "CSeq") == "2 INVITE");
}

TEST_CASE_FIXTURE(Updated, "A refused re-INVITE does not change the target. An accepted or pending re-INVITE changes it [RFC 6141 section 4.6]") {
  talk();
  receive(moved(in_dialog("INVITE", 2, our_tag, "hold")));
  REQUIRE(event<sip::OfferReceived>());
  SUBCASE("refused") {
    REQUIRE(stack.calls().refuse_offer(session, 488, now));
    REQUIRE(stack.calls().hang_up(session, now));
    drain();
    CHECK(start_line(take("BYE ")) == "BYE sip:al@192.0.2.99 SIP/2.0");
  }
  SUBCASE("accepted") {
    REQUIRE(stack.calls().accept_offer(session, {"application/sdp", "answer"}, now));
    drain();
    receive(in_dialog("ACK", 2, our_tag));
    REQUIRE(stack.calls().hang_up(session, now));
    drain();
    CHECK(start_line(take("BYE ")) == "BYE sip:al@192.0.2.77 SIP/2.0");
  }
  SUBCASE("pending") {
    REQUIRE(stack.calls().hang_up(session, now));
    drain();
    CHECK(start_line(take("BYE ")) == "BYE sip:al@192.0.2.77 SIP/2.0");
  }
}
