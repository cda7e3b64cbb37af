#pragma once

#include <offhook/agent/config/config.hpp>

#include <string>
#include <vector>

namespace offhook::inline v0::agent::config {

/// Pointers of the settings that differ and count at the next start only: the account, ports, health, records. Agents, providers,
/// their limits and the log's level are taken over while calls are up. `running` is what the process was started with: where no
/// agent kept transcripts then, one that does now waits too. Recordings count as a whole with the first agent that wants them.
[[nodiscard]] std::vector<std::string> waiting_for_restart(const Config& running, const Config& fresh);
/// After a reload to `fresh`: where that has the first agent that records, `running` has its recordings from then on.
void note_recordings(Config& running, const Config& fresh);

/// Pointers of what says that an agent's words are kept, or its calls recorded. Empty: nobody's.
[[nodiscard]] std::vector<std::string> who_transcribes(const Config& config);
[[nodiscard]] std::vector<std::string> who_records(const Config& config);

}  // namespace offhook::inline v0::agent::config
