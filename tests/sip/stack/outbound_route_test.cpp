// Tests of the route of requests outside of dialogs, and of the parameters of REGISTER and its response besides the binding.
#include <offhook/sip/stack/outbound_route.hpp>
#include <offhook/tests/sip/stack/leaving.hpp>

#include <doctest/doctest.h>

using namespace offhook;
using namespace offhook::sim;

TEST_CASE_FIXTURE(Leaving, "The account sends REGISTER, INVITE and MESSAGE through the outbound proxy, whose URI with lr is in Route [RFC 3261 section 8.1.2]") {
  options.outbound_proxy = "sip:proxy.example";
  const std::string first = start();
  CHECK(start_line(first) == "REGISTER sip:pbx.example SIP/2.0");
  CHECK(header(first, "Route") == "<sip:proxy.example;lr>");
  CHECK(header(first, "Supported") == "path");  // RFC 3327 section 5.1
  CHECK(last_flow.remote == address("192.0.2.70", 5060));
  receive(granted(first));
  const std::string invite = dial();
  CHECK(start_line(invite) == "INVITE sip:desk@pbx.example SIP/2.0");
  CHECK(headers(invite, "Route") == std::vector<std::string>{"<sip:proxy.example;lr>"});
  CHECK(last_flow.remote == address("192.0.2.70", 5060));
  receive(response(invite, 486, "x"));
  CHECK(header(take("ACK "), "Route") == "<sip:proxy.example;lr>");
  REQUIRE(stack.requests().send({account, sip::Method::Message, "sip:desk@pbx.example", {}, {"text/plain", "hi"}}, now));
  drain();
  CHECK(header(take("MESSAGE "), "Route") == "<sip:proxy.example;lr>");
  CHECK(last_flow.remote == address("192.0.2.70", 5060));
}

TEST_CASE_FIXTURE(Leaving,
    "The ACK to a refusal has the request line, top Via and Route of its INVITE, and the To of the response [RFC 3261 section 17.1.1.3]") {
  options.outbound_proxy = "sip:proxy.example";
  receive(granted(start()));
  const std::string invite = dial();
  std::string refusal = response(invite, 486, "x");
  const auto via = refusal.find("\r\nFrom: ");
  refusal.insert(via, "\r\nVia: SIP/2.0/UDP 192.0.2.200;branch=z9hG4bKbelow");  // The refusal has a second Via. The ACK must have only one.
  receive(refusal);
  const std::string ack = take("ACK ");
  CHECK(start_line(ack) == "ACK sip:desk@pbx.example SIP/2.0");
  CHECK(headers(ack, "Via") == std::vector<std::string>{header(invite, "Via")});
  for (const char* same : {"Route", "From", "Call-ID"}) {
    CAPTURE(same);
    CHECK(headers(ack, same).size() == 1);
    CHECK(headers(ack, same) == headers(invite, same));
  }
  CHECK(header(ack, "To") == header(invite, "To") + ";tag=x");
  CHECK(header(ack, "CSeq") == "1 ACK");
  CHECK(body(ack).empty());
  CHECK(last_flow.remote == address("192.0.2.70", 5060));
}

TEST_CASE_FIXTURE(Leaving, "Calls use the Service-Route of the last 2xx to REGISTER, in the order of its values [RFC 3608 section 6.1]") {
  const std::string first = start();
  const Fields service{{"Service-Route", "<sip:pbx2.example;lr>, <sip:home.example;lr>;x=1"}};
  receive(granted(first, "", service));
  const std::string invite = dial();
  CHECK(headers(invite, "Route") == std::vector<std::string>{"<sip:pbx2.example;lr>", "<sip:home.example;lr>;x=1"});
  CHECK(last_flow.remote == address("192.0.2.60", 5060));
  const std::string again = refresh();
  CHECK(headers(again, "Route").empty());
  CHECK(last_flow.remote == address("192.0.2.50", 5060));
  receive(granted(again));  // A 2xx without a Service-Route removes the stored one.
  CHECK(headers(dial(), "Route").empty());
  CHECK(last_flow.remote == address("192.0.2.50", 5060));
}

TEST_CASE_FIXTURE(Leaving, "The account ignores a Service-Route that is too long or contains a URI without lr") {
  const std::string first = start();
  std::string many = "<sip:pbx2.example;lr>";
  for (std::size_t i = 1; i < sip::OutboundRoute::kMaxServiceRoutes; ++i) many += ", <sip:r" + std::to_string(i) + ".example;lr>";
  receive(granted(first, "", {{"Service-Route", many}}));
  CHECK(headers(dial(), "Route").size() == sip::OutboundRoute::kMaxServiceRoutes);
  for (const std::string& bad : {many + ", <sip:more.example;lr>", std::string("<sip:pbx2.example>")}) {
    receive(granted(refresh(), "", {{"Service-Route", many}}));
    receive(granted(refresh(), "", {{"Service-Route", bad}}));
    CHECK(headers(dial(), "Route").empty());
  }
}

TEST_CASE_FIXTURE(Leaving, "If the primary does not respond to a REGISTER, the secondary gets it, and then counts as a registrar") {
  options.secondaries = {"sip:pbx2.example"};
  const std::string first = start();
  CHECK(last_flow.remote == address("192.0.2.50", 5060));
  advance(3999ms);
  sent.clear();
  advance(1ms);
  const std::string second = take("REGISTER ");
  CHECK(start_line(second) == "REGISTER sip:pbx.example SIP/2.0");
  CHECK(last_flow.remote == address("192.0.2.60", 5060));
  receive(granted(second));
  CHECK(last_change().state == sip::RegistrationChanged::State::Registered);
  const std::string invite = dial();
  CHECK(last_flow.remote == address("192.0.2.60", 5060));
  receive(response(invite, 486, "x"));
  peer.remote = address("192.0.2.60", 5060);
  receive(Scripted::invite("offer", {}, "sip:6001@192.0.2.1"));
  CHECK(event<sip::IncomingCall>());
}

TEST_CASE_FIXTURE(Leaving, "If the primary's name does not resolve, the secondary gets the REGISTER. If no name resolves, the account reports Unresolvable") {
  options.secondaries = {"sip:pbx2.example"};
  names["pbx.example"].clear();
  CHECK(!start().empty());
  CHECK(last_flow.remote == address("192.0.2.60", 5060));
  names["pbx2.example"].clear();
  advance(32100ms);
  CHECK(last_change().why == sip::RegistrationChanged::Why::NoAnswer);
  advance(60s);
  CHECK(last_change().why == sip::RegistrationChanged::Why::Unresolvable);
}

TEST_CASE_FIXTURE(Leaving, "The account reports Failed if it has too many secondaries, or a server that is not a SIP URI") {
  options.secondaries.assign(sip::OutboundRoute::kMaxSecondaries, "sip:pbx2.example");
  CHECK(!start().empty());
  CHECK(last_change().state == sip::RegistrationChanged::State::Registering);
  options.secondaries.emplace_back("sip:pbx2.example");
  CHECK(start().empty());
  CHECK(last_change().state == sip::RegistrationChanged::State::Failed);
  options.secondaries = {"tel:1"};
  CHECK(start().empty());
  options.secondaries.clear();
  options.outbound_proxy = "proxy.example";
  CHECK(start().empty());
  options.outbound_proxy.clear();
  options.instance = "urn:uuid:\">;evil";
  CHECK(start().empty());
}

TEST_CASE_FIXTURE(Leaving, "An account with an instance and a reg-id requests outbound. If the registrar grants outbound, the Contact of calls has ob [RFC 5626 sections 4.2.1 and 4.3]") {
  options.instance = "urn:uuid:00000000-0000-1000-8000-000a95a0e128";
  options.reg_id = 2;
  const std::string first = start();
  CHECK(header(first, "Supported") == "path, gruu, outbound");
  CHECK(header(first, "Contact") ==
        "<sip:6001@192.0.2.1:5060>;+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-000a95a0e128>\";reg-id=2;expires=300");
  receive(granted(first, "", {{"Require", "outbound"}}));
  CHECK(last_change().state == sip::RegistrationChanged::State::Registered);
  CHECK(header(dial(), "Contact") == "<sip:6001@192.0.2.1:5060;ob>");
  stack.accounts().unregister(account, now);
  drain();
  CHECK(header(take("REGISTER "), "Contact").ends_with(";reg-id=2;expires=0"));
}

TEST_CASE_FIXTURE(Leaving,
    "After a 439 (the first hop does not support outbound), the account registers without a reg-id at once [RFC 5626 section 4.2.1]") {
  options.instance = "urn:uuid:00000000-0000-1000-8000-000a95a0e128";
  options.reg_id = 1;
  receive(response(start(), 439, "reg"));
  const std::string again = take("REGISTER ");
  CHECK(header(again, "Contact").find("reg-id") == std::string::npos);
  CHECK(header(again, "Contact").find("+sip.instance") != std::string::npos);
  receive(granted(again, ";pub-gruu=\"sip:6001@pbx.example;gr=urn:uuid:1\""));
  CHECK(header(dial(), "Contact") == "<sip:6001@pbx.example;gr=urn:uuid:1>");
}

TEST_CASE_FIXTURE(Leaving,
    "A granted GRUU is the Contact of calls. The account ignores a GRUU that is no SIP URI, is too long, or was not requested [RFC 5627 sections 4.2 and 4.4]") {
  const auto contact_after = [&](const std::string& gruu) {
    const std::string request = start();
    receive(granted(request, ";pub-gruu=\"" + gruu + "\""));
    return header(dial(), "Contact");
  };
  CHECK(contact_after("sip:6001@pbx.example;gr=1") == "<sip:6001@192.0.2.1:5060>");  // The account has no instance yet.
  options.instance = "urn:uuid:00000000-0000-1000-8000-000a95a0e128";
  CHECK(contact_after("sip:6001@pbx.example;gr=1") == "<sip:6001@pbx.example;gr=1>");
  CHECK(contact_after("mailto:6001@pbx.example") == "<sip:6001@192.0.2.1:5060>");
  const std::string head = "sip:6001@pbx.example;gr=";
  const std::string longest = head + std::string(512 - head.size(), 'x');
  CHECK(contact_after(longest) == "<" + longest + ">");
  CHECK(contact_after(longest + "x") == "<sip:6001@192.0.2.1:5060>");
}

TEST_CASE_FIXTURE(Leaving, "Only the Contact URI of a REGISTER has the push parameters, with escapes [RFC 8599 section 4.1]") {
  options.push = {"fcm", "a b;c=1", "proj:1"};
  const std::string first = start();
  CHECK(header(first, "Contact") == "<sip:6001@192.0.2.1:5060;pn-provider=fcm;pn-prid=a%20b%3Bc%3D1;pn-param=proj:1>;+sip.pnsreg;expires=300");
  receive(granted(first));
  CHECK(header(dial(), "Contact") == "<sip:6001@192.0.2.1:5060>");
}

TEST_CASE_FIXTURE(Leaving, "A Flow-Timer determines the interval of the pings on a connection [RFC 5626 section 4.4.1]") {
  options.registrar = "sip:192.0.2.50;transport=tcp";
  receive(granted(start(), "", {{"Flow-Timer", "30"}}), last_flow);
  sent.clear();
  advance(23s);
  CHECK(count("\r\n\r\n") == 0);
  advance(8s);
  CHECK(count("\r\n\r\n") == 1);
}
