// Tests of an account that does not register, and gets its calls from the addresses of a trunk.
#include <offhook/tests/sip/stack/registering.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <variant>

using namespace offhook;
using namespace offhook::sim;

namespace {

struct Trunk : Registering {
  Trunk() {
    options.registers = false;
    options.trunk_addresses = {peer.remote.ip};
  }
  void add() {
    account = stack.accounts().add(options, now);
    drain();
    REQUIRE(sent.empty());
    REQUIRE_FALSE(event<sip::RegistrationChanged>());
  }
  sip::Flow from(const std::string& ip) const { return {{1}, sip::Transport::Udp, local, address(ip, 5060)}; }
  /// Sends an INVITE for `uri`. Returns the first status, or 0 if the INVITE becomes a call of `account`.
  int called(const std::string& uri, const std::string& source, const Fields& more = {}) {
    sent.clear();
    std::string text = invite("offer", more, uri);
    text.replace(text.find("call-1"), 6, "call-" + std::to_string(++calls));
    receive(text, from(source));
    stranger_told = std::any_of(events.begin(), events.end(), [](const sip::Event& each) { return std::holds_alternative<sip::StrangerRefused>(each); });
    const auto call = event<sip::IncomingCall>();
    if (!call) return std::stoi(take().substr(8, 3));
    CHECK(call->account == account);
    asserted = call->asserted ? call->asserted->uri : "";
    return 0;
  }
  std::string asserted;
  bool stranger_told = false;
  int calls = 0;
};

}  // namespace

TEST_CASE_FIXTURE(Trunk, "The stack accepts a trunk's calls for any number, and trusts its asserted identities, without a registration") {
  add();
  const Fields identity{{"P-Asserted-Identity", "<sip:+4930123@pbx.example>"}};
  for (const std::string uri : {"sip:6001@192.0.2.1", "sip:+493012345@192.0.2.1", "sip:192.0.2.1"}) {
    CAPTURE(uri);
    CHECK(called(uri, "192.0.2.50", identity) == 0);
    CHECK(asserted == "sip:+4930123@pbx.example");
  }
}

TEST_CASE_FIXTURE(Trunk, "Calls from addresses outside of the trunk get 403, unless accept_from is Anyone") {
  add();
  CHECK(called("sip:6001@192.0.2.1", "192.0.2.66") == 403);
  CHECK(stranger_told);
  CHECK(called("sip:nobody@192.0.2.1", "192.0.2.66") == 403);

  Trunk open;
  open.options.accept_from = sip::AccountOptions::AcceptFrom::Anyone;
  open.add();
  CHECK(open.called("sip:6001@192.0.2.1", "192.0.2.66") == 0);
  CHECK(open.called("sip:nobody@192.0.2.1", "192.0.2.66") == 404);
  CHECK(open.called("sip:nobody@192.0.2.1", "192.0.2.50") == 0);
}

TEST_CASE_FIXTURE(Trunk, "The stack uses the first sixteen addresses of a trunk") {
  options.trunk_addresses.clear();
  for (int i = 1; i <= 17; ++i) options.trunk_addresses.push_back(address("198.51.100." + std::to_string(i), 5060).ip);
  options.trunk_addresses.push_back(options.trunk_addresses.front());
  add();
  CHECK(called("sip:6001@192.0.2.1", "198.51.100.16") == 0);
  CHECK(called("sip:6001@192.0.2.1", "198.51.100.17") == 403);
}

TEST_CASE_FIXTURE(Trunk, "A trunk account also gets the trunk's calls for users of other accounts. If two accounts have one trunk address, the first gets them") {
  sip::AccountOptions desk = options;
  desk.address_of_record = "sip:desk@pbx.example";
  desk.username = "desk";
  desk.trunk_addresses = {address("192.0.2.51", 5060).ip};
  (void)stack.accounts().add(desk, now);
  add();
  sip::AccountOptions second = options;
  second.address_of_record = "sip:6002@pbx.example";
  second.username = "6002";
  const sip::AccountId other = stack.accounts().add(second, now);
  CHECK(called("sip:desk@192.0.2.1", "192.0.2.50") == 0);
  CHECK(called("sip:nobody@192.0.2.1", "192.0.2.50") == 0);
  const sip::AccountId first = account;
  account = other;
  CHECK(called("sip:6002@192.0.2.1", "192.0.2.50") == 0);
  stack.accounts().remove(first, now);
  drain();
  events.clear();
  CHECK(called("sip:nobody@192.0.2.1", "192.0.2.50") == 0);
}

TEST_CASE_FIXTURE(Trunk, "After the removal of a trunk account, the trunk's address is a stranger again") {
  sip::AccountOptions stays = options;
  stays.trunk_addresses = {address("192.0.2.51", 5060).ip};
  (void)stack.accounts().add(stays, now);
  add();
  stack.accounts().remove(account, now);
  drain();
  events.clear();
  CHECK(stack.accounts().size() == 1);
  CHECK(called("sip:6001@192.0.2.1", "192.0.2.50") == 403);
}

TEST_CASE_FIXTURE(Trunk, "The account answers a challenge of the trunk, and no challenge of another host [RFC 3261 section 22.3]") {
  add();
  for (const bool by_trunk : {true, false}) {
    CAPTURE(by_trunk);
    sip::CallOptions call;
    call.account = account;
    call.target = by_trunk ? "sip:desk@192.0.2.50" : "sip:desk@192.0.2.66";
    call.through_registrar = by_trunk;
    sent.clear();
    REQUIRE(stack.calls().call(call, now));
    drain();
    receive(response(take("INVITE "), 407, "x", {}, {{"Proxy-Authenticate", "Digest realm=\"trunk\", nonce=\"n1\", qop=\"auth\""}}),
            from(by_trunk ? "192.0.2.50" : "192.0.2.66"));
    CHECK(count("ACK ") == 1);
    CHECK(header(take("INVITE "), "Proxy-Authorization").empty() != by_trunk);
  }
}

TEST_CASE_FIXTURE(Trunk, "An account that registers ignores its trunk addresses") {
  options.registers = true;
  options.trunk_addresses = {address("192.0.2.77", 5060).ip};
  register_now();
  CHECK(called("sip:6001@192.0.2.1", "192.0.2.77") == 403);
}
