#include <offhook/sip/transaction/non_invite_client.hpp>

#include "virtual_time.hpp"

namespace offhook::sip::transaction::test {
namespace {

struct DrivenNonInviteClient : Driven<NonInviteClient> {
  using State = NonInviteClient::State;
  explicit DrivenNonInviteClient(Transport transport = Transport::Udp)
      : Driven([&](base::TimePoint now, Actions& out) {
          return std::optional<NonInviteClient>(std::in_place, Timers{}, transport, now, out);
        }) {}
  void receive(int status) {
    feed([&](NonInviteClient& m, base::TimePoint now, Actions& out) { m.on_response(status, now, out); });
  }
  void fail() {
    feed([](NonInviteClient& m, base::TimePoint now, Actions& out) { m.on_transport_error(now, out); });
  }
  [[nodiscard]] State state() { return machine().state(); }
};
struct NonInviteClientOverTcp : DrivenNonInviteClient {
  NonInviteClientOverTcp() : DrivenNonInviteClient(Transport::Tcp) {}
};

TEST_CASE_FIXTURE(DrivenNonInviteClient, "NonInviteClient resends at doubled intervals up to T2, until Timer F [RFC 3261 section 17.1.2.2]") {
  advance_to(31999ms);
  CHECK(times(Transmit{What::Request}) ==
        std::vector<base::Duration>{0ms, 500ms, 1500ms, 3500ms, 7500ms, 11500ms, 15500ms, 19500ms, 23500ms, 27500ms, 31500ms});
  advance_to(32s);
  CHECK(ended(Why::Timeout));
}

TEST_CASE_FIXTURE(DrivenNonInviteClient, "NonInviteClient resends every T2 after a 1xx, and still ends with Timer F [RFC 3261 section 17.1.2.2]") {
  receive(100);
  CHECK(state() == State::Proceeding);
  advance_to(9s);
  CHECK(times(Transmit{What::Request}) == std::vector<base::Duration>{0ms, 500ms, 4500ms, 8500ms});
  advance_to(32s);
  CHECK(ended(Why::Timeout));
}

TEST_CASE_FIXTURE(DrivenNonInviteClient, "NonInviteClient absorbs repeated responses for T4 [RFC 3261 section 17.1.2.2]") {
  advance_to(1s);
  receive(200);
  receive(200);
  receive(500);
  CHECK(count(Deliver{200}) == 1);
  CHECK(count(Deliver{500}) == 0);
  advance_to(5999ms);
  CHECK(state() == State::Completed);
  CHECK(sent(What::Request) == 2);
  advance_to(6s);  // Timer K.
  CHECK(ended(Why::Done));
}

TEST_CASE_FIXTURE(NonInviteClientOverTcp, "NonInviteClient over a reliable transport sends once, and ends with the response [RFC 3261 section 17.1.2.2]") {
  advance_to(20s);
  receive(100);
  receive(401);
  CHECK(all() == Actions{Transmit{What::Request}, Deliver{100}, Deliver{401}, Ended{Why::Done}});
}

TEST_CASE_FIXTURE(NonInviteClientOverTcp, "NonInviteClient over a reliable transport times out with Timer F [RFC 3261 section 17.1.2.2]") {
  advance_to(31999ms);
  CHECK(state() == State::Trying);
  advance_to(32s);
  CHECK(ended(Why::Timeout));
  CHECK(sent(What::Request) == 1);
}

TEST_CASE_FIXTURE(DrivenNonInviteClient, "NonInviteClient ends if its request or a retransmission cannot be sent [RFC 3261 section 17.1.4]") {
  SUBCASE("in Trying") {
    fail();
  }
  SUBCASE("in Proceeding") {
    receive(100);
    fail();
  }
  CHECK(ended(Why::TransportError));
}

TEST_CASE_FIXTURE(DrivenNonInviteClient, "NonInviteClient ignores a transport error after a final response") {
  receive(200);
  fail();
  CHECK(state() == State::Completed);
}

TEST_CASE("If on_time() comes late, NonInviteClient resends once, and not once for each missed timer") {
  Actions out;
  const base::TimePoint start(1h);
  NonInviteClient client(Timers{}, Transport::Udp, start, out);
  out.clear();
  client.on_time(start + 20s, out);
  client.on_time(start + 20s, out);
  CHECK(out == Actions{Transmit{What::Request}});
}

}  // namespace
}  // namespace offhook::sip::transaction::test
