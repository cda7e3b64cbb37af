// A caller, an agent and the target of a transfer: three telephones on loopback.
#include <offhook/agent/app/consultations.hpp>
#include <offhook/agent/phone/sip_network.hpp>
#include <offhook/tests/agent/phone/telephone.hpp>

#include <memory>
#include <string>
#include <vector>

using namespace offhook;
using namespace std::chrono_literals;
using offhook::agent::Consultations;
using offhook::test::Telephone;

namespace {

/// The agent's telephone. It answers each call that comes in, and keeps the events of its legs.
struct Desk {
  media::Engine engine{{1, 20000, 29999, 10s, {}}};
  std::mutex mutex;
  std::vector<call::Event> events;
  call::LegPtr caller;
  std::unique_ptr<phone::SipNetwork> network;

  Desk() {
    phone::EndpointOptions options;
    options.sip.bind = *base::IpAddress::parse("127.0.0.1");
    options.codecs = {media::AudioCodec::Pcmu};
    options.max_calls = 2;
    auto opened = phone::SipNetwork::open(options, engine, {[this](call::Event event) { on_event(std::move(event)); }, [](const phone::PhoneEvent&) {}});
    REQUIRE(opened.has_value());
    network = std::move(*opened);
  }
  ~Desk() { network.reset(); }

  void on_event(call::Event event) {
    if (auto* offered = std::get_if<call::Offered>(&event)) {
      caller = offered->leg;
      CHECK(caller->prepare(std::make_shared<media::AudioPort>(), {}).has_value());
    }
    if (const auto* prepared = std::get_if<call::Prepared>(&event)) CHECK(prepared->leg->answer().has_value());
    const std::lock_guard lock(mutex);
    events.push_back(std::move(event));
  }

  template <class Task>
  void on_thread(Task task) { offhook::test::run_on(*network, task); }
  /// Returns the last event of type E: of the caller's leg if `of_caller` is true, otherwise of another leg. Returns nullopt if there is none.
  template <class E>
  std::optional<E> last(bool of_caller) {
    const std::lock_guard lock(mutex);
    for (auto it = events.rbegin(); it != events.rend(); ++it) {
      const E* e = std::get_if<E>(&*it);
      if (e != nullptr && (e->leg == caller) == of_caller) return *e;
    }
    return std::nullopt;
  }
  template <class E>
  bool wait_for(bool of_caller) {
    return offhook_test::wait_until([&] { return last<E>(of_caller).has_value(); });
  }
};

struct Transfer {
  Telephone caller{"caller", {media::AudioCodec::Pcmu}, 2}, target{"target", {media::AudioCodec::Pcmu}, 2};
  Desk desk;
  call::LegPtr consultation;             // The agent's call with the target.
  std::vector<std::string> not_reached;  // SIP status codes; used on the signalling thread only.
  bool is_full = false;
  std::unique_ptr<Consultations> consultations;

  explicit Transfer(base::Duration ring_limit = 30s) {
    desk.on_thread([&] {
      sip::AccountOptions account;
      account.address_of_record = "sip:desk@127.0.0.1:" + std::to_string(desk.network->endpoint().sip_port());
      account.registrar = "sip:127.0.0.1:" + std::to_string(target.endpoint->sip_port());  // The agent's calls go to the target.
      account.registers = false;
      account.accept_from = sip::AccountOptions::AcceptFrom::Anyone;
      desk.network->add_account(account);
    });
    caller.dial("desk", desk.network->endpoint().sip_port());
    REQUIRE(caller.wait_for<phone::CallConnected>());
    REQUIRE(desk.wait_for<call::Connected>(true));
    consultations = std::make_unique<Consultations>(Consultations::Hooks{
        [this](const call::LegPtr& from, const std::string& number) -> base::Result<call::LegPtr, base::Error> {
          CHECK(from == desk.caller);
          if (is_full) return base::fail(base::Error{"phone", 1, "full"});
          return desk.network->dial({"sip:" + number + "@127.0.0.1:" + std::to_string(target.endpoint->sip_port()), {}, from}, std::make_shared<media::AudioPort>());
        },
        [this](base::Duration delay, std::function<void()> task) { desk.network->post_after(delay, std::move(task)); },
        [this](const call::LegPtr& leg, const std::string& status, std::string_view why) {
          CHECK(leg == desk.caller);
          CHECK_FALSE(why.empty());
          not_reached.push_back(status);
        }}, ring_limit);
  }
  ~Transfer() { desk.network->endpoint().stop(); }  // Stops the thread, so that no task uses the destroyed consultations.

  void begin() {
    desk.on_thread([&] { REQUIRE(consultations->begin(desk.caller, "target").has_value()); });
  }
  /// Waits until the target has answered, and passes this event to the consultations, as the agent does.
  void pass_connected() {
    REQUIRE(desk.wait_for<call::Connected>(false));
    consultation = desk.last<call::Connected>(false)->leg;
    desk.on_thread([&] { CHECK(consultations->on_connected(consultation)); });
  }
  void pass_finished() {
    REQUIRE(desk.wait_for<call::Finished>(false));
    const auto event = *desk.last<call::Finished>(false);
    desk.on_thread([&] { CHECK(consultations->on_finished(event.leg, event.how)); });
  }
  void pass_transferred() {
    REQUIRE(desk.wait_for<call::Transferred>(true));
    desk.on_thread([&] { CHECK(consultations->on_transferred(desk.caller)); });
  }
  void expect_not_reached(const std::string& status) {
    desk.on_thread([&] {
      CHECK(not_reached == std::vector{status});
      CHECK(desk.caller->can_transfer_to());  // The caller's call is up.
    });
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
  CHECK(desk.last<call::Transferred>(true)->status == "200");
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
  expect_not_reached("486");
  CHECK_FALSE(caller.last<phone::CallTransferRequested>().has_value());
}

TEST_CASE("A target that does not answer in time ends the transfer with status 408") {
  Transfer call(300ms);
  call.target.answers = false;
  call.begin();
  REQUIRE(call.target.wait_for<phone::CallFinished>());
  CHECK(call.target.last<phone::CallFinished>()->details.status == 487);
  call.pass_finished();
  call.expect_not_reached("408");
}

TEST_CASE_FIXTURE(Transfer, "When the caller's user agent declines to replace the call, the caller stays with the agent and the target's call ends") {
  begin();
  pass_connected();
  REQUIRE(caller.wait_for<phone::CallTransferRequested>());
  caller.on_thread([&] { REQUIRE(caller.last<phone::CallTransferRequested>()->call->decline_transfer().has_value()); });
  pass_transferred();
  CHECK(desk.last<call::Transferred>(true)->status == "603");
  REQUIRE(target.wait_for<phone::CallFinished>());
  pass_finished();
  desk.on_thread([&] { CHECK(not_reached.empty()); });  // The result of the REFER already reports the failure.
}

TEST_CASE_FIXTURE(Transfer, "If the target hangs up before the replacement, and no REFER result comes within kOutcome, the caller stays with the agent") {
  begin();
  pass_connected();
  REQUIRE(caller.wait_for<phone::CallTransferRequested>());
  target.on_thread([&] { REQUIRE(target.call->hang_up().has_value()); });
  pass_finished();
  const auto reached_nobody = [this] {
    bool told = false;
    desk.on_thread([&] { told = not_reached == std::vector<std::string>{"480"}; });
    return told;
  };
  CHECK(offhook_test::wait_until(reached_nobody));
  desk.on_thread([&] { CHECK_FALSE(consultations->on_connected(consultation)); });  // The call is not a consultation any more.
}

TEST_CASE_FIXTURE(Transfer, "When the agent stops, Consultations ends the call to a ringing target") {
  target.answers = false;
  begin();
  REQUIRE(target.wait_for<phone::CallOffered>());
  desk.on_thread([&] { consultations->end_all(); });
  REQUIRE(target.wait_for<phone::CallFinished>());
}

TEST_CASE_FIXTURE(Transfer, "If the caller hangs up while the target rings, Consultations ends the call to the target") {
  target.answers = false;
  begin();
  REQUIRE(target.wait_for<phone::CallOffered>());
  caller.on_thread([&] { REQUIRE(caller.call->hang_up().has_value()); });
  REQUIRE(desk.wait_for<call::Finished>(true));
  desk.on_thread([&] { consultations->on_caller_finished(desk.caller); });
  REQUIRE(target.wait_for<phone::CallFinished>());
  desk.on_thread([&] { CHECK(not_reached.empty()); });
}

TEST_CASE_FIXTURE(Transfer, "If the target cannot be called, the caller's call stays up. Consultations ignores events of calls that are not consultations") {
  is_full = true;
  desk.on_thread([&] {
    CHECK_FALSE(consultations->begin(desk.caller, "target").has_value());
    CHECK_FALSE(consultations->on_connected(desk.caller));
    CHECK_FALSE(consultations->on_finished(desk.caller, {}));
    CHECK_FALSE(consultations->on_transferred(desk.caller));
    consultations->on_caller_finished(desk.caller);
    CHECK(not_reached.empty());
    CHECK(desk.caller->can_transfer_to());
  });
}
