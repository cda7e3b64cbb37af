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
  constexpr std::array kOthers{"/agents", "/providers", "/tool_servers", "/about", "/log/level", "/log/format", "/limits/call", "/limits/silence"};
  return setting.section == "agent" || std::find(kOthers.begin(), kOthers.end(), pointer_of(setting)) != kOthers.end();
}

/// Where it says that an agent does it: keeps transcripts, say.
std::vector<std::string> who_does(const Config& config, bool by_default, const std::optional<bool>& usual, const std::string& what) {
  std::vector<std::string> pointers;
  if (usual.value_or(by_default)) pointers.push_back(usual ? "/agent/" + what : "/" + what + "/enabled");
  for (std::size_t i = 0; i < config.agents.items.size(); ++i) {
    const JsonValue* own = member(config.agents.items[i], what);
    if (own != nullptr && own->flag) pointers.push_back("/agents/" + std::to_string(i) + "/" + what);
  }
  return pointers;
}

/// Files are opened at the start, for whoever wants them then: with the key, the notice and the patterns of that time, which a reload
/// does not change. What is switched off, or on beside another, is taken over.
template <class Who>
void add_unopened(const Config& running, const Config& fresh, Who who, std::vector<std::string>& pointers) {
  if (!who(running).empty()) return;
  const auto wanting = who(fresh);
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
      add_unopened(running, fresh, who_transcribes, pointers);
      continue;
    }
    if (pointer_of(setting) == "/recordings/enabled") {
      add_unopened(running, fresh, who_records, pointers);
      continue;
    }
    bool is_same = setting.field.get(running) == setting.field.get(fresh);
    // What a secret shows of itself is always the same.
    if (pointer_of(setting) == "/sip/password") is_same = running.sip.password == fresh.sip.password;
    if (pointer_of(setting) == "/health/token") is_same = running.health.token == fresh.health.token;
    if (pointer_of(setting) == "/recordings/key") is_same = running.recordings.key == fresh.recordings.key;
    if (pointer_of(setting) == "/sip/callers") is_same = is_same && running.sip.caller_secrets == fresh.sip.caller_secrets;
    if (!is_same && !is_taken_over(setting)) pointers.push_back(pointer_of(setting));
  }
  return pointers;
}

}  // namespace offhook::inline v0::agent::config
