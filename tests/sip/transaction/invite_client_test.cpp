#include <offhook/sip/transaction/invite_client.hpp>

#include "virtual_time.hpp"

namespace offhook::sip::transaction::test {
namespace {

struct DrivenInviteClient : Driven<InviteClient> {
  using State = InviteClient::State;
  explicit DrivenInviteClient(Transport transport = Transport::Udp)
      : Driven([&](base::TimePoint now, Actions& out) {
          return std::optional<InviteClient>(std::in_place, Timers{}, transport, now, out);
        }) {}
  void receive(int status) {
    feed([&](InviteClient& m, base::TimePoint now, Actions& out) { m.on_response(status, now, out); });
  }
  void fail() {
    feed([](InviteClient& m, base::TimePoint now, Actions& out) { m.on_transport_error(now, out); });
  }
  void cancel() { machine().on_cancelled(now()); }
  [[nodiscard]] State state() { return machine().state(); }
};
struct InviteClientOverTcp : DrivenInviteClient {
  InviteClientOverTcp() : DrivenInviteClient(Transport::Tcp) {}
};

TEST_CASE_FIXTURE(DrivenInviteClient, "InviteClient resends at T1, 3 T1, 7 T1 ... until Timer B ends it [RFC 3261 section 17.1.1.2]") {
  advance_to(31999ms);
  CHECK(times(Transmit{What::Request}) == std::vector<base::Duration>{0ms, 500ms, 1500ms, 3500ms, 7500ms, 15500ms, 31500ms});
  CHECK(state() == State::Calling);
  advance_to(32s);
  CHECK(ended(Why::Timeout));
  CHECK(state() == State::Terminated);
}

TEST_CASE_FIXTURE(DrivenInviteClient, "InviteClient stops resending after a 1xx, and then waits without limit [RFC 3261 section 17.1.1.2]") {
  advance_to(600ms);
  receive(180);
  receive(183);
  CHECK(count(Deliver{180}) == 1);
  CHECK(count(Deliver{183}) == 1);
  advance_to(24h);
  CHECK(sent(What::Request) == 2);
  CHECK(state() == State::Proceeding);
  CHECK_FALSE(machine().next_deadline());
}

TEST_CASE_FIXTURE(InviteClientOverTcp, "InviteClient over a reliable transport sends once, and still has Timer B [RFC 3261 section 17.1.1.2]") {
  advance_to(31999ms);
  CHECK(sent(What::Request) == 1);
  CHECK(state() == State::Calling);
  advance_to(32s);
  CHECK(ended(Why::Timeout));
}

TEST_CASE_FIXTURE(DrivenInviteClient, "InviteClient acknowledges a 486 and each repeat of the 486, but delivers the 486 once [RFC 3261 section 17.1.1.2]") {
  receive(100);
  receive(486);
  CHECK(state() == State::Completed);
  receive(486);
  receive(486);
  CHECK(count(Deliver{486}) == 1);
  CHECK(sent(What::Ack) == 3);
  receive(180);  // A late response is neither acknowledged nor delivered.
  receive(200);
  CHECK(count(Deliver{180}) == 0);
  CHECK(count(Deliver{200}) == 0);
  CHECK(sent(What::Ack) == 3);
  advance_to(31999ms);
  CHECK(state() == State::Completed);
  advance_to(32s);  // Timer D.
  CHECK(ended(Why::Done));
}

TEST_CASE_FIXTURE(InviteClientOverTcp, "InviteClient over a reliable transport ends with the ACK, because Timer D is zero [RFC 3261 section 17.1.1.2]") {
  receive(404);
  CHECK(all() == Actions{Transmit{What::Request}, Deliver{404}, Transmit{What::Ack}, Ended{Why::Done}});
}

TEST_CASE_FIXTURE(DrivenInviteClient, "InviteClient delivers every 2xx for 64 T1, and leaves the ACK to the session [RFC 6026 section 7.2]") {
  receive(200);
  CHECK(state() == State::Accepted);
  advance_to(10s);
  receive(200);
  receive(202);
  receive(180);
  receive(486);
  CHECK(count(Deliver{200}) == 2);
  CHECK(count(Deliver{202}) == 1);
  CHECK(count(Deliver{180}) == 0);
  CHECK(count(Deliver{486}) == 0);
  CHECK(sent(What::Ack) == 0);
  advance_to(31999ms);
  CHECK(state() == State::Accepted);
  advance_to(32s);  // Timer M, counted from the first 2xx.
  CHECK(ended(Why::Done));
  receive(200);
  CHECK(count(Deliver{200}) == 2);
}

TEST_CASE_FIXTURE(InviteClientOverTcp, "InviteClient keeps Timer M even over a reliable transport, because other branches can respond late [RFC 6026 section 7.2]") {
  receive(200);
  CHECK(state() == State::Accepted);
  advance_to(32s);
  CHECK(ended(Why::Done));
}

TEST_CASE_FIXTURE(DrivenInviteClient, "If a CANCEL has no effect, InviteClient ends after 64 T1 [RFC 3261 section 9.1]") {
  receive(180);
  advance_to(100s);
  cancel();
  advance_to(110s);
  receive(180);  // A late 1xx does not extend the limit.
  cancel();      // A second CANCEL does not extend the limit either.
  advance_to(131999ms);
  CHECK(state() == State::Proceeding);
  advance_to(132s);
  CHECK(ended(Why::Timeout));
}

TEST_CASE_FIXTURE(DrivenInviteClient, "InviteClient handles the 487 after a CANCEL like any final response [RFC 3261 section 9.1]") {
  receive(180);
  cancel();
  advance_to(1s);
  receive(487);
  CHECK(count(Deliver{487}) == 1);
  CHECK(sent(What::Ack) == 1);
  advance_to(33s);
  CHECK(ended(Why::Done));
}

TEST_CASE_FIXTURE(DrivenInviteClient, "InviteClient ends when its request cannot be sent [RFC 3261 section 17.1.4]") {
  fail();
  CHECK(ended(Why::TransportError));
  CHECK_FALSE(machine().next_deadline());
}

TEST_CASE_FIXTURE(DrivenInviteClient, "InviteClient ends when its ACK cannot be sent [RFC 3261 section 17.1.1.2]") {
  receive(500);
  fail();
  CHECK(ended(Why::TransportError));
}

TEST_CASE_FIXTURE(DrivenInviteClient, "InviteClient ignores a transport error while it has nothing to send [RFC 6026 section 8.4]") {
  receive(180);
  fail();
  CHECK(state() == State::Proceeding);
  receive(200);
  fail();
  CHECK(state() == State::Accepted);
}

TEST_CASE("If on_time() comes late, InviteClient resends once, and not once for each missed timer") {
  Actions out;
  const base::TimePoint start(1h);
  InviteClient client(Timers{}, Transport::Udp, start, out);
  out.clear();
  client.on_time(start + 20s, out);
  CHECK(out == Actions{Transmit{What::Request}});
  CHECK(*client.next_deadline() == start + 21s);
}

TEST_CASE("Timers scale with T1, but Timer D is at least 32 s on an unreliable transport [RFC 3261 section 17.1.1.2]") {
  const Timers fast{50ms, 400ms, 500ms};
  CHECK(fast.b() == 3200ms);
  CHECK(fast.d(Transport::Udp) == 32s);
  CHECK(fast.d(Transport::Tls) == 0s);
  CHECK(Timers{1s, 8s, 10s}.d(Transport::Udp) == 64s);
}

}  // namespace
}  // namespace offhook::sip::transaction::test
