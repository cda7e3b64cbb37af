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

/// The model proposes; this decides. Nothing that a model, a tool's answer or a caller says can widen it.
namespace offhook::inline v0::agent::tools {

inline constexpr std::size_t kMaxNoteCharacters = 2000;
inline constexpr std::int64_t kMaxHoldSeconds = 120;
inline constexpr std::int64_t kUsualHoldSeconds = 60;
inline constexpr unsigned kMaxAttemptsPerCall =
    300;  ///< of all tools, refused ones too: a model that asks on and on is not heard
inline constexpr unsigned kMaxAttemptsPerMinute = 60;
inline constexpr std::size_t kMaxShownName = 64;  ///< of a tool's name, where people see it

// What is to be done, checked.
struct HangUpRequest {};
struct TransferRequest {
  std::string target;
  std::string name;
};  ///< `name`: the destination's; "" for a number
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
};  ///< a tool that is not built in
using ToolRequest = std::variant<HangUpRequest, TransferRequest, HoldRequest, DigitsRequest, NoteRequest, PauseRecordingRequest, SourceRequest>;

/// It keeps what is said out of the recording.
[[nodiscard]] bool pauses(const ToolRequest& request);

enum class Refusal : std::uint8_t {
  NotAllowed,  ///< no rule, no such tool: the model is not told which
  BadArguments,
  BeyondGrant,  ///< arguments that the tool takes, and the operator does not allow
  NotInList,  ///< a destination, a number or keys that are not allowed
  CapPerCall,
  CapPerMinute,
  TooOften,      ///< attempts of all kinds
  TooMany,       ///< at once, or questions to the caller
  Repeated,      ///< the same call once more
  NotConfirmed,  ///< the caller said no, or nothing that is clear
  CallOver,
};
[[nodiscard]] std::string_view to_string(Refusal why);

struct ToolDecision {
  enum class Kind : std::uint8_t { Allow, AskCaller, Refuse };
  Kind kind = Kind::Refuse;
  Refusal why{};         ///< of Refuse
  std::string to_model;  ///< a sentence
  std::string to_log;    ///< a sentence without numbers, keys or anything that was said
  ToolRequest request;   ///< of Allow and AskCaller
  bool beyond_attempts = false;  ///< a pause that is heard all the same
};

/// What arguments are held against; null: nothing.
struct ToolSchemas {
  const ArgumentSchema* of_tool = nullptr;
  const ArgumentSchema* granted = nullptr;  ///< the operator's own, beside the other
};

/// The policy of one call. Pure: time is an argument. What it allows counts towards the caps, whatever becomes of it but give_back(). No cap holds up
/// an order to pause the recording: a card's number would be in the file. What ends the pause is bounded by attempts alone.
class ToolPolicy {
 public:
  explicit ToolPolicy(ToolRules rules) : rules_(std::move(rules)), used_(rules_.allowed.size()) {}

  /// `schemas`: of a tool that is not built in.
  [[nodiscard]] ToolDecision decide(const ToolCall& call, base::TimePoint now, ToolSchemas schemas = {});
  /// A call of it that was to be asked about was not, after all: it is none of `max_per_call`.
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
  std::vector<Use> used_;  // beside rules_.allowed
  unsigned attempts_ = 0;
  bool has_pressed_ = false;  // send_digits was allowed in this call
  std::deque<base::TimePoint> last_attempts_;
};

/// A tool's name as people may see it: the model chose it.
[[nodiscard]] std::string shown_name(std::string_view name);

}  // namespace offhook::inline v0::agent::tools
