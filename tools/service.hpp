#pragma once

#include <offhook/agent/agent.hpp>
#include <offhook/agent/agents/agent_book.hpp>
#include <offhook/agent/config/config.hpp>
#include <offhook/tools/commands.hpp>

#include <csignal>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace offhook::tools {

/// A file (path "" for none), the process's environment, and the command line's assignments.
[[nodiscard]] agent::config::Sources sources_of(const std::string& path, const std::vector<std::string>& set);
/// The configuration of the variables alone, also when it is not valid. Commands find the folders of records, transcripts and recordings by it.
[[nodiscard]] agent::config::Config folders_of_environment();
/// True when `error` says that `folder` is missing, and it is the usual one: the first agent makes it. A folder that was named should be there.
[[nodiscard]] bool is_not_made_yet(const base::Error& error, const std::string& folder, const std::string& usual);
/// Overwrites and unsets the variables that sources_of() has given (settings, and those that a configuration refers to) and all keys of
/// providers. Later readings of the same configuration find them all the same. Call before any thread is started.
void take_secrets_from_environment();
/// From now on no other process of the same user reads this process's memory, and it leaves no core: both hold keys and what callers said.
void refuse_inspection();

/// On standard error, one a line.
void print_problems(const std::string& command, const std::vector<agent::config::Problem>& problems);

/// Where the log goes: `call` has its standard output for the conversation.
enum class LogTo { StandardOutput, StandardError };

/// A configuration that can be used, and its agents.
struct Loaded {
  agent::config::Config config;
  std::shared_ptr<const agent::AgentBook> agents;
  std::vector<agent::config::Warning> warnings;
};
/// The same without a word: the problems.
[[nodiscard]] base::Result<Loaded, std::vector<agent::config::Problem>> read_config(const agent::config::Sources& sources);

/// As the configuration says.
void configure_log(const agent::config::Config& config, LogTo log = LogTo::StandardOutput);

/// Loads the configuration and sets up the log. Problems are printed, and nothing is returned.
[[nodiscard]] std::optional<Loaded> load_config(const std::string& command, const agent::config::Sources& sources,
                                                LogTo log = LogTo::StandardOutput);

/// A number becomes an address at the registrar.
[[nodiscard]] std::string complete_target(const std::string& target, const agent::config::Config& config);

/// Starts the agent. On failure the reason is printed and `exit_code` set.
[[nodiscard]] std::unique_ptr<agent::Agent> start_agent(const std::string& command, const Loaded& loaded, std::function<void(agent::AgentEvent)> watch, int& exit_code);

/// As many files may be open as the system lets this process ask for: shells set the soft limit to 1,024.
void raise_descriptor_limit();
/// SIGTERM and SIGINT.
[[nodiscard]] sigset_t ending_signals();
/// SIGTERM and SIGINT no longer end the process: they are waited for here. SIGPIPE, SIGUSR1 and SIGUSR2 do nothing. Call before any
/// thread is started.
void block_signals();
/// SIGHUP no longer ends the process either: next_signal() tells of it.
void block_reload_signal();
/// The first of the blocked ones that comes within `limit`; 0 when none does.
[[nodiscard]] int next_signal(base::Duration limit);
/// True when one that ends us came within `limit`.
[[nodiscard]] bool wait_for_signal(base::Duration limit);

}  // namespace offhook::tools
