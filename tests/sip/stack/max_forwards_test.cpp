#include <offhook/tests/sip/stack/early_dialogs.hpp>

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <vector>

using namespace offhook;
using namespace offhook::sim;

namespace {

/// Takes the next request of this method, checks that its only Max-Forwards is 70, and returns the request.
std::string next(Scripted& us, const std::string& method, std::set<std::string>& seen) {
  us.drain();
  const std::string request = us.take(method + " ");
  CAPTURE(method);
  REQUIRE(!request.empty());
  CHECK(headers(request, "Max-Forwards") == std::vector<std::string>{"70"});
  seen.insert(method);
  return request;
}

}  // namespace

TEST_CASE("Every request of the stack has Max-Forwards 70 [RFC 3261 section 8.1.1.6]") {
  std::set<std::string> seen;
  {  // A cancelled outgoing call, with the requests that are possible before its 2xx.
    EarlyDialogs us;
    us.open();
    sip::CallOptions call;
    call.account = us.account;
    call.target = "sip:desk@192.0.2.99";
    call.offer = kOffer;
    us.session = *us.stack.calls().call(call, us.now);
    us.first = next(us, "INVITE", seen);
    us.reliable(10, "a", "answer", kUpdates);
    us.receive(us.response(next(us, "PRACK", seen), 200, ""));
    REQUIRE(us.stack.calls().update(us.session, kNew, us.now));
    us.receive(us.response(next(us, "UPDATE", seen), 200, "", "fine", {{"Contact", "<sip:a@192.0.2.98>"}}));
    REQUIRE(us.stack.calls().hang_up(us.session, us.now));
    us.receive(us.response(next(us, "CANCEL", seen), 200, "a"));
    us.receive(us.response(us.first, 487, "a"));
    (void)next(us, "ACK", seen);
  }
  {  // An established outgoing call.
    EarlyDialogs us;
    us.dial();
    us.answered("a", "answer");
    (void)next(us, "ACK", seen);
    REQUIRE(us.stack.calls().offer(us.session, kNew, us.now));
    us.receive(us.response(next(us, "INVITE", seen), 488, ""));
    (void)next(us, "ACK", seen);
    REQUIRE(us.stack.calls().info(us.session, "", {"application/dtmf-relay", "Signal=5"}, us.now));
    us.receive(us.response(next(us, "INFO", seen), 200, ""));
    REQUIRE(us.stack.calls().message(us.session, {"text/plain", "hello"}, us.now));
    us.receive(us.response(next(us, "MESSAGE", seen), 200, ""));
    REQUIRE(us.stack.calls().probe(us.session, us.now));
    us.receive(us.response(next(us, "OPTIONS", seen), 200, ""));
    REQUIRE(us.stack.transfers().refer(us.session, {"sip:other@192.0.2.97"}, us.now));
    us.receive(us.response(next(us, "REFER", seen), 603, ""));
    REQUIRE(us.stack.calls().hang_up(us.session, us.now));
    (void)next(us, "BYE", seen);
  }
  {  // A transfer that the peer has requested.
    EarlyDialogs us;
    us.open();
    us.talk();
    us.receive(us.in_dialog("REFER", 2, us.our_tag, {}, {{"Refer-To", "<sip:desk@192.0.2.50>"}, {"Contact", "<sip:al@192.0.2.99>"}}));
    REQUIRE(us.stack.transfers().accept(us.session, us.now));
    (void)next(us, "NOTIFY", seen);
  }
  {  // Requests outside of calls.
    Scripted us;
    sip::AccountOptions options;
    options.address_of_record = "sip:6001@pbx.example";
    options.registrar = "sip:192.0.2.99";
    const auto account = us.stack.accounts().add(options, us.now);
    us.receive(us.response(next(us, "REGISTER", seen), 200, "reg"));
    REQUIRE(us.stack.subscriptions().subscribe({account, "sip:6001@pbx.example", {.event = {"message-summary"}}}, us.now));
    (void)next(us, "SUBSCRIBE", seen);
    using sip::Method;
    for (const auto& [method, name] : {std::pair{Method::Options, "OPTIONS"}, {Method::Message, "MESSAGE"}, {Method::Info, "INFO"}, {Method::Publish, "PUBLISH"}}) {
      REQUIRE(us.stack.requests().send({account, method, "sip:bob@pbx.example", {}, {"text/plain", "hello"}}, us.now));
      (void)next(us, name, seen);
    }
  }
  CHECK(seen.size() == static_cast<std::size_t>(sip::Method::Other));  // All methods that the stack supports.
}
