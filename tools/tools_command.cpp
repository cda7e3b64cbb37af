#include <offhook/tools/commands.hpp>

#include <offhook/agent/agents/directory_builder.hpp>
#include <offhook/agent/config/report.hpp>
#include <offhook/agent/tools/servers/tool_survey.hpp>
#include <offhook/tools/service.hpp>
#include <offhook/tools/share_path.hpp>
#include <offhook/tools/terminal.hpp>
#include <offhook/tools/text_layout.hpp>

#include <fmt/format.h>

#include <unistd.h>

#include <cstdio>

namespace offhook::tools {

namespace {

using agent::tools::PinVerdict;
using agent::tools::ToolSurvey;
constexpr auto kLimit = std::chrono::seconds(45);  // Some commands, such as npx, install the server first.

std::string_view word_of(const ToolSurvey::Tool& tool) {
  if (tool.pin != PinVerdict::Missing) return tool.pin == PinVerdict::Known ? "known" : "changed";
  return tool.wants_pin ? "missing" : "not needed";
}

std::string json_of(const ToolSurvey& survey) {
  using namespace agent;
  JsonValue tools{.kind = JsonValue::Kind::List}, troubles{.kind = JsonValue::Kind::List};
  for (const auto& tool : survey.tools)
    tools.items.push_back(json_object({{"server", json_text(tool.server)}, {"tool", json_text(tool.name)}, {"hash", json_text(tool.hash)},
                                       {"pin", json_text(word_of(tool))}, {"description", json_text(tool.description)},
                                       {"parameters", json_text(tool.parameters)}}));
  for (const auto& trouble : survey.troubles) troubles.items.push_back(json_object({{"server", json_text(trouble.server)}, {"what", json_text(trouble.what)}}));
  return write_json(json_object({{"tools", std::move(tools)}, {"troubles", std::move(troubles)}}));
}

/// Prints a tool completely, even on a terminal, because an ellipsis must not hide text that a model gets.
void print_tool(const ToolSurvey::Tool& tool, std::optional<std::size_t> screen) {
  constexpr std::size_t kIndent = 2;
  const auto fitted = [screen](const std::string& text) { return screen ? filled(text, *screen, kIndent) : text; };
  fmt::print("{}  {}\n  pin {}\n  {}\n  {}\n", tool.name, word_of(tool), tool.hash, fitted(tool.description), fitted("arguments " + tool.parameters));
}

/// Returns the survey, with the faults of the agents' grants.
ToolSurvey survey_of(const agent::tools::ToolServerPlan& plan, const agent::AgentDirectory& directory) {
  ToolSurvey survey = agent::tools::survey_tools(plan, kLimit);
  std::vector<ToolSurvey::Trouble> of_grants;
  const auto add = [&](const agent::AgentProfile& agent) {
    for (auto& trouble : agent::tools::grant_troubles(survey, agent)) of_grants.push_back(std::move(trouble));
  };
  for (const auto& entry : directory.entries()) add(*entry.profile);
  add(*directory.otherwise());
  survey.troubles.insert(survey.troubles.end(), of_grants.begin(), of_grants.end());
  return survey;
}

}  // namespace

int list_tools(const ConfigArguments& arguments) {
  const auto effective = agent::config::read(sources_of(arguments.config, arguments.set));
  const auto path = arguments.config.empty() ? std::optional<std::string>() : std::optional(arguments.config);
  const auto built = agent::build_directory(effective, {path, agent::config::disk_files(), share_path("dialogues/receptionist.json")});
  auto problems = effective.problems;
  problems.insert(problems.end(), built.problems.begin(), built.problems.end());
  if (!problems.empty()) {
    print_problems("tools", problems);
    return kUsage;
  }
  const auto& plan = built.directory->tool_servers();
  const ToolSurvey survey = plan ? survey_of(*plan, *built.directory) : ToolSurvey{};
  if (arguments.json) fmt::print("{}\n", json_of(survey));
  else if (!plan) fmt::print("The configuration has no /tool_servers: docs/tools.md explains how to add a server.\n");
  if (!arguments.json) {
    const auto screen = terminal_of(STDOUT_FILENO).table_columns();
    for (const auto& tool : survey.tools) print_tool(tool, screen);
  }
  for (const auto& trouble : survey.troubles) fmt::print(stderr, "offhook tools: {}: {}\n", trouble.server, trouble.what);
  return survey.troubles.empty() ? kOk : kFailed;
}

}  // namespace offhook::tools
