#include <offhook/agent/sessions/tool_box_options.hpp>

#include <utility>

namespace offhook::inline v0::agent {

tools::ToolBoxOptions tool_box_options(const AgentProfile& profile, tools::PauseRecording pause_recording) {
  tools::ToolBoxOptions options;
  auto grants = profile.tools;
  if (!pause_recording) std::erase_if(grants, [](const ToolGrant& grant) { return grant.tool == BuiltInTool::PauseRecording; });
  options.rules = tools::rules_from(grants);
  options.pause_recording = std::move(pause_recording);
  options.languages = {"en", "de", "es", "fr", "it", "pt"};  // Where the caller's is followed, any of them may come.
  if (!profile.language.empty()) options.languages = {profile.language};
  return options;
}

}  // namespace offhook::inline v0::agent
