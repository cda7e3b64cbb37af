// The input is the arguments of a model for a tool. Checks that allowed arguments conform to the policy, and that other arguments are
// refused with a reason.
#include "require.hpp"

#include <offhook/agent/tools/builtin_tools.hpp>
#include <offhook/agent/tools/granted_arguments.hpp>
#include <offhook/agent/tools/number_pattern.hpp>
#include <offhook/agent/tools/tool_policy.hpp>
#include <offhook/agent/tools/tool_text.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

using namespace offhook;
using namespace offhook::agent;
using namespace offhook::agent::tools;
using offhook::fuzz::require;

namespace {

bool only(std::string_view text, std::string_view of) {
  return text.find_first_not_of(of) == std::string_view::npos;
}

/// Returns true for the only allowed code: `*X`, which may contain pauses anywhere.
bool is_code_allowed(std::string keys) {
  std::erase(keys, ',');
  return keys.size() == 2 && keys[0] == '*' && only(keys.substr(1), "0123456789");
}

void judge(const ReplyAction& action) {
  using What = ReplyAction::What;
  constexpr std::string_view kDigits = "0123456789";
  switch (action.what) {
    case What::HangUp:
      return require(action.argument.empty());
    case What::Transfer:
      return require(action.argument == "sip:6002@pbx.example" ||
                     (action.argument.starts_with("+49") && only(action.argument.substr(1), kDigits)));
    case What::Hold:
      return require(!action.argument.empty() && action.argument.size() <= 3 && only(action.argument, kDigits));
    case What::SendDigits:
      return require(action.argument.size() <= kMaxKeys + kMaxPauses && (only(action.argument, "0123456789,") || is_code_allowed(action.argument)));
    case What::Note:
      return require(!action.argument.empty() && action.argument.size() <= 4 * kMaxNoteCharacters);
    case What::Escalate:
      break;
  }
  require(false);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  ToolRules rules;
  for (const char* name : {"hang_up", "transfer", "hold", "send_digits", "note", "pause_recording", "other"}) {
    ToolRule rule;
    rule.name = name;
    rules.allowed.push_back(rule);
  }
  rules.destinations = {{"Sales", "sip:6002@pbx.example"}};
  rules.numbers = {"+49*"};
  rules.keys = {"*X"};
  const auto schema = ArgumentSchema::parse(R"({"type":"object","properties":{"a":{"type":"string"}},"required":["a"]})");
  ToolPolicy policy(rules);
  for (const ToolRule& rule : rules.allowed) {
    const ToolCall call{1, "id", rule.name, text};
    const auto decision = policy.decide(call, base::TimePoint{}, ToolSchemas{rule.name == "other" ? &*schema : nullptr, nullptr});
    require(!decision.to_model.empty() && !decision.to_log.empty());
    if (decision.kind == ToolDecision::Kind::Refuse) continue;
    require(text.size() <= kMaxArgumentBytes);
    if (const auto* pause = std::get_if<PauseRecordingRequest>(&decision.request)) require(!pause_outcome(call, pause->paused, {}).result.empty());
    else if (rule.name != "other") judge(*outcome_of(call, decision.request).action);
  }
  const auto read_as_schema = ArgumentSchema::parse(text);
  if (read_as_schema) (void)read_as_schema->complaint({});
  const auto granted = read_granted_arguments(text);
  if (granted) (void)granted->complaint({{"a", std::int64_t{1}}});
  else require(!granted.error().found.empty() && !granted.error().allowed.empty());
  const std::string own = R"({"type":"object","properties":{"a":{"type":"string"}},"required":["a"]})";
  if (granted) require(ArgumentSchema::parse(narrowed(own, text)).has_value());  // The model must still get the schema of an object.
  if (const auto held = hold_schemas(text, R"({"properties":{"a":{"maxLength":5}}})")) require(ArgumentSchema::parse(held->shown).has_value());
  constexpr std::size_t kSmall = 2000;                                             // A text of this size is within the limit even after escaping.
  if (size <= kSmall) require(read_arguments(data_text(true, text)).has_value());  // Any text of a source must remain one object.
  return 0;
}
