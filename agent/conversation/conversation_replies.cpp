#include <offhook/agent/conversation/conversation.hpp>

#include <algorithm>
#include <utility>

// The events of the thinker and the speaker, until the caller has heard the reply.
namespace offhook::inline v0::agent {

using base::TimePoint;

// --- thinking ----------------------------------------------------------------------------------------------------------------

void Conversation::respond(TurnInput input, TimePoint now, ConversationActions& out) {
  drop_questions(out);
  const bool untold = !agent_.is_idle() && !agent_.speaks_own_words() && agent_.reply().is_untold();
  if (untold && agent_.input().kind == TurnInput::Kind::Failure) hand_over_.on_failure_unheard();
  if (!agent_.is_filling()) interrupt("another turn takes its place", out);
  if (!digits_.next_deadline()) digits_.expect(0);  // Keys that are being pressed become a turn of their own.
  patience_.no_silence();
  is_back_ = false;
  loads_.clear();
  late_results_.clear();  // The model has the results by now, and speaks about them in this reply.
  retries_.begin(Stage::Think);
  retries_.begin(Stage::Speak);
  out.push_back(Respond{agent_.begin(std::move(input), now)});
}

void Conversation::on_think(const ThinkEvent& event, TimePoint now, ConversationActions& out) {
  if (phase_ == Phase::Ended || phase_ == Phase::Closing || agent_.is_idle()) return;
  const auto turn = std::visit([](const auto& e) { return e.turn; }, event);
  if (turn != agent_.turn() || agent_.speaks_own_words()) return;  // The event belongs to a reply that was cancelled.
  if (std::holds_alternative<TokensUsed>(event)) return;
  const auto* loads = std::get_if<ModelLoads>(&event);
  loads_ = loads != nullptr ? loads->why : std::string();
  if (loads != nullptr) return out.push_back(ServiceRetried{Stage::Think, loads->service, {loads->why, kWaitsForModel}});
  if (std::holds_alternative<ReplyGrows>(event)) return agent_.on_growth(now);
  if (!agent_.has_kept() && !keeps_back()) return on_reply_event(event, now, out);
  if (agent_.keep(event, now)) return;
  if (const auto* call = std::get_if<ToolCall>(&event)) leave_undone(*call, out);
}

bool Conversation::caller_has_floor() const {
  return phase_ == Phase::Connected && !question_.awaits_answer() && (!caller_.is_quiet() || digits_.next_deadline());
}

bool Conversation::holds_playout() const {
  if (holds_back()) return true;
  if (agent_.state() != AgentFloor::State::Speaking || !agent_.reply().is_unheard()) return false;
  // A filler is for a caller who waits, even if only the recogniser still works. Therefore only the caller's voice and keys delay a filler.
  return agent_.reply().says_nothing() ? caller_.is_speaking() || digits_.next_deadline() : caller_has_floor();
}

/// Continues the reply with the stored events, unless the caller still speaks.
void Conversation::go_on(TimePoint now, ConversationActions& out) {
  if (!agent_.has_kept() || keeps_back()) return;
  for (const ThinkEvent& event : agent_.take_kept(now)) on_reply_event(event, now, out);
}

void Conversation::on_reply_event(const ThinkEvent& event, TimePoint now, ConversationActions& out) {
  const auto turn = std::visit([](const auto& e) { return e.turn; }, event);
  if (phase_ == Phase::Ended || agent_.is_idle() || turn != agent_.turn()) return;  // An earlier event may have ended the reply.
  if (const auto* text = std::get_if<ReplyText>(&event)) return on_reply_text(*text, now, out);
  if (const auto* action = std::get_if<ReplyAction>(&event)) {
    agent_.add_action(*action);
  } else if (const auto* call = std::get_if<ToolCall>(&event)) {
    on_tool_call(*call, now, out);
  } else if (const auto* expects = std::get_if<ReplyExpects>(&event)) {
    agent_.expect(expects->expect);
    digits_.expect(expects->digits);
  } else if (const auto* intent = std::get_if<ReplyIntent>(&event)) {
    out.push_back(Understood{turn, intent->name, intent->score});
  } else if (const auto* failed = std::get_if<ThinkFailed>(&event)) {
    if (failed->kind == FailureKind::Filtered) return on_refused(*failed, now, out);
    agent_.on_thinker_lost();
    on_failure(Stage::Think, failed->why, now, out);
  } else {
    on_reply_done(now, out);
  }
}

void Conversation::on_reply_text(const ReplyText& text, TimePoint now, ConversationActions& out) {
  if (!text.voiced && text.text.find_first_not_of(" \t\r\n") == std::string::npos) return;
  spoil_question(out);
  speak(text.text, AgentFloor::Part::OfReply, now, out);
  agent_.on_text(now);
}

void Conversation::on_reply_done(TimePoint now, ConversationActions& out) {
  using Kind = TurnInput::Kind;
  const Kind kind = agent_.input().kind;
  const bool wants_words = kind == Kind::Speech || kind == Kind::Digits || kind == Kind::Failure;
  if (agent_.reply().says_nothing() && !agent_.has_actions() && wants_words) {
    empty_reply_ = true;
    return on_failure(Stage::Think, "an empty reply", now, out);
  }
  agent_.on_thought();
  if (agent_.reply().empty() && phase_ == Phase::Preparing) answer(now, out);
  finish_reply_if_heard(now, out);
}

// --- speaking ----------------------------------------------------------------------------------------------------------------

void Conversation::speak(std::string text, AgentFloor::Part part, TimePoint now, ConversationActions& out) {
  if (auto asked = agent_.say(std::move(text), part, now)) out.push_back(std::move(*asked));
}

void Conversation::say_own(std::string_view text, TimePoint now, ConversationActions& out) {
  agent_.begin_own(AgentFloor::Words::Ours);
  speak(std::string(text), AgentFloor::Part::OfReply, now, out);
  agent_.complete();
}

/// A part is slow. The agent says a filler, so that the caller knows that the agent is still there.
void Conversation::on_filler(TimePoint now, ConversationActions& out) {
  if (!listens() || caller_.is_speaking() || agent_.is_speaking() || agent_.has_kept() || question_.awaits_answer()) return;
  const bool recognising = agent_.is_idle() && caller_.is_recognising();
  if (!recognising && (agent_.is_idle() || agent_.reply().is_complete())) return;
  if (recognising) agent_.begin_own(AgentFloor::Words::Filler);
  speak(options_.filler, AgentFloor::Part::Aside, now, out);
  if (recognising) agent_.complete();
  agent_.fill_again(now);
}

void Conversation::on_speak(const SpeakEvent& event, TimePoint now, ConversationActions& out) {
  if (phase_ == Phase::Ended) return;
  const auto utterance = std::visit([](const auto& e) { return e.utterance; }, event);
  if (!agent_.awaits(utterance)) return;  // The utterance was cancelled before.
  if (const auto* audio = std::get_if<SpeechAudio>(&event)) {
    agent_.on_audio(*audio, now);
    if (!audio->pcm.empty()) answer(now, out);
    return;
  }
  if (const auto* failed = std::get_if<SpeakFailed>(&event)) return on_failure(Stage::Speak, failed->why, now, out);
  agent_.on_spoken(now);
}

void Conversation::finish_reply_if_heard(TimePoint now, ConversationActions& out) {
  if (agent_.is_idle() || !agent_.reply().finished()) return;
  if (agent_.has_actions() && caller_.interruption() != CallerFloor::Interruption::None) return;  // The caller may say "one more thing" over a "Goodbye."
  if (agent_.finish()) return rest(now);
  (void)caller_.end_interruption();
  const bool own_words = agent_.speaks_own_words();
  if (!agent_.reply().says_nothing()) {
    const std::string heard = agent_.reply().heard_text();
    if (!own_words) out.push_back(ReportHeard{agent_.turn(), heard, false});
    out.push_back(AgentSaid{agent_.turn(), heard, false});
  }
  if (phase_ == Phase::Closing) return hang_up(out);
  if (leaves_message()) {
    closing_why_ = own_words ? "failure" : "message left";
    return hang_up(out);
  }
  if (!own_words) patience_.on_reply_heard();
  const auto actions = agent_.take_actions();
  if (actions.empty()) return rest(now);
  for (const ReplyAction& action : actions) {
    if (phase_ != Phase::Ended) perform(action, now, out);
  }
}

void Conversation::perform(const ReplyAction& action, TimePoint now, ConversationActions& out) {
  switch (action.what) {
    case ReplyAction::What::HangUp:
      closing_why_ = action.argument;
      if (closing_why_.empty()) closing_why_ = agent_.input().kind == TurnInput::Kind::Silence ? "silence" : "goodbye";
      return hang_up(out);
    case ReplyAction::What::Transfer:
      transfer_to(action.argument, out);
      break;
    case ReplyAction::What::SendDigits: out.push_back(SendDigits{action.argument}); break;
    case ReplyAction::What::Note: out.push_back(NoteLeft{action.turn, action.argument}); break;
    case ReplyAction::What::Hold: {
      const long seconds = std::strtol(action.argument.c_str(), nullptr, 10);
      hand_over_.hold_until(now + std::clamp<base::Duration>(std::chrono::seconds(seconds), std::chrono::seconds(1), kLongestHold));
      out.push_back(HoldCall{true});
      break;
    }
    case ReplyAction::What::Escalate:
      // No model or dialogue of this version requests an escalation. The caller still must not be left in silence.
      return say_own(options_.apology, now, out);
  }
  rest(now);
}

}  // namespace offhook::inline v0::agent
