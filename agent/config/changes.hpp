#pragma once

#include <offhook/agent/config/config.hpp>

#include <string>
#include <vector>

namespace offhook::inline v0::agent::config {

/// Pointers of the settings that differ and count at the next start only: the account, ports, health, records. Agents, providers,
/// their limits and the log's level are taken over while calls are up.
[[nodiscard]] std::vector<std::string> waiting_for_restart(const Config& running, const Config& fresh);

}  // namespace offhook::inline v0::agent::config
