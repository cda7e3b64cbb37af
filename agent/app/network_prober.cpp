#include <offhook/agent/app/network_prober.hpp>

#include <offhook/agent/agents/directory_builder.hpp>
#include <offhook/agent/app/agent_options.hpp>
#include <offhook/agent/app/registration_watch.hpp>
#include <offhook/agent/config/settings.hpp>
#include <offhook/agent/phone/target.hpp>
#include <offhook/agent/setup/host_trial.hpp>
#include <offhook/agent/setup/key_trial.hpp>

#include <fmt/format.h>

#include <atomic>

namespace offhook::inline v0::agent {

namespace {

using setup::Finding;
using namespace std::chrono_literals;

constexpr auto kRegisterLimit = 12s;
constexpr auto kUnregisterLimit = 3s;
constexpr auto kRingLimit = 90s;
constexpr auto kTestCallLimit = 120s;

bool is_decided(const RegistrationWatch& watch) { return watch.has_succeeded() || watch.has_failed(); }

std::string reason(const RegistrationWatch& watch) {
  return watch.failure() + (watch.is_password_refused() ? ": the PBX does not accept this secret for the extension" : "");
}

/// The result of a test call.
struct TestCall {
  explicit TestCall(std::size_t registrations) : registration(registrations) {}
  RegistrationWatch registration;
  std::atomic<bool> is_up{false}, is_over{false};
  std::atomic<unsigned> heard{0}, said{0};

  void on_event(const AgentEvent& event) {
    if (const auto* changed = std::get_if<phone::RegistrationChanged>(&event)) registration.on_event(changed->details);
    if (std::holds_alternative<CallUp>(event)) is_up = true;
    if (std::holds_alternative<CallOver>(event)) is_over = true;
    const auto* line = std::get_if<CallLine>(&event);
    if (line != nullptr && std::holds_alternative<CallerSaid>(line->what)) ++heard;
    if (line != nullptr && std::holds_alternative<AgentSaid>(line->what)) ++said;
  }
};

}  // namespace

bool NetworkProber::wait(base::Duration limit, const std::function<bool()>& condition) {
  const auto end = base::Clock::now() + limit;
  while (!condition() && base::Clock::now() < end) {
    if (!tools_.wait_for_interruption(50ms)) continue;
    is_interrupted_ = true;
    return false;
  }
  return condition();
}

bool NetworkProber::is_interrupted() {
  is_interrupted_ = is_interrupted_ || tools_.wait_for_interruption(0s);
  return is_interrupted_;
}

Finding NetworkProber::resolve(const std::string& host) {
  return setup::try_host(host, [this] { return is_interrupted(); });
}

Finding NetworkProber::register_at(const config::Config& config) {
  const auto options = to_agent_options(config, "");
  const auto watch = std::make_shared<RegistrationWatch>(1);
  media::Engine engine(options.media);
  auto endpoint = phone::Endpoint::open(options.phone, engine, [watch](const phone::PhoneEvent& event) {
    if (const auto* changed = std::get_if<phone::RegistrationChanged>(&event)) watch->on_event(changed->details);
  });
  if (!endpoint) return {false, endpoint.error().detail};
  auto& telephone = **endpoint;
  const auto account = std::make_shared<phone::Account>();
  telephone.post([&telephone, account, which = options.account] {
    if (const auto added = telephone.add_account(which)) *account = *added;
  });
  (void)wait(kRegisterLimit, [&] { return is_decided(*watch); });
  const bool is_up = watch->has_succeeded();
  telephone.post([account] { (void)account->unregister(); });
  if (is_up) (void)wait(kUnregisterLimit, [&] { return watch->has_ended(); });
  telephone.stop();
  if (is_up) return {true, fmt::format("extension {} registers at {}", config.sip.extension, config.sip.host)};
  return {false, fmt::format("extension {} cannot register at {}: {}", config.sip.extension, config.sip.host, reason(*watch))};
}

Finding NetworkProber::try_key(const ProviderProfile& provider) {
  return setup::try_key(provider, tools_.proxies, [this] { return is_interrupted(); });
}

Finding NetworkProber::call(const config::Config& config, const std::string& number, const std::function<void()>& on_ready) {
  config::Effective effective;
  effective.config = config;
  effective.origins.resize(config::settings().size());
  auto built = build_directory(effective, {config.path, config::disk_files(), tools_.default_dialogue});
  if (!built.directory) return {false, to_string(built.problems.front())};
  const auto seen = std::make_shared<TestCall>(registrations_of(config));
  const auto agent = tools_.start(config, built.directory, [seen](const AgentEvent& event) { seen->on_event(event); });
  if (!agent) return {false, "the agent cannot start"};
  if (!wait(kRegisterLimit, [&] { return is_decided(seen->registration); }) || !seen->registration.has_succeeded())
    return {false, "cannot register: " + reason(seen->registration)};
  (void)wait(10s, [&] { return agent->is_warm(); });
  if (!is_interrupted_ && number.empty()) on_ready();
  if (!is_interrupted_ && !number.empty()) agent->dial(phone::target_at(number, host_and_port(config.sip)));
  const bool was_up = !is_interrupted_ && wait(kRingLimit, [&] { return seen->is_up || seen->is_over; }) && seen->is_up;
  if (was_up) (void)wait(kTestCallLimit, [&] { return seen->is_over.load(); });
  agent->drain();
  agent->cut_calls();
  (void)wait(10s, [&] { return agent->drained(); });
  if (!was_up) return {false, number.empty() ? "no call came" : "the call was not answered"};
  return {seen->said > 0,
          fmt::format("the call was connected; the agent spoke {} times and understood the caller {} times", seen->said.load(), seen->heard.load())};
}

}  // namespace offhook::inline v0::agent
