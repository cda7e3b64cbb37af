#include <offhook/tests/sip/stack/caller.hpp>

using namespace offhook;
using namespace offhook::sim;

namespace {

/// A call of an account that does not register. A NAT changes the source address of its requests, and the server reports the
/// changed address in received and rport.
struct BehindNat : Caller {
  static std::string through_nat(std::string text, const std::string& seen = ";received=203.0.113.1;rport=4097") {
    const auto at = text.find(";rport");
    REQUIRE(at != std::string::npos);
    return text.replace(at, 6, seen);
  }
  /// Dials. The server sends a challenge through the NAT. Returns the INVITE with credentials.
  std::string challenged(const std::string& seen = ";received=203.0.113.1;rport=4097") {
    dial();
    receive(through_nat(response(first, 401, "x", {}, challenge("n1")), seen));
    return take("INVITE ");
  }
  /// Sends a re-INVITE and returns it.
  std::string reoffer() {
    sent.clear();
    REQUIRE(stack.calls().offer(session, {"application/sdp", "mine"}, now));
    drain();
    return take("INVITE ");
  }
  const Fields at_server{{"Contact", "<sip:desk@192.0.2.50>"}};  ///< Later requests of the call also go to the server.
};

}  // namespace

TEST_CASE_FIXTURE(BehindNat, "After a challenge through a NAT, the call's Contact has the address that the server sees [RFC 3261 section 8.1.1.8]") {
  const std::string second = challenged();
  CHECK(header(first, "Contact") == "<sip:bot@192.0.2.1:5060>");
  CHECK(header(second, "Contact") == "<sip:bot@203.0.113.1:4097>");
  CHECK(header(second, "Via").starts_with("SIP/2.0/UDP 192.0.2.1:5060;"));  // The server responds to the source address of the request.
  CHECK(last_flow.local == local);
  receive(through_nat(response(second, 200, "a", "answer", contact())));
  CHECK(header(reoffer(), "Contact") == "<sip:bot@192.0.2.1:5060>");  // The re-INVITE goes directly to the peer, which has reported no address.
}

TEST_CASE_FIXTURE(BehindNat, "The stack accepts an IPv4-mapped IPv6 address in received as an IPv4 address [RFC 4291 section 2.5.5.2]") {
  CHECK(header(challenged(";received=::ffff:203.0.113.1;rport=4097"), "Contact") == "<sip:bot@203.0.113.1:4097>");
}

TEST_CASE_FIXTURE(BehindNat, "Only a challenge changes the Contact, because a callee may have written the Via of other responses") {
  const std::string foreign = ";received=198.51.100.66;rport=5060";
  dial();
  receive(through_nat(response(first, 180, "a", {}, at_server), foreign));
  receive(through_nat(response(first, 200, "a", "answer", at_server), foreign));
  CHECK(header(reoffer(), "Contact") == "<sip:bot@192.0.2.1:5060>");
  dial();
  receive(through_nat(response(first, 486, "a"), foreign));
  dial();
  CHECK(header(first, "Contact") == "<sip:bot@192.0.2.1:5060>");
}

TEST_CASE_FIXTURE(BehindNat, "A challenge that the stack does not answer does not change the Contact") {
  dial();
  receive(response(first, 200, "a", "answer", contact()));  // Later requests go to the peer, which is not a server of the account.
  const std::string foreign = through_nat(response(reoffer(), 401, "a", {}, challenge("n1")), ";received=198.51.100.66;rport=5060");
  receive(foreign);
  CHECK(take("INVITE ").empty());
  CHECK(header(reoffer(), "Contact") == "<sip:bot@192.0.2.1:5060>");
}

TEST_CASE_FIXTURE(BehindNat, "The address from a challenge applies only to the call that got the challenge") {
  receive(through_nat(response(challenged(), 486, "a")));
  sent.clear();
  dial();
  CHECK(header(first, "Contact") == "<sip:bot@192.0.2.1:5060>");
}

TEST_CASE_FIXTURE(BehindNat, "A call to another server does not change the Contact of an established call") {
  receive(response(challenged(), 200, "a", "answer", at_server));
  const sip::SessionId up = session;
  names["192.0.2.50"] = {route(sip::Transport::Udp, address("192.0.2.51", 5060))};
  CHECK(header(challenged(";received=203.0.113.2;rport=4098"), "Contact") == "<sip:bot@203.0.113.2:4098>");
  names.clear();
  session = up;
  CHECK(header(reoffer(), "Contact") == "<sip:bot@203.0.113.1:4097>");
}

TEST_CASE_FIXTURE(BehindNat, "The address that a server sees applies only to the local port that sent the request") {
  receive(response(challenged(), 200, "a", "answer", at_server));
  const sip::Flow same{{1}, sip::Transport::Udp, local, address("192.0.2.50", 5060)};
  const sip::Flow other{{2}, sip::Transport::Udp, address("192.0.2.1", 5062), address("192.0.2.50", 5060)};
  const auto contact_by = [&](const sip::Flow& flow, int cseq) {
    sent.clear();
    receive(in_dialog("UPDATE", cseq, our_tag(), {}, {}, "a"), flow);
    const std::string answer = take("SIP/2.0 200 ");
    return header(answer, "Contact");
  };
  CHECK(contact_by(same, 1) == "<sip:bot@203.0.113.1:4097>");
  CHECK(contact_by(other, 2) == "<sip:bot@192.0.2.1:5062>");
}

TEST_CASE_FIXTURE(BehindNat, "The stack drops the address that a server sees when the connection breaks") {
  names["192.0.2.50"] = {route(sip::Transport::Tcp, address("192.0.2.50", 5060))};
  receive(response(challenged(), 200, "a", "answer", at_server));
  const std::string before = reoffer();
  CHECK(header(before, "Contact") == "<sip:bot@203.0.113.1:4097;transport=tcp>");
  receive(response(before, 200, "a", "answer", at_server));
  const sip::Flow failed{{7}, sip::Transport::Tcp, address("192.0.2.1", 40000), address("192.0.2.50", 5060)};
  stack.on_flow_failed(failed, now);
  CHECK(header(reoffer(), "Contact") == "<sip:bot@192.0.2.1:5060;transport=tcp>");
}

TEST_CASE_FIXTURE(BehindNat, "The stack ignores received and rport if they have the local address, or an address or port that cannot be used") {
  for (const char* seen : {";rport", ";rport=5060", ";received=192.0.2.1;rport=4097", ";received=2001:db8::1;rport=4097", ";received=nowhere;rport=4097",
                           ";received=203.0.113.1;rport=0", ";received=127.0.0.1;rport=4097", ";received=224.0.0.1;rport=4097",
                           ";received=::ffff:192.0.2.1;rport=4097", ";received=::ffff:127.0.0.1;rport=4097",
                           ";received=255.255.255.255;rport=4097"}) {
    INFO(seen);
    const std::string second = challenged(seen);
    CHECK(header(second, "Contact") == "<sip:bot@192.0.2.1:5060>");
    receive(response(second, 486, "a"));
    sent.clear();
  }
}

TEST_CASE_FIXTURE(BehindNat, "The stack uses only a unicast address of the local address's family and scope as the Contact") {
  const auto goes = [&](const char* own, const char* seen) {
    const bool v6 = base::IpAddress::parse(own)->is_v6();
    names["192.0.2.50"] = {{sip::Transport::Udp, address(own, 5060), address(v6 ? "2001:db8::50" : "192.0.2.50", 5060), sip::FlowId{1}}};
    const std::string second = challenged(std::string(";received=") + seen + ";rport=4097");
    receive(response(second, 486, "a"));
    sent.clear();
    return header(second, "Contact").find(v6 ? std::string("@[") + seen + "]:4097" : std::string("@") + seen + ":4097") != std::string::npos;
  };
  CHECK(goes("192.0.2.1", "223.255.255.255"));
  CHECK_FALSE(goes("192.0.2.1", "224.0.0.0"));
  CHECK_FALSE(goes("192.0.2.1", "127.0.0.2"));
  CHECK(goes("127.0.0.1", "127.0.0.2"));
  CHECK(goes("2001:db8::1", "2001:db8::2"));
  CHECK_FALSE(goes("2001:db8::1", "ff02::1"));
  CHECK_FALSE(goes("2001:db8::1", "::1"));
  CHECK_FALSE(goes("2001:db8::1", "::ffff:203.0.113.1"));
}
