#include <offhook/agent/agents/agent_directory.hpp>

#include <offhook/base/text.hpp>

#include <algorithm>

namespace offhook::inline v0::agent {

Pattern Pattern::of(std::string_view written) {
  if (!written.ends_with('*')) return {std::string(written), false};
  written.remove_suffix(1);
  return {std::string(written), true};
}

bool Pattern::fits(std::string_view value) const {
  return base::iequals(is_prefix ? value.substr(0, text.size()) : value, text);
}

bool AgentMatch::fits(const CallFacts& call) const {
  if (called && !called->fits(call.called)) return false;
  if (caller && !caller->fits(call.caller)) return false;
  if (verified && !call.caller_verified) return false;
  if (!header) return true;
  return std::any_of(call.headers.begin(), call.headers.end(), [this](const auto& each) {
    return base::iequals(each.first, header_name) && header->fits(base::trim(each.second));
  });
}

const AgentDirectory::Profile& AgentDirectory::choose(const CallFacts& call) const {
  for (const Entry& entry : entries_) {
    if (entry.match.fits(call)) return entry.profile;
  }
  return otherwise_;
}

}  // namespace offhook::inline v0::agent
