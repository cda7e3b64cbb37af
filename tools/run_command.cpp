#include <offhook/tools/commands.hpp>

#include <offhook/agent/app/agent_options.hpp>
#include <offhook/agent/app/draining.hpp>
#include <offhook/agent/app/liveness_reporter.hpp>
#include <offhook/agent/app/loaded_config.hpp>
#include <offhook/agent/app/registration_watch.hpp>
#include <offhook/agent/app/silence_warning.hpp>
#include <offhook/agent/config/nested.hpp>
#include <offhook/agent/ops/health_server.hpp>
#include <offhook/agent/ops/service_notifier.hpp>
#include <offhook/agent/support/log.hpp>
#include <offhook/base/heap_trimmer.hpp>
#include <offhook/tools/service.hpp>

#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <optional>
#include <utility>

namespace offhook::tools {

namespace {

namespace log = agent::log;

/// Slightly more than 64 * T1, the longest wait of a transaction for a response.
constexpr auto kLastTransactions = std::chrono::seconds(35);

/// Reads the configuration again. The level and the format of the log change with it.
void reload(agent::Agent& agent, const agent::config::Sources& sources, const WireArguments& wire, agent::LoadedConfig& running) {
  auto fresh = read_config(sources);
  if (fresh) apply(wire, fresh->config);
  const auto config = fresh ? std::optional(fresh->config) : std::nullopt;
  if (!agent::reload(agent, running, std::move(fresh))) return;
  configure_log(*config);
  log::info("config.reloaded", {{"agents", running.agents->entries().size() + 1}});
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
  apply(arguments.wire, loaded->config);
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
      agent->cut_calls();
      agent::drain(*agent, std::chrono::seconds(5), wait_for_signal);  // A REGISTER may already have left: unregister.
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
  agent::LivenessReporter liveness(*agent, notifier);
  agent::SilenceWarning silence(registration, *config, base::Clock::now());
  base::HeapTrimmer heap;
  for (int signal = 0; signal == 0 || signal == SIGHUP; signal = next_signal(std::chrono::milliseconds(200))) {
    heap.tidy(base::Clock::now());
    liveness.on_time(base::Clock::now());
    silence.on_time(base::Clock::now());
    if (signal == SIGHUP) reload(*agent, sources, arguments.wire, *loaded);
    if (!registration.is_password_refused()) continue;  // After any other failure, the agent retries without end.
    fmt::print(stderr, "offhook run: {} refuses the password of extension {}: check SIP_PASSWORD (or /sip/password) against the PBX\n",
               config->sip.host, config->sip.extension);
    return kRefused;
  }
  notifier.stopping();
  agent::drain(*agent, kLastTransactions, wait_for_signal);
  log::info("agent.ended");
  return kOk;
}

}  // namespace offhook::tools
