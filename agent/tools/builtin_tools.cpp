#include <offhook/agent/tools/builtin_tools.hpp>

#include <offhook/agent/tools/number_pattern.hpp>
#include <offhook/agent/tools/tool_text.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace offhook::inline v0::agent::tools {

namespace {

std::string object_schema(const std::string& properties, std::string_view required) {
  return fmt::format(R"({{"type":"object","properties":{{{}}},"required":[{}],"additionalProperties":false}})", properties,
                     required);
}

std::string names_of(const ToolRules& rules) {
  std::string names;
  const std::size_t count = std::min(rules.destinations.size(), kMaxDestinations);
  for (std::size_t i = 0; i < count; ++i) names += (i == 0 ? "" : ",") + json_quoted(rules.destinations[i].name);
  return names;
}

bool has_numbers(const ToolRules& rules) {
  return std::any_of(rules.numbers.begin(), rules.numbers.end(), [](const std::string& p) { return is_number_pattern(p); });
}

std::string transfer_schema(const ToolRules& rules) {
  const std::string by_name = fmt::format(R"("destination":{{"type":"string","enum":[{}]}})", names_of(rules));
  const std::string by_number =
      R"("number":{"type":"string","description":"A telephone number, digits alone, with + for an international one"})";
  if (!has_numbers(rules)) return object_schema(by_name, R"("destination")");
  if (rules.destinations.empty()) return object_schema(by_number, R"("number")");
  return object_schema(by_name + "," + by_number, "");
}

std::string transfer_words(const ToolRules& rules) {
  if (!has_numbers(rules))
    return "Connects the caller to somebody of the list, and leaves the call. Say first whom you connect them to.";
  return "Connects the caller to somebody of the list or to a telephone number, and leaves the call. Give one of the two. Not "
         "all numbers are allowed.";
}

/// Describes send_digits to the model, with the allowed codes; the schema lists only the possible keys.
std::string keys_words(const ToolRules& rules) {
  std::string words = "Presses keys, as for another system's menu. A comma is a pause of half a second.";
  if (rules.keys.empty()) return words;
  words += " Beside digits alone, only these whole sequences are allowed, where X is any digit:";
  for (const std::string& pattern : rules.keys) words += " " + pattern;
  return words;
}

std::string keys_schema(const ToolRules& rules) {
  const std::string_view keys = rules.keys.empty() ? "0-9" : "0-9*#A-D";
  return object_schema(fmt::format(R"("digits":{{"type":"string","pattern":"^[{},]{{1,{}}}$"}})", keys, kMaxKeys + kMaxPauses), R"("digits")");
}

ToolDescription describe(BuiltInTool tool, const ToolRules& rules) {
  ToolDescription about{std::string(to_string(tool)), {}, object_schema("", ""), class_of(tool)};
  switch (tool) {
    case BuiltInTool::HangUp:
      about.description = "Ends the call when all that you said has been heard. Say goodbye first.";
      break;
    case BuiltInTool::Transfer:
      about.description = transfer_words(rules);
      about.parameters = transfer_schema(rules);
      break;
    case BuiltInTool::Hold:
      about.description = "Puts the caller on hold for a while. Say so first.";
      about.parameters =
          object_schema(fmt::format(R"("seconds":{{"type":"integer","minimum":1,"maximum":{}}})", kMaxHoldSeconds), "");
      break;
    case BuiltInTool::SendDigits:
      about.description = keys_words(rules);
      about.parameters = keys_schema(rules);
      break;
    case BuiltInTool::Note:
      about.description = "Writes down something for the people whom you work for, such as a message of the caller.";
      about.parameters =
          object_schema(fmt::format(R"("text":{{"type":"string","maxLength":{}}})", kMaxNoteCharacters), R"("text")");
      break;
    case BuiltInTool::PauseRecording:
      about.description =
          "Keeps what is said out of the recording of the call, such as a card's number: pause before you ask for it, and go on with "
          "paused false afterwards.";
      about.parameters = object_schema(R"("paused":{"type":"boolean"})", R"("paused")");
      break;
  }
  return about;
}

struct Doing {
  ReplyAction::What what;
  std::string argument, status;
};

Doing doing(const HangUpRequest&) {
  return {ReplyAction::What::HangUp, {}, "The call ends when what you said has been heard. Say nothing more."};
}
Doing doing(const TransferRequest& r) {
  return {ReplyAction::What::Transfer, r.target,
          "The caller is being connected when what you said has been heard. Say nothing more."};
}
Doing doing(const HoldRequest& r) {
  return {ReplyAction::What::Hold, std::to_string(r.seconds),
          fmt::format("The caller is put on hold for {} seconds at most.", r.seconds)};
}
Doing doing(const DigitsRequest& r) {
  return {ReplyAction::What::SendDigits, r.keys, "The keys are being pressed."};
}
Doing doing(const NoteRequest& r) {
  return {ReplyAction::What::Note, r.text, "The note was written down."};
}
Doing doing(const PauseRecordingRequest&) {
  return {ReplyAction::What::Note, {}, {}};
}
Doing doing(const SourceRequest&) {
  return {ReplyAction::What::Note, {}, {}};
}

std::string_view paused_text(bool paused, const PauseResult& result) {
  if (result.is_over()) return "The recording of this call has ended: nothing is recorded.";
  if (paused) return "From now on nothing is recorded.";
  if (!result.by_operator) return "What is said is recorded again.";
  return "An operator keeps the recording paused: still nothing is recorded. That may end at any time: pause again before anything that must "
         "not be recorded.";
}

}  // namespace

std::vector<ToolDescription> describe_built_in(const ToolRules& rules) {
  std::vector<ToolDescription> all;
  using enum BuiltInTool;
  for (const auto tool : {HangUp, Transfer, Hold, SendDigits, Note, PauseRecording}) {
    if (find_rule(rules, to_string(tool)) == nullptr) continue;
    if (tool == Transfer && rules.destinations.empty() && !has_numbers(rules)) continue;  // There is no possible target.
    all.push_back(describe(tool, rules));
  }
  return all;
}

ToolOutcome outcome_of(const ToolCall& call, const ToolRequest& request) {
  const Doing what = std::visit([](const auto& r) { return doing(r); }, request);
  return {call.turn, call.call_id, done_text(what.status), ReplyAction{call.turn, what.what, what.argument}, false};
}

ToolOutcome pause_outcome(const ToolCall& call, bool paused, const PauseResult& result) {
  return {call.turn, call.call_id, done_text(paused_text(paused, result)), std::nullopt, false};
}

}  // namespace offhook::inline v0::agent::tools
