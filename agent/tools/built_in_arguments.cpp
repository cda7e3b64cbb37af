#include <offhook/agent/tools/built_in_arguments.hpp>

#include <offhook/agent/tools/key_pattern.hpp>
#include <offhook/agent/tools/number_pattern.hpp>
#include <offhook/agent/support/utf8.hpp>
#include <offhook/base/text.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace offhook::inline v0::agent::tools {

namespace {

using Outcome = base::Result<ToolRequest, WrongArguments>;

Outcome wrong(std::string to_model, std::string to_log) {
  return base::fail(WrongArguments{Refusal::BadArguments, std::move(to_model), std::move(to_log)});
}

const ArgumentValue* find(const Arguments& arguments, std::string_view name) {
  const auto at = std::find_if(arguments.begin(), arguments.end(), [name](const Argument& a) { return a.name == name; });
  return at == arguments.end() ? nullptr : &at->value;
}

/// Returns the text of the argument `name` if it is the only argument; otherwise null.
const std::string* only_text(const Arguments& arguments, std::string_view name) {
  if (arguments.size() != 1) return nullptr;
  const ArgumentValue* value = find(arguments, name);
  return value == nullptr ? nullptr : std::get_if<std::string>(value);
}

Outcome hang_up(const Arguments& arguments) {
  if (!arguments.empty()) return wrong("hang_up takes no arguments.", "it takes none");
  return HangUpRequest{};
}

Outcome transfer_by_name(const std::string& name, const ToolRules& rules) {
  const auto wanted = base::trim(name);
  for (const auto& destination : rules.destinations) {
    if (base::iequals(destination.name, wanted)) return TransferRequest{destination.target, destination.name};
  }
  return base::fail(
      WrongArguments{Refusal::NotInList, "a transfer goes only to a destination of the list.", "no such destination"});
}

Outcome transfer_by_number(const std::string& written, const ToolRules& rules) {
  const auto number = plain_number(written);
  if (!number) return wrong("that is not a telephone number.", "not a telephone number");
  const auto allows = [&](const std::string& pattern) { return fits(pattern, *number); };
  if (std::any_of(rules.numbers.begin(), rules.numbers.end(), allows)) return TransferRequest{*number, {}};
  return base::fail(WrongArguments{Refusal::NotInList, "this number may not be dialled.", "no pattern allows the number"});
}

Outcome transfer(const Arguments& arguments, const ToolRules& rules) {
  const std::string how = rules.numbers.empty() ? "transfer takes \"destination\", a name of the list, and nothing else."
                                                : "transfer takes either \"destination\", a name of the list, or \"number\".";
  if (const auto* name = only_text(arguments, "destination")) return transfer_by_name(*name, rules);
  const auto* number = only_text(arguments, "number");
  if (number != nullptr && !rules.numbers.empty()) return transfer_by_number(*number, rules);
  return wrong(how, "neither one name nor one number");
}

Outcome hold(const Arguments& arguments) {
  if (arguments.empty()) return HoldRequest{};
  const auto* value = arguments.size() == 1 ? find(arguments, "seconds") : nullptr;
  const auto* seconds = value == nullptr ? nullptr : std::get_if<std::int64_t>(value);
  if (seconds == nullptr || *seconds < 1 || *seconds > kMaxHoldSeconds) {
    return wrong(fmt::format("hold takes \"seconds\", a whole number from 1 to {}, or nothing.", kMaxHoldSeconds),
                 "not so many seconds");
  }
  return HoldRequest{*seconds};
}

/// Returns the keys to press, with a comma for each pause; nullopt if `written` contains anything else.
std::optional<std::string> read_keys(std::string_view written) {
  std::string keys;
  for (const char c : written) {
    keys += c >= 'a' && c <= 'd' ? static_cast<char>(c - 'a' + 'A') : c;
    if (!is_key(keys.back()) && keys.back() != ',') return std::nullopt;
  }
  return keys;
}

bool may_press(const ToolRules& rules, const std::string& keys) {
  const auto allows = [&](const std::string& pattern) { return fits_keys(pattern, keys); };
  return !is_code(keys) || std::any_of(rules.keys.begin(), rules.keys.end(), allows);
}

Outcome send_digits(const Arguments& arguments, const ToolRules& rules) {
  const auto* text = only_text(arguments, "digits");
  const std::string how = fmt::format("send_digits takes \"digits\": 1 to {} of 0-9 * # A-D, and at most {} commas for pauses.",
                                      kMaxKeys, kMaxPauses);
  if (text == nullptr || text->size() > kMaxKeys + kMaxPauses) return wrong(how, "no digits, or too many");
  auto keys = read_keys(*text);
  if (!keys) return wrong(how, "not only digits");
  std::string pressed = *keys;
  const std::size_t pauses = std::erase(pressed, ',');
  if (pressed.empty() || pressed.size() > kMaxKeys || pauses > kMaxPauses) return wrong(how, "no digits, or too many");
  if (!may_press(rules, pressed))
    return base::fail(WrongArguments{Refusal::NotInList, "these keys may not be pressed.", "no pattern allows the keys"});
  return DigitsRequest{*std::move(keys)};
}

Outcome note(const Arguments& arguments) {
  const auto* text = only_text(arguments, "text");
  const std::string how = fmt::format("note takes \"text\" of 1 to {} characters.", kMaxNoteCharacters);
  if (text == nullptr || count_utf8(*text) > kMaxNoteCharacters || base::trim(*text).empty())
    return wrong(how, "no text, or too much");
  return NoteRequest{*text};
}

Outcome pause_recording(const Arguments& arguments) {
  const auto* value = arguments.size() == 1 ? find(arguments, "paused") : nullptr;
  const auto* paused = value == nullptr ? nullptr : std::get_if<bool>(value);
  if (paused == nullptr) return wrong("pause_recording takes \"paused\", true or false.", "neither true nor false");
  return PauseRecordingRequest{*paused};
}

}  // namespace

Outcome request_from(std::string_view tool, Arguments arguments, const ToolRules& rules) {
  const auto ours = built_in(tool);
  if (!ours) return SourceRequest{std::move(arguments)};
  switch (*ours) {
    case BuiltInTool::HangUp:
      return hang_up(arguments);
    case BuiltInTool::Transfer:
      return transfer(arguments, rules);
    case BuiltInTool::Hold:
      return hold(arguments);
    case BuiltInTool::SendDigits:
      return send_digits(arguments, rules);
    case BuiltInTool::Note:
      return note(arguments);
    case BuiltInTool::PauseRecording:
      return pause_recording(arguments);
  }
  return wrong("there is no such tool.", "no such tool");
}

}  // namespace offhook::inline v0::agent::tools
