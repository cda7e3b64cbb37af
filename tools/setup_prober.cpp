#include <offhook/tools/setup_prober.hpp>

#include <offhook/agent/agents/directory_builder.hpp>
#include <offhook/agent/app/agent_options.hpp>
#include <offhook/agent/app/registrations.hpp>
#include <offhook/agent/config/settings.hpp>
#include <offhook/agent/net/host_lookup.hpp>
#include <offhook/agent/setup/key_trial.hpp>
#include <offhook/tools/service.hpp>
#include <offhook/tools/share_path.hpp>

#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include <atomic>
#include <memory>
#include <mutex>

namespace offhook::tools {

namespace {

using agent::setup::Finding;
using namespace std::chrono_literals;

constexpr auto kRegisterLimit = 12s;
constexpr auto kUnregisterLimit = 3s;
constexpr auto kRingLimit = 90s;
constexpr auto kTestCallLimit = 120s;

/// The first responses of the registrars.
struct Registration {
  explicit Registration(std::size_t count) : all(count) {}
  agent::Registrations all;  // Used only by the thread of the events.
  std::atomic<bool> is_up{false}, is_over{false}, is_ended{false};
  std::mutex mutex;
  std::string why;

  void on_event(const phone::RegistrationChanged& event) {
    using State = sip::RegistrationChanged::State;
    const auto& d = event.details;
    if (d.state == State::Registered) is_up = is_over = true;
    all.on_event(d);
    if (all.all_ended()) is_ended = true;
    if (!all.all_failed()) return;
    {
      const std::lock_guard lock(mutex);
      const bool is_secret = d.why == sip::RegistrationChanged::Why::WrongCredentials;
      why = d.status == 0 ? (d.reason.empty() ? std::string("no answer") : d.reason)
                          : fmt::format("{} {}{}", d.status, d.reason, is_secret ? ": the PBX does not accept this secret for the extension" : "");
    }
    is_over = true;
  }
  std::string reason() {
    const std::lock_guard lock(mutex);
    return why.empty() ? "no answer" : why;
  }
};

/// The result of a test call.
struct TestCall {
  explicit TestCall(std::size_t registrations) : registration(registrations) {}
  Registration registration;
  std::atomic<bool> is_up{false}, is_over{false};
  std::atomic<unsigned> heard{0}, said{0};

  void on_event(const agent::AgentEvent& event) {
    if (const auto* changed = std::get_if<phone::RegistrationChanged>(&event)) registration.on_event(*changed);
    if (std::holds_alternative<agent::CallUp>(event)) is_up = true;
    if (std::holds_alternative<agent::CallOver>(event)) is_over = true;
    const auto* line = std::get_if<agent::CallLine>(&event);
    if (line != nullptr && std::holds_alternative<agent::CallerSaid>(line->what)) ++heard;
    if (line != nullptr && std::holds_alternative<agent::AgentSaid>(line->what)) ++said;
  }
};

}  // namespace

bool NetworkProber::wait(base::Duration limit, const std::function<bool()>& condition) {
  const auto end = base::Clock::now() + limit;
  while (!condition() && base::Clock::now() < end) {
    if (!wait_for_signal(50ms)) continue;
    is_interrupted_ = true;
    return false;
  }
  return condition();
}

bool NetworkProber::is_interrupted() {
  is_interrupted_ = is_interrupted_ || wait_for_signal(0s);
  return is_interrupted_;
}

Finding NetworkProber::resolve(const std::string& host) {
  boost::asio::io_context io;
  agent::net::HostLookup lookup(io);
  auto found = lookup.known(host);
  if (!found) {
    lookup.find(host, agent::net::HostLookup::kLimit, [&found, &io](const agent::net::HostAddresses& addresses) {
      found = addresses;
      io.stop();
    });
    while (!io.stopped() && !is_interrupted()) io.run_for(50ms);
  }
  if (!found || found->addresses.empty()) return {false, host + " is not found" + (found ? ": " + found->trouble : "")};
  const std::string address = found->addresses.front().to_string();
  return {true, host + " is found" + (host == address ? "" : " at " + address)};
}

Finding NetworkProber::register_at(const agent::config::Config& config) {
  auto options = agent::to_agent_options(config, "");
  const auto seen = std::make_shared<Registration>(1);
  media::Engine engine(options.media);
  auto endpoint = phone::Endpoint::open(options.phone, engine, [seen](const phone::PhoneEvent& event) {
    if (const auto* changed = std::get_if<phone::RegistrationChanged>(&event)) seen->on_event(*changed);
  });
  if (!endpoint) return {false, endpoint.error().detail};
  auto& telephone = **endpoint;
  const auto account = std::make_shared<phone::Account>();
  telephone.post([&telephone, account, which = options.account] {
    if (const auto added = telephone.add_account(which)) *account = *added;
  });
  (void)wait(kRegisterLimit, [&] { return seen->is_over.load(); });
  telephone.post([account] { (void)account->unregister(); });
  if (seen->is_up) (void)wait(kUnregisterLimit, [&] { return seen->is_ended.load(); });
  telephone.stop();
  if (seen->is_up) return {true, fmt::format("extension {} registers at {}", config.sip.extension, config.sip.host)};
  return {false, fmt::format("extension {} cannot register at {}: {}", config.sip.extension, config.sip.host, seen->reason())};
}

Finding NetworkProber::try_key(const agent::ProviderProfile& provider) {
  return agent::setup::try_key(provider, proxies_, [this] { return is_interrupted(); });
}

Finding NetworkProber::call(const agent::config::Config& config, const std::string& number, const std::function<void()>& on_ready) {
  agent::config::Effective effective;
  effective.config = config;
  effective.origins.resize(agent::config::settings().size());
  auto built =
      agent::build_directory(effective, {config.path, agent::config::disk_files(), share_path("dialogues/receptionist.json")});
  if (!built.directory) return {false, to_string(built.problems.front())};
  const auto seen = std::make_shared<TestCall>(agent::registrations_of(config));
  int code = kOk;
  const auto agent = start_agent(
      "setup", {config, built.directory, {}}, [seen](const agent::AgentEvent& event) { seen->on_event(event); }, code);
  if (!agent) return {false, "the agent cannot start"};
  if (!wait(kRegisterLimit, [&] { return seen->registration.is_over.load(); }) || !seen->registration.is_up)
    return {false, "cannot register: " + seen->registration.reason()};
  (void)wait(10s, [&] { return agent->is_warm(); });
  if (!is_interrupted_ && number.empty()) on_ready();
  if (!is_interrupted_ && !number.empty()) agent->dial(complete_target(number, config));
  const bool was_up = !is_interrupted_ && wait(kRingLimit, [&] { return seen->is_up || seen->is_over; }) && seen->is_up;
  if (was_up) (void)wait(kTestCallLimit, [&] { return seen->is_over.load(); });
  agent->drain();
  agent->cut_calls();
  (void)wait(10s, [&] { return agent->drained(); });
  if (!was_up) return {false, number.empty() ? "no call came" : "the call was not answered"};
  return {seen->said > 0,
          fmt::format("the call was connected; the agent spoke {} times and understood the caller {} times", seen->said.load(), seen->heard.load())};
}

}  // namespace offhook::tools
