#include <offhook/agent/agents/draft.hpp>

#include <algorithm>
#include <array>

namespace offhook::inline v0::agent {

namespace {

using config::JsonValue;

constexpr std::array kTools{BuiltInTool::HangUp, BuiltInTool::Transfer, BuiltInTool::Hold, BuiltInTool::SendDigits,
                            BuiltInTool::Note, BuiltInTool::PauseRecording};

std::optional<BuiltInTool> tool_named(std::string_view name) {
  for (const BuiltInTool tool : kTools) {
    if (to_string(tool) == name) return tool;
  }
  return std::nullopt;
}

unsigned usual_most(BuiltInTool tool) {
  switch (tool) {
    case BuiltInTool::HangUp:
      return 1;
    case BuiltInTool::Transfer:
      return 3;
    case BuiltInTool::Hold:
      return 10;
    case BuiltInTool::SendDigits:
    case BuiltInTool::Note:
    case BuiltInTool::PauseRecording:
      return 20;
  }
  return 1;
}

bool is_granted(const std::vector<ToolGrant>& grants, BuiltInTool tool) {
  return std::any_of(grants.begin(), grants.end(), [tool](const ToolGrant& grant) { return grant.tool == tool; });
}

void add_grant(Draft& draft, const JsonValue& written, const std::string& where, std::vector<ToolGrant>& out) {
  const auto tool = tool_named(config::text_of(written, "name"));
  if (!tool) return;  // Told already.
  if (is_granted(out, *tool)) return draft.tell({where, "a tool twice", "each tool once", "keep one of them"});
  ToolGrant grant{*tool, Confirm::Never, usual_most(*tool), {}};
  if (config::text_of(written, "confirm") == "caller") grant.confirm = Confirm::Caller;
  if (const JsonValue* most = config::member(written, "max_per_call")) grant.max_per_call = static_cast<unsigned>(most->integer);
  if (const JsonValue* destinations = config::member(written, "destinations")) {
    if (*tool != BuiltInTool::Transfer)
      draft.tell({where + "/destinations", "destinations of a tool that goes nowhere", "those of transfer", "take them out"});
    for (const auto& [name, target] : destinations->members) grant.destinations.push_back({name, target.text});
  }
  if (*tool == BuiltInTool::Transfer && grant.destinations.empty())
    draft.tell({where + "/destinations", "nothing", "an object of names, each with a number or a SIP address",
                "say where calls may go"});
  out.push_back(std::move(grant));
}

/// A prompt file may take tools away that the configuration grants, and grant those that need nothing else, where it says
/// nothing.
void narrow(Draft& draft, const std::vector<std::string>& names, bool is_granted_above, std::vector<ToolGrant>& grants) {
  std::vector<ToolGrant> kept;
  for (const std::string& name : names) {
    const auto tool = tool_named(name);
    const std::string where = draft.where("prompt_file");
    if (!tool) {
      draft.tell({where, "an unknown tool in the prompt file", "hang_up, transfer, hold, send_digits, note, pause_recording", "mend its head"});
    } else if (is_granted_above && !is_granted(grants, *tool)) {
      draft.tell({where, "a tool in the prompt file that is not granted", "those of " + draft.where("tools"),
                  "grant it there, or take it out of the file's head"});
    } else if (is_granted_above) {
      kept.push_back(*std::find_if(grants.begin(), grants.end(), [&](const ToolGrant& grant) { return grant.tool == *tool; }));
    } else if (*tool == BuiltInTool::Transfer) {
      draft.tell({where, "transfer in the prompt file, and no destinations", "those that the configuration grants",
                  "grant transfer in " + draft.where("tools")});
    } else {
      kept.push_back({*tool, Confirm::Never, usual_most(*tool), {}});
    }
  }
  grants = std::move(kept);
}

}  // namespace

void draft_tools(Draft& draft, const std::optional<std::vector<std::string>>& of_file, AgentProfile& out) {
  const JsonValue& written = draft.settings().tools;
  const bool is_written = written.kind == JsonValue::Kind::List;
  for (std::size_t i = 0; i < written.items.size(); ++i)
    add_grant(draft, written.items[i], draft.where("tools") + "/" + std::to_string(i), out.tools);
  if (!is_written && !of_file) out.tools.push_back({BuiltInTool::HangUp, Confirm::Never, usual_most(BuiltInTool::HangUp), {}});
  if (of_file) narrow(draft, *of_file, is_written, out.tools);
}

}  // namespace offhook::inline v0::agent
