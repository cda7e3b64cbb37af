#include <offhook/tests/sip/stack/caller.hpp>

using namespace offhook;
using namespace offhook::sim;

namespace {

/// A call of an account that does not register. A NAT gives our requests another source address; the server says so in received and rport.
struct BehindNat : Caller {
  static std::string through_nat(std::string text, const std::string& seen = ";received=203.0.113.1;rport=4097") {
    const auto at = text.find(";rport");
    REQUIRE(at != std::string::npos);
    return text.replace(at, 6, seen);
  }
  /// The INVITE with credentials, after a challenge that came through the NAT.
  std::string challenged(const std::string& seen = ";received=203.0.113.1;rport=4097") {
    dial();
    receive(through_nat(response(first, 401, "x", {}, challenge("n1")), seen));
    return take("INVITE ");
  }
};

}  // namespace

TEST_CASE_FIXTURE(BehindNat, "After a challenge through a NAT, the call's Contact is the address that the server sees [RFC 3261 section 8.1.1.8]") {
  const std::string second = challenged();
  CHECK(header(first, "Contact") == "<sip:bot@192.0.2.1:5060>");
  CHECK(header(second, "Contact") == "<sip:bot@203.0.113.1:4097>");
  CHECK(header(second, "Via").starts_with("SIP/2.0/UDP 192.0.2.1:5060;"));  // The server answers to where the request came from.
  CHECK(last_flow.local == local);
  receive(through_nat(response(second, 200, "a", "answer", contact())));
  REQUIRE(stack.offer(session, {"application/sdp", "mine"}, now));
  drain();
  CHECK(header(take("INVITE "), "Contact") == "<sip:bot@192.0.2.1:5060>");  // To the peer's own address, which has not said how it sees us.
}

TEST_CASE_FIXTURE(BehindNat, "The first INVITE of the next call to the same server names the address that the server saw last") {
  receive(through_nat(response(challenged(), 486, "a")));
  sent.clear();
  dial();
  CHECK(header(first, "Contact") == "<sip:bot@203.0.113.1:4097>");
  receive(response(first, 401, "x", {}, challenge("n2")));  // The NAT is gone.
  CHECK(header(take("INVITE "), "Contact") == "<sip:bot@192.0.2.1:5060>");
}

TEST_CASE_FIXTURE(BehindNat, "A server that sees our own address, or says none that we can use, changes no Contact") {
  for (const char* seen : {";rport", ";rport=5060", ";received=192.0.2.1;rport=4097", ";received=2001:db8::1;rport=4097", ";received=nowhere;rport=4097",
                           ";received=203.0.113.1;rport=0"}) {
    INFO(seen);
    const std::string second = challenged(seen);
    CHECK(header(second, "Contact") == "<sip:bot@192.0.2.1:5060>");
    receive(response(second, 486, "a"));
    sent.clear();
  }
}
