#include <offhook/agent/providers/embedded/guided_thinker.hpp>

#include <utility>
#include <vector>

namespace offhook::inline v0::agent::embedded {

GuidedThinker::GuidedThinker(std::shared_ptr<const DialogueKnowledge> knowledge, Wake wake)
    : knowledge_(std::move(knowledge)), wake_(std::move(wake)), machine_(knowledge_->dialogue, knowledge_->matcher) {}

void GuidedThinker::begin(const CallContext&) {}  // A dialogue file says the same to every caller.

void GuidedThinker::respond(const TurnInput& input) {
  std::vector<ThinkEvent> reply;
  machine_.on_turn(input, reply);
  for (ThinkEvent& event : reply) events_.push_back(std::move(event));
  if (wake_) wake_();
}

void GuidedThinker::cancel(std::uint32_t turn) {
  std::erase_if(events_, [turn](const ThinkEvent& event) { return std::visit([](const auto& e) { return e.turn; }, event) == turn; });
}

void GuidedThinker::on_heard(std::uint32_t turn, std::string_view text, bool interrupted) {
  machine_.on_heard(turn, text, interrupted);
}

std::optional<ThinkEvent> GuidedThinker::poll() {
  if (events_.empty()) return std::nullopt;
  std::optional<ThinkEvent> event(std::move(events_.front()));
  events_.pop_front();
  return event;
}

}  // namespace offhook::inline v0::agent::embedded
