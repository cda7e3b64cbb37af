#include "registrar.hpp"

namespace offhook::sip::registration::test {
namespace {

Options options(StaleBinding stale) { return {.registrar = "sip:pbx.example", .user = "6001", .stale = stale}; }

const std::string kRemoves = "<sip:6001@192.0.2.1:5060>;expires=0", kRegisters = "<sip:6001@192.0.2.1:5060>;expires=300";

TEST_CASE("RemovedFirst removes the binding of an earlier process before it registers [RFC 3261 section 10.2.2]") {
  Account account(1, options(StaleBinding::RemovedFirst));
  account.start();
  CHECK(account.last().contact == kRemoves);
  CHECK(account.last().action.expires == 0s);
  account.respond(200);
  CHECK(account.machine.state() == State::Registering);
  CHECK(account.all<Registered>().empty());
  CHECK(account.last().contact == kRegisters);
  CHECK(account.last().action.cseq == 2);
  account.accept(300);
  CHECK(account.machine.state() == State::Registered);
  account.advance_to_next();  // A refresh removes no binding.
  CHECK(account.last().contact == kRegisters);
}

TEST_CASE("RemovedFirst answers a challenge to the removal, and registers even if the registrar refuses the removal") {
  for (const int status : {404, 423, 480}) {
    CAPTURE(status);
    Account account(1, options(StaleBinding::RemovedFirst));
    account.start();
    account.respond(status);
    CHECK(account.all<Failed>().empty());
    CHECK(account.last().contact == kRegisters);
    account.accept(300);
    CHECK(account.machine.state() == State::Registered);
  }
  Account account(1, options(StaleBinding::RemovedFirst));
  account.start();
  account.respond(401, "WWW-Authenticate: Digest realm=\"pbx\", nonce=\"a\"\r\n");
  CHECK(account.last().contact == kRemoves);
  CHECK(account.last().action.authorizations.size() == 1);
  account.respond(200);
  CHECK(account.last().contact == kRegisters);
}

TEST_CASE("After a 403 or a wrong password at the removal, the account waits kCredentialsRetry, and then registers without a removal") {
  for (const int status : {401, 403}) {
    CAPTURE(status);
    Account account(1, options(StaleBinding::RemovedFirst));
    account.start();
    if (status == 401) account.respond(401, "WWW-Authenticate: Digest realm=\"pbx\", nonce=\"a\"\r\n");
    account.respond(status, status == 401 ? "WWW-Authenticate: Digest realm=\"pbx\", nonce=\"b\"\r\n" : "");
    CHECK(account.machine.state() == State::Waiting);
    CHECK(account.all<Failed>().size() == 1);
    CHECK(account.advance_to_next() >= Waits::kCredentialsRetry);
    CHECK(account.last().contact == kRegisters);  // A registrar that forbids the removal may still accept a registration.
    account.accept(300);
    CHECK(account.machine.state() == State::Registered);
  }
}

TEST_CASE("After a 503 to the removal the account waits for Retry-After, and then registers without a removal [RFC 3261 section 20.33]") {
  Account account(1, options(StaleBinding::RemovedFirst));
  account.start();
  account.respond(503, "Retry-After: 20\r\n");
  CHECK(account.machine.state() == State::Waiting);
  CHECK(account.advance_to_next() >= 20s);
  CHECK(account.last().contact == kRegisters);
}

TEST_CASE("After an outage the account removes the binding before it registers, unless the option is Kept. After a refusal it removes nothing") {
  for (const auto stale : {StaleBinding::Kept, StaleBinding::RemovedAfterOutage, StaleBinding::RemovedFirst}) {
    CAPTURE(static_cast<int>(stale));
    for (const auto failure : {Failure::Timeout, Failure::Transport}) {
      Account account(1, options(stale));
      account.start();
      if (stale == StaleBinding::RemovedFirst) account.respond(200);
      account.accept(300);
      account.advance_to_next();
      account.fail(failure);
      account.advance_to_next();
      CHECK(account.last().contact == (stale == StaleBinding::Kept ? kRegisters : kRemoves));
      if (stale != StaleBinding::Kept) account.respond(200);
      account.accept(300);
      account.advance_to_next();
      account.respond(500);
      account.advance_to_next();
      CHECK(account.last().contact == kRegisters);
    }
  }
}

TEST_CASE("Behind a NAT the account also removes the binding of the learnt address, once [RFC 3581 section 4]") {
  Account account(1, options(StaleBinding::RemovedFirst));
  account.start();
  const std::string_view seen = ";received=203.0.113.9;rport=40000", elsewhere = ";received=203.0.113.9;rport=40001";
  account.respond(200, "", seen);
  CHECK(account.last().contact == "<sip:6001@203.0.113.9:40000>;expires=0");
  account.respond(200, "", elsewhere);
  CHECK(account.last().action.expires == 300s);
}

TEST_CASE("stop() during a removal ends with the response to the removal, and registers nothing") {
  for (const int status : {200, 401, 404, 500}) {
    CAPTURE(status);
    Account account(1, options(StaleBinding::RemovedFirst));
    account.start();
    account.stop();
    CHECK(account.sent.size() == 1);
    account.respond(status);
    CHECK(account.machine.state() == State::Unregistered);
    CHECK(account.sent.size() == 1);
    CHECK(account.all<Unregistered>().size() == 1);
  }
}

TEST_CASE("The account does not remove a binding with a reg-id, because the registrar replaces this binding itself [RFC 5626 section 6]") {
  auto flow = options(StaleBinding::RemovedFirst);
  flow.instance = "urn:uuid:1";
  flow.reg_id = 1;
  Account account(1, flow);
  account.start();
  CHECK(account.last().action.expires == 300s);
  account.fail(Failure::Timeout);
  account.advance_to_next();
  CHECK(account.last().action.expires == 300s);
}

TEST_CASE("refresh_within limits the time between two REGISTERs. Values below kMinRefreshWithin count as kMinRefreshWithin") {
  const auto wait = [](std::chrono::seconds within, int granted, std::uint64_t seed) {
    Account account(seed, {.registrar = "sip:pbx.example", .user = "6001", .refresh_within = within});
    account.register_for(granted);
    return account.advance_to_next();
  };
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    CHECK(wait(25s, 300, seed) <= 25s);
    CHECK(wait(25s, 300, seed) >= 20s);
    CHECK(wait(Waits::kMinRefreshWithin, 300, seed) <= 10s);
    CHECK(wait(Waits::kMinRefreshWithin - 1s, 300, seed) >= 8s);
    CHECK(wait(25s, 30, seed) <= 15s);  // A shorter granted interval takes precedence.
    CHECK(wait(3600s, 300, seed) >= 150s);
    CHECK(wait(0s, 300, seed) >= 150s);
  }
}

}  // namespace
}  // namespace offhook::sip::registration::test
