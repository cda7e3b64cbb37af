#include <offhook/agent/conversation/conversation.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

namespace offhook::inline v0::agent {

using base::TimePoint;

namespace {

constexpr base::Duration kTick = std::chrono::milliseconds(20);

bool is_due(std::optional<TimePoint>& at, TimePoint now) {
  if (!at || now < *at) return false;
  at.reset();
  return true;
}

std::string join(const std::string& a, const std::string& b) {
  if (a.empty() || b.empty()) return a + b;
  return a + ' ' + b;
}

}  // namespace

Conversation::Conversation(ConversationOptions options)
    : options_(std::move(options)), caller_(options_.end_of_turn), digits_(options_.digit_gap) {}

// --- the call ----------------------------------------------------------------------------------------------------------------

void Conversation::start(TimePoint now, ConversationActions& out) {
  assert(phase_ == Phase::Idle);
  phase_ = Phase::Preparing;
  ring_until_ = now + options_.ring_for;
  answer_at_ = std::max(ring_until_, now + options_.answer_at_latest);
  TurnInput opening;
  opening.kind = TurnInput::Kind::Opening;
  respond(std::move(opening), now, out);
}

void Conversation::answer(TimePoint now, ConversationActions& out) {
  if (phase_ != Phase::Preparing) return;
  if (now < ring_until_) {
    answer_at_ = ring_until_;
    return;
  }
  phase_ = Phase::Answering;
  answer_at_.reset();
  out.push_back(AnswerCall{});
}

void Conversation::on_connected(TimePoint now, ConversationActions&) {
  if (phase_ != Phase::Preparing && phase_ != Phase::Answering) return;
  phase_ = Phase::Connected;
  answer_at_.reset();
  limit_at_ = now + options_.call_limit;
  rest(now);
}

void Conversation::on_ended() {
  phase_ = Phase::Ended;
  answer_at_ = confirm_at_ = stage_at_ = silence_at_ = limit_at_ = media_lost_at_ = std::nullopt;
  caller_.reset();
  digits_.expect(0);
}

void Conversation::on_transfer_failed(TimePoint now, ConversationActions& out) {
  if (phase_ != Phase::Connected || !std::exchange(transferring_, false)) return;
  transfer_failed_ = true;
  rest(now);
  tell_failed_transfer(now, out);
}

void Conversation::tell_failed_transfer(TimePoint now, ConversationActions& out) {
  if (!transfer_failed_ || !listens() || agent_ != AgentSide::Idle || caller_.state() != CallerTurn::State::Quiet) return;
  if (digits_.next_deadline()) return;  // A number half keyed in: a turn of ours would throw it away.
  transfer_failed_ = false;
  respond({0, TurnInput::Kind::Failure, std::string(kTransferFailed), 1, false}, now, out);
}

std::optional<AgentSaid> Conversation::unfinished_reply() const {
  if (phase_ == Phase::Ended || agent_ != AgentSide::Speaking) return std::nullopt;
  std::string heard = reply_.heard_text();
  if (heard.empty()) return std::nullopt;
  return AgentSaid{turn_, std::move(heard), true};
}

void Conversation::close(std::string why, std::string_view farewell, TimePoint now, ConversationActions& out) {
  if (phase_ == Phase::Ended) return;
  if (phase_ == Phase::Closing) {
    if (farewell.empty()) hang_up(out);  // At once means at once, in the middle of a farewell too.
    return;
  }
  const bool was_up = phase_ == Phase::Connected;
  closing_why_ = std::move(why);
  interrupt(now, out);
  abandon_listening(out);
  phase_ = Phase::Closing;
  silence_at_ = limit_at_ = media_lost_at_ = answer_at_ = std::nullopt;
  if (!was_up || farewell.empty()) return hang_up(out);
  limit_at_ = now + options_.farewell_limit;  // On hold nothing leaves, so that nobody would ever have heard it.
  say_own(farewell, now, out);
}

void Conversation::hang_up(ConversationActions& out) {
  out.push_back(HangUpCall{closing_why_});
  on_ended();
}

// --- what the caller does ----------------------------------------------------------------------------------------------------

void Conversation::on_media(const media::MediaEvent& event, TimePoint now, ConversationActions& out) {
  using Kind = media::MediaEvent::Kind;
  if (phase_ == Phase::Ended) return;
  switch (event.kind) {
    case Kind::Digit: return on_digit(event.digit, now, out);
    case Kind::SpeechStarted: return on_speech_started(now, out);
    case Kind::SpeechStopped: return on_speech_stopped(event, now, out);
    case Kind::Sent: return reply_.on_sent(event.utterance, event.word);
    case Kind::UtteranceSent:
      reply_.on_utterance_over(event.utterance, true);
      return finish_reply_if_heard(now, out);
    case Kind::Flushed: return;  // What was heard was reported when we asked for it.
    case Kind::MediaLost:
      media_lost_at_ = now + options_.media_lost_limit;
      return;
    case Kind::MediaStarted:
    case Kind::MediaBack: media_lost_at_.reset(); return;
  }
}

void Conversation::on_digit(char digit, TimePoint now, ConversationActions& out) {
  if (!listens()) return;
  silences_ = 0;
  on_interrupted(now, out);
  abandon_listening(out);
  if (auto input = digits_.on_digit(digit, now)) {
    out.push_back(CallerSaid{turn_ + 1, *input, 1, false, true});
    respond({0, TurnInput::Kind::Digits, std::move(*input), 1, false}, now, out);
  } else {
    rest(now);
  }
}

void Conversation::on_speech_started(TimePoint now, ConversationActions& out) {
  if (phase_ == Phase::Closing) out.push_back(RisePlayout{});  // Nobody listens now: the farewell must not stay ducked.
  if (!listens()) return;
  if (caller_.on_speech_started(now) != CallerTurn::Step::Began) return;
  silence_at_.reset();
  if (agent_ == AgentSide::Idle) stage_at_.reset();  // The listener's, when the caller goes on after all.
  if (agent_ == AgentSide::Thinking && last_input_.kind == TurnInput::Kind::Speech) {
    // The turn was not over: what we took for all of it goes before what comes now.
    out.push_back(CancelThinking{turn_});
    held_text_ = last_input_.rejected ? std::string() : last_input_.text;
    held_confidence_ = last_input_.confidence;
    agent_ = AgentSide::Idle;
    stage_at_.reset();
    reply_.begin(turn_);
    reply_.complete();
  }
  out.push_back(BeginListening{++listen_turn_, expect_});
  if (agent_ != AgentSide::Idle) confirm_at_ = now + options_.confirm_interruption;
}

void Conversation::on_speech_stopped(const media::MediaEvent& event, TimePoint now, ConversationActions& out) {
  if (!listens()) return;
  const auto silent_ticks = event.tick > event.at_tick ? event.tick - event.at_tick : 0;
  caller_.on_speech_stopped(std::min<base::Duration>(kTick * static_cast<std::int64_t>(silent_ticks), std::chrono::seconds(2)), now);
  if (!confirm_at_) return;
  confirm_at_.reset();  // Too short to be meant for us: a cough, an "aha".
  out.push_back(RisePlayout{});
  abandon_listening(out);
}

void Conversation::abandon_listening(ConversationActions& out) {
  held_text_.clear();
  confirm_at_.reset();
  if (caller_.state() == CallerTurn::State::Quiet) return;
  if (caller_.state() == CallerTurn::State::Recognising) stage_at_.reset();
  caller_.reset();
  out.push_back(AbandonListening{});
}

/// By the caller.
void Conversation::on_interrupted(TimePoint now, ConversationActions& out) {
  // News of which not a word was heard has not been told yet.
  const bool untold = agent_ != AgentSide::Idle && !own_words_ && reply_.heard_text().empty();
  if (untold && last_input_.kind == TurnInput::Kind::Failure) transfer_failed_ = true;
  interrupt(now, out);
}

void Conversation::interrupt(TimePoint, ConversationActions& out) {
  confirm_at_.reset();
  if (agent_ == AgentSide::Idle) return;
  out.push_back(CancelThinking{turn_});
  if (agent_ == AgentSide::Speaking) {
    const std::string heard = reply_.heard_text();
    out.push_back(CancelSpeaking{});
    out.push_back(FlushPlayout{utterance_});
    out.push_back(ReportHeard{turn_, heard, true});
    out.push_back(AgentSaid{turn_, heard, true});
    interrupted_ = true;
  }
  reply_.begin(turn_);
  reply_.complete();
  pending_action_.reset();
  unspoken_ = 0;
  agent_ = AgentSide::Idle;
  stage_at_.reset();
}

// --- what the parts yield ----------------------------------------------------------------------------------------------------

void Conversation::on_listen(const ListenEvent& event, TimePoint now, ConversationActions& out) {
  if (!listens()) return;
  if (const auto* transcript = std::get_if<Transcript>(&event)) return on_transcript(*transcript, now, out);
  if (std::get<ListenFailed>(event).turn != listen_turn_ || caller_.state() == CallerTurn::State::Quiet) return;
  abandon_listening(out);
  on_failure(now, out);
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
  const bool brief = caller_.spoken_for() < options_.shortest_speech;
  caller_.on_recognised();
  stage_at_.reset();
  const bool understood = !transcript.rejected && !transcript.text.empty();
  const std::string held = std::exchange(held_text_, {});
  TurnInput input{0, TurnInput::Kind::Speech, join(held, transcript.text), transcript.confidence, !understood};
  if (!understood && !held.empty()) {
    input = {0, TurnInput::Kind::Speech, held, held_confidence_, false};  // A cough does not unsay what was said before it.
  }
  const bool interrupted = std::exchange(interrupted_, false);
  if (input.text.empty() && brief && !interrupted) return rest(now);
  silences_ = 0;
  out.push_back(CallerSaid{turn_ + 1, input.text, input.confidence, input.rejected, false});
  respond(std::move(input), now, out);
}

void Conversation::respond(TurnInput input, TimePoint now, ConversationActions& out) {
  interrupt(now, out);
  input.turn = ++turn_;
  agent_ = AgentSide::Thinking;
  reply_.begin(turn_);
  own_words_ = false;
  pending_action_.reset();
  expect_.clear();
  digits_.expect(0);
  silence_at_.reset();
  stage_at_ = now + options_.think_deadline;
  last_input_ = input;
  out.push_back(Respond{std::move(input)});
}

void Conversation::on_think(const ThinkEvent& event, TimePoint now, ConversationActions& out) {
  if (phase_ == Phase::Ended || phase_ == Phase::Closing || agent_ == AgentSide::Idle) return;
  const auto turn = std::visit([](const auto& e) { return e.turn; }, event);
  if (turn != turn_ || own_words_) return;  // Of a reply that was cancelled.
  if (const auto* text = std::get_if<ReplyText>(&event)) return on_reply_text(*text, now, out);
  if (const auto* action = std::get_if<ReplyAction>(&event)) {
    pending_action_ = *action;
  } else if (const auto* expects = std::get_if<ReplyExpects>(&event)) {
    expect_ = expects->expect;
    digits_.expect(expects->digits);
  } else if (const auto* intent = std::get_if<ReplyIntent>(&event)) {
    out.push_back(Understood{turn, intent->name, intent->score});
  } else if (std::holds_alternative<ReplyDone>(event)) {
    on_reply_done(now, out);
  } else {
    on_failure(now, out);
  }
}

void Conversation::on_reply_text(const ReplyText& text, TimePoint now, ConversationActions& out) {
  if (text.text.find_first_not_of(" \t\r\n") != std::string::npos) speak(text.text, now, out);
}

void Conversation::speak(std::string text, TimePoint now, ConversationActions& out) {
  if (!reply_.add(utterance_ + 1, text)) return;
  ++utterance_;
  ++unspoken_;
  agent_ = AgentSide::Speaking;
  watch_stage(now);
  out.push_back(Speak{utterance_, std::move(text)});
}

/// Whoever is at work on the reply has so long for the next piece of it.
void Conversation::watch_stage(TimePoint now) {
  stage_at_.reset();
  if (unspoken_ > 0) {
    stage_at_ = now + options_.speak_deadline;
  } else if (!reply_.is_complete()) {
    stage_at_ = now + options_.think_deadline;
  }
}

void Conversation::on_reply_done(TimePoint now, ConversationActions& out) {
  const bool asked = last_input_.kind == TurnInput::Kind::Speech || last_input_.kind == TurnInput::Kind::Digits;
  if (reply_.empty() && !pending_action_ && asked) speak(options_.empty_reply, now, out);  // No dead air after an empty reply.
  if (reply_.empty() && !pending_action_ && last_input_.kind == TurnInput::Kind::Failure) speak(options_.transfer_apology, now, out);
  reply_.complete();
  watch_stage(now);
  if (reply_.empty() && phase_ == Phase::Preparing) answer(now, out);
  finish_reply_if_heard(now, out);
}

void Conversation::on_speak(const SpeakEvent& event, TimePoint now, ConversationActions& out) {
  if (phase_ == Phase::Ended || agent_ != AgentSide::Speaking) return;
  const auto utterance = std::visit([](const auto& e) { return e.utterance; }, event);
  if (utterance > utterance_ || unspoken_ == 0 || utterance + unspoken_ <= utterance_) return;  // Cancelled before it came.
  if (const auto* audio = std::get_if<SpeechAudio>(&event)) {
    reply_.on_words(utterance, audio->words);
    watch_stage(now);
    return answer(now, out);
  }
  --unspoken_;
  watch_stage(now);
  if (std::holds_alternative<SpeakFailed>(event)) {
    reply_.on_utterance_over(utterance, false);
    on_failure(now, out);
  }
}

void Conversation::finish_reply_if_heard(TimePoint now, ConversationActions& out) {
  if (agent_ == AgentSide::Idle || !reply_.finished()) return;
  agent_ = AgentSide::Idle;
  stage_at_.reset();
  confirm_at_.reset();
  if (!reply_.empty()) {
    const std::string heard = reply_.heard_text();
    if (!own_words_) out.push_back(ReportHeard{turn_, heard, false});
    out.push_back(AgentSaid{turn_, heard, false});
  }
  if (phase_ == Phase::Closing) return hang_up(out);
  if (!own_words_) failures_ = 0;
  if (auto action = std::exchange(pending_action_, std::nullopt)) return perform(*action, now, out);
  rest(now);
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
    case ReplyAction::What::Hold:
    case ReplyAction::What::Escalate:
      // No thinker of this version asks for these; the caller still must not be left in silence.
      return say_own(options_.apology, now, out);
  }
  rest(now);
}

// --- failures and time -------------------------------------------------------------------------------------------------------

void Conversation::say_own(std::string_view text, TimePoint now, ConversationActions& out) {
  reply_.begin(turn_);
  own_words_ = true;
  speak(std::string(text), now, out);
  reply_.complete();
}

void Conversation::on_failure(TimePoint now, ConversationActions& out) {
  if (phase_ == Phase::Closing) return hang_up(out);
  // Then the caller said nothing that could be said again, and must hear of the transfer from us.
  const bool of_transfer = agent_ == AgentSide::Thinking && last_input_.kind == TurnInput::Kind::Failure;
  interrupt(now, out);
  if (phase_ == Phase::Preparing) answer(now, out);
  if (++failures_ >= options_.max_failures) return close("failure", options_.failure_goodbye, now, out);
  say_own(of_transfer ? options_.transfer_apology : options_.apology, now, out);
}

void Conversation::on_stage_deadline(TimePoint now, ConversationActions& out) {
  if (caller_.state() == CallerTurn::State::Recognising) abandon_listening(out);
  on_failure(now, out);
}

void Conversation::on_silence(TimePoint now, ConversationActions& out) {
  if (++silences_ > options_.max_silences) return close("silence", options_.silence_goodbye, now, out);
  respond({0, TurnInput::Kind::Silence, {}, 1, false}, now, out);
}

void Conversation::rest(TimePoint now) {
  if (transferring_) return;  // The caller waits for somebody to answer there: the phone tells how that went.
  if (phase_ != Phase::Connected || agent_ != AgentSide::Idle || caller_.state() != CallerTurn::State::Quiet) return;
  silence_at_ = now + options_.silence_prompt;
}

void Conversation::on_time(TimePoint now, ConversationActions& out) {
  if (phase_ == Phase::Ended) return;
  if (caller_.on_time(now) == CallerTurn::Step::Ended) {
    out.push_back(EndListening{});
    stage_at_ = now + options_.listen_deadline;
  }
  if (auto input = digits_.on_time(now)) {
    abandon_listening(out);  // As on_digit() does: a noise recognised later must not take the place of what was keyed in.
    out.push_back(CallerSaid{turn_ + 1, *input, 1, false, true});
    respond({0, TurnInput::Kind::Digits, std::move(*input), 1, false}, now, out);
  }
  on_timers(now, out);
  tell_failed_transfer(now, out);
  assert(is_consistent());
}

void Conversation::on_timers(TimePoint now, ConversationActions& out) {
  if (is_due(answer_at_, now)) answer(now, out);
  if (is_due(confirm_at_, now)) on_interrupted(now, out);
  if (is_due(limit_at_, now)) {
    if (phase_ == Phase::Closing) return hang_up(out);
    close("time limit", options_.limit_goodbye, now, out);
  }
  if (is_due(media_lost_at_, now)) close("no media", {}, now, out);
  if (is_due(stage_at_, now)) on_stage_deadline(now, out);
  if (is_due(silence_at_, now)) on_silence(now, out);
}

std::optional<TimePoint> Conversation::next_deadline() const {
  std::optional<TimePoint> next;
  for (const auto& at : {answer_at_, confirm_at_, stage_at_, silence_at_, limit_at_, media_lost_at_, caller_.next_deadline(), digits_.next_deadline()}) {
    if (at && (!next || *at < *next)) next = at;
  }
  return next;
}

bool Conversation::is_consistent() const {
  if (phase_ == Phase::Ended) return !next_deadline();
  if (silence_at_ && (agent_ != AgentSide::Idle || caller_.state() != CallerTurn::State::Quiet)) return false;
  if (confirm_at_ && !caller_.speaking()) return false;
  if (agent_ == AgentSide::Thinking && !stage_at_) return false;  // A thought without a deadline could last for ever.
  return !(phase_ == Phase::Connected && !limit_at_);
}

}  // namespace offhook::inline v0::agent
