#pragma once

#include <offhook/agent/conversation/parts.hpp>
#include <offhook/agent/providers/embedded/dialogue.hpp>
#include <offhook/agent/providers/embedded/dialogue_machine.hpp>
#include <offhook/agent/providers/embedded/intent_matcher.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace offhook::inline v0::agent::embedded {

/// The objects that all thinkers of one dialogue share; immutable.
struct DialogueKnowledge {
  explicit DialogueKnowledge(Dialogue parsed) : dialogue(std::move(parsed)), matcher(dialogue) {}
  DialogueKnowledge(const DialogueKnowledge&) = delete;  // The matcher holds pointers into the dialogue.
  DialogueKnowledge& operator=(const DialogueKnowledge&) = delete;

  const Dialogue dialogue;
  const IntentMatcher matcher;
};

/// The Thinker that uses a DialogueMachine. Its answer is complete when respond() returns. If an input continues the last input, and the caller heard
/// nothing of the reply to the last input, that input is undone: a new machine repeats all steps before it.
class GuidedThinker final : public Thinker {
 public:
  GuidedThinker(std::shared_ptr<const DialogueKnowledge> knowledge, Wake wake);

  void begin(const CallContext& context) override;
  void respond(const TurnInput& input) override;
  void cancel(std::uint32_t turn) override;
  void on_heard(std::uint32_t turn, std::string_view text, bool interrupted) override;
  [[nodiscard]] std::optional<ThinkEvent> poll() override;

  static constexpr std::size_t kMaxSteps = 512;  ///< most stored steps of one call; after them, an input can no longer be undone

 private:
  std::shared_ptr<const DialogueKnowledge> knowledge_;
  Wake wake_;
  struct Heard {
    std::uint32_t turn = 0;
    std::string text;
    bool interrupted = false;
  };
  using Step = std::variant<TurnInput, Heard>;
  void take_back_last_turn();

  std::optional<DialogueMachine> machine_;
  std::vector<Step> steps_;  // all inputs of the machine, up to kMaxSteps
  std::deque<ThinkEvent> events_;
};

}  // namespace offhook::inline v0::agent::embedded
