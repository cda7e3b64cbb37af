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

/// What all thinkers of one dialogue share; immutable.
struct DialogueKnowledge {
  explicit DialogueKnowledge(Dialogue parsed) : dialogue(std::move(parsed)), matcher(dialogue) {}
  DialogueKnowledge(const DialogueKnowledge&) = delete;  // The matcher points into the dialogue.
  DialogueKnowledge& operator=(const DialogueKnowledge&) = delete;

  const Dialogue dialogue;
  const IntentMatcher matcher;
};

/// The Thinker over a DialogueMachine. Its answers are there when respond() returns. An input that goes on with the one before, of whose reply
/// nothing was heard, is answered as if that one had not been: the machine is brought back to where it was by all steps before it.
class GuidedThinker final : public Thinker {
 public:
  GuidedThinker(std::shared_ptr<const DialogueKnowledge> knowledge, Wake wake);

  void begin(const CallContext& context) override;
  void respond(const TurnInput& input) override;
  void cancel(std::uint32_t turn) override;
  void on_heard(std::uint32_t turn, std::string_view text, bool interrupted) override;
  [[nodiscard]] std::optional<ThinkEvent> poll() override;

  static constexpr std::size_t kMaxSteps = 512;  ///< of one call; after more, what was answered stays answered

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
  std::vector<Step> steps_;  // all that the machine was given, until there are kMaxSteps
  std::deque<ThinkEvent> events_;
};

}  // namespace offhook::inline v0::agent::embedded
