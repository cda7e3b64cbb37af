#include <offhook/agent/agents/draft.hpp>

#include <offhook/agent/config/check.hpp>
#include <offhook/agent/tools/granted_arguments.hpp>
#include <offhook/agent/tools/key_pattern.hpp>

#include <algorithm>
#include <array>

namespace offhook::inline v0::agent {

namespace {


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

ToolClass class_named(std::string_view word) {
  for (const ToolClass what : {ToolClass::Read, ToolClass::Write, ToolClass::Money, ToolClass::Telephony}) {
    if (to_string(what) == word) return what;
  }
  return ToolClass::Write;
}

bool is_server_tool(std::string_view name) { return name.find("__") != std::string_view::npos; }

bool is_granted(const std::vector<ToolGrant>& grants, BuiltInTool tool) {
  return std::any_of(grants.begin(), grants.end(), [tool](const ToolGrant& grant) { return grant.tool == tool; });
}

const ServerToolGrant* find_grant(const std::vector<ServerToolGrant>& grants, std::string_view name) {
  const auto found = std::find_if(grants.begin(), grants.end(), [name](const ServerToolGrant& grant) { return grant.name == name; });
  return found == grants.end() ? nullptr : &*found;
}

/// Returns the schema as text. Reports a schema that cannot be used, and then returns "".
std::string granted_arguments(Draft& draft, const JsonValue& schema, const std::string& where) {
  std::string text = write_json(schema);
  const auto read = tools::read_granted_arguments(text);
  if (read) return text;
  const auto& fault = read.error();
  draft.report({where + fault.place, fault.found, fault.allowed, "docs/tools.md lists the words that Offhook checks"});
  return "";
}

/// Reports a missing question. The tool's name alone does not show a caller the consequences, and the server's own description cannot be trusted.
void report_no_question(Draft& draft, ToolClass what, const std::string& where) {
  const bool is_money = what == ToolClass::Money;
  draft.report({where + "/question", std::string("nothing, for a tool of the class ") + (is_money ? "money" : "telephony"),
              std::string("the question to the caller, such as \"") + (is_money ? "Shall I send {amount} euros back to you?" : "Shall I call {number} for you?") + "\"",
              is_money ? "write it, and name the amount in it" : "write it, or \"confirm\": \"never\""});
}

void report_keys_of_another_tool(Draft& draft, const std::string& where) {
  draft.report({where + "/keys", "keys for a tool that presses none", "keys for send_digits", "remove them"});
}

/// Returns the usable patterns, and reports each unusable pattern.
std::vector<std::string> granted_keys(Draft& draft, const JsonValue& written, const std::string& where) {
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < written.items.size(); ++i) {
    std::string pattern = text_of(written.items[i], "pattern");
    if (tools::is_key_pattern(pattern)) keys.push_back(std::move(pattern));
    else if (!pattern.empty())  // An empty pattern was reported already.
      draft.report({where + "/" + std::to_string(i), "text that is not a pattern of keys", "keys of 0-9 * # A-D, with X for any digit, and at least one of * # A-D among them",
                  "remove it if it has only digits: the model may always press digits"});
  }
  return keys;
}

void add_server_grant(Draft& draft, const JsonValue& written, const std::string& where, std::vector<ServerToolGrant>& out) {
  ServerToolGrant grant;
  grant.name = text_of(written, "name");
  const auto& servers = draft.effective().config.tool_servers;
  const auto is_known = [&grant](const config::ToolServerSettings& server) { return server.name == grant.server(); };
  if (std::none_of(servers.begin(), servers.end(), is_known)) {
    std::vector<std::string> known;
    for (const auto& server : servers) known.push_back(server.name);
    return draft.report({where, "a tool of an unknown server", "SERVER__TOOL of one of /tool_servers",
                       config::advise(known, grant.server(), "add its server to /tool_servers; `offhook tools` shows the tools of a server")});
  }
  if (find_grant(out, grant.name) != nullptr) return draft.report({where, "a tool twice", "each tool once", "keep one of them"});
  if (member(written, "destinations") != nullptr)
    draft.report({where + "/destinations", "destinations for a tool that transfers no call", "destinations for transfer", "remove them"});
  if (member(written, "keys") != nullptr) report_keys_of_another_tool(draft, where);
  if (const auto word = text_of(written, "class"); !word.empty()) grant.what = class_named(word);
  const std::string confirm = text_of(written, "confirm");
  const bool asks_by_class = grant.what == ToolClass::Money || grant.what == ToolClass::Telephony;
  if (confirm == "caller" || (confirm.empty() && asks_by_class)) grant.confirm = Confirm::Caller;
  if (const JsonValue* most = member(written, "max_per_call")) grant.max_per_call = static_cast<unsigned>(most->integer);
  if (const JsonValue* most = member(written, "max_per_minute")) grant.max_per_minute = static_cast<unsigned>(most->integer);
  grant.question = text_of(written, "question");
  if (grant.what == ToolClass::Money && confirm == "never")
    draft.report({where + "/confirm", "\"never\" for a tool of the class money", "\"caller\"", "remove it: Offhook always asks the caller"});
  else if (asks_by_class && grant.confirm == Confirm::Caller && grant.question.empty())
    report_no_question(draft, grant.what, where);
  if (const JsonValue* schema = member(written, "arguments")) grant.arguments = granted_arguments(draft, *schema, where + "/arguments");
  out.push_back(std::move(grant));
}

void report_unknown(Draft& draft, const std::string& name, const std::string& where) {
  std::vector<std::string> known;
  for (const BuiltInTool each : kTools) known.emplace_back(to_string(each));
  draft.report({where, "an unknown tool", "hang_up, transfer, hold, send_digits, note, pause_recording, or SERVER__TOOL of /tool_servers",
              config::advise(known, name, "name one of them")});
}

void add_grant(Draft& draft, const JsonValue& written, const std::string& where, std::vector<ToolGrant>& out) {
  const std::string wanted = text_of(written, "name");
  const auto tool = tool_named(wanted);
  if (!tool) {
    if (!wanted.empty()) report_unknown(draft, wanted, where);  // An empty name was reported already.
    return;
  }
  for (const char* of_servers : {"class", "question", "max_per_minute", "arguments"}) {
    if (member(written, of_servers) != nullptr)
      draft.report({where + "/" + of_servers, "a setting for tools of servers only", "name, confirm, max_per_call, destinations, keys", "remove it"});
  }
  if (is_granted(out, *tool)) return draft.report({where, "a tool twice", "each tool once", "keep one of them"});
  ToolGrant grant{*tool, Confirm::Never, usual_most(*tool), {}};
  if (text_of(written, "confirm") == "caller") grant.confirm = Confirm::Caller;
  if (const JsonValue* most = member(written, "max_per_call")) grant.max_per_call = static_cast<unsigned>(most->integer);
  if (const JsonValue* destinations = member(written, "destinations")) {
    if (*tool != BuiltInTool::Transfer)
      draft.report({where + "/destinations", "destinations for a tool that transfers no call", "destinations for transfer", "remove them"});
    for (const auto& [name, target] : destinations->members) grant.destinations.push_back({name, target.text});
  }
  if (const JsonValue* keys = member(written, "keys")) {
    if (*tool == BuiltInTool::SendDigits) grant.keys = granted_keys(draft, *keys, where + "/keys");
    else report_keys_of_another_tool(draft, where);
  }
  if (*tool == BuiltInTool::Transfer && grant.destinations.empty())
    draft.report({where + "/destinations", "nothing", "an object of names, each with a number or a SIP address",
                "name the targets of transfers"});
  out.push_back(std::move(grant));
}

/// Applies the list of tools in a prompt file. The list may omit tools that the configuration grants, and so remove them. If the configuration
/// has no list of tools, the prompt file may grant tools that need no other setting.
void narrow(Draft& draft, const std::vector<std::string>& names, bool is_granted_above, AgentProfile& out) {
  std::vector<ToolGrant> kept;
  std::vector<ServerToolGrant> kept_of_servers;
  auto& grants = out.tools;
  for (const std::string& name : names) {
    const auto tool = tool_named(name);
    const std::string where = draft.where("prompt_file");
    if (is_server_tool(name)) {
      const ServerToolGrant* grant = find_grant(out.server_tools, name);
      if (grant != nullptr) kept_of_servers.push_back(*grant);
      else
        draft.report({where, "a server's tool in the prompt file that is not granted", "those of " + draft.where("tools"),
                    "grant it there, or remove it from the file's head"});
    } else if (!tool) {
      draft.report({where, "an unknown tool in the prompt file", "hang_up, transfer, hold, send_digits, note, pause_recording", "correct the head of the file"});
    } else if (is_granted_above && !is_granted(grants, *tool)) {
      draft.report({where, "a tool in the prompt file that is not granted", "those of " + draft.where("tools"),
                  "grant it there, or remove it from the file's head"});
    } else if (is_granted_above) {
      kept.push_back(*std::find_if(grants.begin(), grants.end(), [&](const ToolGrant& grant) { return grant.tool == *tool; }));
    } else if (*tool == BuiltInTool::Transfer) {
      draft.report({where, "transfer in the prompt file, and no destinations for it", "a transfer that the configuration grants",
                  "grant transfer in " + draft.where("tools")});
    } else {
      kept.push_back({*tool, Confirm::Never, usual_most(*tool), {}});
    }
  }
  grants = std::move(kept);
  out.server_tools = std::move(kept_of_servers);
}

}  // namespace

void draft_tools(Draft& draft, const std::optional<std::vector<std::string>>& of_file, AgentProfile& out) {
  const JsonValue& written = draft.settings().tools;
  const bool is_written = written.kind == JsonValue::Kind::List;
  for (std::size_t i = 0; i < written.items.size(); ++i) {
    const std::string where = draft.where("tools") + "/" + std::to_string(i);
    if (is_server_tool(text_of(written.items[i], "name"))) add_server_grant(draft, written.items[i], where, out.server_tools);
    else add_grant(draft, written.items[i], where, out.tools);
  }
  if (!is_written && !of_file) out.tools.push_back({BuiltInTool::HangUp, Confirm::Never, usual_most(BuiltInTool::HangUp), {}});
  if (of_file) narrow(draft, *of_file, is_written, out);
}

}  // namespace offhook::inline v0::agent
