#include <offhook/agent/config/changes.hpp>

#include <offhook/agent/config/nested.hpp>
#include <offhook/agent/config/settings.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <string>

namespace offhook::inline v0::agent::config {

namespace {

bool is_taken_over(const Setting& setting) {
  constexpr std::array kOthers{"/agents", "/providers", "/tool_servers", "/about", "/log/level", "/log/format", "/limits/call_seconds", "/limits/silence_seconds", "/recordings/enabled",
                               "/recordings/notice"};
  return setting.section == "agent" || std::find(kOthers.begin(), kOthers.end(), pointer_of(setting)) != kOthers.end();
}

/// Returns the pointers of the settings that switch `what` on for an agent, for example "transcripts".
std::vector<std::string> who_does(const Config& config, bool by_default, const std::optional<bool>& usual, const std::string& what) {
  std::vector<std::string> pointers;
  if (usual.value_or(by_default)) pointers.push_back(usual ? "/agent/" + what : "/" + what + "/enabled");
  for (std::size_t i = 0; i < config.agents.items.size(); ++i) {
    const JsonValue* own = member(config.agents.items[i], what);
    if (own != nullptr && own->flag) pointers.push_back("/agents/" + std::to_string(i) + "/" + what);
  }
  return pointers;
}

/// Adds the settings of transcripts if they need a restart. The process opens transcripts only at its start, and only if an agent then keeps them. If
/// a reload brings the first such agent, it keeps transcripts from the next start on. Other changes take effect at once.
void add_unopened_transcripts(const Config& running, const Config& fresh, std::vector<std::string>& pointers) {
  if (!who_transcribes(running).empty()) return;
  const auto wanting = who_transcribes(fresh);
  pointers.insert(pointers.end(), wanting.begin(), wanting.end());
}

}  // namespace

std::vector<std::string> who_transcribes(const Config& config) {
  return who_does(config, config.transcripts.enabled, config.agent.transcripts, "transcripts");
}
std::vector<std::string> who_records(const Config& config) {
  return who_does(config, config.recordings.enabled, config.agent.recordings, "recordings");
}

std::vector<std::string> waiting_for_restart(const Config& running, const Config& fresh) {
  std::vector<std::string> pointers;
  for (const Setting& setting : settings()) {
    if (pointer_of(setting) == "/transcripts/enabled") {
      add_unopened_transcripts(running, fresh, pointers);
      continue;
    }
    if (setting.section == "recordings" && who_records(running).empty()) continue;  // Recordings open with the first agent that records its calls.
    bool is_same = setting.field.is_same(running, fresh);
    // The values of these settings have masked secrets, so secrets are compared separately.
    if (pointer_of(setting) == "/nat/servers") is_same = is_same && running.nat.entries == fresh.nat.entries;
    if (pointer_of(setting) == "/sip/callers") is_same = is_same && running.sip.caller_secrets == fresh.sip.caller_secrets;
    if (!is_same && !is_taken_over(setting)) pointers.push_back(pointer_of(setting));
  }
  return pointers;
}

void note_recordings(Config& running, const Config& fresh) {
  if (!who_records(running).empty() || who_records(fresh).empty()) return;
  running.recordings = fresh.recordings;
  running.recordings.enabled = true;  // From now on recordings are open for every agent.
  running.agent.recordings.reset();
}

}  // namespace offhook::inline v0::agent::config
