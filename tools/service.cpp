#include <offhook/tools/service.hpp>

#include <offhook/agent/agent_options.hpp>
#include <offhook/agent/ops/log.hpp>
#include <offhook/tools/share_path.hpp>

#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <ctime>

namespace offhook::tools {

agent::config::Sources sources_of(const std::string& path, const std::vector<std::string>& set) {
  return {path.empty() ? std::nullopt : std::optional(path), agent::config::process_environment(), set};
}

void print_problems(const std::string& command, const std::vector<agent::config::Problem>& problems) {
  fmt::print(stderr, "offhook {}: the configuration cannot be used:\n", command);
  for (const auto& problem : problems) fmt::print(stderr, "  {}\n", agent::config::to_string(problem));
  fmt::print(stderr, "docs/configuration.md lists every setting; nothing was started.\n");
}

std::optional<agent::config::Config> load_config(const std::string& command, const agent::config::Sources& sources, LogTo log) {
  const auto [config, origins, problems] = agent::config::read(sources);
  if (!problems.empty()) {
    print_problems(command, problems);
    return std::nullopt;
  }
  agent::log::configure({agent::log::parse_level(config.log.level).value_or(agent::log::Level::Info),
                         config.log.format == "json" ? agent::log::Format::Json : agent::log::Format::Text, log == LogTo::StandardError});
  return config;
}

std::unique_ptr<agent::Agent> start_agent(const std::string& command, const agent::config::Config& config,
                                          std::function<void(agent::AgentEvent)> watch, int& exit_code) {
  auto agent = agent::Agent::start(agent::to_agent_options(config, share_path("dialogues/receptionist.json")), std::move(watch));
  if (agent) return std::move(*agent);
  fmt::print(stderr, "offhook {}: {}\n", command, agent.error().detail);
  exit_code = agent.error().domain == "phone" ? kNoPort : kUsage;
  return nullptr;
}

namespace {
sigset_t ending_signals() {
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGTERM);
  ::sigaddset(&set, SIGINT);
  return set;
}
}  // namespace

void block_signals() {
  const sigset_t set = ending_signals();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

bool wait_for_signal(base::Duration limit) {
  const sigset_t set = ending_signals();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(limit);
  const timespec timeout{seconds.count(), std::chrono::duration_cast<std::chrono::nanoseconds>(limit - seconds).count()};
  return ::sigtimedwait(&set, nullptr, &timeout) > 0;
}

}  // namespace offhook::tools
