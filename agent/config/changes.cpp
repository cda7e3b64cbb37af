#include <offhook/agent/config/changes.hpp>

#include <offhook/agent/config/settings.hpp>

#include <algorithm>
#include <array>

namespace offhook::inline v0::agent::config {

namespace {

bool is_taken_over(const Setting& setting) {
  constexpr std::array kOthers{"/agents", "/providers", "/tool_servers", "/about", "/log/level", "/log/format", "/limits/call", "/limits/silence"};
  return setting.section == "agent" || std::find(kOthers.begin(), kOthers.end(), pointer_of(setting)) != kOthers.end();
}

}  // namespace

std::vector<std::string> waiting_for_restart(const Config& running, const Config& fresh) {
  std::vector<std::string> pointers;
  for (const Setting& setting : settings()) {
    bool is_same = setting.field.get(running) == setting.field.get(fresh);
    // What a secret shows of itself is always the same.
    if (pointer_of(setting) == "/sip/password") is_same = running.sip.password == fresh.sip.password;
    if (pointer_of(setting) == "/recordings/key") is_same = running.recordings.key == fresh.recordings.key;
    if (pointer_of(setting) == "/sip/callers") is_same = is_same && running.sip.caller_secrets == fresh.sip.caller_secrets;
    if (!is_same && !is_taken_over(setting)) pointers.push_back(pointer_of(setting));
  }
  return pointers;
}

}  // namespace offhook::inline v0::agent::config
