#include <offhook/agent/conversation/conversation.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

namespace offhook::inline v0::agent {

using base::TimePoint;

namespace {

constexpr base::Duration kTick = std::chrono::milliseconds(20);
constexpr auto kTooLate = "nothing came in time";

bool is_due(std::optional<TimePoint>& at, TimePoint now) {
  if (!at || now < *at) return false;
  at.reset();
  return true;
}

}  // namespace

Conversation::Conversation(ConversationOptions options)
    : options_(std::move(options)), caller_(options_.end_of_turn), digits_(options_.digit_gap, options_.keys_together) {}

// --- the call ----------------------------------------------------------------------------------------------------------------

void Conversation::start(TimePoint now, ConversationActions& out) {
  assert(phase_ == Phase::Idle);
  phase_ = Phase::Preparing;
  ring_until_ = now + options_.ring_for;
  answer_at_ = std::max(ring_until_, now + options_.answer_at_latest);
  TurnInput opening;
  opening.kind = TurnInput::Kind::Opening;
  respond(std::move(opening), now, out);
  say_notice(now, out);
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
  if (options_.machine != MachinePolicy::Ignore) screening_ = Screening::Judging;
  if (agent_ == AgentSide::Thinking && filler_at_) filler_at_ = now + options_.filler_after / 2;  // The greeting is late already.
  rest(now);
}

void Conversation::on_ended() {
  phase_ = Phase::Ended;
  screening_ = Screening::None;
  answer_at_ = confirm_at_ = listen_at_ = speak_at_ = think_at_ = filler_at_ = silence_at_ = limit_at_ = media_lost_at_ = held_until_ = std::nullopt;
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
  if (digits_.next_deadline() || is_asking()) return;  // A number half keyed in, or an answer awaited: a turn of ours would throw it away.
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
  screening_ = Screening::None;
  silence_at_ = limit_at_ = media_lost_at_ = answer_at_ = held_until_ = std::nullopt;
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
    case Kind::Sent:
      on_question_sent(event, out);
      return reply_.on_sent(event.utterance, event.word);
    case Kind::UtteranceSent:
      if (event.utterance >= notice_utterance_) notice_utterance_ = 0;
      on_question_sent(event, out);
      reply_.on_utterance_over(event.utterance, true);
      finish_reply_if_heard(now, out);
      // All that there was has been heard, and there is more to come: the wait begins anew.
      if (agent_ == AgentSide::Speaking && !reply_.outstanding() && !filler_at_ && !options_.filler.empty()) filler_at_ = now + options_.filler_after;
      return;
    case Kind::Flushed: return;  // What was heard was reported when we asked for it.
    case Kind::MediaLost:
      media_lost_at_ = now + options_.media_lost_limit;
      return;
    case Kind::MediaStarted:
    case Kind::MediaBack: media_lost_at_.reset(); return;
    case Kind::Tone: return on_line_tone(event.tone, now, out);
  }
}

void Conversation::on_digit(char digit, TimePoint now, ConversationActions& out) {
  if (!listens()) return;
  silences_ = 0;
  if (awaits_answer_) return out.push_back(AnswerDigit{digit});
  silence_at_.reset();
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
  // Nobody listens now: farewell and notice must not stay ducked, nor the message to a machine.
  if (phase_ == Phase::Closing || leaves_message_ || notice_utterance_ != 0) out.push_back(RisePlayout{});
  if (!listens()) return;
  const bool goes_on = caller_.state() == CallerTurn::State::Recognising;
  if (caller_.on_speech_started(now) != CallerTurn::Step::Began) return;
  silence_at_.reset();
  goes_on_ = goes_on;
  if (!goes_on) began_speaking_ = now;
  listen_at_.reset();  // When the caller goes on after all.
  if (agent_ == AgentSide::Idle) filler_at_.reset();
  if (agent_ == AgentSide::Thinking && !awaits_answer_ && tools_open_ == 0 && last_input_.kind == TurnInput::Kind::Speech) {
    // The turn was not over: what we took for all of it goes before what comes now.
    out.push_back(CancelThinking{turn_});
    held_text_ = last_input_.rejected ? std::string() : last_input_.text;
    held_confidence_ = last_input_.confidence;
    forget_reply();
  }
  attempts_[static_cast<std::size_t>(Stage::Listen)] = 0;
  out.push_back(BeginListening{++listen_turn_, expect_});
  if (agent_ != AgentSide::Idle && !awaits_answer_) confirm_at_ = now + options_.confirm_interruption;
  if (awaits_answer_) out.push_back(RisePlayout{});  // A question is heard to its end: what they agree to must be clear.
}

void Conversation::on_speech_stopped(const media::MediaEvent& event, TimePoint now, ConversationActions& out) {
  if (!listens()) return;
  const auto silent_ticks = event.tick > event.at_tick ? event.tick - event.at_tick : 0;
  caller_.on_speech_stopped(std::min<base::Duration>(kTick * static_cast<std::int64_t>(silent_ticks), std::chrono::seconds(2)), now);
  if (!confirm_at_) return;
  confirm_at_.reset();  // Too short to be meant for us: a cough, an "aha".
  out.push_back(RisePlayout{});
  if (!goes_on_) abandon_listening(out);  // What was said before it still counts.
}

void Conversation::abandon_listening(ConversationActions& out) {
  held_text_.clear();
  confirm_at_.reset();
  if (caller_.state() == CallerTurn::State::Quiet) return;
  listen_at_.reset();
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
  drop_questions(out);
  if (std::exchange(notice_utterance_, 0) != 0) out.push_back(StopRecording{});
  out.push_back(CancelThinking{turn_});
  if (agent_ == AgentSide::Speaking) {
    const std::string heard = reply_.heard_text();
    out.push_back(CancelSpeaking{});
    out.push_back(FlushPlayout{utterance_});
    if (!reply_.says_nothing()) {
      out.push_back(ReportHeard{turn_, heard, true});
      out.push_back(AgentSaid{turn_, heard, true});
    }
    interrupted_ = true;
  }
  forget_reply();
}

void Conversation::forget_reply() {
  reply_.begin(turn_);
  reply_.complete();
  pending_actions_.clear();
  unspoken_ = tools_open_ = 0;
  filling_ = false;
  agent_ = AgentSide::Idle;
  speak_at_ = think_at_ = filler_at_ = std::nullopt;
}

// --- time --------------------------------------------------------------------------------------------------------------------

void Conversation::on_silence(TimePoint now, ConversationActions& out) {
  if (++silences_ > options_.max_silences) return close("silence", options_.silence_goodbye, now, out);
  respond({0, TurnInput::Kind::Silence, {}, 1, false}, now, out);
}

void Conversation::rest(TimePoint now) {
  if (holds_back() || leaves_message_) return;
  if (transferring_ || held_until_) return;  // The caller waits for somebody else: nobody asks them why they say nothing.
  if (digits_.next_deadline()) return;       // Nor somebody who keys in a number: the question would throw it away.
  if (is_asking()) return;                   // Nor somebody who was asked something: it has a time of its own.
  if (phase_ != Phase::Connected || agent_ != AgentSide::Idle || caller_.state() != CallerTurn::State::Quiet) return;
  silence_at_ = now + options_.silence_prompt;
}

void Conversation::on_end_of_turn(TimePoint now, ConversationActions& out) {
  if (options_.drop_brief_turns && caller_.spoken_for() < options_.shortest_speech && !interrupted_ && !goes_on_) {
    abandon_listening(out);
    return rest(now);
  }
  out.push_back(EndListening{});
  listen_at_ = now + options_.listen_deadline;
  if (agent_ == AgentSide::Idle && !options_.filler.empty()) filler_at_ = now + options_.filler_after;
}

void Conversation::on_time(TimePoint now, ConversationActions& out) {
  if (phase_ == Phase::Ended) return;
  if (caller_.on_time(now) == CallerTurn::Step::Ended) on_end_of_turn(now, out);
  if (auto input = digits_.on_time(now)) {
    abandon_listening(out);  // As on_digit() does: a noise recognised later must not take the place of what was keyed in.
    out.push_back(CallerSaid{turn_ + 1, *input, 1, false, true});
    respond({0, TurnInput::Kind::Digits, std::move(*input), 1, false}, now, out);
  }
  on_timers(now, out);
  ask_when_quiet(now, out);
  tell_failed_transfer(now, out);
  assert(is_consistent());
}

void Conversation::on_timers(TimePoint now, ConversationActions& out) {
  if (is_due(answer_at_, now)) answer(now, out);
  if (is_due(confirm_at_, now)) {
    if (awaits_answer_) out.push_back(RisePlayout{});  // They began before the question did, and it is heard to its end.
    else on_interrupted(now, out);
  }
  if (is_due(limit_at_, now)) {
    if (phase_ == Phase::Closing) return hang_up(out);
    close("time limit", options_.limit_goodbye, now, out);
  }
  if (is_due(media_lost_at_, now)) close("no media", {}, now, out);
  if (is_due(held_until_, now)) {
    out.push_back(HoldCall{false});
    rest(now);
  }
  if (is_due(listen_at_, now)) on_failure(Stage::Listen, kTooLate, now, out);
  if (is_due(speak_at_, now)) on_failure(Stage::Speak, kTooLate, now, out);
  if (is_due(think_at_, now)) on_failure(Stage::Think, kTooLate, now, out);
  if (is_due(filler_at_, now)) on_filler(now, out);
  if (is_due(silence_at_, now)) on_silence(now, out);
}

std::optional<TimePoint> Conversation::next_deadline() const {
  std::optional<TimePoint> next;
  for (const auto& at : {answer_at_, confirm_at_, listen_at_, speak_at_, think_at_, filler_at_, silence_at_, limit_at_, media_lost_at_, held_until_,
                         caller_.next_deadline(), digits_.next_deadline()}) {
    if (at && (!next || *at < *next)) next = at;
  }
  return next;
}

bool Conversation::is_consistent() const {
  if (phase_ == Phase::Ended) return !next_deadline();
  if (silence_at_ && (agent_ != AgentSide::Idle || caller_.state() != CallerTurn::State::Quiet)) return false;
  if (confirm_at_ && !caller_.speaking()) return false;
  if (holds_back() && phase_ != Phase::Connected) return false;
  if (caller_.state() == CallerTurn::State::Recognising && !listen_at_) return false;
  if (agent_ == AgentSide::Thinking && !think_at_) return false;  // A thought without a deadline could last for ever.
  if (unspoken_ > 0 && !speak_at_) return false;
  return !(phase_ == Phase::Connected && !limit_at_);
}

}  // namespace offhook::inline v0::agent
