#include <offhook/agent/conversation/conversation.hpp>

#include <algorithm>
#include <utility>

// What the parts of a conversation yield, and what becomes of it when one of them fails.
namespace offhook::inline v0::agent {

using base::TimePoint;

namespace {

std::string join(const std::string& a, const std::string& b) {
  if (a.empty() || b.empty()) return a + b;
  return a + ' ' + b;
}

std::size_t index(Stage stage) { return static_cast<std::size_t>(stage); }

}  // namespace

// --- listening ---------------------------------------------------------------------------------------------------------------

void Conversation::on_listen(const ListenEvent& event, TimePoint now, ConversationActions& out) {
  if (const auto* transcript = std::get_if<Transcript>(&event)) {
    if (take_late_transcript(*transcript, out) || !listens()) return;
    return on_transcript(*transcript, now, out);
  }
  const auto& failed = std::get<ListenFailed>(event);
  if (!listens() || failed.turn != listen_turn_ || caller_.state() == CallerTurn::State::Quiet) return;
  on_failure(Stage::Listen, failed.why, now, out);
}

/// Of a turn that was taken as sound: for the record, its reply is under way or over.
bool Conversation::take_late_transcript(const Transcript& transcript, ConversationActions& out) {
  const auto taken = std::find_if(taken_.begin(), taken_.end(), [&](const TakenTurn& t) { return t.listen_turn != 0 && t.listen_turn == transcript.turn; });
  if (taken == taken_.end()) return false;
  if (!transcript.final || phase_ == Phase::Ended) return true;
  out.push_back(CallerSaid{taken->turn, transcript.text, transcript.confidence, transcript.rejected, false});
  if (taken->answer) out.push_back(AnswerWords{transcript, taken->began});
  *taken = {};
  return true;
}

void Conversation::on_taken(std::uint32_t listen_turn, TimePoint now, ConversationActions& out) {
  if (!listens() || listen_turn != listen_turn_ || caller_.state() == CallerTurn::State::Quiet) return;
  if (caller_.speaking()) out.push_back(EndListening{});  // Whoever took it knew before us that it was over.
  caller_.on_recognised();
  listen_at_.reset();
  held_text_.clear();
  silences_ = 0;
  interrupted_ = false;
  taken_[next_taken_] = {listen_turn, awaits_answer_ ? turn_ : turn_ + 1, awaits_answer_, began_speaking_};
  next_taken_ = (next_taken_ + 1) % taken_.size();
  if (awaits_answer_) return rest(now);
  respond({0, TurnInput::Kind::Speech, {}, 1, false}, now, out);
}

void Conversation::on_transcript(const Transcript& transcript, TimePoint now, ConversationActions& out) {
  if (!transcript.final) return;
  if (transcript.turn != listen_turn_) {
    // Of the turn's first half, which we had taken for all of it: it goes before the second, even when that is over already.
    if (caller_.state() == CallerTurn::State::Quiet || transcript.rejected || transcript.text.empty()) return;
    held_text_ = join(held_text_, transcript.text);
    held_confidence_ = transcript.confidence;
    return;
  }
  if (caller_.state() != CallerTurn::State::Recognising) return;
  const bool brief = !goes_on_ && caller_.spoken_for() < options_.shortest_speech;
  caller_.on_recognised();
  listen_at_.reset();
  const bool understood = !transcript.rejected && !transcript.text.empty();
  const std::string held = std::exchange(held_text_, {});
  TurnInput input{0, TurnInput::Kind::Speech, join(held, transcript.text), transcript.confidence, !understood};
  if (!understood && !held.empty()) {
    input = {0, TurnInput::Kind::Speech, held, held_confidence_, false};  // A cough does not unsay what was said before it.
  }
  const bool interrupted = std::exchange(interrupted_, false);
  if (input.text.empty() && brief && !interrupted) return rest(now);
  silences_ = 0;
  if (awaits_answer_) {
    input.rejected = input.rejected || (goes_on_ && held.empty());  // Half of an answer is none.
    out.push_back(CallerSaid{turn_, input.text, input.confidence, input.rejected, false});
    return out.push_back(AnswerWords{{transcript.turn, true, input.text, input.confidence, input.rejected}, began_speaking_});
  }
  out.push_back(CallerSaid{turn_ + 1, input.text, input.confidence, input.rejected, false});
  respond(std::move(input), now, out);
}

// --- thinking ----------------------------------------------------------------------------------------------------------------

void Conversation::respond(TurnInput input, TimePoint now, ConversationActions& out) {
  drop_questions(out);
  const bool keeps_filler = agent_ == AgentSide::Speaking && filling_;
  if (!keeps_filler) {
    interrupt(now, out);
    forget_reply();
    agent_ = AgentSide::Thinking;
  }
  input.turn = ++turn_;
  if (keeps_filler) {
    reply_.go_on_as(turn_);  // The filler is heard to its end, and the reply follows it.
  } else {
    reply_.begin(turn_);
  }
  filling_ = own_words_ = false;
  attempts_[index(Stage::Think)] = attempts_[index(Stage::Speak)] = 0;
  expect_.clear();
  digits_.expect(0);
  silence_at_.reset();
  think_at_ = now + options_.think_deadline;
  if (!filler_at_ && !options_.filler.empty()) filler_at_ = now + (keeps_filler ? options_.filler_again : options_.filler_after);
  last_input_ = input;
  out.push_back(Respond{std::move(input)});
}

void Conversation::on_think(const ThinkEvent& event, TimePoint now, ConversationActions& out) {
  if (phase_ == Phase::Ended || phase_ == Phase::Closing || agent_ == AgentSide::Idle) return;
  const auto turn = std::visit([](const auto& e) { return e.turn; }, event);
  if (turn != turn_ || own_words_) return;  // Of a reply that was cancelled.
  if (std::holds_alternative<TokensUsed>(event)) return;
  if (const auto* text = std::get_if<ReplyText>(&event)) return on_reply_text(*text, now, out);
  if (const auto* action = std::get_if<ReplyAction>(&event)) {
    if (pending_actions_.size() < kMaxActions) pending_actions_.push_back(*action);
  } else if (const auto* call = std::get_if<ToolCall>(&event)) {
    on_tool_call(*call, now, out);
  } else if (const auto* expects = std::get_if<ReplyExpects>(&event)) {
    expect_ = expects->expect;
    digits_.expect(expects->digits);
  } else if (const auto* intent = std::get_if<ReplyIntent>(&event)) {
    out.push_back(Understood{turn, intent->name, intent->score});
  } else if (const auto* failed = std::get_if<ThinkFailed>(&event)) {
    on_failure(Stage::Think, failed->why, now, out);
  } else {
    on_reply_done(now, out);
  }
}

void Conversation::on_reply_text(const ReplyText& text, TimePoint now, ConversationActions& out) {
  if (!text.voiced && text.text.find_first_not_of(" \t\r\n") == std::string::npos) return;
  filler_at_.reset();
  watch_thinker(now);
  spoil_question(out);
  speak(text.text, now, out);
}

void Conversation::speak(std::string text, TimePoint now, ConversationActions& out) {
  if (!reply_.add(utterance_ + 1, text)) return;
  ++utterance_;
  agent_ = AgentSide::Speaking;
  if (++unspoken_ == 1) watch_speaker(now);  // More to say gives who says nothing no more time.
  out.push_back(Speak{utterance_, std::move(text)});
}

/// Who waits for a tool, or for what the caller says to its question, is not slow.
void Conversation::watch_thinker(TimePoint now) {
  think_at_ = now + (tools_open_ > 0 ? options_.tool_deadline : options_.think_deadline);
}

/// The speaker has so long for the next piece of what was asked of it.
void Conversation::watch_speaker(TimePoint now) {
  speak_at_.reset();
  if (unspoken_ > 0) speak_at_ = now + options_.speak_deadline;
}

/// Whoever is at work takes their time: the caller hears that somebody is there. Aside: no part of the reply.
void Conversation::on_filler(TimePoint now, ConversationActions& out) {
  if (!listens() || caller_.speaking() || unspoken_ > 0 || reply_.outstanding() || awaits_answer_) return;
  const bool recognising = agent_ == AgentSide::Idle && caller_.state() == CallerTurn::State::Recognising;
  if (!recognising && (agent_ == AgentSide::Idle || reply_.is_complete())) return;
  if (recognising) {
    reply_.begin(turn_);
    filling_ = own_words_ = true;
  }
  speak_aside(options_.filler, now, out);
  if (recognising) reply_.complete();
  filler_at_ = now + options_.filler_again;
}

void Conversation::speak_aside(std::string text, TimePoint now, ConversationActions& out) {
  if (!reply_.add_aside(utterance_ + 1, text)) return;
  ++utterance_;
  agent_ = AgentSide::Speaking;
  if (++unspoken_ == 1) watch_speaker(now);  // More to say gives who says nothing no more time.
  out.push_back(Speak{utterance_, std::move(text)});
}

/// Before what the thinker has to say, and of its reply no part.
void Conversation::say_notice(TimePoint now, ConversationActions& out) {
  if (options_.notice.empty()) return;
  speak_aside(options_.notice, now, out);
  notice_utterance_ = utterance_;
}

void Conversation::on_reply_done(TimePoint now, ConversationActions& out) {
  const bool asked = last_input_.kind == TurnInput::Kind::Speech || last_input_.kind == TurnInput::Kind::Digits;
  if (reply_.says_nothing() && pending_actions_.empty() && (asked || last_input_.kind == TurnInput::Kind::Failure)) {
    empty_reply_ = true;
    return on_failure(Stage::Think, "an empty reply", now, out);
  }
  think_at_ = filler_at_ = std::nullopt;
  reply_.complete();
  if (reply_.empty() && phase_ == Phase::Preparing) answer(now, out);
  finish_reply_if_heard(now, out);
}

// --- speaking ----------------------------------------------------------------------------------------------------------------

void Conversation::on_speak(const SpeakEvent& event, TimePoint now, ConversationActions& out) {
  if (phase_ == Phase::Ended || agent_ != AgentSide::Speaking) return;
  const auto utterance = std::visit([](const auto& e) { return e.utterance; }, event);
  if (utterance > utterance_ || unspoken_ == 0 || utterance + unspoken_ <= utterance_) return;  // Cancelled before it came.
  if (const auto* audio = std::get_if<SpeechAudio>(&event)) {
    reply_.on_words(utterance, audio->words);
    watch_speaker(now);  // Without a sample as well: so RecordedSpeech tells that what it waits for has not failed.
    if (!audio->pcm.empty()) answer(now, out);
    return;
  }
  if (const auto* failed = std::get_if<SpeakFailed>(&event)) return on_failure(Stage::Speak, failed->why, now, out);
  --unspoken_;
  watch_speaker(now);
}

void Conversation::finish_reply_if_heard(TimePoint now, ConversationActions& out) {
  if (agent_ == AgentSide::Idle || !reply_.finished()) return;
  agent_ = AgentSide::Idle;
  if (std::exchange(filling_, false)) return rest(now);  // What it filled goes on, with its own deadline; or was nothing.
  speak_at_ = think_at_ = filler_at_ = confirm_at_ = std::nullopt;
  if (!reply_.says_nothing()) {
    const std::string heard = reply_.heard_text();
    if (!own_words_) out.push_back(ReportHeard{turn_, heard, false});
    out.push_back(AgentSaid{turn_, heard, false});
  }
  if (phase_ == Phase::Closing) return hang_up(out);
  if (leaves_message_) {
    closing_why_ = own_words_ ? "failure" : "message left";
    return hang_up(out);
  }
  if (!own_words_) failures_ = 0;
  const auto actions = std::exchange(pending_actions_, {});
  if (actions.empty()) return rest(now);
  for (const ReplyAction& action : actions) {
    if (phase_ != Phase::Ended) perform(action, now, out);
  }
}

void Conversation::perform(const ReplyAction& action, TimePoint now, ConversationActions& out) {
  switch (action.what) {
    case ReplyAction::What::HangUp:
      closing_why_ = action.argument.empty() ? "goodbye" : action.argument;
      return hang_up(out);
    case ReplyAction::What::Transfer:
      if (!std::exchange(transferring_, true)) out.push_back(TransferCall{action.argument});
      transfer_failed_ = false;  // Of the one before: it is no news any more.
      break;
    case ReplyAction::What::SendDigits: out.push_back(SendDigits{action.argument}); break;
    case ReplyAction::What::Note: out.push_back(NoteLeft{action.turn, action.argument}); break;
    case ReplyAction::What::Hold: {
      const long seconds = std::strtol(action.argument.c_str(), nullptr, 10);
      held_until_ = now + std::clamp<base::Duration>(std::chrono::seconds(seconds), std::chrono::seconds(1), kLongestHold);
      out.push_back(HoldCall{true});
      break;
    }
    case ReplyAction::What::Escalate:
      // No thinker of this version asks for it; the caller still must not be left in silence.
      return say_own(options_.apology, now, out);
  }
  rest(now);
}

void Conversation::say_own(std::string_view text, TimePoint now, ConversationActions& out) {
  reply_.begin(turn_);
  own_words_ = true;
  speak(std::string(text), now, out);
  reply_.complete();
}

// --- failures ----------------------------------------------------------------------------------------------------------------

/// Somebody else may do it before the caller hears of it.
void Conversation::on_failure(Stage stage, std::string why, TimePoint now, ConversationActions& out) {
  unsigned& attempts = attempts_[index(stage)];
  if (attempts >= options_.max_attempts) return on_no_other_way(stage, now, out);
  ++attempts;
  if (stage == Stage::Think) drop_questions(out);  // Whoever thinks then may call the same tool again.
  out.push_back(TryAgain{stage, std::move(why)});
  switch (stage) {
    case Stage::Listen:
      if (caller_.state() == CallerTurn::State::Recognising) listen_at_ = now + options_.listen_deadline;
      return;
    case Stage::Think: think_at_ = now + options_.think_deadline; return;
    case Stage::Speak: return watch_speaker(now);
  }
}

void Conversation::on_no_other_way(Stage stage, TimePoint now, ConversationActions& out) {
  if (phase_ == Phase::Ended) return;
  if (std::exchange(empty_reply_, false) && stage == Stage::Think && agent_ != AgentSide::Idle) {
    // No dead air after an empty reply.
    const bool of_transfer = last_input_.kind == TurnInput::Kind::Failure;
    speak(of_transfer ? options_.transfer_apology : options_.empty_reply, now, out);
    think_at_ = filler_at_ = std::nullopt;
    reply_.complete();
    return finish_reply_if_heard(now, out);
  }
  give_up(stage, now, out);
}

void Conversation::give_up(Stage stage, TimePoint now, ConversationActions& out) {
  if (phase_ == Phase::Closing) return hang_up(out);
  if (stage == Stage::Listen) abandon_listening(out);
  // Then the caller said nothing that could be said again, and must hear of the transfer from us.
  const bool of_transfer = agent_ == AgentSide::Thinking && last_input_.kind == TurnInput::Kind::Failure;
  interrupt(now, out);
  if (phase_ == Phase::Preparing) answer(now, out);
  if (++failures_ >= options_.max_failures) return leave_to_others(now, out);
  say_own(of_transfer ? options_.transfer_apology : options_.apology, now, out);
}

/// Nothing of ours works any more: a person may help the caller.
void Conversation::leave_to_others(TimePoint now, ConversationActions& out) {
  const bool may_transfer = !options_.transfer_when_lost.empty() && phase_ == Phase::Connected && !std::exchange(left_to_others_, true);
  if (!may_transfer) return close("failure", options_.failure_goodbye, now, out);
  say_own(options_.apology, now, out);
  pending_actions_.push_back({turn_, ReplyAction::What::Transfer, options_.transfer_when_lost});
}

}  // namespace offhook::inline v0::agent
