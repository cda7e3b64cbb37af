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

/// Tools that a language model may call. The model proposes a call, the policy decides, the tool acts.
namespace offhook::inline v0::agent {

/// The possible effects of a tool, from harmless to expensive. The policy depends on this class.
enum class ToolClass : std::uint8_t { Read, Write, Money, Telephony };
[[nodiscard]] std::string_view to_string(ToolClass what);

/// The description of a tool for the model.
struct ToolDescription {
  std::string name;         ///< [A-Za-z0-9_-], at most 64 characters
  std::string description;
  std::string parameters;   ///< a JSON Schema object
  ToolClass what{};
};

/// The outcome of a tool call. `result` is JSON text for the model. The conversation carries out `action` when the caller has heard all earlier words.
struct ToolOutcome {
  std::uint32_t turn = 0;
  std::string call_id;
  std::string result;
  std::optional<ReplyAction> action;
  bool refused = false;     ///< true: the policy refused the call, and the tool did nothing
  bool repeated = false;    ///< true: the model has called the tool again with the same arguments, and a later outcome has the same result
};

/// The tools of one telephone call, and the policy that guards them. The conversation thread uses a ToolBox; no function blocks. poll()
/// returns the outcomes.
class ToolBox {
 public:
  virtual ~ToolBox() = default;
  /// Called about every 10 ms, before all other functions at that time.
  virtual void tick(base::TimePoint now) { (void)now; }
  [[nodiscard]] virtual const std::vector<ToolDescription>& descriptions() const = 0;
  /// Runs a tool. Exactly one outcome follows.
  virtual void run(const ToolCall& call) = 0;
  /// The telephone call is over: running tools may still end, but their outcomes are not used.
  virtual void abandon() = 0;
  [[nodiscard]] virtual std::optional<ToolOutcome> poll() = 0;

  // Questions that the caller must answer before a tool acts. Offhook words the question, and the agent asks it when caller and agent are
  // silent. The agent may repeat it. While awaits_answer(), the caller's keys and words go to on_caller_digit() and on_caller_words(), not to
  // the model. The model must not ask a different question and use its answer for this question, so words of the model spoil the question. An
  // answer counts only if it begins after the question's first frame.
  [[nodiscard]] virtual std::optional<std::string> poll_question() { return std::nullopt; }
  virtual void on_question_began() {}  ///< the question's first frame leaves
  virtual void on_question_heard() {}  ///< the question's last frame has left
  [[nodiscard]] virtual bool awaits_answer() const { return false; }
  /// Returns true while a question waits to be asked, is spoken, or waits for its answer.
  [[nodiscard]] virtual bool is_asking() const { return false; }
  /// The model spoke since poll_question() returned the question: no answer to it counts, and it may be asked again.
  virtual void on_question_spoilt() {}
  /// The replies up to this turn are over: their tools ask no more questions, and no answer counts.
  virtual void drop_questions(std::uint32_t turn) { (void)turn; }
  virtual void on_caller_digit(char digit) { (void)digit; }
  /// `began` is the time at which the caller began to speak.
  virtual void on_caller_words(const Transcript& transcript, base::TimePoint began) { (void)transcript, (void)began; }
};

}  // namespace offhook::inline v0::agent
