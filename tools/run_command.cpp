#include <offhook/tools/commands.hpp>

#include <offhook/agent/app/agent_options.hpp>
#include <offhook/agent/app/registration_watch.hpp>
#include <offhook/agent/app/silence_warning.hpp>
#include <offhook/agent/config/changes.hpp>
#include <offhook/agent/config/nested.hpp>
#include <offhook/agent/ops/health_server.hpp>
#include <offhook/agent/ops/service_notifier.hpp>
#include <offhook/agent/support/log.hpp>
#include <offhook/base/heap_trimmer.hpp>
#include <offhook/tools/service.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <utility>

namespace offhook::tools {

namespace {

namespace log = agent::log;

/// Slightly more than 64 * T1, the longest wait of a transaction for a response.
constexpr auto kLastTransactions = std::chrono::seconds(35);
constexpr base::Duration kUnregister = std::chrono::seconds(2), kLastWords = std::chrono::seconds(1);

/// Reports to systemd that the process is alive, but only after the signalling thread has answered: without that thread the process serves no call.
class Pulse {
 public:
  Pulse(agent::Agent& agent, const agent::ServiceNotifier& notifier) : agent_(agent), notifier_(notifier) {}

  void on_time(base::TimePoint now) {
    if (!notifier_.alive_interval() || now < next_) return;
    next_ = now + *notifier_.alive_interval();
    agent_.ping([&notifier = notifier_] { notifier.alive(); });  // Can be called after this object has ended.
  }

 private:
  agent::Agent& agent_;
  const agent::ServiceNotifier& notifier_;
  base::TimePoint next_{};
};

/// Ends all calls within `limit`. Then their BYEs and the REGISTER have at most `rest` to be answered. Without a call there is only the REGISTER, and
/// the wait is short, in case the registrar does not answer.
void drain(agent::Agent& agent, base::Duration limit, base::Duration rest) {
  const bool is_idle = agent.calls() == 0;
  agent.drain();
  auto end = base::Clock::now() + (is_idle ? kUnregister : limit + rest);
  bool asked_again = false;
  while (!agent.drained() && base::Clock::now() < end) {
    if (!wait_for_signal(std::chrono::milliseconds(100))) continue;
    if (std::exchange(asked_again, true)) return;
    agent.cut_calls();  // After a second signal, cut the calls at once, and wait a moment for their BYEs.
    end = std::min<base::TimePoint>(end, base::Clock::now() + kLastWords);
  }
}

/// Reads the configuration again. If it has a problem, nothing changes.
void reload(agent::Agent& agent, const agent::config::Sources& sources, Loaded& loaded) {
  auto fresh = read_config(sources);
  if (!fresh) {
    for (const auto& problem : fresh.error()) log::error("config.refused", {{"problem", to_string(problem)}, {"position", problem.position}});
    return log::warning("config.kept", {{"problems", fresh.error().size()}});
  }
  if (const auto taken = agent.reload(fresh->agents, agent::recording_options(fresh->config)); !taken) {
    log::error("config.refused", {{"problem", taken.error().detail}});
    return log::warning("config.kept", {{"problems", 1}});
  }
  for (const std::string& pointer : agent::config::waiting_for_restart(loaded.config, fresh->config))
    log::warning("config.waits_for_restart", {{"setting", pointer}});
  agent::config::note_recordings(loaded.config, fresh->config);
  for (const auto& warning : fresh->warnings) log::warning("config.warning", {{"where", warning.where}, {"what", warning.what}});
  configure_log(fresh->config);
  log::info("config.reloaded", {{"agents", fresh->agents->entries().size() + 1}});
  // Keep the settings that need a restart unchanged, so that each reload reports them until they are in effect.
  loaded.agents = std::move(fresh->agents);
}

}  // namespace

int run(const RunArguments& arguments) {
  refuse_inspection();
  raise_descriptor_limit();
  block_signals();
  block_reload_signal();
  base::keep_large_blocks_apart();
  auto set = arguments.set;
  if (arguments.json) set.emplace_back("/log/format=json");
  const auto sources = sources_of(arguments.config, set);
  auto loaded = load_config("run", sources);
  if (!loaded) return kUsage;
  take_secrets_from_environment();
  const auto* config = &loaded->config;
  const agent::ServiceNotifier notifier(sources.environment);
  agent::RegistrationWatch registration(agent::registrations_of(*config));
  const auto watch = [&registration](const agent::AgentEvent& event) {
    if (const auto* changed = std::get_if<phone::RegistrationChanged>(&event)) registration.on_event(changed->details);
  };
  int exit_code = kOk;
  const auto agent = start_agent("run", *loaded, watch, exit_code);
  if (!agent) return exit_code;

  std::unique_ptr<agent::HealthServer> health;
  if (config->health.port != 0) {
    const base::SocketAddress address{base::IpAddress::parse(config->health.address).value_or(base::IpAddress{}), config->health.port};
    auto opened = agent::HealthServer::open(address, {[&agent] { return agent->health(); }, [&agent] { return agent->live_calls(); },
                                                               [&agent] { return agent->metrics(); },
                                                               [&agent](const std::string& call, bool paused) { return agent->pause_recording(call, paused); },
                                                               config->health.token.reveal()});
    if (!opened) {
      fmt::print(stderr, "offhook run: {}\n", opened.error().detail);
      drain(*agent, std::chrono::seconds(5), std::chrono::seconds(5));  // A REGISTER may already be on its way: cancel it.
      return kNoPort;
    }
    health = std::move(*opened);
  }
  log::info("agent.started", {{"version", OFFHOOK_VERSION}, {"configuration", config->path.value_or("environment variables")},
                              {"extension", config->sip.extension}, {"registrar", config->sip.host}, {"sip_port", agent->sip_port()},
                              {"provider", config->agent.provider}, {"proxy", config->proxies.shown()}, {"health", health ? "http://" + config->health.address + ":" + std::to_string(config->health.port) : "off"}});
  if ((config->sip.transport == "tls" || config->sip.transport == "wss") && agent::text_of(config->sip.tls, "verify") == "insecure")
    log::warning("sip.insecure", {{"detail", "another host can impersonate the PBX, because /sip/tls/verify is insecure: set it to required or pinned"}});

  notifier.ready();  // Do not wait for a registrar, which may be down for days.
  Pulse pulse(*agent, notifier);
  agent::SilenceWarning silence(registration, *config, base::Clock::now());
  base::HeapTrimmer heap;
  for (int signal = 0; signal == 0 || signal == SIGHUP; signal = next_signal(std::chrono::milliseconds(200))) {
    heap.tidy(base::Clock::now());
    pulse.on_time(base::Clock::now());
    silence.on_time(base::Clock::now());
    if (signal == SIGHUP) reload(*agent, sources, *loaded);
    if (!registration.is_password_refused()) continue;  // After any other failure, the agent retries without end.
    fmt::print(stderr, "offhook run: {} refuses the password of extension {}: check SIP_PASSWORD (or /sip/password) against the PBX\n",
               config->sip.host, config->sip.extension);
    return kRefused;
  }
  notifier.stopping();
  drain(*agent, config->limits.drain, kLastTransactions);
  log::info("agent.ended");
  return kOk;
}

}  // namespace offhook::tools
