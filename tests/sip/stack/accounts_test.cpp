#include <offhook/sip/stack/account_table.hpp>
#include <offhook/sip/stack/server_requests.hpp>
#include <offhook/tests/sip/stack/registering.hpp>

#include <doctest/doctest.h>

#include <set>

using namespace offhook;
using namespace offhook::sim;

TEST_CASE_FIXTURE(Registering, "An account sends REGISTER, answers the challenge, and is registered for the granted time [RFC 3261 section 10.2]") {
  const std::string first = start();
  CHECK(start_line(first) == "REGISTER sip:192.0.2.50 SIP/2.0");
  CHECK(last_flow.remote == address("192.0.2.50", 5060));
  CHECK(header(first, "To") == "<sip:6001@pbx.example>");
  CHECK(header(first, "Contact").starts_with("<sip:6001@192.0.2.1:5060"));
  CHECK(header(first, "Expires") == "300");
  CHECK(event<sip::RegistrationChanged>()->state == sip::RegistrationChanged::State::Registering);
  receive(response(first, 401, "reg", {}, challenge()));
  const std::string second = take("REGISTER ");
  CHECK(header(second, "Call-ID") == header(first, "Call-ID"));
  CHECK(header(second, "Authorization").find("username=\"6001\"") != std::string::npos);
  receive(granted(second, 120));
  const auto changed = event<sip::RegistrationChanged>();
  REQUIRE(changed);
  CHECK(changed->state == sip::RegistrationChanged::State::Registered);
  CHECK(changed->account == account);
  CHECK(changed->expires == 120s);
  CHECK(changed->contact.starts_with("sip:6001@192.0.2.1:5060"));
  CHECK(changed->local == address("192.0.2.1", 0).ip);
}

TEST_CASE_FIXTURE(Registering, "A callee's challenge with the registrar's realm does not change how the account answers the registrar [RFC 8760 section 2.4]") {
  register_now();
  sip::CallOptions call;
  call.account = account;
  call.target = "sip:evil@192.0.2.99";
  call.offer = {"application/sdp", "offer"};
  REQUIRE(stack.calls().call(call, now));
  drain();
  receive(response(take("INVITE "), 401, "x", {},
                   {{"WWW-Authenticate", "Digest realm=\"pbx\", nonce=\"evil\", algorithm=SHA-256, qop=\"auth\""}}));
  receive(response(take("INVITE "), 486, "x"));
  sent.clear();
  for (int i = 0; i < 120 && count("REGISTER ") == 0; ++i) advance(1s);
  const std::string refresh = take("REGISTER ");
  CHECK(header(refresh, "Authorization").find("nonce=\"n1\"") != std::string::npos);
  receive(response(refresh, 401, "reg", {},
                   {{"WWW-Authenticate", "Digest realm=\"pbx\", nonce=\"n2\", stale=true, algorithm=MD5, qop=\"auth\""}}));
  CHECK(header(take("REGISTER "), "Authorization").find("nonce=\"n2\"") != std::string::npos);
}

TEST_CASE_FIXTURE(Registering, "An account refreshes its registration before the expiry, and resolves the registrar's name again [RFC 3261 section 10.2.4]") {
  register_now();
  const auto before = queries.size();
  sent.clear();
  advance(120s);
  CHECK(count("REGISTER ") >= 1);
  CHECK(queries.size() > before);
}

TEST_CASE_FIXTURE(Registering, "An account without a registrar registers at the domain of its address of record [RFC 3261 section 10.2]") {
  options.registrar.clear();
  for (const auto& [address, asked] : {std::pair{"sip:6001@192.0.2.50", "sip:192.0.2.50"}, {"sip:6001@192.0.2.50:5070;user=phone", "sip:192.0.2.50:5070"}}) {
    options.address_of_record = address;
    CHECK(start_line(start()) == "REGISTER " + std::string(asked) + " SIP/2.0");
  }
  options.address_of_record = "tel:6001";
  CHECK(start().empty());
}

TEST_CASE_FIXTURE(Registering, "The account reports WrongCredentials after the registrar has refused its password once") {
  const std::string first = start();
  receive(response(first, 401, "reg", {}, challenge()));
  receive(response(take("REGISTER "), 401, "reg", {}, challenge()));
  (void)event<sip::RegistrationChanged>();
  const auto failed = event<sip::RegistrationChanged>();
  REQUIRE(failed);
  CHECK(failed->state == sip::RegistrationChanged::State::Failed);
  CHECK(failed->why == sip::RegistrationChanged::Why::WrongCredentials);
  CHECK(failed->status == 401);
  CHECK(count("REGISTER ") == 0);
}

TEST_CASE_FIXTURE(Registering, "If the registrar does not respond, the account reports Failed with NoAnswer, and tries again") {
  CHECK(!start().empty());
  advance(33s);
  (void)event<sip::RegistrationChanged>();
  const auto failed = event<sip::RegistrationChanged>();
  REQUIRE(failed);
  CHECK(failed->why == sip::RegistrationChanged::Why::NoAnswer);
  REQUIRE(failed->retry_in);
  sent.clear();
  advance(*failed->retry_in);
  CHECK(count("REGISTER ") >= 1);
}

TEST_CASE_FIXTURE(Registering, "If the registrar's name does not resolve, the account reports Unresolvable, and resolves the name again later") {
  options.registrar = "sip:pbx.example";
  CHECK(start().empty());
  (void)event<sip::RegistrationChanged>();
  const auto failed = event<sip::RegistrationChanged>();
  REQUIRE(failed);
  CHECK(failed->why == sip::RegistrationChanged::Why::Unresolvable);
  names["pbx.example"] = {route(sip::Transport::Udp, address("192.0.2.50", 5060))};
  advance(*failed->retry_in);
  CHECK(count("REGISTER ") == 1);
}

TEST_CASE_FIXTURE(Registering, "If the address of record is invalid, the account reports Failed at once, and the stack sends nothing") {
  options.address_of_record = "6001";
  CHECK(start().empty());
  CHECK(event<sip::RegistrationChanged>()->state == sip::RegistrationChanged::State::Failed);
  CHECK_FALSE(stack.next_deadline());
}

TEST_CASE_FIXTURE(Registering, "unregister() removes the binding, and the account reports Unregistered [RFC 3261 section 10.2.2]") {
  register_now();
  sent.clear();
  stack.accounts().unregister(account, now);
  drain();
  const std::string last = take("REGISTER ");
  CHECK(header(last, "Expires") == "0");
  receive(response(last, 200, "reg"));
  CHECK(event<sip::RegistrationChanged>()->state == sip::RegistrationChanged::State::Unregistered);
  advance(10s);
  CHECK_FALSE(stack.next_deadline());
}

TEST_CASE_FIXTURE(Registering, "remove() removes the binding. The account exists until the registrar has responded [RFC 3261 section 10.2.2]") {
  register_now();
  sent.clear();
  CHECK(stack.accounts().size() == 1);
  stack.accounts().remove(account, now);
  stack.accounts().remove(account, now);
  drain();
  const std::string last = take("REGISTER ");
  CHECK(header(last, "Contact").find("expires=0") != std::string::npos);
  CHECK(sent.empty());
  CHECK(stack.accounts().size() == 1);
  receive(response(last, 200, "reg"));
  CHECK(event<sip::RegistrationChanged>()->state == sip::RegistrationChanged::State::Unregistered);
  CHECK_FALSE(event<sip::RegistrationChanged>());
  CHECK(stack.accounts().size() == 0);
  advance(66s);
  CHECK_FALSE(stack.next_deadline());
  CHECK(stack.sizes() == sip::StackSizes{});
}

TEST_CASE_FIXTURE(Registering, "A removed account exists for 32 s if its registrar is silent. An account that does not register disappears at once") {
  register_now();
  stack.accounts().remove(account, now);
  drain();
  advance(32s);
  CHECK(stack.accounts().size() == 0);
  options.registers = false;
  const sip::AccountId other = stack.accounts().add(options, now);
  events.clear();
  stack.accounts().remove(other, now);
  drain();
  CHECK(event<sip::RegistrationChanged>()->state == sip::RegistrationChanged::State::Unregistered);
  CHECK(stack.accounts().size() == 0);
}

TEST_CASE_FIXTURE(Registering, "A removed account receives no calls and makes no calls, even if it was the last account") {
  register_now();
  stack.accounts().remove(account, now);
  drain();
  for (int i = 0; i < 2; ++i) {  // In the first pass the removal of the binding is pending. In the second pass the account is gone.
    sip::CallOptions call;
    call.account = account;
    call.target = "sip:desk@192.0.2.99";
    CHECK(stack.calls().call(call, now) == base::fail(sip::StackError::UnknownAccount));
    CHECK(stack.subscriptions().subscribe({account, "sip:6001@pbx.example", {.event = {"message-summary"}}}, now) == base::fail(sip::StackError::UnknownAccount));
    CHECK(stack.requests().send({account, sip::Method::Options, "sip:6001@pbx.example"}, now) == base::fail(sip::StackError::UnknownAccount));
    for (const std::string from : {"192.0.2.50", "192.0.2.66"}) {
      sent.clear();
      receive(invite("offer", {}, "sip:6001@192.0.2.1"), {{1}, sip::Transport::Udp, local, address(from, 5060)});
      const std::string refused = take();
      CAPTURE(refused);
      CHECK((refused.starts_with("SIP/2.0 404") || refused.starts_with("SIP/2.0 403")));
      CHECK_FALSE(event<sip::IncomingCall>());
    }
    stack.accounts().refresh(account, now);
    drain();
    CHECK(count("REGISTER ") == 0);
    advance(32s);
    REQUIRE(stack.accounts().size() == 0);
  }
}

TEST_CASE_FIXTURE(Registering, "A call of a removed account continues with the identity of the account, which exists until the call ends") {
  register_now();
  receive(invite("offer", {}, "sip:6001@192.0.2.1"));
  const auto call = event<sip::IncomingCall>();
  REQUIRE(call);
  REQUIRE(stack.calls().answer(call->session, kAnswer, now));
  drain();
  const std::string tag = tag_of(header(take("SIP/2.0 200"), "To"));
  receive(in_dialog("ACK", 1, tag));
  stack.accounts().remove(account, now);
  drain();
  receive(response(take("REGISTER "), 200, "reg"));
  CHECK(stack.accounts().size() == 1);
  CHECK(stack.calls().size() == 1);
  REQUIRE(stack.calls().offer(call->session, kOffer, now));
  drain();
  const std::string offer = take("INVITE ");
  CHECK(header(offer, "Contact").starts_with("<sip:6001@192.0.2.1:5060"));
  receive(response(offer, 488, "peer"));
  receive(in_dialog("BYE", 2, tag));
  CHECK(stack.calls().size() == 0);
  advance(66s);
  CHECK(stack.accounts().size() == 0);
  CHECK(stack.sizes() == sip::StackSizes{});
}

TEST_CASE_FIXTURE(Registering, "If an account is removed while a REGISTER, a SUBSCRIBE and a request are pending, it exists until these have ended") {
  const std::string first = start();
  const auto subscription = stack.subscriptions().subscribe({account, "sip:6001@pbx.example", {.event = {"message-summary"}, .persists = false}}, now);
  REQUIRE(subscription);
  REQUIRE(stack.requests().send({account, sip::Method::Options, "sip:6001@pbx.example"}, now));
  drain();
  stack.accounts().remove(account, now);
  receive(response(first, 403, "reg"));
  CHECK(stack.accounts().size() == 1);
  advance(40s);
  CHECK(stack.requests().size() == 0);
  CHECK(stack.subscriptions().size() == 0);
  CHECK(stack.accounts().size() == 0);
}

TEST_CASE_FIXTURE(Registering, "unregister() ends within 32 s if the registrar does not respond") {
  register_now();
  stack.accounts().unregister(account, now);
  drain();
  advance(32s);
  std::optional<sip::RegistrationChanged> last;
  while (const auto changed = event<sip::RegistrationChanged>()) last = changed;
  REQUIRE(last);
  CHECK(last->state == sip::RegistrationChanged::State::Unregistered);
  advance(32s);
  CHECK_FALSE(stack.next_deadline());
}

TEST_CASE_FIXTURE(Registering, "When the connection to the registrar breaks, the account sends a new REGISTER over a new connection [RFC 5626 section 4.2.1]") {
  options.registrar = "sip:192.0.2.50;transport=tcp";
  peer.transport = sip::Transport::Tcp;
  const std::string first = start();
  CHECK(header(first, "Via").starts_with("SIP/2.0/TCP"));
  const sip::Flow used = last_flow;
  receive(granted(first, 120));
  sent.clear();
  stack.on_flow_failed(used, now);
  drain();
  advance(2s);
  CHECK(!take("REGISTER ").empty());
  CHECK(last_flow.id == sip::FlowId{});
}

TEST_CASE_FIXTURE(Registering, "A call from the registrar belongs to the account, and the stack trusts its asserted identity [RFC 3325 section 5]") {
  register_now();
  sent.clear();
  receive(invite("offer", {{"P-Asserted-Identity", "\"Boss\" <sip:boss@pbx.example>"}}, "sip:6001@192.0.2.1:5060"));
  const auto call = event<sip::IncomingCall>();
  REQUIRE(call);
  CHECK(call->account == account);
  REQUIRE(call->asserted);
  CHECK(call->asserted->uri == "sip:boss@pbx.example");
  REQUIRE(stack.calls().answer(call->session, {"application/sdp", "x"}, now));
  drain();
  CHECK(header(take("SIP/2.0 200"), "Contact").starts_with("<sip:6001@192.0.2.1:5060"));
}

TEST_CASE_FIXTURE(Registering, "Over UDP an account pings every 24 to 29 s while it is registered [RFC 5626 section 4.4.2]") {
  register_now();
  sent.clear();
  advance(23s);
  CHECK(count("\r\n\r\n") == 0);
  advance(6s);
  REQUIRE(count("\r\n\r\n") == 1);
  CHECK(sent.back().bytes == "\r\n\r\n");
  CHECK(sent.back().flow.remote == address("192.0.2.50", 5060));
  stack.accounts().unregister(account, now);
  drain();
  receive(response(take("REGISTER "), 200, "reg"));
  sent.clear();
  advance(60s);
  CHECK(sent.empty());
  CHECK_FALSE(stack.next_deadline());
}

TEST_CASE_FIXTURE(Registering, "The intervals between pings differ, and each is 24 to 29 s [RFC 5626 section 4.4.2]") {
  options.expires = 7200s;
  const std::string first = start();
  receive(granted(first, 7200));
  sent.clear();
  std::set<base::Duration> intervals;
  auto last = now;
  while (now < begin + 1000s) {
    const auto due = stack.next_deadline();
    REQUIRE(due);
    advance(*due - now);
    if (count("\r\n\r\n") == 0) continue;
    sent.clear();
    CHECK(now - last >= 24s);
    CHECK(now - last <= 29s);
    intervals.insert(now - last);
    last = now;
  }
  CHECK(intervals.size() > 30);
}

TEST_CASE_FIXTURE(Registering, "An account does not ping with keep_alive off or while it is not registered") {
  SUBCASE("keep_alive is off") {
    options.keep_alive = false;
    register_now();
  }
  SUBCASE("the account is not registered") { receive(response(start(), 503, "reg")); }
  sent.clear();
  advance(45s);
  CHECK(count("\r\n\r\n") == 0);
}

namespace {

struct Guarded : Registering {
  sip::Flow stranger{{1}, sip::Transport::Udp, local, address("192.0.2.66", 5060)};
  std::string ask(const std::string& user, const sip::Flow& from) {
    sent.clear();
    std::string text = invite("offer", {}, "sip:" + user + "@192.0.2.1");
    const std::string id = "guarded-" + std::to_string(branches);
    receive(text.replace(text.find("call-1"), 6, id), from);
    return take();
  }
};

}  // namespace

TEST_CASE_FIXTURE(Guarded, "A registered account accepts calls only from its registrar. A stranger gets the same response for every user") {
  names["pbx.example"] = {route(sip::Transport::Udp, address("192.0.2.50", 5060)),
                          route(sip::Transport::Udp, address("192.0.2.51", 5060))};
  options.registrar = "sip:pbx.example";
  register_now();
  const std::string known = ask("6001", stranger), unknown = ask("6002", stranger);
  CHECK(known.starts_with("SIP/2.0 403"));
  CHECK(start_line(unknown) == start_line(known));
  CHECK(stack.counters().refused_source == 2);
  for (const std::uint64_t so_far : {1U, 2U}) {
    const auto told = event<sip::StrangerRefused>();
    REQUIRE(told);
    CHECK(told->source == stranger.remote);
    CHECK(told->so_far == so_far);
  }
  (void)ask("6001", stranger);
  CHECK_FALSE(event<sip::StrangerRefused>());  // The first, second and fourth refusal cause an event, the third does not.
  (void)ask("6001", stranger);
  CHECK(event<sip::StrangerRefused>());
  CHECK(stack.calls().size() == 0);
  CHECK_FALSE(event<sip::IncomingCall>());
  CHECK(ask("6001", peer).starts_with("SIP/2.0 100"));
  CHECK(ask("6002", peer).starts_with("SIP/2.0 404"));
  sip::Flow second = peer;  // A cluster may call from another address of the registrar's name, and from another port.
  second.remote = address("192.0.2.51", 5070);
  CHECK(ask("6001", second).starts_with("SIP/2.0 100"));
}

TEST_CASE_FIXTURE(Guarded, "If the registrar's name resolves to new addresses each time, the last kMaxRegistrarAddresses addresses may call") {
  const auto at = [&](std::size_t n) { return route(sip::Transport::Udp, address("192.0.2." + std::to_string(100 + n), 5060)); };
  const auto from = [&](const sip::Route& route) { return sip::Flow{{1}, sip::Transport::Udp, local, route.remote}; };
  const auto used = route(sip::Transport::Udp, peer.remote);
  options.registrar = "sip:pbx.example";
  names["pbx.example"] = {used, at(0)};
  receive(granted(start(), 120));
  constexpr std::size_t kOthers = sip::AccountTable::kMaxRegistrarAddresses - 1;
  for (std::size_t n = 1; n <= kOthers; ++n) {
    names["pbx.example"] = {used, at(n)};
    sent.clear();
    for (int i = 0; i < 120 && count("REGISTER ") == 0; ++i) advance(1s);
    receive(granted(take("REGISTER "), 120));
  }
  CHECK(ask("6001", from(used)).starts_with("SIP/2.0 100"));  // This address is the oldest one, but the account also used it last.
  CHECK(ask("6001", from(at(1))).starts_with("SIP/2.0 100"));
  CHECK(ask("6001", from(at(0))).starts_with("SIP/2.0 403"));
}

TEST_CASE_FIXTURE(Guarded, "A flood of strangers' requests leaves transactions for the registrar's calls and for established calls") {
  register_now();
  const auto other = [&] {
    call_id = "call-1";
    std::string text = in_dialog("OPTIONS", 1, "");
    text.erase(text.find(";tag=\r\n"), 5);
    return text;
  };
  const auto ask_other = [&](const sip::Flow& from) {
    sent.clear();
    std::string text = other();
    text.replace(text.find("call-1"), 6, "asked-" + std::to_string(branches));
    receive(text, from);
    return take();
  };
  const auto fill = [&](const sip::Flow& from, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      std::string text = other();
      text.replace(text.find("call-1"), 6, "flood-" + std::to_string(branches));
      stack.receive(from, base::Bytes(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()), now);
    }
    drain();
  };
  CHECK(ask("6001", peer).starts_with("SIP/2.0 100"));
  const auto call = event<sip::IncomingCall>();
  REQUIRE(call);
  fill(stranger, sip::ServerRequests::kMaxBesideStrangers - 2);
  CHECK(ask_other(stranger).starts_with("SIP/2.0 200"));
  CHECK(ask_other(stranger).starts_with("SIP/2.0 503"));
  CHECK(ask("6001", peer).starts_with("SIP/2.0 100"));
  call_id = call->call_id;
  REQUIRE(stack.calls().answer(call->session, {"application/sdp", "answer"}, now));
  drain();
  const std::string our_tag = tag_of(header(take("SIP/2.0 200"), "To"));
  sent.clear();
  receive(in_dialog("BYE", 2, our_tag), stranger);  // Requests of an established call may come from another address.
  CHECK(take().starts_with("SIP/2.0 200"));
  fill(peer, sip::kMaxServerTransactions - sip::ServerRequests::kMaxBesideStrangers);
  CHECK(ask("6001", peer).starts_with("SIP/2.0 503"));
}

TEST_CASE_FIXTURE(Guarded, "While the registration is pending, a stranger's call gets 403") {
  start();
  CHECK(ask("6001", stranger).starts_with("SIP/2.0 403"));
}

TEST_CASE_FIXTURE(Guarded, "With accept_from Anyone, an account accepts a stranger's call, and a call for an unknown user gets 404") {
  options.accept_from = sip::AccountOptions::AcceptFrom::Anyone;
  register_now();
  CHECK(ask("6001", stranger).starts_with("SIP/2.0 100"));
  CHECK(ask("6002", stranger).starts_with("SIP/2.0 404"));
}

TEST_CASE_FIXTURE(Guarded, "If one account accepts Anyone and one does not, a stranger's call to the latter gets 403, like a call to an unknown user") {
  register_now();
  options.address_of_record = "sip:6005@pbx.example";
  options.accept_from = sip::AccountOptions::AcceptFrom::Anyone;
  register_now();
  CHECK(ask("6005", stranger).starts_with("SIP/2.0 100"));
  CHECK(ask("6001", stranger).starts_with("SIP/2.0 403"));
  CHECK(ask("6009", stranger).starts_with("SIP/2.0 403"));
}
