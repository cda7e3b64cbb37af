#pragma once

#include <offhook/agent/app/agent.hpp>
#include <offhook/agent/app/loaded_config.hpp>
#include <offhook/tools/commands.hpp>

#include <csignal>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace offhook::tools {

/// Returns the sources of the configuration: a file (path; "" for none), the environment of the process, and the assignments of the command line.
[[nodiscard]] agent::config::Sources sources_of(const std::string& path, const std::vector<std::string>& set);
/// Returns the configuration of the environment variables alone, even if it is not valid. Commands use it to find the folders of records, transcripts
/// and recordings.
[[nodiscard]] agent::config::Config folders_of_environment();
/// Returns true if `error` says that `folder` is missing, and it is the default folder `usual`. The first agent creates the default folder.
[[nodiscard]] bool is_not_made_yet(const base::Error& error, const std::string& folder, const std::string& usual);
/// Overwrites and unsets the variables that sources_of() has read (settings, and variables that a configuration refers to) and all keys of providers.
/// Later readings of the same configuration still find them. Call it before any thread starts.
void take_secrets_from_environment();
/// Prevents other processes of the same user from reading this process's memory, and disables core dumps: both contain keys and words of callers.
void refuse_inspection();

/// Prints the problems on standard error, one in each line.
void print_problems(const std::string& command, const std::vector<agent::Problem>& problems);

/// The stream of the log: `call` needs standard output for the conversation.
enum class LogTo { StandardOutput, StandardError };

/// Loads the configuration without output. Returns the problems if it is not valid.
[[nodiscard]] agent::LoadResult read_config(const agent::config::Sources& sources);

/// Configures the log by the configuration.
void configure_log(const agent::config::Config& config, LogTo log = LogTo::StandardOutput);

/// Loads the configuration and configures the log. Prints the problems, and returns nullopt, if it is not valid.
[[nodiscard]] std::optional<agent::LoadedConfig> load_config(const std::string& command, const agent::config::Sources& sources,
                                                LogTo log = LogTo::StandardOutput);

/// Applies --capture, --capture-media and --trace, which override the configuration. The path of --capture starts in the working directory.
void apply(const WireArguments& arguments, agent::config::Config& config);

/// Starts the agent. On failure it prints the reason and sets `exit_code`.
[[nodiscard]] std::unique_ptr<agent::Agent> start_agent(const std::string& command, const agent::LoadedConfig& loaded, std::function<void(agent::AgentEvent)> watch, int& exit_code);

/// Raises the limit of open files to the maximum that the system allows: shells set the soft limit to 1,024.
void raise_descriptor_limit();
/// Returns SIGTERM and SIGINT.
[[nodiscard]] sigset_t ending_signals();
/// Blocks SIGTERM and SIGINT, so that they do not end the process: the functions below wait for them. Ignores SIGPIPE, SIGUSR1 and SIGUSR2. Call it
/// before any thread starts.
void block_signals();
/// Blocks SIGHUP too: next_signal() returns it.
void block_reload_signal();
/// Returns the first blocked signal that arrives within `limit`. Returns 0 if no signal arrives.
[[nodiscard]] int next_signal(base::Duration limit);
/// Returns true if SIGTERM or SIGINT arrives within `limit`.
[[nodiscard]] bool wait_for_signal(base::Duration limit);

}  // namespace offhook::tools
