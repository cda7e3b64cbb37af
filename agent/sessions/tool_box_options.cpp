#include <offhook/agent/sessions/tool_box_options.hpp>

namespace offhook::inline v0::agent {

tools::ToolBoxOptions tool_box_options(const AgentProfile& profile) {
  tools::ToolBoxOptions options;
  options.rules = tools::rules_from(profile.tools);
  options.languages = {"en", "de", "es", "fr", "it", "pt"};  // Where the caller's is followed, any of them may come.
  if (!profile.language.empty()) options.languages = {profile.language};
  return options;
}

}  // namespace offhook::inline v0::agent
