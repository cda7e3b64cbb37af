#include <offhook/tests/sip/stack/called.hpp>
#include <offhook/tests/sip/stack/early_dialogs.hpp>

#include <doctest/doctest.h>

using namespace offhook;
using namespace offhook::sim;

// Bodies other than SDP, with a Content-Disposition that makes them optional or required.

namespace {

const std::string kOptional = "Content-Disposition: render;handling=optional\r\n";

std::string as_text(const std::string& message, const std::string& lines = kOptional) {
  return replaced(message, "Content-Type: application/sdp\r\n", "Content-Type: text/plain\r\n" + lines);
}
std::string in_parts(const std::string& message, const std::string& lines = {}) {
  return replaced(message, "Content-Type: application/sdp\r\n", "Content-Type: multipart/mixed;boundary=x\r\n" + lines);
}
std::string part(const std::string& disposition) {
  return "--x\r\nContent-Type: text/plain\r\nContent-Disposition: render" + disposition + "\r\n\r\nhello\r\n";
}

}  // namespace

TEST_CASE_FIXTURE(Called, "The stack ignores an optional body that is not SDP [RFC 3261 section 8.2.3]") {
  std::string text;
  SUBCASE("Content-Disposition as in the grammar") { text = as_text(invite("hello")); }
  SUBCASE("Content-Disposition with other letter case, blanks and quotes") {
    text = as_text(invite("hello"), "Content-Disposition: Icon ; size=4; Handling = \"OPTIONAL\"\r\n");
  }
  SUBCASE("SDP with a Content-Encoding") { text = invite("hello", {{"Content-Encoding", "gzip"}, {"Content-Disposition", "session;handling=optional"}}); }
  SUBCASE("every part is optional") { text = in_parts(invite(part(";handling=optional") + part(";handling=optional") + "--x--")); }
  SUBCASE("the multipart body is optional as a whole") { text = in_parts(invite(part("") + "--x--"), kOptional); }
  receive(text);
  const auto call = event<sip::IncomingCall>();
  REQUIRE(call);
  CHECK(call->offer.empty());
  REQUIRE(stack.calls().answer(call->session, kOffer, now));
  drain();
  const std::string ok = take("SIP/2.0 200");
  CHECK(body(ok) == "offer");
  receive(in_dialog("ACK", 1, tag_of(header(ok, "To")), "answer"));
  const auto confirmed = event<sip::CallConfirmed>();
  REQUIRE(confirmed);
  CHECK(confirmed->body.data == "answer");
}

TEST_CASE("A body that is neither SDP nor optional gets 415 [RFC 3261 section 8.2.3]") {
  Called pen;
  const auto invite = [&](const std::string& content, const Fields& extra = {}) { return pen.invite(content, extra); };
  for (const std::string& text : {
      as_text(invite("hello"), ""),
      as_text(invite("hello"), "Content-Disposition: render\r\n"),
      as_text(invite("hello"), "Content-Disposition: render;handling=required\r\n"),
      as_text(invite("hello"), "Content-Disposition: render;handling=\r\n"),
      in_parts(invite(part(";handling=optional") + part("") + "--x--")),
      in_parts(invite(part(";handling=optional") + part(";handling=required") + "--x--")),
      in_parts(invite("--x--")),
      invite("hello", {{"Content-Encoding", "gzip"}}),
  }) {
    Called us;
    us.receive(text);
    CHECK(us.take().starts_with("SIP/2.0 415"));
    CHECK_FALSE(us.event<sip::IncomingCall>());
  }
}

TEST_CASE_FIXTURE(Called, "Within a call, the stack does not treat an optional body that is not SDP as an offer [RFC 3261 section 8.2.3]") {
  talk();
  receive(as_text(in_dialog("UPDATE", 2, our_tag, "hello")));
  CHECK(take().starts_with("SIP/2.0 200"));
  CHECK_FALSE(event<sip::OfferReceived>());
  receive(as_text(in_dialog("INVITE", 3, our_tag, "hello")));
  const auto asked = event<sip::OfferReceived>();
  REQUIRE(asked);
  CHECK(asked->offer.empty());  // The peer asks the agent for an offer.
}

TEST_CASE_FIXTURE(EarlyDialogs, "In PRACK and in an early UPDATE, the stack does not treat an optional body that is not SDP as an offer [RFC 3261 section 8.2.3]") {
  SUBCASE("the peer calls") {
    agree_as_called();
    receive(as_text(in_dialog("UPDATE", 20, our_tag, "hello")));
  }
  SUBCASE("the agent calls") {
    dial();
    agree();
    receive(as_text(in_dialog("UPDATE", 20, our_tag, "hello", {}, "a")));
  }
  SUBCASE("PRACK") {
    ring_in(kRequires);
    REQUIRE(stack.calls().progress(session, kEarly, now));
    drain();
    const std::string early = take("SIP/2.0 183");
    our_tag = tag_of(header(early, "To"));
    receive(as_text(in_dialog("PRACK", 2, our_tag, "hello", {{"RAck", header(early, "RSeq") + " 1 INVITE"}})));
  }
  CHECK(take().starts_with("SIP/2.0 200"));
  CHECK_FALSE(event<sip::OfferReceived>());
}
