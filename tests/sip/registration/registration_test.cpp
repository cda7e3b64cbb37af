#include "registrar.hpp"

namespace offhook::sip::registration::test {
namespace {

TEST_CASE_FIXTURE(Account, "a REGISTER has the Contact and the requested interval. Registration reports the interval that the 200 grants [RFC 3261 section 10.2]") {
  start();
  CHECK(machine.state() == State::Registering);
  CHECK(last().action.expires == 300s);
  CHECK(last().action.cseq == 1);
  CHECK(last().action.call_id.size() >= 16);
  CHECK(last().action.authorizations.empty());
  CHECK(last().contact == "<sip:6001@192.0.2.1:5060>;expires=300");
  respond(100);
  CHECK(machine.state() == State::Registering);
  accept(120);
  CHECK(machine.state() == State::Registered);
  CHECK(last_of<Registered>().expires == 120s);
  CHECK(last_of<Registered>().contact == "sip:6001@192.0.2.1:5060");
}

TEST_CASE_FIXTURE(Account, "all REGISTERs have the same Call-ID and rising CSeq numbers, through refreshes, failures, stop and start [RFC 3261 section 10.2]") {
  register_for(60);
  advance_to_next();
  respond(500);
  advance_to_next();
  accept(60);
  stop();
  respond(200);
  start();
  accept(60);
  std::uint32_t expected = 1;
  for (const auto& one : sent) {
    CHECK(one.action.call_id == sent.front().action.call_id);
    CHECK(one.action.cseq == expected++);
  }
  CHECK(sent.size() == 5);
}

TEST_CASE("the Contact has the transport, and brackets around IPv6 [RFC 3261 section 19.1.1, RFC 5118 section 4.1]") {
  Account account;
  account.transport = Transport::Tcp;
  account.local = at("2001:db8::7", 5070);
  account.start();
  CHECK(account.last().contact == "<sip:6001@[2001:db8::7]:5070;transport=tcp>;expires=300");
}

TEST_CASE("The granted interval comes from the account's Contact, or else from Expires, or else from the request [RFC 3261 section 10.2.4]") {
  const auto grant = [](std::string_view lines) {
    Account account;
    account.start();
    account.respond(200, lines);
    REQUIRE(account.machine.state() == State::Registered);
    return account.last_of<Registered>().expires;
  };
  CHECK(grant("Contact: <sip:6001@192.0.2.1:5060>;expires=77\r\nExpires: 88\r\n") == 77s);
  CHECK(grant("Contact: <sip:6001@192.0.2.1>;q=0.5;expires=\"77\"\r\n") == 77s);  // The registrar left out the default port, and quoted the number.
  CHECK(grant("Contact: <sip:6001@192.0.2.1:5060>\r\nExpires: 88\r\n") == 88s);
  CHECK(grant("Contact: <sip:6001@192.0.2.1:5060>;expires=4294967296\r\nExpires: 88\r\n") == 88s);
  CHECK(grant("Contact: <sip:6001@192.0.2.1:5060>;expires=soon\r\n") == 300s);
  CHECK(grant("Expires: 88\r\n") == 88s);
  CHECK(grant("") == 300s);
  // Contacts of other telephones of the account do not count.
  CHECK(grant("Contact: <sip:6001@192.0.2.8>;expires=11, <sip:6001@192.0.2.1:5060>;expires=77, "
              "<sip:6001@192.0.2.9>;expires=22\r\n") == 77s);
  CHECK(grant("Contact: <sip:6001@192.0.2.8>;expires=11\r\nContact: <sip:6001@192.0.2.9>;expires=22\r\nExpires: 88\r\n") == 88s);
  CHECK(grant("Contact: <sip:6001@192.0.2.1:5070>;expires=11, <sip:6002@192.0.2.1:5060>;expires=22\r\n") == 300s);
  // A single Contact that differs is the account's Contact, which a proxy or the registrar has rewritten.
  CHECK(grant("Contact: <sip:6001@203.0.113.9:40000>;expires=55\r\n") == 55s);
}

TEST_CASE("Registration finds its Contact among the first kMaxBindings Contacts, and not after them") {
  const auto grant = [](std::size_t others) {
    Account account;
    account.start();
    std::string lines;
    for (std::size_t i = 0; i < others; ++i)
      lines += "Contact: <sip:6001@198.51.100." + std::to_string(i + 1) + ">;expires=9\r\n";
    account.respond(200, lines + "Contact: <sip:6001@192.0.2.1:5060>;expires=77\r\n");
    return account.last_of<Registered>().expires;
  };
  CHECK(grant(OwnBinding::kMaxBindings - 1) == 77s);
  CHECK(grant(OwnBinding::kMaxBindings) == 300s);
}

TEST_CASE("Registration recognises its IPv6 Contact in any spelling [RFC 5118 section 4]") {
  Account account;
  account.local = at("2001:db8::7", 5060);
  account.start();
  account.respond(200, "Contact: <sip:6001@[2001:DB8:0:0::7]:5060>;expires=77, <sip:6001@[2001:db8::8]:5060>;expires=11\r\n");
  CHECK(account.last_of<Registered>().expires == 77s);
}

TEST_CASE("a 200 that grants 0 s counts as a refusal, and Registration tries again with back-off [RFC 3261 section 10.2.4]") {
  Account account;
  account.start();
  account.accept(0);
  CHECK(account.machine.state() == State::Waiting);
  CHECK(account.last_of<Failed>().why == Why::Refused);
  CHECK(account.all<Registered>().empty());
}

TEST_CASE("a refresh is due after 50 to 85 % of the granted interval, which leaves time for a whole transaction [RFC 3261 section 10.2.4]") {
  base::Duration earliest = 1h, latest = 0s;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Account account(seed);
    account.register_for(600);
    const auto wait = account.advance_to_next();
    earliest = std::min(earliest, wait);
    latest = std::max(latest, wait);
  }
  CHECK(earliest >= 300s);
  CHECK(earliest < 330s);
  CHECK(latest > 480s);
  CHECK(latest <= 510s);
}

TEST_CASE("Registration refreshes short intervals after half their time, and the longest intervals daily") {
  const auto wait = [](int expires, std::uint64_t seed) {
    Account account(seed);
    account.register_for(expires);
    return account.advance_to_next();
  };
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    CHECK(wait(1, seed) == 500ms);
    CHECK(wait(5, seed) == 2500ms);
    CHECK(wait(60, seed) == 30s);
    CHECK(wait(120, seed) <= 88s);
    CHECK(wait(120, seed) >= 60s);
    CHECK(wait(2000000000, seed) <= kMaxExpires);
  }
}

TEST_CASE_FIXTURE(Account, "the account stays registered without a gap during a day of refreshes") {
  register_for(300);
  for (auto end = now + 24h; now < end;) {
    CHECK(advance_to_next() <= 300s - Waits::kRefreshMargin);
    accept(300);
  }
  CHECK(all<Failed>().empty());
}

TEST_CASE_FIXTURE(Account, "Registration ignores a response with another CSeq, a second response, and a failure when no REGISTER is pending") {
  start();
  respond_to(7, 200);
  CHECK(machine.state() == State::Registering);
  accept(300);
  respond(500);
  fail(Failure::Timeout);
  CHECK(machine.state() == State::Registered);
  CHECK(all<Registered>().size() == 1);
  start();  // The registration is already active.
  CHECK(sent.size() == 1);
}

TEST_CASE_FIXTURE(Account, "Registration answers a challenge, and its next refresh has credentials at once [RFC 3261 section 22.2]") {
  start();
  respond(401, www("n1"));
  REQUIRE(sent.size() == 2);
  REQUIRE(last().action.authorizations.size() == 1);
  CHECK(last().action.authorizations[0].value.find("uri=\"sip:pbx.example\"") != std::string::npos);
  accept(300);
  advance_to_next();
  CHECK(last().action.authorizations.size() == 1);
  accept(300);
  CHECK(sent.size() == 3);
  CHECK(all<Failed>().empty());
}

TEST_CASE_FIXTURE(Account, "Registration reports a wrong password once, and tries again after five minutes, because an operator may correct it") {
  start();
  respond(401, www("n1"));
  respond(401, www("n2"));  // The new nonce without stale=true must cause no loop.
  CHECK(sent.size() == 2);
  CHECK(machine.state() == State::Waiting);
  const auto failed = last_of<Failed>();
  CHECK(failed.why == Why::WrongCredentials);
  CHECK(failed.status == 401);
  CHECK(failed.reason == "Phrase");
  CHECK(failed.retry_in >= 300s);
  CHECK(failed.retry_in <= 360s);
  CHECK(advance_to_next() == failed.retry_in);
  CHECK(last().action.authorizations.empty());
  respond(401, www("n3"));
  accept(300);
  CHECK(machine.state() == State::Registered);
}

TEST_CASE_FIXTURE(Account, "a wrong password causes at most two REGISTERs in five minutes during a day") {
  start();
  int nonce = 0;
  for (const auto end = now + 24h; now < end;) {
    respond(401, www("a" + std::to_string(++nonce)));
    respond(401, www("b" + std::to_string(nonce)));
    REQUIRE(machine.state() == State::Waiting);
    CHECK(last_of<Failed>().why == Why::WrongCredentials);
    CHECK(advance_to_next() >= 300s);
  }
  CHECK(sent.size() <= 2 * 24 * 12 + 2);
}

TEST_CASE_FIXTURE(Account, "Registration answers stale=true with the new nonce and reports no failure [RFC 3261 section 22.4]") {
  start();
  respond(401, www("n1"));
  accept(300);
  advance_to_next();
  respond(401, www("n2", ", stale=true"));
  accept(300);
  CHECK(all<Failed>().empty());
  CHECK(machine.state() == State::Registered);
}

TEST_CASE_FIXTURE(Account, "after a challenge that it cannot answer, or a 403, Registration reports a refusal and waits kCredentialsRetry") {
  start();
  SUBCASE("an unsupported algorithm") {
    respond(401, www("n1", ", algorithm=SHA3-512"));
  }
  SUBCASE("a 401 without a challenge") {
    respond(401);
  }
  SUBCASE("a 403 to the credentials") {
    respond(401, www("n1"));
    respond(403);
  }
  CHECK(last_of<Failed>().why == Why::Refused);
  CHECK(last_of<Failed>().retry_in >= Waits::kCredentialsRetry);
}

TEST_CASE_FIXTURE(Account, "after a 423 Registration registers at once with its Min-Expires, and keeps this interval [RFC 3261 section 10.2.8]") {
  start();
  respond(423, "Min-Expires: 1800\r\n");
  REQUIRE(sent.size() == 2);
  CHECK(last().action.expires == 1800s);
  CHECK(last().contact == "<sip:6001@192.0.2.1:5060>;expires=1800");
  respond(401, www("n1"));
  CHECK(last().action.expires == 1800s);
  accept(1800);
  advance_to_next();
  CHECK(last().action.expires == 1800s);
  CHECK(all<Failed>().empty());
}

TEST_CASE_FIXTURE(Account, "Registration follows kMaxIntervalRetries responses 423. The next 423 is a failure [RFC 3261 section 10.2.8]") {
  start();
  for (int i = 1; i <= RegisterRequest::kMaxIntervalRetries; ++i) respond(423, "Min-Expires: " + std::to_string(600 * i) + "\r\n");
  CHECK(sent.size() == 1 + RegisterRequest::kMaxIntervalRetries);
  CHECK(all<Failed>().empty());
  respond(423, "Min-Expires: 9000\r\n");
  CHECK(sent.size() == 1 + RegisterRequest::kMaxIntervalRetries);
  CHECK(last_of<Failed>().why == Why::Refused);
  CHECK(last_of<Failed>().status == 423);
}

TEST_CASE("a 423 without a usable Min-Expires is a failure [RFC 3261 section 10.2.8]") {
  for (const char* line : {"", "Min-Expires: 300\r\n", "Min-Expires: 10\r\n", "Min-Expires: x\r\n", "Min-Expires: 86401\r\n"}) {
    CAPTURE(line);
    Account account;
    account.start();
    account.respond(423, line);
    CHECK(account.sent.size() == 1);
    CHECK(account.last_of<Failed>().why == Why::Refused);
  }
  Account account;
  account.start();
  account.respond(423, "Min-Expires: 86400\r\n");
  CHECK(account.sent.size() == 2);
}

}  // namespace
}  // namespace offhook::sip::registration::test
