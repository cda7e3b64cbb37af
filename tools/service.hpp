#pragma once

#include <offhook/agent/agent.hpp>
#include <offhook/agent/config/config.hpp>
#include <offhook/tools/commands.hpp>

#include <functional>
#include <optional>
#include <string>

namespace offhook::tools {

/// Loads the configuration and sets up the log. Problems are printed, one a line, and nothing is returned.
[[nodiscard]] std::optional<agent::config::Config> load_config(const std::string& command, const std::string& path);

/// Starts the agent. On failure the reason is printed and `exit_code` set.
[[nodiscard]] std::unique_ptr<agent::Agent> start_agent(const std::string& command, const agent::config::Config& config,
                                                        std::function<void(agent::AgentEvent)> watch, int& exit_code);

/// SIGTERM and SIGINT no longer end the process: they are waited for here. Call before any thread is started.
void block_signals();
/// True when one of them came within `limit`.
[[nodiscard]] bool wait_for_signal(base::Duration limit);

}  // namespace offhook::tools
