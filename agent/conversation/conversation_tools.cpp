#include <offhook/agent/conversation/conversation.hpp>

#include <utility>

// The tools of a conversation, and their questions to the caller.
namespace offhook::inline v0::agent {

using base::TimePoint;

void Conversation::on_tool_call(const ToolCall& call, TimePoint now, ConversationActions& out) {
  question_.on_tool_call();
  agent_.on_tool_call(call, now);
  out.push_back(RunTool{call});
}

/// Refuses a tool call. The caller spoke before the tool ran, so the reply that contains the call is obsolete.
void Conversation::leave_undone(const ToolCall& call, ConversationActions& out) {
  out.push_back(ReturnToolOutcome{{call.turn, call.call_id, R"({"error":"the caller spoke first: nothing was done"})", std::nullopt, true}});
}

void Conversation::on_tool(const ToolOutcome& outcome, TimePoint now, ConversationActions& out) {
  if (phase_ == Phase::Ended) return;
  const bool is_note = outcome.action && outcome.action->what == ReplyAction::What::Note;
  if (is_note) perform(*outcome.action, now, out);  // A note needs no listener, and an interruption does not delete it.
  if (agent_.on_tool_outcome(outcome, now)) {
    if (outcome.action && !is_note) agent_.add_action(*outcome.action);
  } else if (const auto late = agent_.take_late_tool(outcome)) {
    const bool has_news = !outcome.refused && !outcome.action && !outcome.repeated;
    if (has_news && late_results_.size() < kMaxLateResults) late_results_ += (late_results_.empty() ? "" : ", ") + *late;
  }
  out.push_back(ReturnToolOutcome{outcome});    // Even for a reply that was cut off, because the tool has acted, and the model must know the result.
  if (!patience_.awaits_words()) rest(now);     // The tool may have waited for an answer.
  report_late_results(now, out);
}

/// The model has late results of tools, but has had no turn in which it could tell them to the caller. Gives the model such a turn.
void Conversation::report_late_results(TimePoint now, ConversationActions& out) {
  if (late_results_.empty() || !is_quiet() || hand_over_.caller_waits()) return;
  respond({0, TurnInput::Kind::ToolResult, std::exchange(late_results_, {}), 1, false}, now, out);
}

// --- a tool's question to the caller -----------------------------------------------------------------------------------------

void Conversation::ask(std::string question, TimePoint now, ConversationActions& out) {
  question_.ask(std::move(question));
  patience_.no_silence();
  ask_when_quiet(now, out);
  if (question_.is_unsaid()) out.push_back(PrepareSpeech{question_.unsaid()});  // Otherwise the caller hears a gap before the question.
}

void Conversation::ask_when_quiet(TimePoint now, ConversationActions& out) {
  if (!question_.is_unsaid() || phase_ != Phase::Connected || !caller_.is_quiet() || agent_.is_speaking()) return;
  if (digits_.next_deadline()) return;  // The next key of a number must not count as the answer.
  if (is_held_by_peer()) return;
  std::string question = question_.take_unsaid();
  agent_.no_filler();
  if (agent_.is_idle()) {
    say_own(question, now, out);
  } else {
    speak(std::move(question), AgentFloor::Part::Aside, now, out);
  }
  question_.on_asked(agent_.utterance());
}

void Conversation::on_question_sent(const media::MediaEvent& event, ConversationActions& out) {
  switch (question_.on_sent(event)) {
    case ToolQuestion::Progress::None: return;
    case ToolQuestion::Progress::Began: return out.push_back(QuestionBegan{});
    case ToolQuestion::Progress::Heard: return out.push_back(QuestionHeard{});
  }
}

void Conversation::spoil_question(ConversationActions& out) {
  if (question_.spoil()) out.push_back(QuestionSpoilt{});
}

/// A question ends with its reply. If the agent asked it later, it could take the caller's answer to a different question.
void Conversation::drop_questions(ConversationActions& out) {
  if (question_.drop()) out.push_back(DropQuestions{agent_.turn()});
}

}  // namespace offhook::inline v0::agent
