#include <offhook/sip/dialog/redirections.hpp>
#include <offhook/tests/sim/scripted.hpp>

#include <doctest/doctest.h>

using namespace offhook;
using namespace offhook::sim;

namespace {

struct Moved : Scripted {
  std::string dial(unsigned allowed, const std::string& target = "sip:desk@192.0.2.60", bool through = true) {
    sip::AccountOptions options;
    options.address_of_record = "sip:bot@192.0.2.1";
    options.registrar = "sip:192.0.2.60";
    options.registers = false;
    sip::CallOptions call;
    call.account = stack.accounts().add(options, now);
    call.target = target;
    call.offer = {"application/sdp", "offer"};
    call.headers = {{"X-A", "1"}};
    call.max_redirections = allowed;
    call.through_registrar = through;
    REQUIRE(stack.calls().call(call, now));
    drain();
    return take("INVITE ");
  }
  std::string moved(const std::string& invite, const std::string& contacts, int status = 302) {
    receive(response(invite, status, "moved", {}, {{"Contact", contacts}}));
    return take("INVITE ");
  }
};

}  // namespace

TEST_CASE_FIXTURE(Moved, "The stack follows no 3xx unless max_redirections allows redirections. CallEnded has the contacts of the 3xx [RFC 3261 section 8.1.3.4]") {
  const std::string invite = dial(0);
  CHECK(moved(invite, "<sip:b@192.0.2.62>;q=0.2, <sip:a@192.0.2.61>;q=0.7, <mailto:x@y>").empty());
  const auto ended = event<sip::CallEnded>();
  REQUIRE(ended);
  CHECK(ended->status == 302);
  CHECK(ended->contacts == std::vector<std::string>{"sip:a@192.0.2.61", "sip:b@192.0.2.62"});
}

TEST_CASE_FIXTURE(Moved,
    "The stack tries the contacts of a 3xx in the order of q, with the same Call-ID and a new CSeq, until one accepts [RFC 3261 section 8.1.3.4]") {
  const std::string first = dial(3);
  const std::string second = moved(first, "<sip:b@192.0.2.62>;q=0.2, <sip:a@192.0.2.61>;q=0.75");
  CHECK(start_line(second) == "INVITE sip:a@192.0.2.61 SIP/2.0");
  CHECK(last_flow.remote == address("192.0.2.60", 5060));  // The request still goes through the registrar.
  CHECK(header(second, "Call-ID") == header(first, "Call-ID"));
  CHECK(header(second, "From") == header(first, "From"));
  CHECK(header(second, "To") == header(first, "To"));
  CHECK(header(second, "CSeq") == "2 INVITE");
  CHECK(header(second, "X-A") == "1");
  CHECK(body(second) == "offer");
  receive(response(second, 486, "a"));
  const std::string third = take("INVITE ");
  CHECK(start_line(third) == "INVITE sip:b@192.0.2.62 SIP/2.0");
  receive(response(third, 200, "b", "answer", {{"Contact", "<sip:b@192.0.2.62>"}}));
  CHECK(event<sip::CallAnswered>());
  CHECK(header(take("ACK "), "CSeq") == "3 ACK");
}

TEST_CASE_FIXTURE(Moved, "A call that does not go through the registrar goes directly to the contact of a 3xx, too") {
  const std::string first = dial(1, "sip:desk@192.0.2.70", false);
  CHECK(!moved(first, "<sip:a@192.0.2.61:5070>").empty());
  CHECK(last_flow.remote == address("192.0.2.61", 5070));
}

TEST_CASE_FIXTURE(Moved, "In a redirection loop the stack tries no target twice, and the call ends [RFC 3261 section 8.1.3.4]") {
  const std::string first = dial(5);
  const std::string second = moved(first, "<sip:a@192.0.2.61>");
  CHECK(moved(second, "<sip:desk@192.0.2.60>, <sip:a@192.0.2.61>").empty());
  CHECK(event<sip::CallEnded>()->status == 302);
  CHECK(stack.calls().size() == 0);
}

TEST_CASE_FIXTURE(Moved, "The stack follows max_redirections contacts, but at most kMaxRedirections, and none after a 6xx") {
  std::string invite = dial(100);
  unsigned followed = 0;
  for (; !invite.empty() && followed < 50; ++followed)
    invite = moved(invite, "<sip:n" + std::to_string(followed) + "@192.0.2.61>");
  CHECK(followed == sip::session::kMaxRedirections + 1);
  Moved other;
  const std::string again = other.moved(other.dial(2), "<sip:a@192.0.2.61>, <sip:b@192.0.2.62>");
  other.receive(other.response(again, 603, "a"));
  CHECK(other.take("INVITE ").empty());
  CHECK(other.event<sip::CallEnded>()->status == 603);
}

TEST_CASE_FIXTURE(Moved, "The stack keeps kMaxOtherTargets contacts that it has not tried, and drops further contacts") {
  sip::session::Redirections redirections("sip:x@192.0.2.1", 5);
  std::string contacts = "<sip:n0@192.0.2.61>";
  for (std::size_t i = 1; i < sip::kMaxContacts; ++i) contacts += ", <sip:n" + std::to_string(i) + "@192.0.2.61>";
  static_assert(sip::kMaxContacts == sip::session::kMaxOtherTargets);
  const std::string first = moved(dial(2), contacts);
  CHECK(start_line(first) == "INVITE sip:n0@192.0.2.61 SIP/2.0");
  CHECK(start_line(moved(first, "<sip:y@192.0.2.62>, <sip:z@192.0.2.63>")) == "INVITE sip:y@192.0.2.62 SIP/2.0");
}

TEST_CASE_FIXTURE(Moved, "The stack does not follow a redirection to a scheme other than sip and sips [RFC 3261 section 19.1]") {
  sip::session::Redirections redirections("sips:x@192.0.2.1", 5);
  CHECK_FALSE(redirections.next());
  const std::string first = dial(2);
  CHECK(moved(first, "<tel:+4930123>").empty());
}
