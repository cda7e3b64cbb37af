#include "registrar.hpp"

namespace offhook::sip::registration::test {
namespace {

TEST_CASE("the limit of the wait doubles from 2 s to 300 s after each failure, and each wait is 50 to 100 % of the limit [RFC 5626 section 4.5]") {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    CAPTURE(seed);
    Account account(seed);
    account.start();
    base::Duration limit = 2s;
    for (int i = 0; i < 12; ++i) {
      account.fail(Failure::Timeout);
      const auto failed = account.last_of<Failed>();
      CHECK(failed.why == Why::NoAnswer);
      CHECK(failed.status == 0);
      CHECK(failed.retry_in >= limit / 2);
      CHECK(failed.retry_in <= limit);
      CHECK(account.advance_to_next() == failed.retry_in);
      limit = std::min<base::Duration>(2 * limit, 300s);
    }
    CHECK(limit == 300s);
  }
}

TEST_CASE("clients that fail at the same moment try again at different moments [RFC 5626 section 4.5]") {
  std::vector<base::Duration> waits;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Account account(seed);
    account.start();
    account.fail(Failure::Transport);
    waits.push_back(account.last_of<Failed>().retry_in);
  }
  std::sort(waits.begin(), waits.end());
  CHECK(std::unique(waits.begin(), waits.end()) == waits.end());
  CHECK(waits.back() - waits.front() > 300ms);
}

TEST_CASE_FIXTURE(Account, "Registration reports each kind of failure by its name, and restarts the back-off after a success") {
  start();
  fail(Failure::Unresolvable);
  CHECK(last_of<Failed>().why == Why::Unresolvable);
  advance_to_next();
  fail(Failure::Transport);
  CHECK(last_of<Failed>().why == Why::Unreachable);
  advance_to_next();
  respond(504);
  CHECK(last_of<Failed>().why == Why::NoAnswer);
  CHECK(last_of<Failed>().status == 504);
  advance_to_next();
  respond(600);
  CHECK(last_of<Failed>().why == Why::Refused);
  advance_to_next();
  accept(300);
  advance_to_next();
  respond(302);  // This 302 names no other server.
  CHECK(last_of<Failed>().why == Why::Refused);
  CHECK(last_of<Failed>().retry_in <= 2s);
}

TEST_CASE_FIXTURE(Account, "Registration sends a redirected REGISTER to the Contact of the 302 that has the highest q [RFC 3261 section 8.1.3.4]") {
  start();
  CHECK(last().action.registrar == "sip:pbx.example");
  respond(302, "Contact: <sip:second.example>;q=0.5, <sip:6001@first.example:5070;transport=tcp>\r\n");
  REQUIRE(sent.size() == 2);
  CHECK(last().action.registrar == "sip:first.example:5070;transport=tcp");  // The Request-URI has no user part: RFC 3261 section 10.2.
  CHECK(last().action.call_id == sent.front().action.call_id);
  CHECK(last().action.cseq == sent.front().action.cseq + 1);
  CHECK(all<Failed>().empty());
  respond(401, "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\"\r\n");
  CHECK(last().action.authorizations.at(0).value.find("uri=\"sip:first.example:5070;transport=tcp\"") != std::string::npos);
  accept(300);
  CHECK(machine.state() == State::Registered);
  (void)advance_to_next();
  CHECK(last().action.registrar == "sip:pbx.example");  // Each refresh goes to the registrar itself.
}

TEST_CASE_FIXTURE(Account, "if a second server refuses a redirected REGISTER, Registration asks no third server, and later tries the registrar again") {
  start();
  respond(302, "Contact: <sip:first.example>, <sip:second.example>\r\n");
  respond(503);
  CHECK(sent.size() == 2);
  CHECK(last_of<Failed>().status == 503);
  (void)advance_to_next();
  CHECK(last().action.registrar == "sip:pbx.example");
}

TEST_CASE_FIXTURE(Account, "Registration follows at most kMaxRedirections redirections, and no redirection in a loop or to a URI that is not SIP") {
  start();
  SUBCASE("a redirection in a circle") {
    respond(302, "Contact: <sip:other.example>\r\n");
    respond(302, "Contact: <sip:pbx.example>\r\n");
    CHECK(sent.size() == 2);
  }
  SUBCASE("a redirection to no server") {
    respond(301, "Contact: <tel:6001>, *\r\n");
    CHECK(sent.size() == 1);
  }
  SUBCASE("endless redirections") {
    for (unsigned i = 0; i <= session::kMaxRedirections; ++i) respond(302, "Contact: <sip:s" + std::to_string(i) + ".example>\r\n");
    CHECK(sent.size() == 1 + session::kMaxRedirections);
  }
  CHECK(last_of<Failed>().why == Why::Refused);
}

TEST_CASE("Registration with a sips registrar does not follow a redirection to sip [RFC 3261 section 8.1.3.4]") {
  Account account(1, {.registrar = "sips:pbx.example", .user = "6001"});
  account.start();
  account.respond(302, "Contact: <sip:other.example>\r\n");
  CHECK(account.sent.size() == 1);
  CHECK(account.last_of<Failed>().status == 302);
}

TEST_CASE_FIXTURE(Account, "The un-REGISTER of stop() follows a redirection too") {
  register_for(300);
  stop();
  respond(302, "Contact: <sip:other.example>\r\n");
  CHECK(last().action.registrar == "sip:other.example");
  CHECK(last().action.expires == 0s);
  respond(200);
  CHECK(machine.state() == State::Unregistered);
}

TEST_CASE("Registration tries again if the registrar's name does not resolve at the start [RFC 3261 section 10.2.6]") {
  Account account;
  account.routes = false;
  account.start();
  account.fail(Failure::Unresolvable);
  CHECK(account.machine.contact().empty());
  account.routes = true;
  account.advance_to_next();
  account.accept(300);
  CHECK(account.machine.state() == State::Registered);
}

TEST_CASE_FIXTURE(Account, "Registration waits for Retry-After, at most its maximum, plus at most a tenth [RFC 3261 section 21.5.4]") {
  start();
  respond(503, "Retry-After: 120 (maintenance)\r\n");
  CHECK(last_of<Failed>().retry_in >= 120s);
  CHECK(last_of<Failed>().retry_in <= 132s);
  advance_to_next();
  respond(503, "Retry-After: 1800\r\n");
  CHECK(last_of<Failed>().retry_in >= 1800s);
  advance_to_next();
  respond(503, "Retry-After: 4000000000\r\n");
  CHECK(last_of<Failed>().retry_in >= 1800s);
  CHECK(last_of<Failed>().retry_in <= 1980s);
}

TEST_CASE_FIXTURE(Account, "Retry-After: 0 does not end the back-off") {
  start();
  for (int i = 0; i < 8; ++i) {
    respond(503, "Retry-After: 0\r\n");
    CHECK(last_of<Failed>().retry_in >= 1s);
    advance_to_next();
  }
  CHECK(now - base::TimePoint(1h) > 60s);
}

TEST_CASE("after a lost flow, accounts register again within two seconds, at different moments [RFC 5626 section 4.5]") {
  std::vector<base::Duration> waits;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Account account(seed);
    account.register_for(3600);
    account.advance(60s);
    account.lose_flow();
    account.lose_flow();
    waits.push_back(account.advance_to_next());
    CHECK(waits.back() <= Waits::kFlowLostDelay);
  }
  std::sort(waits.begin(), waits.end());
  CHECK(waits.back() - waits.front() > 500ms);
}

TEST_CASE_FIXTURE(Account, "if each connection breaks soon after the 2xx, the waits get longer until a connection stays open") {
  transport = Transport::Tcp;
  start();
  base::Duration limit = Waits::kFlowLostDelay;
  for (int i = 0; i < 12; ++i) {
    accept(3600);
    advance(1s);
    lose_flow();
    lose_flow();  // The owner reports the same loss twice.
    const auto wait = advance_to_next();
    CHECK(wait <= limit);
    CHECK(wait >= (i == 0 ? 0s : limit / 2));
    limit = std::min<base::Duration>(2 * limit, Waits::kBackoffMax);
  }
  CHECK(limit == Waits::kBackoffMax);
  accept(3600);
  advance(FlowHealth::kFlowStands);
  lose_flow();
  CHECK(advance_to_next() <= Waits::kFlowLostDelay);
  stop();
}

TEST_CASE_FIXTURE(Account, "a lost flow never postpones a deadline, and has no effect before start(), during a REGISTER, while waiting and after stop()") {
  lose_flow();
  CHECK(sent.empty());
  start();
  lose_flow();
  fail(Failure::Transport);
  const auto due = machine.next_deadline();
  lose_flow();
  CHECK(machine.next_deadline() == due);
  advance_to_next();
  accept(1);
  lose_flow();
  CHECK(*machine.next_deadline() - now <= 500ms);
  stop();
  lose_flow();
  CHECK(machine.state() == State::Unregistering);
}

TEST_CASE_FIXTURE(Account, "stop removes only the account's own Contact [RFC 3261 section 10.2.2]") {
  register_for(300);
  stop();
  CHECK(machine.state() == State::Unregistering);
  CHECK(last().action.expires == 0s);
  CHECK(last().contact == "<sip:6001@192.0.2.1:5060>;expires=0");
  CHECK(all<Unregistered>().empty());
  respond(200);
  CHECK(machine.state() == State::Unregistered);
  CHECK(all<Unregistered>().size() == 1);
  CHECK_FALSE(machine.next_deadline());
  stop();  // A second stop also reports Unregistered, but sends nothing.
  CHECK(sent.size() == 2);
  CHECK(all<Unregistered>().size() == 2);
}

TEST_CASE_FIXTURE(Account, "After stop(), the un-REGISTER answers one challenge. Any other response ends the registration [RFC 3261 section 22.2]") {
  register_for(300);
  stop();
  respond(401, www("n1"));
  REQUIRE(sent.size() == 3);
  CHECK(last().action.expires == 0s);
  CHECK(last().action.authorizations.size() == 1);
  SUBCASE("accepted") {
    respond(200);
  }
  SUBCASE("wrong credentials") {
    respond(401, www("n2"));
  }
  SUBCASE("forbidden") {
    respond(403);
  }
  SUBCASE("interval too brief") {
    respond(423, "Min-Expires: 600\r\n");
  }
  SUBCASE("registrar not available") {
    respond(503, "Retry-After: 60\r\n");
  }
  SUBCASE("no response") {
    fail(Failure::Timeout);
  }
  CHECK(sent.size() == 3);
  CHECK(machine.state() == State::Unregistered);
  CHECK(all<Unregistered>().size() == 1);
  CHECK(all<Failed>().empty());
}

TEST_CASE_FIXTURE(Account, "If no response to the un-REGISTER comes, the registration ends after 32 s, even if the owner reports no failure") {
  register_for(300);
  stop();
  stop();
  advance(31999ms);
  CHECK(machine.state() == State::Unregistering);
  advance(1ms);
  CHECK(machine.state() == State::Unregistered);
  CHECK(all<Unregistered>().size() == 1);
  respond(200);  // This response is too late.
  CHECK(all<Unregistered>().size() == 1);
}

TEST_CASE_FIXTURE(Account, "stop during a pending REGISTER waits for the response, and then removes the binding [RFC 3261 section 10.2]") {
  start();
  stop();
  CHECK(sent.size() == 1);  // The second REGISTER waits for the response to the first.
  accept(300);
  REQUIRE(sent.size() == 2);
  CHECK(last().action.expires == 0s);
  CHECK(all<Registered>().empty());
  respond(200);
  CHECK(machine.state() == State::Unregistered);
}

TEST_CASE_FIXTURE(Account, "stop sends nothing if there is no binding") {
  start();
  SUBCASE("the first REGISTER is refused") {
    stop();
    respond(403);
  }
  SUBCASE("the first REGISTER is challenged") {
    stop();
    respond(401, www("n1"));
  }
  SUBCASE("the first REGISTER gets no response") {
    stop();
    fail(Failure::Timeout);
  }
  SUBCASE("the owner stops between two attempts") {
    fail(Failure::Timeout);
    stop();
  }
  CHECK(sent.size() == 1);
  CHECK(machine.state() == State::Unregistered);
  CHECK(all<Unregistered>().size() == 1);
}

TEST_CASE_FIXTURE(Account, "stop after a failed refresh removes the binding, because the registrar may still have it") {
  register_for(300);
  advance_to_next();
  fail(Failure::Timeout);
  stop();
  CHECK(last().action.expires == 0s);
  respond(200);
  CHECK(machine.state() == State::Unregistered);
}

TEST_CASE("Registration is consistent after any order of events, sends one REGISTER at a time, and ends after stop() [RFC 3261 section 10.2]") {
  constexpr std::array kStatuses{100, 200, 200, 200, 301, 401, 403, 404, 407, 421, 423, 439, 480, 500, 503, 555, 600};
  constexpr std::array kLines{"",
                              "Expires: 0\r\n",
                              "Expires: 30\r\n",
                              "Min-Expires: 500\r\n",
                              "Require: outbound\r\n",
                              "Feature-Caps: *;+sip.pnsreg=\"4000000000\"\r\n",
                              "Retry-After: 3\r\n",
                              "WWW-Authenticate: Digest realm=\"r\", nonce=\"1\"\r\n",
                              "WWW-Authenticate: Digest realm=\"r\", nonce=\"2\", stale=true\r\n",
                              "Proxy-Authenticate: Digest realm=\"p\", nonce=\"3\", qop=\"auth\"\r\n"};
  constexpr std::array kVias{";rport", ";received=203.0.113.7;rport=40000", ";received=203.0.113.8;rport=40001",
                             ";received=garbage", ";received=2001:db8::9;rport=5060"};
  for (std::uint64_t seed = 1; seed <= 1500; ++seed) {
    CAPTURE(seed);
    Account account(seed, {.registrar = "sip:pbx.example",
                           .user = "6001",
                           .push_params = seed % 2 == 0 ? ";pn-provider=fcm" : "",
                           .instance = seed % 3 == 0 ? "urn:uuid:1" : "",
                           .reg_id = seed % 3 == 0 ? 1u : 0u});
    base::SeededRandom walk(seed + 1000000);
    account.start();
    for (int step = 0; step < 60; ++step) {
      const auto before = account.sent.size();
      switch (walk.below(10)) {
        case 0:
          account.start();
          break;
        case 1:
          if (walk.below(4) == 0) {
            account.stop();
          } else if (walk.below(2) == 0) {
            account.machine.on_flow_proven();
          } else {
            account.lose_flow();
          }
          break;
        case 2:
          account.fail(static_cast<Failure>(walk.below(3)));
          break;
        case 3:
        case 4:
          account.advance(std::chrono::milliseconds(walk.below(40000)));
          break;
        default:
          account.respond(kStatuses[walk.below(kStatuses.size())], kLines[walk.below(kLines.size())],
                          kVias[walk.below(kVias.size())]);
      }
      REQUIRE(account.sent.size() <= before + 1);
    }
    account.stop();
    account.advance(32s);
    REQUIRE(account.machine.state() == State::Unregistered);
  }
}

}  // namespace
}  // namespace offhook::sip::registration::test
