#include <offhook/sip/transaction/invite_server.hpp>

#include "virtual_time.hpp"

namespace offhook::sip::transaction::test {
namespace {

struct DrivenInviteServer : Driven<InviteServer> {
  using State = InviteServer::State;
  explicit DrivenInviteServer(Transport transport = Transport::Udp)
      : Driven([&](base::TimePoint, Actions&) { return std::optional<InviteServer>(std::in_place, Timers{}, transport); }) {}
  void invite() {
    feed([](InviteServer& m, base::TimePoint now, Actions& out) { m.on_request(now, out); });
  }
  void ack() {
    feed([](InviteServer& m, base::TimePoint now, Actions& out) { m.on_ack(now, out); });
  }
  void respond(int status) {
    feed([&](InviteServer& m, base::TimePoint now, Actions& out) { m.on_response(status, now, out); });
  }
  void fail() {
    feed([](InviteServer& m, base::TimePoint now, Actions& out) { m.on_transport_error(now, out); });
  }
  [[nodiscard]] State state() { return machine().state(); }
};
struct InviteServerOverTcp : DrivenInviteServer {
  InviteServerOverTcp() : DrivenInviteServer(Transport::Tcp) {}
};

TEST_CASE_FIXTURE(DrivenInviteServer, "InviteServer repeats its last provisional response for a repeated INVITE [RFC 3261 section 17.2.1]") {
  invite();
  CHECK(all().empty());  // There is no response to repeat yet.
  respond(100);
  respond(180);
  invite();
  invite();
  CHECK(sent(What::Response) == 4);
  advance_to(1h);
  CHECK(state() == State::Proceeding);
  CHECK(sent(What::Response) == 4);
}

TEST_CASE_FIXTURE(DrivenInviteServer, "InviteServer repeats a 486 at T1, doubling up to T2, until Timer H [RFC 3261 section 17.2.1]") {
  respond(486);
  advance_to(31999ms);
  CHECK(times(Transmit{What::Response}) ==
        std::vector<base::Duration>{0ms, 500ms, 1500ms, 3500ms, 7500ms, 11500ms, 15500ms, 19500ms, 23500ms, 27500ms, 31500ms});
  advance_to(32s);
  CHECK(ended(Why::Timeout));
}

TEST_CASE_FIXTURE(DrivenInviteServer, "InviteServer responds to a repeated INVITE with its final response, and does not change Timer G [RFC 3261 section 17.2.1]") {
  respond(603);
  advance_to(400ms);
  invite();
  CHECK(sent(What::Response) == 2);
  advance_to(500ms);
  CHECK(sent(What::Response) == 3);
}

TEST_CASE_FIXTURE(DrivenInviteServer, "InviteServer stops repeating at the ACK, and absorbs further ACKs for T4 [RFC 3261 section 17.2.1]") {
  respond(486);
  advance_to(600ms);
  ack();
  CHECK(state() == State::Confirmed);
  ack();
  invite();
  advance_to(5599ms);
  CHECK(sent(What::Response) == 2);
  CHECK(count(DeliverAck{}) == 0);
  CHECK(state() == State::Confirmed);
  advance_to(5600ms);  // Timer I.
  CHECK(ended(Why::Done));
}

TEST_CASE_FIXTURE(InviteServerOverTcp, "InviteServer over a reliable transport sends a 486 once, and ends with the ACK [RFC 3261 section 17.2.1]") {
  respond(486);
  advance_to(31s);
  CHECK(sent(What::Response) == 1);
  ack();
  CHECK(ended(Why::Done));
}

TEST_CASE_FIXTURE(InviteServerOverTcp, "InviteServer over a reliable transport waits for the ACK until Timer H [RFC 3261 section 17.2.1]") {
  respond(486);
  advance_to(31999ms);
  CHECK(state() == State::Completed);
  advance_to(32s);
  CHECK(ended(Why::Timeout));
}

TEST_CASE_FIXTURE(DrivenInviteServer, "InviteServer absorbs repeated INVITEs after a 2xx, and repeats nothing by itself [RFC 6026 section 7.1]") {
  respond(200);
  CHECK(state() == State::Accepted);
  invite();
  advance_to(10s);
  invite();
  CHECK(sent(What::Response) == 1);
  respond(200);  // The session repeats the 2xx.
  CHECK(sent(What::Response) == 2);
  advance_to(31999ms);
  CHECK(state() == State::Accepted);
  advance_to(32s);  // Timer L, counted from the first 2xx.
  CHECK(ended(Why::Done));
  CHECK(sent(What::Response) == 2);
}

TEST_CASE_FIXTURE(InviteServerOverTcp, "InviteServer keeps Timer L over a reliable transport [RFC 6026 section 7.1]") {
  respond(200);
  CHECK(state() == State::Accepted);
  advance_to(32s);
  CHECK(ended(Why::Done));
}

TEST_CASE_FIXTURE(DrivenInviteServer, "InviteServer passes each ACK for a 2xx to the session [RFC 6026 section 7.1]") {
  respond(200);
  ack();
  ack();
  CHECK(count(DeliverAck{}) == 2);
  CHECK(state() == State::Accepted);
}

TEST_CASE_FIXTURE(DrivenInviteServer, "InviteServer sends no second final response, and no provisional response after the final one [RFC 3261 section 17.2.1]") {
  SUBCASE("after a 2xx") {
    respond(200);
    for (const int status : {100, 180, 199, 300, 486, 699}) {
      CHECK_FALSE(machine().accepts(status));
      respond(status);
    }
  }
  SUBCASE("after a 486") {
    respond(486);
    for (const int status : {180, 200, 299, 500}) {
      CHECK_FALSE(machine().accepts(status));
      respond(status);
    }
  }
  CHECK(sent(What::Response) == 1);
}

TEST_CASE_FIXTURE(DrivenInviteServer, "InviteServer ignores an ACK before a final response [RFC 3261 section 17.2.1]") {
  respond(180);
  ack();
  CHECK(state() == State::Proceeding);
  CHECK(all() == Actions{Transmit{What::Response}});
}

TEST_CASE_FIXTURE(DrivenInviteServer, "InviteServer reports that a response could not be sent, and then still absorbs repeated INVITEs [RFC 6026 section 6]") {
  State expected = State::Proceeding;
  SUBCASE("in Proceeding") {
    respond(180);
  }
  SUBCASE("in Accepted") {
    respond(200);
    expected = State::Accepted;
  }
  SUBCASE("in Completed") {
    respond(486);
    expected = State::Completed;
  }
  fail();
  CHECK(count(SendFailed{}) == 1);
  CHECK(state() == expected);
}

}  // namespace
}  // namespace offhook::sip::transaction::test
