// Tests of a registration with its own flow (RFC 5626), with a GRUU (RFC 5627), and with push notifications (RFC 8599).
#include <offhook/sip/registration/binding.hpp>

#include "registrar.hpp"

namespace offhook::sip::registration::test {
namespace {

Options with_flow() {
  return {.registrar = "sip:pbx.example", .user = "6001", .instance = "urn:uuid:1", .reg_id = 1};
}

struct Outbound : Account {
  explicit Outbound(std::uint64_t seed = 1) : Account(seed, with_flow()) { transport = Transport::Tcp; }
  void grant(int expires = 300, std::string_view params = "") {
    respond(200, "Require: outbound\r\nContact: <" + machine.contact() + ">;expires=" + std::to_string(expires) +
                     std::string(params) + "\r\n");
  }
};

struct Push : Account {
  Push() : Account(1, {.registrar = "sip:pbx.example", .user = "6001", .push_params = ";pn-provider=fcm;pn-prid=x"}) {}
};

TEST_CASE("a failed flow waits 50 to 100 % of a limit, which begins at 60 s, or at 180 s if another flow works, and doubles up to 1800 s [RFC 5626 section 4.5]") {
  for (const bool others_hold : {false, true}) {
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
      CAPTURE(seed);
      Outbound account(seed);
      account.machine.set_others_hold(others_hold);
      account.start();
      base::Duration limit = others_hold ? 180s : 60s;
      for (int i = 0; i < 9; ++i) {
        account.fail(Failure::Timeout);
        const auto wait = account.last_of<Failed>().retry_in;
        CHECK(wait >= limit / 2);
        CHECK(wait <= limit);
        CHECK(account.advance_to_next() == wait);
        limit = std::min<base::Duration>(2 * limit, 1800s);
      }
      CHECK(limit == 1800s);
    }
  }
}

TEST_CASE("a Retry-After that is longer than the wait of the back-off replaces this wait [RFC 5626 section 4.5]") {
  Outbound account;
  account.start();
  account.respond(503, "Retry-After: 200\r\n");
  CHECK(account.last_of<Failed>().retry_in >= 200s);
}

TEST_CASE_FIXTURE(Outbound, "a flow counts as successful after the response to the first ping. If it is lost earlier, it counts as a failure [RFC 5626 section 4.5]") {
  start();
  grant();
  SUBCASE("the flow is lost before the response to a ping") {
    lose_flow();
    CHECK(machine.state() == State::Waiting);
    CHECK(last_of<Failed>().why == Why::Unreachable);
    CHECK(advance_to_next() >= 30s);
    grant();
    lose_flow();  // The second loss in a row.
    CHECK(last_of<Failed>().retry_in >= 60s);
  }
  SUBCASE("the flow is lost after the response to a ping") {
    machine.on_flow_proven();
    lose_flow();
    CHECK(all<Failed>().empty());
    CHECK(advance_to_next() <= Waits::kFlowLostDelay);
  }
}

TEST_CASE_FIXTURE(Outbound, "a registrar without outbound answers no pings. Therefore its flows count as successful at once") {
  start();
  accept(300);
  lose_flow();
  CHECK(all<Failed>().empty());
  CHECK(advance_to_next() <= Waits::kFlowLostDelay);
}

TEST_CASE_FIXTURE(Outbound, "a new flow replaces the old flow by its reg-id, so that Registration removes no Contact [RFC 5626 section 4.5]") {
  start();
  grant();
  machine.on_flow_proven();
  local = at("172.16.0.9", 5060);
  lose_flow();
  advance_to_next();
  CHECK(last().contact == "<sip:6001@172.16.0.9:5060;transport=tcp>;+sip.instance=\"<urn:uuid:1>\";reg-id=1;expires=300");
}

TEST_CASE_FIXTURE(Outbound, "Registration takes both GRUUs from each 2xx, and drops them when the registration ends [RFC 5627 section 4.2]") {
  start();
  grant(300, ";pub-gruu=\"sip:6001@pbx.example;gr=1\";temp-gruu=\"sip:tgruu.7hs==jd7@pbx.example;gr\"");
  CHECK(machine.gruu() == "sip:6001@pbx.example;gr=1");
  CHECK(machine.temp_gruu() == "sip:tgruu.7hs==jd7@pbx.example;gr");
  advance_to_next();
  CHECK(machine.temp_gruu() == "sip:tgruu.7hs==jd7@pbx.example;gr");  // The GRUU stays valid during the refresh.
  SUBCASE("the 2xx has a new GRUU") {
    grant(300, ";temp-gruu=\"sip:tgruu.other@pbx.example;gr\"");
    CHECK(machine.gruu().empty());
    CHECK(machine.temp_gruu() == "sip:tgruu.other@pbx.example;gr");
    stop();
    respond(200);
  }
  SUBCASE("the 2xx has no GRUU") {
    grant();
  }
  SUBCASE("the refresh fails") {
    fail(Failure::Timeout);
    CHECK(machine.gruu().empty());
  }
  CHECK(machine.temp_gruu().empty());
}

TEST_CASE_FIXTURE(Account, "Registration treats a 439, 555 or 421 for a feature that it did not request as a refusal [RFC 3261 section 21.4.16]") {
  start();
  for (const int status : {439, 555, 421}) {
    const auto before = sent.size();
    respond(status);
    CHECK(sent.size() == before);
    CHECK(last_of<Failed>().status == status);
    CHECK(last_of<Failed>().why == Why::Refused);
    advance_to_next();
  }
}

TEST_CASE_FIXTURE(Push, "the Contact that registers has the push parameters and sip.pnsreg. A Contact that removes a binding does not have them [RFC 8599 sections 4.1.2 and 4.1.4]") {
  local = at("10.0.0.5", 5060);
  start();
  CHECK(last().contact == "<sip:6001@10.0.0.5:5060;pn-provider=fcm;pn-prid=x>;+sip.pnsreg;expires=300");
  accept(300, ";received=203.0.113.7;rport=40000");
  CHECK(last().contact == "<sip:6001@203.0.113.7:40000;pn-provider=fcm;pn-prid=x>;+sip.pnsreg;expires=300, "
                          "<sip:6001@10.0.0.5:5060>;expires=0");
  accept(300, ";received=203.0.113.7;rport=40000");
  stop();
  CHECK(last().contact == "<sip:6001@203.0.113.7:40000>;expires=0");
}

TEST_CASE_FIXTURE(Push,
    "a push notification causes a REGISTER at once if the account is registered or waits for a retry, and no REGISTER is pending [RFC 8599 section 4.1.3]") {
  const auto refreshed = [&] {
    const auto before = sent.size();
    refresh();
    return sent.size() - before;
  };
  CHECK(refreshed() == 0);
  start();
  CHECK(refreshed() == 0);
  accept(300);
  advance(10s);
  CHECK(refreshed() == 1);
  CHECK(last().contact == "<sip:6001@192.0.2.1:5060;pn-provider=fcm;pn-prid=x>;+sip.pnsreg;expires=300");
  CHECK(refreshed() == 0);
  fail(Failure::Timeout);
  CHECK(refreshed() == 1);  // The push ends the wait, because the network may be back.
  accept(300);
  CHECK(machine.state() == State::Registered);
  stop();
  CHECK(refreshed() == 0);
}

TEST_CASE_FIXTURE(Push, "after a 555 Registration reports the failure, and registers at once without push [RFC 8599 section 4.1.5]") {
  start();
  respond(555);
  CHECK(last_of<Failed>().status == 555);
  REQUIRE(sent.size() == 2);
  CHECK(last().contact == "<sip:6001@192.0.2.1:5060>;expires=300");
  accept(300);
  CHECK(machine.state() == State::Registered);
  advance_to_next();
  CHECK(last().contact == "<sip:6001@192.0.2.1:5060>;expires=300");
  respond(555);
  CHECK(machine.state() == State::Waiting);
}

TEST_CASE_FIXTURE(Push, "if the response has no sip.pnsreg, Registration refreshes a binding with push at the usual time [RFC 8599 section 4.1.4]") {
  start();
  respond(200, "Contact: <" + machine.contact() + ">;expires=1000\r\nFeature-Caps: *;+sip.pns=\"fcm\"\r\n");
  const auto before = sent.size();
  CHECK(advance_to_next() <= 850s);
  CHECK(sent.size() == before + 1);
}

TEST_CASE("Registration refreshes earlier than the expiry by the margin in sip.pnsreg, at the earliest after a quarter of the interval [RFC 8599 section 4.1.4]") {
  const auto refresh_after = [](std::uint64_t seed, const std::string& margin) {
    Account account(seed);
    account.start();
    account.respond(200, "Contact: <" + account.machine.contact() + ">;expires=1000\r\nFeature-Caps: *;+sip.pns=\"fcm\";+sip.pnsreg=\"" +
                             margin + "\"\r\n");
    return account.advance_to_next();
  };
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CHECK(refresh_after(seed, "700") <= 300s);
    CHECK(refresh_after(seed, "4294967295") == 250s);
    CHECK(refresh_after(seed, "x") >= 500s);
  }
}

}  // namespace
}  // namespace offhook::sip::registration::test
