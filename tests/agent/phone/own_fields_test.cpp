// Additions to a single call: header fields, and settings that differ from the account's.
#include <offhook/tests/agent/phone/telephone.hpp>

#include <algorithm>

using namespace offhook;
using test::Telephone;

namespace {

const sip::HeaderList kOurs{{"X-Ticket", "4711"}};
const sip::HeaderList kStacks{{"Via", "SIP/2.0/UDP elsewhere"}};

bool carries(const sip::HeaderFields& headers, const std::string& name, const std::string& value) {
  return std::any_of(headers.begin(), headers.end(), [&](const auto& one) { return one.first == name && one.second == value; });
}

}  // namespace

TEST_CASE_FIXTURE(test::Pair, "The application's header fields go with every request, and the stack's own fields are refused by name") {
  connect();
  a.on_thread([&] {
    const auto refused = [](const auto& result) {
      REQUIRE_FALSE(result.has_value());
      CHECK(phone::is(result.error(), phone::PhoneError::BadHeader));
    };
    refused(a.call->hold({kStacks, {}}));
    refused(a.call->transfer("1001", kStacks));
    refused(a.call->send_text("hello", "text/plain", {kStacks, {}}));
    refused(a.call->send_info("", {"text/plain", "x"}, {kStacks, {}}));
    refused(a.call->accept_transfer(kStacks));
    refused(a.call->decline_transfer(603, kStacks));
    refused(a.call->hang_up({kStacks, {}}));
    refused(a.endpoint->send_message({a.account, "sip:bert@127.0.0.1", "hello", "text/plain", true, kStacks}));
    phone::SubscribeOptions watched{a.account, "sip:bert@127.0.0.1"};
    watched.headers = kStacks;
    refused(a.endpoint->subscribe(watched));
    CHECK(a.call->hold({kOurs, {}}).has_value());  // The refused request left no state.
    CHECK(phone::is(a.call->resume().error(), phone::PhoneError::WrongState));  // The hold is not answered yet.
  });
  REQUIRE(a.wait_for<phone::CallMediaChanged>([](const auto& e) { return e.sends && !e.receives; }));
  REQUIRE(b.wait_for<phone::CallMediaChanged>([](const auto& e) { return !e.sends; }));
  a.on_thread([&] { CHECK(a.call->resume({kOurs, {}}).has_value()); });
  REQUIRE(b.wait_for<phone::CallMediaChanged>([](const auto& e) { return e.sends; }));
}

TEST_CASE("A single call may differ from its account: with privacy and with its own header fields [RFC 3323 section 4.1.1.3]") {
  Telephone a{"anna"}, b{"bert"};
  a.on_thread([&] {
    phone::DialOptions options;
    options.account = a.account;
    options.target = "sip:bert@127.0.0.1:" + std::to_string(b.endpoint->sip_port());
    options.headers = kOurs;
    options.through_registrar = false;
    options.privacy.id = true;
    options.session_timer = sip::SessionTimerOptions{sip::SessionTimerOptions::Use::Off};
    options.reliability = sip::Reliability::Off;
    const auto dialled = a.endpoint->dial(options, a.port);
    REQUIRE(dialled.has_value());
    a.call = *dialled;
  });
  REQUIRE(b.wait_for<phone::CallOffered>());
  const sip::IncomingCall seen = b.last<phone::CallOffered>()->details;
  CHECK(seen.from.uri.find("anna") == std::string::npos);
  CHECK(seen.privacy.id);
  CHECK(carries(seen.headers, "X-Ticket", "4711"));
  CHECK(a.wait_for<phone::CallConnected>());
}
