#pragma once

#include <offhook/agent/config/config.hpp>

#include <string>
#include <vector>

namespace offhook::inline v0::agent::config {

/// Returns the pointers of the settings that differ and take effect only at the next start: the account, ports, health, records. Agents, providers,
/// their limits and the log's level take effect with a reload, while calls run. `running` is the configuration of the running process. If no agent
/// in `running` keeps transcripts, an agent that keeps them in `fresh` also needs the next start. All settings of /recordings take effect with the
/// first agent that records its calls.
[[nodiscard]] std::vector<std::string> waiting_for_restart(const Config& running, const Config& fresh);
/// Call it after a reload to `fresh`. If `fresh` has the first agent that records its calls, copies the settings of recordings into `running`.
void note_recordings(Config& running, const Config& fresh);

/// Return the pointers of the settings that make an agent keep transcripts, or record its calls. The result is empty if no agent does this.
[[nodiscard]] std::vector<std::string> who_transcribes(const Config& config);
[[nodiscard]] std::vector<std::string> who_records(const Config& config);

}  // namespace offhook::inline v0::agent::config
