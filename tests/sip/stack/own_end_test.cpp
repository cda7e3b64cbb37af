// Tests of Via and Contact for a transport without a listener, with the local address and port of the connection.
#include <offhook/tests/sim/scripted.hpp>

#include <doctest/doctest.h>

using namespace offhook;
using namespace offhook::sim;
using sip::Transport;

namespace {

/// Registers over TLS, for which the edge has no listener. The flow of each received message has the connection's local port.
struct Dialling : Scripted {
  sip::AccountId account;
  sip::AccountOptions options;
  sip::Flow connection{{7}, Transport::Tls, address("192.0.2.1", 49152), address("192.0.2.50", 5061), "pbx.example"};

  Dialling() {
    options.address_of_record = "sip:6001@pbx.example";
    options.registrar = "sip:pbx.example;transport=tls";
    options.username = "6001";
    options.password = "secret";
    options.keep_alive = false;
    names["pbx.example"] = {{Transport::Tls, address("192.0.2.1", 0), address("192.0.2.50", 5061), {}, "pbx.example"}};
    peer = connection;
  }
  std::string granted(const std::string& request, const std::string& params = "", Fields extra = {}) {
    const std::string contact = header(request, "Contact");
    extra.emplace_back("Contact", contact.substr(0, contact.find('>') + 1) + ";expires=300" + params);
    return response(request, 200, "reg", {}, extra);
  }
  static Fields challenge(const std::string& nonce = "n1") {
    return {{"WWW-Authenticate", "Digest realm=\"pbx\", nonce=\"" + nonce + "\", stale=true, algorithm=MD5, qop=\"auth\""}};
  }
  /// Adds the account and answers the challenge. Returns the REGISTER with credentials.
  std::string start() {
    account = stack.accounts().add(options, now);
    drain();
    receive(response(take("REGISTER "), 401, "reg", {}, challenge()));
    return take("REGISTER ");
  }
  std::string dial(const std::string& target = "sip:desk@pbx.example") {
    sip::CallOptions call;
    call.account = account;
    call.target = target;
    call.through_registrar = account != sip::AccountId{} && options.registers;
    call.offer = {"application/sdp", "offer"};
    sent.clear();
    const auto made = stack.calls().call(call, now);
    REQUIRE(made);
    session = *made;
    drain();
    return take("INVITE ");
  }
  sip::SessionId session;
};

}  // namespace

TEST_CASE_FIXTURE(Dialling, "An account that registers over TLS without a listener puts the local port of the connection in its Contact [RFC 5626 section 4.2]") {
  account = stack.accounts().add(options, now);
  drain();
  const std::string first = take("REGISTER ");
  CHECK(header(first, "Via").starts_with("SIP/2.0/TLS 192.0.2.1;branch="));
  CHECK(header(first, "Contact") == "<sip:6001@192.0.2.1;transport=tls>;expires=300");
  receive(response(first, 401, "reg", {}, challenge()));
  const std::string second = take("REGISTER ");
  CHECK(header(second, "Contact") == "<sip:6001@192.0.2.1:49152;transport=tls>;expires=300");
  receive(granted(second));
  CHECK(count("REGISTER ") == 0);  // The account does not need to correct the Contact.
  CHECK(header(dial(), "Contact") == "<sip:6001@192.0.2.1:49152;transport=tls>");
}

TEST_CASE_FIXTURE(Dialling, "A call that arrives over the agent's connection gets its 200 on this connection, with the registered Contact") {
  receive(granted(start()));
  sent.clear();
  receive(invite("offer", {}, "sip:6001@192.0.2.1:49152;transport=tls"));
  const auto incoming = event<sip::IncomingCall>();
  REQUIRE(incoming);
  CHECK(stack.calls().answer(incoming->session, {"application/sdp", "answer"}, now));
  drain();
  CHECK(header(take("SIP/2.0 200"), "Contact") == "<sip:6001@192.0.2.1:49152;transport=tls>");
  CHECK(last_flow == connection);
}

TEST_CASE_FIXTURE(Dialling, "With outbound the Contact of a call has ob and the local port of the connection [RFC 5626 section 4.3]") {
  options.instance = "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6";
  options.reg_id = 1;
  receive(granted(start(), "", {{"Require", "outbound"}}));
  CHECK(header(dial(), "Contact") == "<sip:6001@192.0.2.1:49152;transport=tls;ob>");
}

TEST_CASE_FIXTURE(Dialling, "After its connection breaks, the account registers within 2 s with the port of a new one, and removes the old port's binding") {
  receive(granted(start()));
  sent.clear();
  stack.on_flow_failed(connection, now);
  drain();
  advance(2s);
  const std::string again = take("REGISTER ");
  CHECK(header(again, "Contact") == "<sip:6001@192.0.2.1;transport=tls>;expires=300, <sip:6001@192.0.2.1:49152;transport=tls>;expires=0");
  peer.id = {8};
  peer.local.port = 49160;
  receive(response(again, 401, "reg", {}, challenge("n2")));
  const std::string proven = take("REGISTER ");
  CHECK(header(proven, "Contact") == "<sip:6001@192.0.2.1:49160;transport=tls>;expires=300, <sip:6001@192.0.2.1:49152;transport=tls>;expires=0");
  receive(granted(proven));
  CHECK(count("REGISTER ") == 0);
  CHECK(header(dial(), "Contact") == "<sip:6001@192.0.2.1:49160;transport=tls>");
}

TEST_CASE_FIXTURE(Dialling, "Without a registration, the Contact of a call has the local port of the connection after the first response") {
  options.registers = false;
  account = stack.accounts().add(options, now);
  drain();
  const std::string first = dial("sip:desk@pbx.example;transport=tls");
  CHECK(header(first, "Contact") == "<sip:6001@192.0.2.1;transport=tls>");
  receive(response(first, 200, "x", "answer", {{"Contact", "<sip:desk@pbx.example;transport=tls>"}}));
  CHECK(stack.calls().offer(session, {"application/sdp", "offer 2"}, now));
  drain();
  CHECK(header(take("INVITE "), "Contact") == "<sip:6001@192.0.2.1:49152;transport=tls>");
}

TEST_CASE_FIXTURE(Dialling, "After its connection breaks, a call's Contact has no port. After the next connection opens, the Contact has the port of that one") {
  options.registers = false;
  account = stack.accounts().add(options, now);
  drain();
  receive(response(dial("sip:desk@pbx.example;transport=tls"), 200, "x", "answer", {{"Contact", "<sip:desk@pbx.example;transport=tls>"}}));
  stack.on_flow_failed(connection, now);
  drain();
  CHECK(stack.calls().offer(session, {"application/sdp", "offer 2"}, now));
  drain();
  const std::string second = take("INVITE ");
  CHECK(header(second, "Contact") == "<sip:6001@192.0.2.1;transport=tls>");
  peer.local.port = 49160;
  receive(response(second, 200, "x", "answer 2", {{"Contact", "<sip:desk@pbx.example;transport=tls>"}}));
  CHECK(stack.calls().offer(session, {"application/sdp", "offer 3"}, now));
  drain();
  CHECK(header(take("INVITE "), "Contact") == "<sip:6001@192.0.2.1:49160;transport=tls>");
}

TEST_CASE_FIXTURE(Dialling, "A response on another connection does not change the port in the Contact") {
  account = stack.accounts().add(options, now);
  drain();
  sip::Flow other = connection;
  other.remote.port = 5099;
  other.local.port = 1;
  receive(response(take("REGISTER "), 401, "reg", {}, challenge()), other);
  CHECK(header(take("REGISTER "), "Contact") == "<sip:6001@192.0.2.1;transport=tls>;expires=300");
}
