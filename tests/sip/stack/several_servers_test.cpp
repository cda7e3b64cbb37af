// Tests of one extension that registers at several servers at the same time, with one account for each server.
#include <offhook/sip/stack/account_table.hpp>
#include <offhook/sip/stack/outbound_route.hpp>
#include <offhook/tests/sip/stack/leaving.hpp>

#include <doctest/doctest.h>

#include <map>
#include <set>

using namespace offhook;
using namespace offhook::sim;

namespace {

struct Everywhere : Leaving {
  const base::SocketAddress primary = address("192.0.2.50", 5060), secondary = address("192.0.2.60", 5060);
  std::vector<sip::AccountId> accounts;
  std::map<sip::AccountId, sip::RegistrationChanged> last;

  /// Adds the account of the registrar itself, and one account for each of these servers.
  void start_all(const std::vector<std::string>& servers) {
    accounts = {stack.accounts().add(options, now)};
    for (const std::string& server : servers) {
      options.server = server;
      accounts.push_back(stack.accounts().add(options, now));
    }
    drain();
  }
  /// Returns the oldest REGISTER to that address.
  std::string asked(const base::SocketAddress& server) {
    for (const Sent& one : sent) {
      if (one.flow.remote == server && one.bytes.starts_with("REGISTER ")) return one.bytes;
    }
    return {};
  }
  const sip::RegistrationChanged& state_of(std::size_t which) {
    while (const auto changed = event<sip::RegistrationChanged>()) last[changed->account] = *changed;
    return last[accounts[which]];
  }
  bool is_up(std::size_t which) { return state_of(which).state == sip::RegistrationChanged::State::Registered; }
  void grant(const base::SocketAddress& server) {
    peer.remote = server;
    receive(granted(asked(server)));
  }
  /// Receives an INVITE from that address, with a new Call-ID. Returns the INVITE.
  std::string call_from(const base::SocketAddress& server) {
    peer.remote = server;
    std::string text = invite("offer", {{"P-Asserted-Identity", "<sip:boss@pbx.example>"}}, "sip:6001@192.0.2.1");
    text.replace(text.find("call-1"), 6, "call-" + std::to_string(branches + 1));
    sent.clear();
    receive(text);
    return text;
  }
  std::string dial_by(std::size_t which) {
    account = accounts[which];
    return dial();
  }
};

}  // namespace

TEST_CASE_FIXTURE(Everywhere, "One extension registers at several servers under one name, and each registration has its own state") {
  start_all({"sip:pbx2.example"});
  const std::string first = asked(primary), second = asked(secondary);
  REQUIRE(!first.empty());
  REQUIRE(!second.empty());
  CHECK(start_line(second) == "REGISTER sip:pbx.example SIP/2.0");
  CHECK(header(second, "To") == "<sip:6001@pbx.example>");
  CHECK(header(second, "Call-ID") != header(first, "Call-ID"));
  CHECK(headers(second, "Route").empty());
  grant(secondary);
  CHECK_FALSE(is_up(0));
  REQUIRE(is_up(1));
  CHECK(state_of(0).server == "sip:pbx.example");
  CHECK(state_of(1).server == "sip:pbx2.example");
  CHECK(state_of(1).answered_by == secondary);
  grant(primary);
  CHECK(is_up(0));
  CHECK(state_of(0).answered_by == primary);
}

TEST_CASE_FIXTURE(Everywhere, "An incoming call belongs to the account of its server, and an outgoing call goes to the server of its account") {
  start_all({"sip:pbx2.example"});
  grant(primary);
  grant(secondary);
  for (const std::size_t which : {0U, 1U}) {
    (void)call_from(which == 0 ? primary : secondary);
    const auto call = event<sip::IncomingCall>();
    REQUIRE(call);
    CHECK(call->account == accounts[which]);
    CHECK(call->asserted);
    REQUIRE(stack.calls().reject(call->session, 486, {}, now));
    (void)dial_by(which);
    CHECK(last_flow.remote == peer.remote);
  }
  (void)call_from(address("192.0.2.99", 5060));
  CHECK_FALSE(event<sip::IncomingCall>());
}

TEST_CASE_FIXTURE(Everywhere, "A server that is silent or refuses does not affect the other registrations, and has its own retries") {
  start_all({"sip:pbx2.example"});
  grant(secondary);
  advance(32s);
  CHECK(state_of(0).state == sip::RegistrationChanged::State::Failed);
  CHECK(state_of(0).why == sip::RegistrationChanged::Why::NoAnswer);
  CHECK_FALSE(state_of(0).answered_by);
  CHECK(is_up(1));
  sent.clear();
  advance(5s);
  peer.remote = primary;
  REQUIRE(!asked(primary).empty());
  receive(response(asked(primary), 403, "reg"));
  CHECK(state_of(0).answered_by == primary);
  CHECK(is_up(1));
  sent.clear();
  for (const sip::AccountId id : accounts) stack.accounts().unregister(id, now);
  drain();
  CHECK(header(take("REGISTER "), "Expires") == "0");
}

TEST_CASE_FIXTURE(Everywhere, "The stack registers at the primary server and kMaxSecondaries more servers, each with its own refresh") {
  std::vector<std::string> servers;
  for (std::size_t i = 0; i < sip::OutboundRoute::kMaxSecondaries; ++i) {
    const std::string host = "s" + std::to_string(i) + ".example";
    names[host] = {route(Transport::Udp, address("192.0.2." + std::to_string(60 + i), 5060))};
    servers.push_back("sip:" + host);
  }
  start_all(servers);
  grant(primary);
  for (std::size_t i = 0; i < servers.size(); ++i) grant(address("192.0.2." + std::to_string(60 + i), 5060));
  for (std::size_t i = 0; i <= servers.size(); ++i) CHECK(is_up(i));
  sent.clear();
  advance(299s);
  std::set<base::SocketAddress> refreshed;
  for (const Sent& one : sent) refreshed.insert(one.flow.remote);
  CHECK(refreshed.size() == 1 + sip::OutboundRoute::kMaxSecondaries);
}

TEST_CASE_FIXTURE(Everywhere, "If the server is not a SIP URI, the account reports Failed and sends nothing") {
  start_all({"tel:1"});
  CHECK(state_of(1).state == sip::RegistrationChanged::State::Failed);
  CHECK(state_of(1).server == "tel:1");
  CHECK(count("REGISTER ") == 1);
}

TEST_CASE_FIXTURE(Everywhere, "The events of a registration, a call and a request have the reason why a name did not resolve") {
  options.secondaries = {"sip:pbx2.example"};
  names["pbx.example"].clear();
  names["pbx2.example"].clear();
  start_all({});
  CHECK(state_of(0).why == sip::RegistrationChanged::Why::Unresolvable);
  CHECK(state_of(0).reason == "no such name");
  sip::CallOptions call;
  call.account = accounts[0];
  call.target = "sip:desk@elsewhere.example";
  call.through_registrar = false;
  REQUIRE(stack.calls().call(call, now));
  REQUIRE(stack.requests().send({accounts[0], sip::Method::Message, "sip:desk@pbx.example", {}, {"text/plain", "hi"}}, now));
  drain();
  const auto ended = event<sip::CallEnded>();
  REQUIRE(ended);
  CHECK(ended->why == sip::CallEnded::Why::Unresolvable);
  CHECK(ended->reason == "no such name");
  const auto answered = event<sip::RequestAnswered>();
  REQUIRE(answered);
  CHECK(answered->reason == "no such name");
}

TEST_CASE_FIXTURE(Everywhere, "If several names do not resolve, the event has the reason of the first queried name, in any order of the responses") {
  options.secondaries = {"sip:pbx2.example"};
  answers_queries = false;
  start_all({});
  REQUIRE(queries.size() == 2);
  stack.on_answer(queries[0].id, {{}, "the first"}, now);
  stack.on_answer(queries[1].id, {{}, "the second"}, now);
  drain();
  CHECK(state_of(0).reason == "the first");
  advance(5s);
  REQUIRE(queries.size() == 4);
  stack.on_answer(queries[3].id, {{}, "the second"}, now);
  stack.on_answer(queries[2].id, {{}, "the first"}, now);
  drain();
  CHECK(state_of(0).reason == "the first");
}

TEST_CASE_FIXTURE(Everywhere,
    "A server may call after it got a REGISTER, even before its response. Before the first REGISTER its call gets 480 [RFC 3261 section 21.4.18]") {
  answers_queries = false;
  start_all({"sip:pbx2.example"});
  (void)call_from(primary);
  CHECK(take("SIP/2.0 ").starts_with("SIP/2.0 480"));
  CHECK_FALSE(event<sip::StrangerRefused>());
  stack.on_answer(queries[0].id, resolve(queries[0]), now);
  drain();
  REQUIRE(!asked(primary).empty());
  (void)call_from(primary);
  const auto call = event<sip::IncomingCall>();
  REQUIRE(call);
  CHECK(call->account == accounts[0]);
  CHECK_FALSE(call->asserted);  // The stack trusts the identity only after the server has responded.
  (void)call_from(secondary);  // The secondary has got no REGISTER, and the stack now knows another server's address.
  CHECK(take("SIP/2.0 ").starts_with("SIP/2.0 403"));
  CHECK(event<sip::StrangerRefused>());
}

TEST_CASE_FIXTURE(Everywhere, "The last kMaxRegistrarAddresses addresses that got a REGISTER may call, even if they never responded") {
  const auto at = [](std::size_t n) { return address("192.0.2." + std::to_string(100 + n), 5060); };
  const auto ask_at = [&](std::size_t n) {
    names["pbx.example"] = {route(Transport::Udp, at(n))};
    sent.clear();
    for (int i = 0; i < 700 && asked(at(n)).empty(); ++i) advance(1s);
    REQUIRE(!asked(at(n)).empty());
  };
  names["pbx.example"] = {route(Transport::Udp, at(0))};
  start_all({});
  for (std::size_t n = 1; n < sip::AccountTable::kMaxRegistrarAddresses; ++n) ask_at(n);
  (void)call_from(at(0));
  CHECK(event<sip::IncomingCall>());
  ask_at(sip::AccountTable::kMaxRegistrarAddresses);
  (void)call_from(at(0));
  CHECK_FALSE(event<sip::IncomingCall>());
  (void)call_from(at(1));
  CHECK(event<sip::IncomingCall>());
}
