// A caller, an agent and the target of a transfer: three telephones on loopback.
#include <offhook/agent/app/consultations.hpp>
#include <offhook/tests/agent/phone/telephone.hpp>

#include <memory>

using namespace offhook;
using namespace std::chrono_literals;
using offhook::agent::Consultations;
using offhook::test::Telephone;

namespace {

struct Transfer {
  Telephone caller{"caller", {media::AudioCodec::Pcmu}, 2}, desk{"desk", {media::AudioCodec::Pcmu}, 2}, target{"target", {media::AudioCodec::Pcmu}, 2};
  phone::CallPtr ours, consultation;  // The agent's calls with the caller and with the target.
  std::vector<int> not_reached;       // SIP status codes; used on the signalling thread only.
  bool is_full = false;
  std::unique_ptr<Consultations> consultations;

  explicit Transfer(base::Duration ring_limit = 30s) {
    caller.dial("desk", desk.endpoint->sip_port());
    REQUIRE(caller.wait_for<phone::CallConnected>());
    REQUIRE(desk.wait_for<phone::CallConnected>());
    ours = desk.call;
    consultations = std::make_unique<Consultations>(Consultations::Hooks{
        [this](const phone::CallPtr& from, const std::string& number) -> base::Result<phone::CallPtr, base::Error> {
          CHECK(from == ours);
          if (is_full) return base::fail(base::Error{"phone", 1, "full"});
          return desk.endpoint->dial({desk.account, "sip:" + number + "@127.0.0.1:" + std::to_string(target.endpoint->sip_port()), {}, false}, std::make_shared<media::AudioPort>());
        },
        [this](base::Duration delay, std::function<void()> task) { desk.endpoint->post_after(delay, std::move(task)); },
        [this](const phone::CallPtr& call, int status, std::string_view why) {
          CHECK(call == ours);
          CHECK_FALSE(why.empty());
          not_reached.push_back(status);
        }}, ring_limit);
  }
  ~Transfer() { desk.endpoint->stop(); }  // Stops the thread, so that no task uses the destroyed consultations.

  void begin() {
    desk.on_thread([&] { REQUIRE(consultations->begin(ours, "target").has_value()); });
  }
  /// Passes the target's connection, or the end of its call, to the consultations, as the agent does.
  void pass_connected() {
    REQUIRE(desk.wait_for<phone::CallConnected>([this](const auto& e) { return e.call != ours; }));
    consultation = desk.last<phone::CallConnected>()->call;
    desk.on_thread([&] { CHECK(consultations->on_connected(consultation)); });
  }
  void pass_finished() {
    REQUIRE(desk.wait_for<phone::CallFinished>([this](const auto& e) { return e.call != ours; }));
    const auto event = *desk.last<phone::CallFinished>();
    desk.on_thread([&] {
      CHECK(consultations->on_finished(event.call, event.details));
    });
  }
  void pass_transferred() {
    REQUIRE(desk.wait_for<phone::CallTransferred>());
    CHECK(desk.last<phone::CallTransferred>()->call == ours);
    desk.on_thread([&] { CHECK(consultations->on_transferred(ours)); });
  }
  void expect_not_reached(int status) {
    desk.on_thread([&] { CHECK(not_reached == std::vector{status}); });
    CHECK(ours->state() == phone::Call::State::Connected);
  }
};

}  // namespace

TEST_CASE_FIXTURE(Transfer, "The caller's user agent replaces the call of a target that has answered [RFC 5589 section 7.3, RFC 3891]") {
  begin();
  pass_connected();
  REQUIRE(caller.wait_for<phone::CallTransferRequested>());
  caller.on_thread([&] {
    const auto asked = *caller.last<phone::CallTransferRequested>();
    CHECK(asked.details.replaces.has_value());
    REQUIRE(asked.call->accept_transfer().has_value());
    phone::DialOptions options{caller.account, asked.details.target, {}, false, {}, asked.call, asked.details.replaces};
    REQUIRE(caller.endpoint->dial(options, std::make_shared<media::AudioPort>()).has_value());
  });
  pass_transferred();
  CHECK(desk.last<phone::CallTransferred>()->status == 200);
  pass_finished();
  desk.on_thread([&] { CHECK(not_reached.empty()); });
  CHECK(target.last<phone::CallOffered>()->details.replaces.has_value());
}

TEST_CASE_FIXTURE(Transfer, "A busy target ends the transfer, and the caller stays with the agent") {
  target.answers = false;
  begin();
  REQUIRE(target.wait_for<phone::CallOffered>());
  target.on_thread([&] { REQUIRE(target.call->reject(486).has_value()); });
  pass_finished();
  expect_not_reached(486);
  CHECK_FALSE(caller.last<phone::CallTransferRequested>().has_value());
}

TEST_CASE("A target that does not answer in time ends the transfer with status 408") {
  Transfer call(300ms);
  call.target.answers = false;
  call.begin();
  REQUIRE(call.target.wait_for<phone::CallFinished>());
  CHECK(call.target.last<phone::CallFinished>()->details.status == 487);
  call.pass_finished();
  call.expect_not_reached(408);
}

TEST_CASE_FIXTURE(Transfer, "When the caller's user agent declines to replace the call, the caller stays with the agent and the target's call ends") {
  begin();
  pass_connected();
  REQUIRE(caller.wait_for<phone::CallTransferRequested>());
  caller.on_thread([&] { REQUIRE(caller.last<phone::CallTransferRequested>()->call->decline_transfer().has_value()); });
  pass_transferred();
  CHECK(desk.last<phone::CallTransferred>()->status == 603);
  REQUIRE(target.wait_for<phone::CallFinished>());
  pass_finished();
  desk.on_thread([&] { CHECK(not_reached.empty()); });  // The result of the REFER already reports the failure.
}

TEST_CASE_FIXTURE(Transfer, "When the target hangs up before the replacement, the agent keeps the caller after kOutcome without a REFER result") {
  begin();
  pass_connected();
  REQUIRE(caller.wait_for<phone::CallTransferRequested>());
  target.on_thread([&] { REQUIRE(target.call->hang_up().has_value()); });
  pass_finished();
  const auto reached_nobody = [this] {
    bool told = false;
    desk.on_thread([&] { told = not_reached == std::vector{480}; });
    return told;
  };
  CHECK(offhook_test::wait_until(reached_nobody));
  desk.on_thread([&] { CHECK_FALSE(consultations->on_connected(consultation)); });  // The call is not a consultation any more.
}

TEST_CASE_FIXTURE(Transfer, "The end of the agent ends the call to a ringing target") {
  target.answers = false;
  begin();
  REQUIRE(target.wait_for<phone::CallOffered>());
  desk.on_thread([&] { consultations->end_all(); });
  REQUIRE(target.wait_for<phone::CallFinished>());
}

TEST_CASE_FIXTURE(Transfer, "A caller that hangs up while the target rings ends the call to the target") {
  target.answers = false;
  begin();
  REQUIRE(target.wait_for<phone::CallOffered>());
  caller.on_thread([&] { REQUIRE(caller.call->hang_up().has_value()); });
  REQUIRE(desk.wait_for<phone::CallFinished>());
  desk.on_thread([&] { consultations->on_caller_finished(ours); });
  REQUIRE(target.wait_for<phone::CallFinished>());
  desk.on_thread([&] { CHECK(not_reached.empty()); });
}

TEST_CASE_FIXTURE(Transfer, "A target that cannot be called changes nothing, and Consultations ignores other calls") {
  is_full = true;
  desk.on_thread([&] {
    CHECK_FALSE(consultations->begin(ours, "target").has_value());
    CHECK_FALSE(consultations->on_connected(ours));
    CHECK_FALSE(consultations->on_finished(ours, {}));
    CHECK_FALSE(consultations->on_transferred(ours));
    consultations->on_caller_finished(ours);
    CHECK(not_reached.empty());
    CHECK(ours->peer_replaces());
  });
}
