#include <offhook/tools/service.hpp>

#include <offhook/agent/agent_options.hpp>
#include <offhook/agent/agents/book_builder.hpp>
#include <offhook/agent/ops/log.hpp>
#include <offhook/sip/message/uri.hpp>
#include <offhook/tools/share_path.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <ctime>

namespace offhook::tools {

agent::config::Sources sources_of(const std::string& path, const std::vector<std::string>& set) {
  return {path.empty() ? std::nullopt : std::optional(path), agent::config::process_environment(), set, agent::config::disk_files()};
}

void print_problems(const std::string& command, const std::vector<agent::config::Problem>& problems) {
  fmt::print(stderr, "offhook {}: the configuration cannot be used:\n", command);
  for (const auto& problem : problems) fmt::print(stderr, "  {}\n", agent::config::to_string(problem));
  fmt::print(stderr, "docs/configuration.md lists every setting; nothing was started.\n");
}

base::Result<Loaded, std::vector<agent::config::Problem>> read_config(const agent::config::Sources& sources) {
  auto effective = agent::config::read(sources);
  auto built = agent::build_book(effective, {sources.path, sources.files, share_path("dialogues/receptionist.json")});
  auto problems = std::move(effective.problems);
  problems.insert(problems.end(), built.problems.begin(), built.problems.end());
  agent::config::shorten(problems);
  if (!problems.empty()) return base::fail(std::move(problems));
  auto warnings = std::move(effective.warnings);
  warnings.insert(warnings.end(), built.warnings.begin(), built.warnings.end());
  return Loaded{std::move(effective.config), std::move(built.book), std::move(warnings)};
}

std::optional<Loaded> load_config(const std::string& command, const agent::config::Sources& sources, LogTo log) {
  auto loaded = read_config(sources);
  if (!loaded) {
    print_problems(command, loaded.error());
    return std::nullopt;
  }
  configure_log(loaded->config, log);
  return *std::move(loaded);
}

void configure_log(const agent::config::Config& config, LogTo log) {
  agent::log::configure({agent::log::parse_level(config.log.level).value_or(agent::log::Level::Info),
                         config.log.format == "json" ? agent::log::Format::Json : agent::log::Format::Text, log == LogTo::StandardError});
}

std::string complete_target(const std::string& target, const agent::config::Config& config) {
  const auto uri = sip::parse_uri(target);
  if (uri && uri->scheme != sip::Uri::Scheme::Other) return target;
  return "sip:" + sip::escape_user(target) + "@" + config.sip.host + (config.sip.port == 5060 ? "" : ":" + std::to_string(config.sip.port));
}

std::unique_ptr<agent::Agent> start_agent(const std::string& command, const Loaded& loaded, std::function<void(agent::AgentEvent)> watch, int& exit_code) {
  auto options = agent::to_agent_options(loaded.config, share_path("dialogues/receptionist.json"),
                                         silero_folder());
  options.agents = loaded.agents;
  auto agent = agent::Agent::start(std::move(options), std::move(watch));
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

void block_reload_signal() {
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGHUP);
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

int next_signal(base::Duration limit) {
  sigset_t set = ending_signals();
  ::sigaddset(&set, SIGHUP);
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(limit);
  const timespec timeout{seconds.count(), std::chrono::duration_cast<std::chrono::nanoseconds>(limit - seconds).count()};
  return std::max(::sigtimedwait(&set, nullptr, &timeout), 0);
}

bool wait_for_signal(base::Duration limit) {
  const sigset_t set = ending_signals();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(limit);
  const timespec timeout{seconds.count(), std::chrono::duration_cast<std::chrono::nanoseconds>(limit - seconds).count()};
  return ::sigtimedwait(&set, nullptr, &timeout) > 0;
}

}  // namespace offhook::tools
