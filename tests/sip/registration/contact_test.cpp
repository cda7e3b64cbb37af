#include <offhook/sip/registration/binding.hpp>

#include "registrar.hpp"

namespace offhook::sip::registration::test {
namespace {

struct BehindNat : Account {
  BehindNat() { local = at("10.0.0.5", 5060); }
};

TEST_CASE_FIXTURE(BehindNat, "Registration registers the public address from the 200 at once as its Contact, and removes the old binding [RFC 3581 section 4]") {
  start();
  CHECK(last().contact == "<sip:6001@10.0.0.5:5060>;expires=300");
  accept(300, ";received=203.0.113.7;rport=40000");
  REQUIRE(sent.size() == 2);
  CHECK(last().contact == "<sip:6001@203.0.113.7:40000>;expires=300, <sip:6001@10.0.0.5:5060>;expires=0");
  accept(300, ";received=203.0.113.7;rport=40000");
  CHECK(sent.size() == 2);
  CHECK(machine.state() == State::Registered);
  CHECK(last_of<Registered>().contact == "sip:6001@203.0.113.7:40000");
  CHECK(machine.contact_address() == at("203.0.113.7", 40000));
  advance_to_next();
  CHECK(last().contact == "<sip:6001@203.0.113.7:40000>;expires=300");  // Registration does not remove the old binding again.
}

TEST_CASE_FIXTURE(BehindNat, "Registration uses the public address from a 401 at once, so that no binding of the local address exists") {
  start();
  respond(401, www("n1"), ";received=203.0.113.7;rport=40000");
  CHECK(last().contact == "<sip:6001@203.0.113.7:40000>;expires=300");
  accept(300, ";received=203.0.113.7;rport=40000");
  CHECK(sent.size() == 2);
  CHECK(machine.state() == State::Registered);
}

TEST_CASE_FIXTURE(BehindNat, "a NAT that changes its mapping for each packet causes only one more REGISTER per refresh") {
  start();
  int port = 40000;
  const auto answer = [&] { accept(300, ";received=203.0.113.7;rport=" + std::to_string(++port)); };
  answer();
  CHECK(sent.size() == 2);
  answer();
  CHECK(sent.size() == 2);
  CHECK(machine.state() == State::Registered);
  advance_to_next();
  CHECK(sent.size() == 3);
  CHECK(last().contact == "<sip:6001@203.0.113.7:40002>;expires=300, <sip:6001@203.0.113.7:40001>;expires=0");
  answer();
  answer();
  CHECK(sent.size() == 4);
  CHECK(machine.state() == State::Registered);
}

TEST_CASE_FIXTURE(BehindNat, "a NAT that changes its mapping causes no loop even if the registrar challenges each REGISTER") {
  start();
  int port = 40000;
  const auto via = [&] { return ";received=203.0.113.7;rport=" + std::to_string(++port); };
  respond(401, www("n1"), via());
  accept(300, via());
  respond(401, www("n2", ", stale=true"), via());
  accept(300, via());
  CHECK(sent.size() == 4);
  CHECK(machine.state() == State::Registered);
}

TEST_CASE_FIXTURE(BehindNat, "Registration registers a new public address from the response to a refresh at once") {
  start();
  accept(300, ";received=203.0.113.7;rport=40000");
  accept(300, ";received=203.0.113.7;rport=40000");
  advance_to_next();
  accept(300, ";received=198.51.100.99;rport=50000");
  CHECK(last().contact == "<sip:6001@198.51.100.99:50000>;expires=300, <sip:6001@203.0.113.7:40000>;expires=0");
}

TEST_CASE_FIXTURE(BehindNat, "each REGISTER removes the old Contact until the registrar has confirmed the removal") {
  start();
  accept(300, ";received=203.0.113.7;rport=40000");
  respond(500);
  advance_to_next();
  CHECK(last().contact == "<sip:6001@203.0.113.7:40000>;expires=300, <sip:6001@10.0.0.5:5060>;expires=0");
}

TEST_CASE_FIXTURE(BehindNat, "stop removes the registered Contact, and not the Contact that Registration has learnt but not registered") {
  start();
  accept(300, ";received=203.0.113.7;rport=40000");
  stop();
  respond(500);  // The registrar refuses the re-registration.
  CHECK(last().contact == "<sip:6001@10.0.0.5:5060>;expires=0");
}

TEST_CASE_FIXTURE(BehindNat, "the next REGISTER registers a changed local address, and removes the learnt address") {
  start();
  accept(300, ";received=203.0.113.7;rport=40000");
  accept(300, ";received=203.0.113.7;rport=40000");
  local = at("172.16.0.9", 5060);
  lose_flow();
  advance_to_next();
  CHECK(last().contact == "<sip:6001@172.16.0.9:5060>;expires=300, <sip:6001@203.0.113.7:40000>;expires=0");
}

TEST_CASE("without learn_contact, Registration ignores the address that the registrar observed") {
  Account account(1, {.registrar = "sip:pbx.example", .user = "6001", .learn_contact = false});
  account.start();
  account.accept(300, ";received=203.0.113.7;rport=40000");
  CHECK(account.sent.size() == 1);
}

TEST_CASE("over TCP without NAT the Contact has the listening port, not the port of the connection") {
  Account account;
  account.transport = Transport::Tcp;
  account.start();
  account.accept(300, ";received=192.0.2.1;rport=49152");
  CHECK(account.sent.size() == 1);
}

TEST_CASE("over TCP behind a NAT, Registration learns the public address of the connection, and drops it when the connection breaks") {
  BehindNat account;
  account.transport = Transport::Tcp;
  account.start();
  account.accept(300, ";received=203.0.113.7;rport=40000");
  CHECK(account.last().contact ==
        "<sip:6001@203.0.113.7:40000;transport=tcp>;expires=300, <sip:6001@10.0.0.5:5060;transport=tcp>;expires=0");
  account.accept(300, ";received=203.0.113.7;rport=40000");
  account.lose_flow();
  account.advance_to_next();
  CHECK(account.last().contact ==
        "<sip:6001@10.0.0.5:5060;transport=tcp>;expires=300, <sip:6001@203.0.113.7:40000;transport=tcp>;expires=0");
}

namespace {

/// An account without a listening port. The edge has the local address towards the registrar, but no port to which other hosts
/// can connect.
struct Dialler : Account {
  explicit Dialler(Options asked = {.registrar = "sip:pbx.example", .user = "6001"}) : Account(1, std::move(asked)) {
    transport = Transport::Tls;
    local = at("192.0.2.1", 0);
    own_end = at("192.0.2.1", 49152);
  }
};

}  // namespace

TEST_CASE_FIXTURE(Dialler, "without a listening port, the Contact has the local port of the connection [RFC 5626 section 4.2]") {
  start();
  CHECK(last().contact == "<sip:6001@192.0.2.1;transport=tls>;expires=300");  // No port is known yet, so the Contact has none.
  respond(401, www("n1"), ";rport=49152");
  CHECK(last().contact == "<sip:6001@192.0.2.1:49152;transport=tls>;expires=300");
  accept(300, ";rport=49152");
  CHECK(sent.size() == 2);
  SUBCASE("a refresh over the same connection keeps the port") {
    advance_to_next();
    CHECK(last().contact == "<sip:6001@192.0.2.1:49152;transport=tls>;expires=300");
    accept(300, ";rport=49152");
    CHECK(sent.size() == 3);
  }
  SUBCASE("a route with the learnt port keeps the port") {
    local = *own_end;
    advance_to_next();
    accept(300, ";rport=49152");
    CHECK(last().contact == "<sip:6001@192.0.2.1:49152;transport=tls>;expires=300");
    CHECK(sent.size() == 3);
  }
  SUBCASE("Registration registers the port of another connection, and removes the old binding") {
    lose_flow();
    CHECK(advance_to_next() <= Waits::kFlowLostDelay);
    CHECK(last().contact == "<sip:6001@192.0.2.1;transport=tls>;expires=300, <sip:6001@192.0.2.1:49152;transport=tls>;expires=0");
    own_end = at("192.0.2.1", 49153);
    accept(300, ";rport=49153");
    CHECK(last().contact == "<sip:6001@192.0.2.1:49153;transport=tls>;expires=300, <sip:6001@192.0.2.1;transport=tls>;expires=0");
    accept(300, ";rport=49153");
    CHECK(sent.size() == 4);
    CHECK(machine.state() == State::Registered);
  }
}

TEST_CASE("Registration registers the local port of the connection even if the registrar sends no challenge and no value of rport") {
  for (const bool learns : {true, false}) {
    CAPTURE(learns);
    Dialler account({.registrar = "sip:pbx.example", .user = "6001", .learn_contact = learns});
    account.start();
    account.accept(300, ";rport");
    CHECK(account.sent.size() == 2);
    CHECK(account.last().contact ==
          "<sip:6001@192.0.2.1:49152;transport=tls>;expires=300, <sip:6001@192.0.2.1;transport=tls>;expires=0");
    account.accept(300, ";rport");
    CHECK(account.sent.size() == 2);
  }
}

TEST_CASE_FIXTURE(Dialler, "without a listening port, received and rport take precedence over the local address of the connection") {
  start();
  respond(401, www("n1"), ";received=203.0.113.7;rport=40000");
  CHECK(last().contact == "<sip:6001@203.0.113.7:40000;transport=tls>;expires=300");
  accept(300, ";received=203.0.113.7;rport=40000");
  CHECK(sent.size() == 2);
  advance_to_next();
  accept(300, ";received=203.0.113.7");  // Most NATs keep the port if they can.
  CHECK(last().contact == "<sip:6001@203.0.113.7:49152;transport=tls>;expires=300, <sip:6001@203.0.113.7:40000;transport=tls>;expires=0");
}

TEST_CASE_FIXTURE(Dialler, "without a listening port, the port in rport takes precedence even if received is the local address") {
  start();
  accept(300, ";received=192.0.2.1;rport=40000");
  CHECK(last().contact.starts_with("<sip:6001@192.0.2.1:40000;transport=tls>;expires=300"));
}

TEST_CASE_FIXTURE(BehindNat, "Registration ignores invalid values of received or rport, and an address of the other family") {
  for (const char* via : {";received=pbx.example;rport=40000", ";received=203.0.113.7:4000", ";received=203.0.113.7;rport=0",
                          ";received=203.0.113.7;rport=65536", ";received=203.0.113.7;rport=x", ";received=0.0.0.0;rport=5060",
                          ";received=999.1.1.1;rport=1", ";received=\"203.0.113.7\";rport=5060", ";received;rport=7",
                          ";received=2001:db8::9;rport=5060", ";received=[2001:db8::9];rport=5060"}) {
    CAPTURE(via);
    Account account;
    account.local = at("10.0.0.5", 5060);
    account.start();
    account.accept(300, via);
    CHECK(account.sent.size() == 1);
    CHECK(account.machine.state() == State::Registered);
  }
}

TEST_CASE("Registration learns an IPv6 address with or without brackets [RFC 5118 section 4.5]") {
  for (const char* via : {";received=2001:db8::99;rport=5099", ";received=[2001:db8::99];rport=5099"}) {
    CAPTURE(via);
    Account account;
    account.local = at("fd00::5", 5060);
    account.start();
    account.accept(300, via);
    CHECK(account.last().contact == "<sip:6001@[2001:db8::99]:5099>;expires=300, <sip:6001@[fd00::5]:5060>;expires=0");
  }
}

TEST_CASE("observed_address uses received and rport independently [RFC 3261 section 18.2.1, RFC 3581 section 4]") {
  const auto seen = [](std::string_view via) {
    const auto parsed = take_via(via);
    REQUIRE(parsed.has_value());
    return observed_address(*parsed, 5060);
  };
  CHECK(seen("SIP/2.0/UDP 10.0.0.5:5070;received=203.0.113.7") == at("203.0.113.7", 5070));
  CHECK(seen("SIP/2.0/UDP 10.0.0.5;received=203.0.113.7") == at("203.0.113.7", 5060));
  CHECK(seen("SIP/2.0/UDP 10.0.0.5:5070;rport=40000") == at("10.0.0.5", 40000));
  CHECK(seen("SIP/2.0/UDP 10.0.0.5:5070;rport") == at("10.0.0.5", 5070));
  CHECK(seen("SIP/2.0/UDP 10.0.0.5:5070;rport=65535;received=203.0.113.7") == at("203.0.113.7", 65535));
  CHECK(seen("SIP/2.0/UDP 10.0.0.5:5070;received=::ffff:203.0.113.7") == at("203.0.113.7", 5070));
  CHECK(seen("SIP/2.0/UDP [::ffff:10.0.0.5]:5070;rport=40000") == at("10.0.0.5", 40000));
  CHECK_FALSE(seen("SIP/2.0/UDP 10.0.0.5:5070;received=::ffff:0.0.0.0"));
  CHECK_FALSE(seen("SIP/2.0/UDP phone.example:5070"));
}

}  // namespace
}  // namespace offhook::sip::registration::test
