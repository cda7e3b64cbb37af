#include <offhook/agent/tools/tool_policy.hpp>

#include <offhook/agent/support/json_line.hpp>
#include <offhook/agent/support/log.hpp>
#include <offhook/agent/tools/built_in_arguments.hpp>
#include <offhook/agent/tools/questions.hpp>
#include <offhook/base/result.hpp>

#include <fmt/format.h>

#include <utility>

namespace offhook::inline v0::agent::tools {

namespace {

constexpr base::Duration kMinute = std::chrono::minutes(1);

ToolDecision refuse(Refusal why, std::string to_model, std::string_view name, std::string_view detail = {}) {
  ToolDecision decision;
  decision.why = why;
  decision.to_model = std::move(to_model);
  decision.to_log = fmt::format("{} is refused: {}{}{}", shown_name(name), to_string(why), detail.empty() ? "" : ": ", detail);
  return decision;
}

/// Removes the times that are a minute old or older, and returns the number of the remaining times.
std::size_t within_minute(std::deque<base::TimePoint>& times, base::TimePoint now) {
  while (!times.empty() && now - times.front() >= kMinute) times.pop_front();
  return times.size();
}

std::string sentence(Refusal why) {
  switch (why) {
    case Refusal::CapPerCall:
      return "This tool has been used as often as it may be in one call. Do not ask for it again.";
    case Refusal::CapPerMinute:
      return "This tool was used too often within a minute. Go on with the conversation.";
    case Refusal::TooOften:
      return "Too many tools were asked for. Go on without them.";
    case Refusal::NotAllowed:
    case Refusal::BadArguments:
    case Refusal::BeyondGrant:
    case Refusal::NotInList:
    case Refusal::TooMany:
    case Refusal::Repeated:
    case Refusal::NotConfirmed:
    case Refusal::CallOver:
      break;
  }
  return "This tool is not available in this call.";
}

/// Returns the tool and its destination, for the log. Redacts a telephone number.
std::string described(std::string_view name, const ToolRequest& request) {
  const auto* transfer = std::get_if<TransferRequest>(&request);
  if (transfer == nullptr) return shown_name(name);
  return fmt::format("{} to {}", name, transfer->name.empty() ? log::redacted(transfer->target) : shown_name(transfer->name));
}

base::Result<ToolRequest, ToolDecision> read_request(const ToolCall& call, const ToolRules& rules, ToolSchemas schemas) {
  auto arguments = read_arguments(call.arguments);
  if (!arguments) {
    const auto what = to_string(arguments.error());
    return base::fail(refuse(Refusal::BadArguments, fmt::format("Nothing was done: {}.", what), call.name, what));
  }
  if (const auto wrong = schemas.of_tool == nullptr ? std::nullopt : schemas.of_tool->complaint(*arguments))
    return base::fail(refuse(Refusal::BadArguments, "Nothing was done: " + *wrong, call.name, "they do not fit the schema"));
  if (const auto wrong = schemas.granted == nullptr ? std::nullopt : schemas.granted->complaint(*arguments))
    return base::fail(refuse(Refusal::BeyondGrant, "Nothing was done, as this is not allowed here: " + *wrong, call.name, *wrong));
  auto request = request_from(call.name, std::move(*arguments), rules);
  if (request) return std::move(*request);
  const auto& wrong = request.error();
  return base::fail(refuse(wrong.why, "Nothing was done: " + wrong.to_model, call.name, wrong.to_log));
}

}  // namespace

bool pauses(const ToolRequest& request) {
  const auto* order = std::get_if<PauseRecordingRequest>(&request);
  return order != nullptr && order->paused;
}

std::string_view to_string(Refusal why) {
  switch (why) {
    case Refusal::NotAllowed:
      return "not allowed";
    case Refusal::BadArguments:
      return "arguments";
    case Refusal::BeyondGrant:
      return "beyond what is granted";
    case Refusal::NotInList:
      return "not in the list";
    case Refusal::CapPerCall:
      return "too often in this call";
    case Refusal::CapPerMinute:
      return "too often in a minute";
    case Refusal::TooOften:
      return "too many attempts";
    case Refusal::TooMany:
      return "too many at once";
    case Refusal::Repeated:
      return "asked for twice";
    case Refusal::NotConfirmed:
      return "not confirmed by the caller";
    case Refusal::CallOver:
      return "the call is over";
  }
  return "?";
}

std::string shown_name(std::string_view name) {
  return name.empty() ? "(no name)" : printable(name, kMaxShownName);
}

std::optional<Refusal> ToolPolicy::count_attempt(base::TimePoint now) {
  if (attempts_ >= kMaxAttemptsPerCall) return Refusal::TooOften;
  if (within_minute(last_attempts_, now) >= kMaxAttemptsPerMinute) return Refusal::TooOften;
  ++attempts_;
  last_attempts_.push_back(now);
  return std::nullopt;
}

std::optional<Refusal> ToolPolicy::cap_reached(const ToolRule& rule, base::TimePoint now) {
  if (built_in(rule.name) == BuiltInTool::PauseRecording) return std::nullopt;
  Use& use = used_[static_cast<std::size_t>(&rule - rules_.allowed.data())];
  const bool ends_call = rule.name == to_string(BuiltInTool::HangUp);  // hang_up has no cap for the telephone call: it succeeds only once, and the
                                                                       // caller may have interrupted an earlier hang-up.
  if (use.in_call >= rule.max_per_call && !ends_call) return Refusal::CapPerCall;
  if (within_minute(use.last_minute, now) >= rule.max_per_minute) return Refusal::CapPerMinute;
  ++use.in_call;
  use.last_minute.push_back(now);
  return std::nullopt;
}

/// Puts pauses before the keys of each request after the first: without them, the far end could read the keys of two requests as one code, which no
/// pattern allows.
void ToolPolicy::keep_apart(DigitsRequest& request) {
  if (!rules_.keys.empty() && std::exchange(has_pressed_, true)) request.keys.insert(0, kPausesBetween, ',');
}

void ToolPolicy::give_back(std::string_view tool) {
  const ToolRule* rule = find_rule(rules_, tool);
  if (rule == nullptr) return;
  Use& use = used_[static_cast<std::size_t>(rule - rules_.allowed.data())];
  use.in_call -= std::min(use.in_call, 1U);
}

ToolDecision ToolPolicy::decide(const ToolCall& call, base::TimePoint now, ToolSchemas schemas) {
  const auto too_often = count_attempt(now);
  const ToolRule* rule = find_rule(rules_, call.name);
  const bool may_pause = rule != nullptr && built_in(call.name) == BuiltInTool::PauseRecording;
  if (too_often && !may_pause) return refuse(*too_often, sentence(*too_often), call.name);
  if (rule == nullptr) return refuse(Refusal::NotAllowed, sentence(Refusal::NotAllowed), call.name);
  auto request = read_request(call, rules_, schemas);
  if (too_often && !(request && pauses(*request))) return refuse(*too_often, sentence(*too_often), call.name);
  if (!request) return std::move(request.error());
  if (const auto fault = fault_of_question(*rule, *request))
    return refuse(Refusal::BadArguments, "Nothing was done: " + *fault, call.name, "the question to the caller cannot contain all of them");
  if (const auto reached = cap_reached(*rule, now)) return refuse(*reached, sentence(*reached), call.name);
  if (auto* digits = std::get_if<DigitsRequest>(&*request)) keep_apart(*digits);
  ToolDecision decision;
  decision.kind = rule->asks_caller() ? ToolDecision::Kind::AskCaller : ToolDecision::Kind::Allow;
  decision.to_log = described(call.name, *request) + (rule->asks_caller() ? " waits for the caller's answer" : " is allowed");
  decision.to_model = rule->asks_caller() ? "The caller is being asked." : "Allowed.";
  decision.request = std::move(*request);
  decision.beyond_attempts = too_often.has_value();
  return decision;
}

}  // namespace offhook::inline v0::agent::tools
