// Tests of a registration with a flow of its own (RFC 5626), with a GRUU (RFC 5627), and with push notifications (RFC 8599).
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

TEST_CASE("a failed flow is tried again after 30 s, or 90 s with another flow, doubled up to 1800 s, 50 to 100 % of it [RFC 5626 section 4.5]") {
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

TEST_CASE("a longer Retry-After replaces the wait of the table [RFC 5626 section 4.5]") {
  Outbound account;
  account.start();
  account.respond(503, "Retry-After: 200\r\n");
  CHECK(account.last_of<Failed>().retry_in >= 200s);
}

TEST_CASE_FIXTURE(Outbound, "a flow counts as successful after the response to the first ping, and its loss before that as a failure [RFC 5626 section 4.5]") {
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

TEST_CASE_FIXTURE(Outbound, "a registrar without outbound answers no pings, so its flows count as successful at once") {
  start();
  accept(300);
  lose_flow();
  CHECK(all<Failed>().empty());
  CHECK(advance_to_next() <= Waits::kFlowLostDelay);
}

TEST_CASE_FIXTURE(Outbound, "a new flow replaces the old one by its reg-id, and no Contact is removed [RFC 5626 section 4.5]") {
  start();
  grant();
  machine.on_flow_proven();
  local = at("172.16.0.9", 5060);
  lose_flow();
  advance_to_next();
  CHECK(last().contact == "<sip:6001@172.16.0.9:5060;transport=tcp>;+sip.instance=\"<urn:uuid:1>\";reg-id=1;expires=300");
}

TEST_CASE_FIXTURE(Outbound, "both GRUUs are taken from each 2xx, and dropped with the registration [RFC 5627 section 4.2]") {
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

TEST_CASE_FIXTURE(Account, "439, 555 and 421 for features that were not requested are refusals, and cause no loop [RFC 3261 section 21.4.16]") {
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

TEST_CASE_FIXTURE(Push, "push parameters and sip.pnsreg are in the Contact that registers, but not in one that removes [RFC 8599 sections 4.1.2 and 4.1.4]") {
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
    "a push notification causes a REGISTER at once, one at a time, and only while the account is registered or waits [RFC 8599 section 4.1.3]") {
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

TEST_CASE_FIXTURE(Push, "a 555 is reported, and the account registers at once without push [RFC 8599 section 4.1.5]") {
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

TEST_CASE_FIXTURE(Push, "without sip.pnsreg in the response, the account refreshes a binding with push at its own time [RFC 8599 section 4.1.4]") {
  start();
  respond(200, "Contact: <" + machine.contact() + ">;expires=1000\r\nFeature-Caps: *;+sip.pns=\"fcm\"\r\n");
  const auto before = sent.size();
  CHECK(advance_to_next() <= 850s);
  CHECK(sent.size() == before + 1);
}

TEST_CASE("the refresh keeps the margin in sip.pnsreg, except for one that leaves no time [RFC 8599 section 4.1.4]") {
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
