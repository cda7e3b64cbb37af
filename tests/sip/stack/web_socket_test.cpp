#include <offhook/sip/stack/hop.hpp>
#include <offhook/tests/sip/stack/registered.hpp>

#include <doctest/doctest.h>

using namespace offhook;
using namespace offhook::sim;
using sip::Transport;

namespace {

/// A browser that has opened a WebSocket to the agent. The agent can reach it only over this connection.
struct Browser : Scripted {
  sip::Flow socket{{7}, Transport::Ws, address("192.0.2.1", 8080), address("192.0.2.99", 41000), ""};
  sip::SessionId session;

  static std::string from_nowhere(std::string text, const std::string& contact = "<sip:k3v@df7jal23ls0d.invalid;transport=ws;ob>") {
    const auto replace = [&text](const std::string& what, const std::string& with) {
      for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) text.replace(at, what.size(), with);
    };
    replace("SIP/2.0/UDP 192.0.2.99:5060", "SIP/2.0/WS df7jal23ls0d.invalid");
    replace("Contact: <sip:al@192.0.2.99>", "Contact: " + contact);
    return text;
  }
  void talk(const std::string& contact = "<sip:k3v@df7jal23ls0d.invalid;transport=ws;ob>") {
    receive(from_nowhere(invite(), contact), socket);
    const auto call = event<sip::IncomingCall>();
    REQUIRE(call);
    session = call->session;
    REQUIRE(stack.calls().answer(session, {"application/sdp", "answer"}, now));
    drain();
    const std::string ok = take("SIP/2.0 200");
    CHECK(last_flow == socket);
    CHECK(header(ok, "Contact") == "<sip:bot@192.0.2.1:8080;transport=ws>");
    receive(from_nowhere(in_dialog("ACK", 1, tag_of(header(ok, "To")))), socket);
    REQUIRE(event<sip::CallConfirmed>());
    sent.clear();
  }
};

struct WebAccount : Registered {
  WebAccount() { options.registrar = "sip:192.0.2.50;transport=ws"; }
  /// Registers over `transport`. Checks that both REGISTER requests have the same Contact, and returns it.
  std::string register_over(Transport transport) {
    sip::Route way{transport, local, address("192.0.2.50", 80), {}, "192.0.2.50"};
    names["192.0.2.50"] = {way};
    account = stack.accounts().add(options, now);
    drain();
    const std::string first = take("REGISTER ");
    peer = last_flow;
    const std::string contact = header(first, "Contact");
    receive(response(first, 401, "reg", {}, challenge()));
    const std::string second = take("REGISTER ");
    CHECK(header(second, "Contact") == contact);
    std::string ok = response(second, 200, "reg", {}, {{"Contact", contact.substr(0, contact.find('>') + 1) + ";expires=600"}});
    ok.insert(ok.find(";rport") + 6, "=41000;received=203.0.113.7");  // The account ignores these values over a WebSocket.
    receive(ok);
    CHECK(stack.unfinished() == 0);
    return contact;
  }
};

}  // namespace

TEST_CASE_FIXTURE(Browser, "The stack sends a BYE to a Contact in .invalid over the connection of the call [RFC 7118 section 8.1]") {
  talk();
  queries.clear();
  REQUIRE(stack.calls().hang_up(session, now));
  drain();
  const std::string bye = take("BYE sip:k3v@df7jal23ls0d.invalid;transport=ws;ob SIP/2.0");
  CHECK(!bye.empty());
  CHECK(last_flow == socket);
  CHECK(header(bye, "Via").starts_with("SIP/2.0/WS 192.0.2.1:8080;branch="));
  CHECK(queries.empty());
}

TEST_CASE_FIXTURE(Browser, "The stack sends a re-INVITE to a Contact in .invalid, and the ACK, over the connection of the call") {
  talk();
  queries.clear();
  REQUIRE(stack.calls().offer(session, {"application/sdp", "offer"}, now));
  drain();
  const std::string again = take("INVITE sip:k3v@");
  REQUIRE(!again.empty());
  CHECK(last_flow == socket);
  receive(response(again, 200, "", "answer", {{"Contact", "<sip:k3v@df7jal23ls0d.invalid;transport=ws;ob>"}}), socket);
  CHECK(!take("ACK sip:k3v@").empty());
  CHECK(last_flow == socket);
  CHECK(queries.empty());
}

TEST_CASE_FIXTURE(Browser, "The stack never opens a connection to a WebSocket client, even if the Contact has an IP address [RFC 7118 section 5]") {
  talk("<sip:al@192.0.2.99:41000;transport=ws>");
  queries.clear();
  REQUIRE(stack.calls().hang_up(session, now));
  drain();
  CHECK(!take("BYE ").empty());
  CHECK(last_flow == socket);
  CHECK(queries.empty());
}

TEST_CASE_FIXTURE(Browser, "For a host in .invalid, goes_back() returns true for a stream and false for UDP. For sips it requires TLS") {
  sip::Hop nowhere{"a.invalid", std::nullopt, std::nullopt, false};
  CHECK_FALSE(sip::goes_back(nowhere, peer));
  CHECK(sip::goes_back(nowhere, socket));
  nowhere.secure = true;
  CHECK_FALSE(sip::goes_back(nowhere, socket));  // A sips: URI requires TLS.
  sip::Flow secure = socket;
  secure.transport = Transport::Wss;
  CHECK(sip::goes_back(nowhere, secure));
  CHECK_FALSE(sip::goes_back({"invalid", std::nullopt, std::nullopt, false}, socket));
}

TEST_CASE_FIXTURE(Browser, "If the WebSocket of a call breaks, the pending request ends, and the stack opens no other connection") {
  talk();
  REQUIRE(stack.calls().hang_up(session, now));
  drain();
  CHECK(!take("BYE ").empty());
  stack.on_flow_failed(socket, now);
  drain();
  CHECK(sent.empty());
  advance(64 * 500ms + 1s);
  CHECK(stack.calls().size() == 0);
}

TEST_CASE_FIXTURE(Browser, "Over a WebSocket a message needs no Content-Length, and the stack drops octets after the message [RFC 7118 section 5]") {
  std::string text = from_nowhere(in_dialog("OPTIONS", 1, "x"));
  text.replace(text.find(";tag=x"), 6, "");
  text.erase(text.find("Content-Length: 0\r\n"), 19);
  receive(text, socket);
  CHECK(take("SIP/2.0 200") != "");
  receive(from_nowhere(invite()) + "INVITE sip:bot@192.0.2.1 SIP/2.0\r\n", socket);
  CHECK(event<sip::IncomingCall>());
  CHECK(stack.calls().size() == 1);
  CHECK(count("SIP/2.0 100") == 1);
  // The Content-Length is larger than the frame: RFC 3261 section 18.3.
  text = from_nowhere(in_dialog("OPTIONS", 2, "x"));
  text.replace(text.find(";tag=x"), 6, "");
  text.replace(text.find("Content-Length: 0"), 17, "Content-Length: 9");
  receive(text, socket);
  CHECK(!take("SIP/2.0 400").empty());
}

TEST_CASE_FIXTURE(WebAccount, "An account over a WebSocket registers a Contact in .invalid, and has this Contact in calls [RFC 7118 section 8.1]") {
  const std::string contact = register_over(Transport::Ws);
  CHECK(contact.starts_with("<sip:6001@"));
  CHECK(contact.find(".invalid;transport=ws>") != std::string::npos);
  // A call arrives over the same connection, and its 200 has the same Contact.
  const std::string uri = contact.substr(1, contact.find('>') - 1);
  receive(outside("INVITE", {}, {}, uri));
  const auto call = event<sip::IncomingCall>();
  REQUIRE(call);
  REQUIRE(stack.calls().answer(call->session, {"application/sdp", "offer"}, now));
  drain();
  const std::string ok = take("SIP/2.0 200");
  CHECK(header(ok, "Contact") == "<" + uri + ">");
  CHECK(last_flow == peer);
}

TEST_CASE_FIXTURE(WebAccount, "Over a secure WebSocket the Via has WSS and the URI has transport=ws [RFC 7118 section 5.1] [RFC 7118 section 5.2]") {
  options.registrar = "sip:192.0.2.50;transport=wss";  // Users write wss in the URI.
  sip::Route way{Transport::Wss, local, address("192.0.2.50", 443), {}, "192.0.2.50"};
  names["192.0.2.50"] = {way};
  account = stack.accounts().add(options, now);
  drain();
  REQUIRE(queries.size() == 1);
  CHECK(queries[0].transport == Transport::Wss);
  const std::string first = take("REGISTER ");
  CHECK(header(first, "Via").starts_with("SIP/2.0/WSS "));
  CHECK(header(first, "Contact").find(".invalid;transport=ws>") != std::string::npos);
}
