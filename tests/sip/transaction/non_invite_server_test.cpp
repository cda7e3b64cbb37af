#include <offhook/sip/transaction/non_invite_server.hpp>

#include "virtual_time.hpp"

namespace offhook::sip::transaction::test {
namespace {

struct DrivenNonInviteServer : Driven<NonInviteServer> {
  using State = NonInviteServer::State;
  explicit DrivenNonInviteServer(Transport transport = Transport::Udp)
      : Driven([&](base::TimePoint, Actions&) { return std::optional<NonInviteServer>(std::in_place, Timers{}, transport); }) {}
  void request() {
    feed([](NonInviteServer& m, base::TimePoint now, Actions& out) { m.on_request(now, out); });
  }
  void respond(int status) {
    feed([&](NonInviteServer& m, base::TimePoint now, Actions& out) { m.on_response(status, now, out); });
  }
  void fail() {
    feed([](NonInviteServer& m, base::TimePoint now, Actions& out) { m.on_transport_error(now, out); });
  }
  [[nodiscard]] State state() { return machine().state(); }
};
struct NonInviteServerOverTcp : DrivenNonInviteServer {
  NonInviteServerOverTcp() : DrivenNonInviteServer(Transport::Tcp) {}
};

TEST_CASE_FIXTURE(DrivenNonInviteServer, "NonInviteServer discards repeated requests until it has a response [RFC 3261 section 17.2.2]") {
  request();
  request();
  CHECK(all().empty());
  advance_to(1h);
  CHECK(state() == State::Trying);
}

TEST_CASE_FIXTURE(DrivenNonInviteServer, "NonInviteServer repeats its latest response for a repeated request, until Timer J [RFC 3261 section 17.2.2]") {
  respond(100);
  request();
  CHECK(sent(What::Response) == 2);
  advance_to(1s);
  respond(200);
  request();
  request();
  CHECK(sent(What::Response) == 5);
  advance_to(32999ms);
  CHECK(state() == State::Completed);
  CHECK(sent(What::Response) == 5);  // NonInviteServer repeats nothing without a repeated request.
  advance_to(33s);
  CHECK(ended(Why::Done));
}

TEST_CASE_FIXTURE(NonInviteServerOverTcp, "NonInviteServer over a reliable transport ends with its response [RFC 3261 section 17.2.2]") {
  respond(200);
  CHECK(all() == Actions{Transmit{What::Response}, Ended{Why::Done}});
}

TEST_CASE_FIXTURE(DrivenNonInviteServer, "NonInviteServer discards further responses after the final one [RFC 3261 section 17.2.2]") {
  respond(404);
  CHECK_FALSE(machine().accepts(200));
  respond(200);
  respond(100);
  CHECK(sent(What::Response) == 1);
}

TEST_CASE_FIXTURE(DrivenNonInviteServer, "NonInviteServer ends when its response cannot be sent [RFC 3261 section 17.2.4]") {
  SUBCASE("in Proceeding") {
    respond(100);
  }
  SUBCASE("in Completed") {
    respond(200);
  }
  fail();
  CHECK(ended(Why::TransportError));
  CHECK_FALSE(machine().next_deadline());
}

}  // namespace
}  // namespace offhook::sip::transaction::test
