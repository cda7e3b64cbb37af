#include <offhook/agent/sessions/tool_box_options.hpp>

#include <algorithm>

#include <utility>

namespace offhook::inline v0::agent {

namespace {

/// Longer than the server's own deadline for a tool call, so that the server's report of a timeout arrives first.
constexpr base::Duration kServerDeadline = std::chrono::seconds(32);

tools::ToolRule rule_of(const ServerToolGrant& grant) {
  return {grant.name, grant.what, grant.confirm, grant.max_per_call, grant.max_per_minute, grant.question, grant.arguments};
}

}  // namespace

tools::ToolBoxOptions tool_box_options(const AgentProfile& profile, tools::PauseRecording pause_recording) {
  tools::ToolBoxOptions options;
  auto grants = profile.tools;
  if (!pause_recording) std::erase_if(grants, [](const ToolGrant& grant) { return grant.tool == BuiltInTool::PauseRecording; });
  options.rules = tools::rules_from(grants);
  for (const ServerToolGrant& grant : profile.server_tools) options.rules.allowed.push_back(rule_of(grant));
  if (!profile.server_tools.empty()) options.source_deadline = kServerDeadline;
  options.pause_recording = std::move(pause_recording);
  options.languages = {"en", "de", "es", "fr", "it", "pt"};  // If the agent follows the caller's language, any of these may occur.
  if (!profile.languages.empty()) options.languages = profile.languages;
  if (!profile.language.empty()) options.languages = {profile.language};
  return options;
}

std::vector<std::string> tool_servers_of(const AgentProfile& profile) {
  std::vector<std::string> labels;
  for (const ServerToolGrant& grant : profile.server_tools) {
    if (std::find(labels.begin(), labels.end(), grant.server()) == labels.end()) labels.push_back(grant.server());
  }
  return labels;
}

}  // namespace offhook::inline v0::agent
