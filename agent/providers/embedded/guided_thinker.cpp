#include <offhook/agent/providers/embedded/guided_thinker.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::agent::embedded {

GuidedThinker::GuidedThinker(std::shared_ptr<const DialogueKnowledge> knowledge, Wake wake)
    : knowledge_(std::move(knowledge)), wake_(std::move(wake)), machine_(std::in_place, knowledge_->dialogue, knowledge_->matcher) {}

void GuidedThinker::begin(const CallContext&) {}  // The call's data is not used: a dialogue file has the same texts for every caller.

void GuidedThinker::respond(const TurnInput& input) {
  if (input.supersedes != 0) take_back_last_turn();
  std::vector<ThinkEvent> reply;
  machine_->on_turn(input, reply);
  if (steps_.size() < kMaxSteps) steps_.emplace_back(input);
  for (ThinkEvent& event : reply) events_.push_back(std::move(event));
  if (wake_) wake_();
}

void GuidedThinker::take_back_last_turn() {
  const auto is_input = [](const Step& step) { return std::holds_alternative<TurnInput>(step); };
  const auto last = std::find_if(steps_.rbegin(), steps_.rend(), is_input);
  if (last == steps_.rend() || steps_.size() >= kMaxSteps) return;
  steps_.erase(std::prev(last.base()), steps_.end());
  machine_.emplace(knowledge_->dialogue, knowledge_->matcher);
  std::vector<ThinkEvent> said_before;
  for (const Step& step : steps_) {
    if (const auto* input = std::get_if<TurnInput>(&step)) {
      machine_->on_turn(*input, said_before);
    } else {
      const auto& heard = std::get<Heard>(step);
      machine_->on_heard(heard.turn, heard.text, heard.interrupted);
    }
  }
}

void GuidedThinker::cancel(std::uint32_t turn) {
  std::erase_if(events_, [turn](const ThinkEvent& event) { return std::visit([](const auto& e) { return e.turn; }, event) == turn; });
}

void GuidedThinker::on_heard(std::uint32_t turn, std::string_view text, bool interrupted) {
  machine_->on_heard(turn, text, interrupted);
  if (steps_.size() < kMaxSteps) steps_.emplace_back(Heard{turn, std::string(text), interrupted});
}

std::optional<ThinkEvent> GuidedThinker::poll() {
  if (events_.empty()) return std::nullopt;
  std::optional<ThinkEvent> event(std::move(events_.front()));
  events_.pop_front();
  return event;
}

}  // namespace offhook::inline v0::agent::embedded
