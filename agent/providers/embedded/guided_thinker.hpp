#pragma once

#include <offhook/agent/conversation/parts.hpp>
#include <offhook/agent/providers/embedded/dialogue.hpp>
#include <offhook/agent/providers/embedded/dialogue_machine.hpp>
#include <offhook/agent/providers/embedded/intent_matcher.hpp>

#include <deque>
#include <memory>

namespace offhook::inline v0::agent::embedded {

/// What all thinkers of one dialogue share; immutable.
struct DialogueKnowledge {
  explicit DialogueKnowledge(Dialogue parsed) : dialogue(std::move(parsed)), matcher(dialogue) {}
  DialogueKnowledge(const DialogueKnowledge&) = delete;  // The matcher points into the dialogue.
  DialogueKnowledge& operator=(const DialogueKnowledge&) = delete;

  const Dialogue dialogue;
  const IntentMatcher matcher;
};

/// The Thinker over a DialogueMachine. Its answers are there when respond() returns.
class GuidedThinker final : public Thinker {
 public:
  GuidedThinker(std::shared_ptr<const DialogueKnowledge> knowledge, Wake wake);

  void begin(const CallContext& context) override;
  void respond(const TurnInput& input) override;
  void cancel(std::uint32_t turn) override;
  void on_heard(std::uint32_t turn, std::string_view text, bool interrupted) override;
  [[nodiscard]] std::optional<ThinkEvent> poll() override;

 private:
  std::shared_ptr<const DialogueKnowledge> knowledge_;
  Wake wake_;
  DialogueMachine machine_;
  std::deque<ThinkEvent> events_;
};

}  // namespace offhook::inline v0::agent::embedded
