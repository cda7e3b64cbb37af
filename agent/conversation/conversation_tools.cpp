#include <offhook/agent/conversation/conversation.hpp>

#include <utility>

// The tools of a conversation, and what they ask the caller.
namespace offhook::inline v0::agent {

using base::TimePoint;

void Conversation::on_tool_call(const ToolCall& call, TimePoint now, ConversationActions& out) {
  ++tools_open_;
  may_ask_ = true;
  watch_thinker(now);
  out.push_back(RunTool{call});
}

void Conversation::on_tool(const ToolOutcome& outcome, TimePoint now, ConversationActions& out) {
  if (phase_ == Phase::Ended) return;
  const bool of_this_reply = outcome.turn == turn_ && agent_ != AgentSide::Idle && tools_open_ > 0 && !own_words_;
  const bool is_note = outcome.action && outcome.action->what == ReplyAction::What::Note;
  if (is_note) perform(*outcome.action, now, out);  // It waits for nobody's ear, and an interruption does not unwrite it.
  if (of_this_reply) {
    --tools_open_;
    watch_thinker(now);
    if (outcome.action && !is_note && pending_actions_.size() < kMaxActions) pending_actions_.push_back(*outcome.action);
  }
  out.push_back(TellTool{outcome});  // Of a reply that was interrupted too: what was done was done, and the model should know.
  if (!silence_at_) rest(now);       // It may have waited for an answer.
}

// --- a tool's question to the caller -----------------------------------------------------------------------------------------

void Conversation::ask(std::string question, TimePoint now, ConversationActions& out) {
  question_ = std::move(question);
  asked_utterance_ = 0;  // What still waits to be heard of the one before is no part of this one.
  awaits_answer_ = true;
  silence_at_.reset();
  ask_when_quiet(now, out);
}

void Conversation::withdraw_question() {
  question_.reset();
  asked_utterance_ = 0;
}

void Conversation::ask_when_quiet(TimePoint now, ConversationActions& out) {
  if (!question_ || phase_ != Phase::Connected || caller_.state() != CallerTurn::State::Quiet || unspoken_ > 0 || reply_.outstanding()) return;
  if (digits_.next_deadline()) return;  // The next key of a number must not be the answer.
  std::string question = std::move(*question_);
  question_.reset();
  filler_at_.reset();
  if (agent_ == AgentSide::Idle) {
    say_own(question, now, out);
  } else {
    speak_aside(std::move(question), now, out);
  }
  asked_utterance_ = utterance_;
}

void Conversation::on_question_sent(const media::MediaEvent& event, ConversationActions& out) {
  if (asked_utterance_ == 0 || event.utterance < asked_utterance_) return;
  if (event.kind == media::MediaEvent::Kind::UtteranceSent) {
    asked_utterance_ = 0;
    out.push_back(QuestionHeard{});
  } else if (event.utterance == asked_utterance_ && event.word == 0) {
    out.push_back(QuestionBegan{});
  }
}

/// The model goes on behind its call: a "yes" could be one to what it asks now. A question that nobody began to say waits as before.
void Conversation::spoil_question(ConversationActions& out) {
  if (question_ || !is_asking()) return;
  asked_utterance_ = 0;
  awaits_answer_ = false;
  out.push_back(QuestionSpoilt{});
}

/// A question dies with the reply that it belongs to: asked later, what the caller answers to something else would be taken for its answer.
void Conversation::drop_questions(ConversationActions& out) {
  question_.reset();
  asked_utterance_ = 0;
  awaits_answer_ = false;
  if (std::exchange(may_ask_, false)) out.push_back(DropQuestions{turn_});
}

}  // namespace offhook::inline v0::agent
