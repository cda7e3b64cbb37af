// Tests of registrations at several servers at the same time, and of registrations whose connection or address changes.
#include <offhook/tests/sip/stack/leaving.hpp>

#include <doctest/doctest.h>

using namespace offhook;
using namespace offhook::sim;

namespace {

using State = sip::RegistrationChanged::State;

/// One instance that registers at the primary server over one flow and at the secondary server over another.
struct Parallel : Leaving {
  sip::AccountId primary, secondary;
  std::string first, second;
  Parallel() {
    options.instance = "urn:uuid:00000000-0000-1000-8000-000a95a0e128";
    options.reg_id = 1;
    first = start();
    primary = account;
    options.outbound_proxy = "sip:pbx2.example";
    options.reg_id = 2;
    second = start();
    secondary = account;
  }
  base::Duration failed_for(sip::AccountId which) {
    std::optional<base::Duration> wait;
    while (const auto changed = event<sip::RegistrationChanged>()) {
      if (changed->account == which && changed->state == State::Failed) wait = changed->retry_in;
    }
    REQUIRE(wait);
    return *wait;
  }
};

}  // namespace

TEST_CASE_FIXTURE(Parallel,
    "One instance registers at the primary and the secondary server at the same time, with one flow for each, and gets calls from both [RFC 5626 section 4.2.1]") {
  CHECK(header(first, "Contact").find(";reg-id=1;") != std::string::npos);
  CHECK(header(second, "Contact").find(";reg-id=2;") != std::string::npos);
  CHECK(header(first, "Call-ID") != header(second, "Call-ID"));
  CHECK(last_flow.remote == address("192.0.2.60", 5060));
  receive(granted(second));
  receive(granted(first));
  peer.remote = address("192.0.2.60", 5060);
  receive(Scripted::invite("offer", {}, "sip:6001@192.0.2.1"));
  const auto by_second = event<sip::IncomingCall>();
  REQUIRE(by_second);
  CHECK(by_second->account == secondary);
  peer.remote = address("192.0.2.50", 5060);
  call_id = "call-2";
  std::string other = Scripted::invite("offer", {}, "sip:6001@192.0.2.1");
  other.replace(other.find("call-1"), 6, "call-2");
  receive(other);
  const auto by_first = event<sip::IncomingCall>();
  REQUIRE(by_first);
  CHECK(by_first->account == primary);
}

TEST_CASE_FIXTURE(Parallel, "A failed flow waits 90 to 180 s while another flow is registered, and 30 to 60 s otherwise [RFC 5626 section 4.5]") {
  SUBCASE("the other flow is registered") {
    receive(granted(second));
    receive(response(first, 500, "reg"));
    const auto wait = failed_for(primary);
    CHECK(wait >= 90s);
    CHECK(wait <= 180s);
  }
  SUBCASE("no flow is registered") {
    receive(response(second, 500, "reg"));
    receive(response(first, 500, "reg"));
    const auto wait = failed_for(primary);
    CHECK(wait >= 30s);
    CHECK(wait <= 60s);
  }
}

TEST_CASE_FIXTURE(Leaving, "A connection that breaks before its first pong is a failed flow. If it breaks later, the account replaces it at once [RFC 5626 section 4.5]") {
  options.instance = "urn:uuid:1";
  options.reg_id = 1;
  options.registrar = "sip:192.0.2.50;transport=tcp";
  receive(granted(start(), "", {{"Require", "outbound"}, {"Flow-Timer", "30"}}), last_flow);
  const sip::Flow flow = last_flow;
  REQUIRE(last_change().state == State::Registered);
  SUBCASE("before the first pong") {
    stack.on_flow_failed(flow, now);
    drain();
    CHECK(last_change().state == State::Failed);
    sent.clear();
    advance(29s);
    CHECK(count("REGISTER ") == 0);
    advance(31s);
    CHECK(count("REGISTER ") == 1);
  }
  SUBCASE("after a pong") {
    sent.clear();
    advance(30s);
    REQUIRE(count("\r\n\r\n") >= 1);
    receive("\r\n", flow);
    stack.on_flow_failed(flow, now);
    drain();
    advance(2s);
    const std::string again = take("REGISTER ");
    REQUIRE(!again.empty());
    CHECK(header(again, "Contact").find(";reg-id=1;") != std::string::npos);
    receive(granted(again), last_flow);
    CHECK(last_change().state == State::Registered);
  }
  SUBCASE("silence after a pong") {
    sent.clear();
    advance(30s);
    receive("\r\n", flow);
    advance(41s);  // The time until a ping, and 10 s without a pong.
    const auto dead = stack.poll_close();
    REQUIRE(dead);
    stack.on_flow_failed(*dead, now);
    drain();
    advance(2s);
    CHECK(count("REGISTER ") == 1);
  }
}

TEST_CASE_FIXTURE(Leaving, "When the registrar reports a new address, the account registers this address and removes the old one at once [RFC 3581 section 4]") {
  const auto seen_at = [&](const std::string& request, const std::string& port) {
    std::string text = granted(request);
    text.replace(text.find(";rport"), 6, ";received=203.0.113.7;rport=" + port);
    return text;
  };
  receive(seen_at(start(), "40000"));
  std::string next = take("REGISTER ");
  CHECK(headers(next, "Contact") == std::vector<std::string>{"<sip:6001@203.0.113.7:40000>;expires=300, <sip:6001@192.0.2.1:5060>;expires=0"});
  receive(seen_at(next, "40000"));
  next = refresh();
  CHECK(header(next, "Contact") == "<sip:6001@203.0.113.7:40000>;expires=300");
  sent.clear();
  receive(seen_at(next, "50000"));
  next = take("REGISTER ");
  CHECK(header(next, "Contact") == "<sip:6001@203.0.113.7:50000>;expires=300, <sip:6001@203.0.113.7:40000>;expires=0");
  receive(seen_at(next, "50000"));
  CHECK(last_change().contact == "sip:6001@203.0.113.7:50000");
  CHECK(header(dial(), "Contact") == "<sip:6001@203.0.113.7:50000>");
}

TEST_CASE_FIXTURE(Leaving,
    "After a change of the local address, refresh() registers the new address and removes the old one at once [RFC 3261 section 10.2.4]") {
  receive(granted(start()));
  advance(10s);
  local = address("198.51.100.7", 5060);
  names["pbx.example"] = {route(Transport::Udp, address("192.0.2.50", 5060))};
  sent.clear();
  stack.accounts().refresh(account, now);
  drain();
  const std::string next = take("REGISTER ");
  CHECK(header(next, "Contact") == "<sip:6001@198.51.100.7:5060>;expires=300, <sip:6001@192.0.2.1:5060>;expires=0");
  receive(granted(next));
  CHECK(last_change().contact == "sip:6001@198.51.100.7:5060");
  stack.accounts().refresh({account.value + 1}, now);  // This account does not exist.
  drain();
  CHECK(sent.empty());
}

TEST_CASE_FIXTURE(Leaving, "If two candidates got the REGISTER over different transports, the Contact for the one that responded counts as registered") {
  names["pbx.example"] = {route(Transport::Udp, address("192.0.2.50", 5060)), route(Transport::Tcp, address("192.0.2.50", 5060))};
  const std::string by_udp = start();
  advance(4s);
  const std::string by_tcp = take("REGISTER sip:pbx.example SIP/2.0\r\nVia: SIP/2.0/TCP");
  REQUIRE(!by_tcp.empty());
  receive(granted(by_udp));
  CHECK(last_change().contact == "sip:6001@192.0.2.1:5060");
  stack.accounts().unregister(account, now);
  drain();
  CHECK(header(take("REGISTER "), "Contact") == "<sip:6001@192.0.2.1:5060>;expires=0");
}

TEST_CASE_FIXTURE(Leaving, "A call that withholds the identity has the temporary GRUU as its Contact, never the public GRUU [RFC 5627 section 4.4]") {
  options.instance = "urn:uuid:1";
  const auto dial_anonymously = [&] {
    sip::CallOptions call;
    call.account = account;
    call.target = "sip:desk@pbx.example";
    call.offer = {"application/sdp", "offer"};
    call.privacy.id = true;
    sent.clear();
    REQUIRE(stack.calls().call(call, now));
    drain();
    return header(take("INVITE "), "Contact");
  };
  receive(granted(start(), ";pub-gruu=\"sip:6001@pbx.example;gr=1\";temp-gruu=\"sip:tgruu.7hs@pbx.example;gr\""));
  CHECK(dial_anonymously() == "<sip:tgruu.7hs@pbx.example;gr>");
  CHECK(header(dial(), "Contact") == "<sip:6001@pbx.example;gr=1>");
  receive(granted(refresh(), ";pub-gruu=\"sip:6001@pbx.example;gr=1\""));
  CHECK(dial_anonymously() == "<sip:6001@192.0.2.1:5060>");
}
