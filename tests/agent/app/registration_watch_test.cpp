#include <offhook/agent/app/registration_watch.hpp>
#include <offhook/agent/app/silence_warning.hpp>
#include <offhook/tests/agent/ops/logged.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace offhook;
using namespace std::chrono_literals;
using agent::RegistrationWatch;
using Changed = sip::RegistrationChanged;
using State = Changed::State;
using Why = Changed::Why;

namespace {

Changed changed(std::uint64_t account, State state, Why why = Why::None, int status = 0, const std::string& reason = "") {
  Changed event;
  event.account = sip::AccountId{account};
  event.state = state;
  event.why = why;
  event.status = status;
  event.reason = reason;
  return event;
}

const Changed kRefused = changed(1, State::Failed, Why::WrongCredentials, 403, "Forbidden");

}  // namespace

TEST_CASE("RegistrationWatch has a result after the first response or failure, and not before") {
  RegistrationWatch watch(1);
  watch.on_event(changed(1, State::Registering));
  CHECK_FALSE(watch.has_result());
  CHECK(watch.failure() == "no answer");
  watch.on_event(changed(1, State::Failed, Why::NoAnswer));
  CHECK(watch.has_result());
  CHECK(watch.has_failed());
  CHECK_FALSE(watch.has_succeeded());
  CHECK_FALSE(watch.is_password_refused());
}

TEST_CASE("RegistrationWatch still reports a success and a failure after later events") {
  RegistrationWatch watch(1);
  watch.on_event(kRefused);
  watch.on_event(changed(1, State::Registered, Why::None, 200));
  CHECK(watch.has_failed());
  CHECK(watch.has_succeeded());
  CHECK_FALSE(watch.has_ended());
  watch.on_event(changed(1, State::Unregistered));
  CHECK(watch.has_succeeded());
  CHECK(watch.has_ended());
  CHECK(watch.failure() == "403 Forbidden");
}

TEST_CASE("RegistrationWatch reports a refused password if all registrations failed, at least one because of its password, and none was active before") {
  RegistrationWatch two(2);
  two.on_event(kRefused);
  CHECK_FALSE(two.is_password_refused());
  two.on_event(changed(2, State::Failed, Why::NoAnswer));
  CHECK(two.is_password_refused());
  CHECK(two.failure() == "403 Forbidden");

  RegistrationWatch later(1);
  later.on_event(changed(1, State::Registered, Why::None, 200));
  later.on_event(kRefused);
  CHECK_FALSE(later.is_password_refused());
}

TEST_CASE("SilenceWarning logs once, 3 s after the start, when no registrar has answered") {
  agent::config::Config config;
  config.sip.host = "pbx.example";
  config.sip.port = 5080;
  RegistrationWatch watch(1);
  const base::TimePoint start{};
  agent::SilenceWarning warning(watch, config, start);
  CHECK(logged_by([&] { warning.on_time(start + 2999ms); }).empty());
  const std::string line = logged_by([&] { warning.on_time(start + 3s); });
  CHECK(line.find("registration.silent") != std::string::npos);
  CHECK(line.find("pbx.example:5080") != std::string::npos);
  CHECK(logged_by([&] { warning.on_time(start + 4s); }).empty());
}

TEST_CASE("SilenceWarning logs nothing after a response of the registrar, and nothing for a trunk that does not register") {
  agent::config::Config config;
  RegistrationWatch watch(1);
  agent::SilenceWarning answered(watch, config, {});
  watch.on_event(kRefused);
  CHECK(logged_by([&] { answered.on_time(base::TimePoint{} + 3s); }).empty());

  config.sip.registration = "none";
  const RegistrationWatch none(0);
  agent::SilenceWarning trunk(none, config, {});
  CHECK(logged_by([&] { trunk.on_time(base::TimePoint{} + 3s); }).empty());
}
