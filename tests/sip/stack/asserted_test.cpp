// The stack applies the same rule to all requests: from which senders it trusts P-Asserted-Identity.
#include <offhook/tests/sip/stack/registered.hpp>

#include <doctest/doctest.h>

using namespace offhook;
using namespace offhook::sim;

namespace {

struct Asserting : Registered {
  Asserting() : Registered(serving()) {
    options.accept_from = sip::AccountOptions::AcceptFrom::Anyone;
    options.trusted_peers = {trunk.remote.ip};
    register_now();
  }
  static sip::StackOptions serving() {
    sip::StackOptions options;
    options.message_types = "text/plain";
    options.packages = {{"dialog", "", {}}};
    return options;
  }
  sip::Flow trunk{{1}, sip::Transport::Udp, local, address("192.0.2.77", 5060)};

  /// Returns the asserted URI in the event of `method`, or "" if the event has no asserted identity.
  std::string believed(const std::string& method, const sip::Flow& from) {
    Fields fields{{"P-Asserted-Identity", "<sip:boss@pbx.example>"}};
    if (method == "SUBSCRIBE") fields.insert(fields.end(), {{"Event", "dialog"}, {"Expires", "600"}});
    const std::string answer = ask(outside(method, std::move(fields), method == "MESSAGE" ? "Hello" : ""), from);
    REQUIRE_MESSAGE((answer.starts_with("SIP/2.0 2") || answer.starts_with("SIP/2.0 100")), method, ": ", start_line(answer));
    const auto uri = [](const auto& told) {
      REQUIRE(told);
      return told->asserted ? told->asserted->uri : std::string();
    };
    if (method == "INVITE") return uri(event<sip::IncomingCall>());
    if (method == "MESSAGE") return uri(event<sip::MessageReceived>());
    return uri(event<sip::SubscribeReceived>());
  }
};

}  // namespace

TEST_CASE_FIXTURE(Asserting,
    "In INVITE, MESSAGE and SUBSCRIBE, the stack trusts the identity that the registrar or a trusted peer asserts, and no other [RFC 3325 section 5]") {
  for (const char* method : {"INVITE", "MESSAGE", "SUBSCRIBE"}) {
    CAPTURE(method);
    CHECK(believed(method, peer) == "sip:boss@pbx.example");
    CHECK(believed(method, trunk) == "sip:boss@pbx.example");
    CHECK(believed(method, stranger).empty());
  }
}
