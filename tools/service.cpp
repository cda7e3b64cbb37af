#include <offhook/tools/service.hpp>

#include <offhook/agent/app/agent_options.hpp>
#include <offhook/agent/config/process_environment.hpp>
#include <offhook/agent/config/settings.hpp>
#include <offhook/agent/config/variables.hpp>
#include <offhook/agent/support/log.hpp>
#include <offhook/tools/share_path.hpp>
#include <offhook/tools/terminal.hpp>

#include <fmt/format.h>

#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <system_error>

namespace offhook::tools {

namespace {
/// Returns the environment for all readers of settings, so that a reload finds the variables that were removed from the process.
agent::config::ProcessEnvironment& environment() {
  static agent::config::ProcessEnvironment all;
  return all;
}
}  // namespace

agent::config::Sources sources_of(const std::string& path, const std::vector<std::string>& set) {
  const auto find = [](const std::string& name) { return environment().find(name); };
  return {path.empty() ? std::nullopt : std::optional(path), find, set, agent::config::disk_files(), agent::config::offhook_variables()};
}

agent::config::Config folders_of_environment() {
  return agent::config::read(sources_of("", {})).config;  // A problem of another setting does not matter here.
}

bool is_not_made_yet(const base::Error& error, const std::string& folder, const std::string& usual) { return error.code == ENOENT && folder == usual; }

void take_secrets_from_environment() {
  // Also removes the key of a provider that no agent uses, because it is a secret too.
  for (const auto& variable : agent::config::provider_variables()) (void)environment().find(std::string(variable.name));
  environment().take_what_was_found();
}

void refuse_inspection() {
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

void print_problems(const std::string& command, const std::vector<agent::Problem>& problems) {
  fmt::print(stderr, "offhook {}: the configuration cannot be used:\n", command);
  for (const auto& problem : problems)
    fmt::print(stderr, "  {}{}{}\n", problem.position, problem.position.empty() ? "" : ": ", agent::to_string(problem));
  fmt::print(stderr, "{} lists every setting; nothing was started.\n", docs_path("configuration.md"));
}

agent::LoadResult read_config(const agent::config::Sources& sources) { return agent::load_config(sources, share_path("dialogues/receptionist.json")); }

std::optional<agent::LoadedConfig> load_config(const std::string& command, const agent::config::Sources& sources, LogTo log) {
  auto loaded = read_config(sources);
  if (!loaded) {
    print_problems(command, loaded.error());
    return std::nullopt;
  }
  configure_log(loaded->config, log);
  return *std::move(loaded);
}

void configure_log(const agent::config::Config& config, LogTo log) {
  const bool to_stderr = log == LogTo::StandardError;
  agent::log::configure({.level = agent::log::parse_level(config.log.level).value_or(agent::log::Level::Info),
                         .format = config.log.format == "json" ? agent::log::Format::Json : agent::log::Format::Text,
                         .to_stderr = to_stderr,
                         .colours = terminal_of(to_stderr ? STDERR_FILENO : STDOUT_FILENO).colours});
}

void apply(const WireArguments& arguments, agent::config::Config& config) {
  if (!arguments.trace.empty()) config.capture.trace = arguments.trace;
  if (arguments.capture_media) config.capture.media = true;
  if (arguments.capture.empty()) return;
  std::error_code failed;
  const auto path = std::filesystem::absolute(arguments.capture, failed);
  config.capture.file = failed ? arguments.capture : path.string();
}

std::unique_ptr<agent::Agent> start_agent(const std::string& command, const agent::LoadedConfig& loaded, std::function<void(agent::AgentEvent)> watch, int& exit_code) {
  auto options = agent::to_agent_options(loaded.config, share_path("dialogues/receptionist.json"),
                                         silero_folder());
  options.version = OFFHOOK_VERSION;
  options.capture.colours = terminal_of(STDERR_FILENO).colours;
  options.agents = loaded.agents;
  options.accepts_calls = command != "call";
  auto agent = agent::Agent::start(std::move(options), std::move(watch));
  if (agent) return std::move(*agent);
  fmt::print(stderr, "offhook {}: {}\n", command, agent.error().detail);
  exit_code = agent.error().domain == "phone" ? kNoPort : kUsage;
  return nullptr;
}

sigset_t ending_signals() {
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGTERM);
  ::sigaddset(&set, SIGINT);
  return set;
}

void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  (void)::setrlimit(RLIMIT_NOFILE, &limit);
}

void block_signals() {
  const sigset_t set = ending_signals();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  for (const int harmless : {SIGPIPE, SIGUSR1, SIGUSR2}) std::signal(harmless, SIG_IGN);
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
