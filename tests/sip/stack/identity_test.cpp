#include <offhook/tests/sim/scripted.hpp>

#include <doctest/doctest.h>

using namespace offhook;
using namespace offhook::sim;

namespace {

struct Named : Scripted {
  sip::AccountId account;
  void open(std::vector<base::IpAddress> trusted = {}) {
    sip::AccountOptions options;
    options.address_of_record = "sip:bot@192.0.2.1";
    options.display_name = "Bot";
    options.registrar = "sip:192.0.2.60";
    options.registers = false;
    options.trusted_peers = std::move(trusted);
    account = stack.accounts().add(options, now);
  }
  std::string dial(sip::CallOptions call) {
    call.account = account;
    call.target = "sip:desk@192.0.2.60";
    call.offer = {"application/sdp", "offer"};
    REQUIRE(stack.calls().call(call, now));
    drain();
    return take("INVITE ");
  }
};

const Fields kAsserted{{"P-Asserted-Identity", "\"Ada\" <sip:ada@pbx.example>, <tel:+4930123>"}, {"Privacy", "id"}};

}  // namespace

TEST_CASE_FIXTURE(Named, "The stack trusts an asserted identity from a configured peer, and from no other address [RFC 3325 section 5]") {
  open({*base::IpAddress::parse("192.0.2.99")});
  receive(invite("offer", kAsserted));
  const auto call = event<sip::IncomingCall>();
  REQUIRE(call);
  REQUIRE(call->asserted);
  CHECK(call->asserted->uri == "sip:ada@pbx.example");
  CHECK(call->asserted->display == "Ada");
  CHECK(call->privacy.id);

  Named other;
  other.open({*base::IpAddress::parse("192.0.2.98")});
  other.receive(other.invite("offer", kAsserted));
  const auto stranger = other.event<sip::IncomingCall>();
  REQUIRE(stranger);
  CHECK_FALSE(stranger->asserted);
  for (const auto& [name, value] : stranger->headers) CHECK(name != "P-Asserted-Identity");
}

TEST_CASE_FIXTURE(Named, "The stack ignores P-Asserted-Identity if it has three values, because at most two are allowed [RFC 3325 section 9.1]") {
  open({*base::IpAddress::parse("192.0.2.99")});
  receive(invite("offer", {{"P-Asserted-Identity", "<sip:a@b>, <sip:c@d>, <sip:e@f>"}}));
  CHECK_FALSE(event<sip::IncomingCall>()->asserted);
}

TEST_CASE_FIXTURE(Named, "IncomingCall has the diversions with their reasons, and the other header fields as received [RFC 5806 section 4]") {
  open();
  receive(
      invite("offer", {{"Diversion", "<sip:boss@pbx.example>;reason=no-answer"},
                       {"History-Info", "<sip:boss@pbx.example?Reason=SIP%3Bcause%3D408>;index=1, <sip:bot@192.0.2.1>;index=1.1"},
                       {"Referred-By", "<sip:ann@pbx.example>"},
                       {"X-Queue", "sales"}}));
  const auto call = event<sip::IncomingCall>();
  REQUIRE(call);
  REQUIRE(call->diversions.size() == 1);
  CHECK(call->diversions[0].uri == "sip:boss@pbx.example");
  CHECK(call->diversions[0].reason == "no-answer");
  REQUIRE(call->history.size() == 2);
  CHECK(call->history[0].reason == "SIP;cause=408");
  CHECK(call->referred_by == "<sip:ann@pbx.example>");
  CHECK(call->headers.find("X-Queue") == "sales");
  CHECK_FALSE(call->privacy.any());
  CHECK_FALSE(call->privacy.none);
}

TEST_CASE_FIXTURE(Named, "A call with privacy has an anonymous From, and only the registrar gets the identity [RFC 3325 section 9.2]") {
  open();
  sip::CallOptions call;
  call.privacy.id = true;
  const std::string invite = dial(call);
  CHECK(header(invite, "From").starts_with("\"Anonymous\" <sip:anonymous@anonymous.invalid>;tag="));
  CHECK(header(invite, "Privacy") == "id");
  CHECK(header(invite, "P-Preferred-Identity") == "\"Bot\" <sip:bot@192.0.2.1>");
  call.through_registrar = false;
  const std::string straight = dial(call);
  CHECK(header(straight, "Privacy") == "id");
  CHECK(header(straight, "P-Preferred-Identity").empty());
  const std::string named = dial({});
  CHECK(header(named, "From").starts_with("\"Bot\" <sip:bot@192.0.2.1>;tag="));
  CHECK(header(named, "Privacy").empty());
}

TEST_CASE_FIXTURE(Named, "The stack finds a dialog with an anonymous From by its tag, not by its name [RFC 3323 section 4.1.1.3]") {
  open();
  sip::CallOptions call;
  call.privacy.id = true;
  const std::string invite = dial(call);
  receive(response(invite, 200, "desk", "answer", {{"Contact", "<sip:desk@192.0.2.60>"}}));
  call_id = header(invite, "Call-ID");
  receive(in_dialog("BYE", 1, tag_of(header(invite, "From")), {}, {}, "desk"));
  CHECK(take("SIP/2.0 ").starts_with("SIP/2.0 200"));
  CHECK(event<sip::CallEnded>());
}
