#pragma once

#include <offhook/agent/conversation/parts.hpp>
#include <offhook/base/time.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What a language model may ask for beyond words. The model proposes; the policy decides; the tool acts.
namespace offhook::inline v0::agent {

/// What a tool can do to the world, from harmless to dear: what the policy goes by.
enum class ToolClass : std::uint8_t { Read, Write, Money, Telephony };
[[nodiscard]] std::string_view to_string(ToolClass what);

/// What the model is told of a tool.
struct ToolDescription {
  std::string name;         ///< [A-Za-z0-9_-], at most 64 characters
  std::string description;
  std::string parameters;   ///< a JSON Schema object
  ToolClass what{};
};

/// What came of a call. `result` is JSON text for the model; an `action` is carried out by the conversation when all that was
/// said before it has been heard.
struct ToolOutcome {
  std::uint32_t turn = 0;
  std::string call_id;
  std::string result;
  std::optional<ReplyAction> action;
  bool refused = false;     ///< by the policy: nothing was done
  bool repeated = false;    ///< a later call of the same tool with the same arguments has the same result, which follows
};

/// The tools of one call, behind its policy. On the conversation thread; never blocks. An outcome is pulled with poll().
class ToolBox {
 public:
  virtual ~ToolBox() = default;
  /// Every 10 ms or so, and before anything else of that moment.
  virtual void tick(base::TimePoint now) { (void)now; }
  [[nodiscard]] virtual const std::vector<ToolDescription>& descriptions() const = 0;
  /// Exactly one outcome follows, sooner or later.
  virtual void run(const ToolCall& call) = 0;
  /// The call is over: what still runs may end, nobody hears of it.
  virtual void abandon() = 0;
  [[nodiscard]] virtual std::optional<ToolOutcome> poll() = 0;

  // What the caller has to agree to. The question is in our own words, is said as soon as nobody speaks, and may come again. While
  // awaits_answer(), keys and what the caller says go to the two below, not to the model. The model must not be able to ask something
  // else and take the answer to that: its words spoil a question. Only what begins after the question's first frame counts.
  [[nodiscard]] virtual std::optional<std::string> poll_question() { return std::nullopt; }
  virtual void on_question_began() {}  ///< its first frame leaves
  virtual void on_question_heard() {}  ///< its last one has left
  [[nodiscard]] virtual bool awaits_answer() const { return false; }
  /// A question is to be asked, is being said, or waits for its answer.
  [[nodiscard]] virtual bool is_asking() const { return false; }
  /// The model spoke since the question was taken: no answer to it counts, and it may come again.
  virtual void on_question_spoilt() {}
  /// The replies up to that turn's are over: nothing that their tools wait to ask is asked, and no answer counts.
  virtual void drop_questions(std::uint32_t turn) { (void)turn; }
  virtual void on_caller_digit(char digit) { (void)digit; }
  /// `began`: when the caller began to speak.
  virtual void on_caller_words(const Transcript& transcript, base::TimePoint began) { (void)transcript, (void)began; }
};

}  // namespace offhook::inline v0::agent
