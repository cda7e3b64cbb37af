#include <offhook/agent/conversation/conversation.hpp>

#include <utility>

// The behaviour when a part fails or is too slow.
namespace offhook::inline v0::agent {

using base::TimePoint;

/// First tries another attempt or provider, so that the caller need not hear of the failure.
void Conversation::on_failure(Stage stage, std::string why, TimePoint now, ConversationActions& out) {
  stalled_ = stage == Stage::Think && agent_.has_stalled(now);
  if (!retries_.try_again(stage)) return on_no_other_way(stage, now, out);
  if (stage == Stage::Think) drop_questions(out);  // The next model may call the same tool again.
  out.push_back(TryAgain{stage, std::move(why)});
  if (stage == Stage::Listen) caller_.try_again(now);
  else agent_.try_again(stage, now);
}

void Conversation::on_no_other_way(Stage stage, TimePoint now, ConversationActions& out) {
  if (phase_ == Phase::Ended) return;
  if (std::exchange(stalled_, false) && stage == Stage::Think && !agent_.is_idle()) return agent_.wait_for_stalled();
  if (!std::exchange(empty_reply_, false) || stage != Stage::Think || agent_.is_idle()) return give_up(stage, now, out);
  // An empty reply must not leave the caller in silence.
  const bool of_transfer = agent_.input().kind == TurnInput::Kind::Failure;
  speak(of_transfer ? options_.transfer_apology : options_.empty_reply, AgentFloor::Part::OfReply, now, out);
  agent_.on_thought();
  finish_reply_if_heard(now, out);
}

/// A refusal by one provider's content filter causes neither another attempt nor another provider. The agent tells the caller, and the call continues.
void Conversation::on_refused(const ThinkFailed& refused, TimePoint now, ConversationActions& out) {
  out.push_back(TurnRefused{refused.turn, refused.why});
  if (!patience_.on_failure()) return leave_to_others(now, out);
  if (agent_.reply().says_nothing()) say_own(options_.refusal, now, out);
  agent_.on_thought();
  finish_reply_if_heard(now, out);
}

/// Returns the apology for a failure of `stage`. Only a caller who said something is asked to say it again.
std::string_view Conversation::apology_for(Stage stage) const {
  if (stage == Stage::Listen || agent_.state() == AgentFloor::State::Idle) return options_.apology;
  switch (agent_.input().kind) {
    case TurnInput::Kind::Failure: return agent_.state() == AgentFloor::State::Thinking ? options_.transfer_apology : options_.apology;
    case TurnInput::Kind::Opening:
    case TurnInput::Kind::Silence:
    case TurnInput::Kind::Back:
    case TurnInput::Kind::OtherCaller:
    case TurnInput::Kind::ToolResult: return options_.mishap;
    case TurnInput::Kind::Speech:
    case TurnInput::Kind::Digits: break;
  }
  return options_.apology;
}

void Conversation::give_up(Stage stage, TimePoint now, ConversationActions& out) {
  if (phase_ == Phase::Closing) return hang_up(out);
  out.push_back(GaveUp{stage});
  if (stage == Stage::Listen) abandon_listening(out);
  const std::string_view apology = apology_for(stage);
  interrupt("a part failed, and no other can take its place", out);
  if (phase_ == Phase::Preparing) answer(now, out);
  if (!patience_.on_failure()) return leave_to_others(now, out);
  say_own(apology, now, out);
}

/// While the model is loading, no other provider can answer. When a reply is due, transfers the call to a person, if the agent's settings
/// name one. Returns false when the model is not loading, or no person is named.
bool Conversation::leave_loading_model(TimePoint now, ConversationActions& out) {
  std::string loads = std::exchange(loads_, {});
  if (loads.empty() || !begin_last_resort()) return false;
  out.push_back(GaveUp{Stage::Think});
  interrupt(std::move(loads), out);
  transfer_to_a_person(now, out);
  return true;
}

/// Transfers the caller to a person after all parts have failed. Ends the call if no person is configured, or if this was tried before.
void Conversation::leave_to_others(TimePoint now, ConversationActions& out) {
  if (!begin_last_resort()) return close("failure", options_.failure_goodbye, now, out);
  transfer_to_a_person(now, out);
}

bool Conversation::begin_last_resort() {
  return !options_.transfer_when_lost.empty() && phase_ == Phase::Connected && hand_over_.begin_last_resort();
}

void Conversation::transfer_to_a_person(TimePoint now, ConversationActions& out) {
  say_own(options_.apology, now, out);
  agent_.add_action({agent_.turn(), ReplyAction::What::Transfer, options_.transfer_when_lost});
}

}  // namespace offhook::inline v0::agent
