#pragma once

#include <offhook/agent/tools/argument_schema.hpp>
#include <offhook/agent/tools/key_pattern.hpp>
#include <offhook/agent/tools/tool_rules.hpp>
#include <offhook/base/time.hpp>

#include <deque>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// Decides about the tool calls of the model. No text from a model, a tool or a caller can extend the permissions.
namespace offhook::inline v0::agent::tools {

inline constexpr std::size_t kMaxNoteCharacters = 2000;
inline constexpr std::int64_t kMaxHoldSeconds = 120;
inline constexpr std::int64_t kUsualHoldSeconds = 60;
inline constexpr unsigned kMaxAttemptsPerCall =
    300;  ///< attempts of all tools, including refused tool calls: a model that repeats its tool calls without end is refused
inline constexpr unsigned kMaxAttemptsPerMinute = 60;
inline constexpr std::size_t kMaxShownName = 64;  ///< characters of a tool's name in output for people

// Checked requests.
struct HangUpRequest {};
struct TransferRequest {
  std::string target;
  std::string name;
};  ///< `name` is the destination's name; "" for a number
struct HoldRequest {
  std::int64_t seconds = kUsualHoldSeconds;
};
struct DigitsRequest {
  std::string keys;
};
struct NoteRequest {
  std::string text;
};
struct PauseRecordingRequest {
  bool paused = true;
};
struct SourceRequest {
  Arguments arguments;
};  ///< for a tool that is not built in
using ToolRequest = std::variant<HangUpRequest, TransferRequest, HoldRequest, DigitsRequest, NoteRequest, PauseRecordingRequest, SourceRequest>;

/// Returns true if the request pauses the recording.
[[nodiscard]] bool pauses(const ToolRequest& request);

enum class Refusal : std::uint8_t {
  NotAllowed,  ///< no rule allows the tool, or there is no such tool: the model gets the same text in both cases
  BadArguments,
  BeyondGrant,  ///< the tool accepts the arguments, but the operator's grant does not
  NotInList,  ///< the destination, the number or the keys are not allowed
  CapPerCall,
  CapPerMinute,
  TooOften,      ///< too many attempts of all kinds
  TooMany,       ///< too many at the same time, or too many questions to the caller
  Repeated,      ///< the model made the same tool call before
  NotConfirmed,  ///< the caller declined, or gave no clear answer
  CallOver,
};
[[nodiscard]] std::string_view to_string(Refusal why);

struct ToolDecision {
  enum class Kind : std::uint8_t { Allow, AskCaller, Refuse };
  Kind kind = Kind::Refuse;
  Refusal why{};         ///< reason if `kind` is Refuse
  std::string to_model;  ///< a sentence for the model
  std::string to_log;    ///< a sentence for the log, without numbers, keys or words of the telephone call
  ToolRequest request;   ///< set if `kind` is Allow or AskCaller
  bool beyond_attempts = false;  ///< a pause of the recording that is allowed beyond the limit of attempts
};

/// The schemas that check the arguments; null: no check.
struct ToolSchemas {
  const ArgumentSchema* of_tool = nullptr;
  const ArgumentSchema* granted = nullptr;  ///< the operator's schema, in addition to the tool's
};

/// The policy of one telephone call. Does no I/O; time is an argument. Each allowed tool call counts towards the caps, whatever its outcome, unless
/// give_back() is called. No cap refuses an order to pause the recording, because without the pause a card number would be in the file. Orders to
/// resume have only the limit of attempts.
class ToolPolicy {
 public:
  explicit ToolPolicy(ToolRules rules) : rules_(std::move(rules)), used_(rules_.allowed.size()) {}

  /// Decides about one tool call. `schemas` apply to a tool that is not built in.
  [[nodiscard]] ToolDecision decide(const ToolCall& call, base::TimePoint now, ToolSchemas schemas = {});
  /// Removes one use of the tool from the count for `max_per_call`. Call it when the agent could not ask the caller about the tool call.
  void give_back(std::string_view tool);
  [[nodiscard]] const ToolRules& rules() const { return rules_; }

 private:
  struct Use {
    unsigned in_call = 0;
    std::deque<base::TimePoint> last_minute;
  };
  [[nodiscard]] std::optional<Refusal> count_attempt(base::TimePoint now);
  [[nodiscard]] std::optional<Refusal> cap_reached(const ToolRule& rule, base::TimePoint now);
  void keep_apart(DigitsRequest& request);

  ToolRules rules_;
  std::vector<Use> used_;  // same order as rules_.allowed
  unsigned attempts_ = 0;
  bool has_pressed_ = false;  // true: send_digits was allowed in this telephone call
  std::deque<base::TimePoint> last_attempts_;
};

/// Returns the name of a tool for people, made printable because the model chose it.
[[nodiscard]] std::string shown_name(std::string_view name);

}  // namespace offhook::inline v0::agent::tools
