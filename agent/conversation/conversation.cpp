#include <offhook/agent/conversation/conversation.hpp>

#include <algorithm>
#include <cassert>
#include <utility>

// The course of a call from its ringing to its end, and all events that depend only on time.
namespace offhook::inline v0::agent {

using base::TimePoint;

namespace {

constexpr auto kTooLate = "nothing came in time";

CallerTimes caller_times(const ConversationOptions& options) {
  // With drop_brief_turns, the session gets the caller's audio, and cannot report that a turn had no words. No transcript can then decide whether a sound was
  // a cough, so that speech of confirm_interruption interrupts the agent.
  const auto longest_cough = options.drop_brief_turns ? options.confirm_interruption : std::max(options.confirm_interruption, options.longest_cough);
  return {options.end_of_turn, options.confirm_interruption, longest_cough, options.shortest_speech, options.listen_deadline};
}

AgentTimes agent_times(const ConversationOptions& options) {
  return {options.think_deadline, options.speak_deadline, options.stall_deadline, options.tool_deadline, options.filler_after, options.filler_again, !options.filler.empty()};
}

PatienceLimits patience_limits(const ConversationOptions& options) {
  return {options.silence_prompt, options.max_silences, options.max_failures, options.media_lost_limit};
}

}  // namespace

Conversation::Conversation(ConversationOptions options)
    : options_(std::move(options)),
      caller_(caller_times(options_)),
      agent_(agent_times(options_)),
      patience_(patience_limits(options_)),
      retries_(options_.max_attempts),
      digits_(options_.digit_gap, options_.keys_together) {}

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

/// The notice comes before the thinker's reply, and is not part of it.
void Conversation::say_notice(TimePoint now, ConversationActions& out) {
  if (options_.notice.empty()) return;
  speak(options_.notice, AgentFloor::Part::Aside, now, out);
  notice_utterance_ = agent_.utterance();
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
  patience_.end_at(now + options_.call_limit);
  limit_missing_media(now);
  if (options_.machine != MachinePolicy::Ignore) hearer_ = Hearer::Unjudged;
  if (agent_.state() == AgentFloor::State::Thinking && agent_.has_filler_due()) agent_.fill_at(now + options_.filler_after / 2);  // The greeting is late.
  rest(now);
}

void Conversation::on_ended() {
  phase_ = Phase::Ended;
  end_screening();
  answer_at_.reset();
  agent_.stop();
  caller_.stop();
  patience_.stop();
  hand_over_.stop();
  digits_.expect(0);
}

void Conversation::on_transfer_failed(AfterTransfer caller, TimePoint now, ConversationActions& out) {
  if (phase_ != Phase::Connected || !hand_over_.on_transfer_failed()) return;
  if (is_held_by_peer() && !hand_over_.has_hold_limit()) return close("hold limit", {}, now, out);  // The transfer was the last alternative.
  limit_missing_media(now);
  if (caller == AfterTransfer::MayBeGone) patience_.on_transfer_failed(now);
  rest(now);
  report_failed_transfer(now, out);
}

/// Starts the limit for missing media anew, if the peer must send media now.
void Conversation::limit_missing_media(TimePoint now) {
  if (expects_media()) patience_.expect_media(now);
}

/// Returns false when a transfer is under way already.
bool Conversation::transfer_to(std::string target, ConversationActions& out) {
  if (!hand_over_.begin_transfer()) return false;
  patience_.expect_no_media();
  out.push_back(TransferCall{std::move(target)});
  return true;
}

/// Returns true if a new turn interrupts nothing: caller and agent are silent, and the conversation awaits neither keys nor an answer.
bool Conversation::is_quiet() const {
  return listens() && agent_.is_idle() && caller_.is_quiet() && !digits_.next_deadline() && !question_.is_asking();
}

void Conversation::on_peer_hold(bool holds, TimePoint now, ConversationActions& out) {
  if (phase_ == Phase::Closing || phase_ == Phase::Ended) return;
  if (holds) {
    if (!hand_over_.begin_peer_hold(now + kBriefHold, now + options_.hold_limit)) return;
    patience_.no_silence();
    return patience_.expect_no_media();
  }
  const auto held = hand_over_.end_peer_hold();
  if (held == HandOver::PeerHold::None || phase_ != Phase::Connected) return;
  is_back_ = held == HandOver::PeerHold::Long;
  limit_missing_media(now);
  rest(now);
  report_failed_transfer(now, out);
  report_back(now, out);
}

void Conversation::on_other_caller(std::string who, TimePoint now, ConversationActions& out) {
  if (phase_ == Phase::Closing || phase_ == Phase::Ended) return;
  other_caller_ = std::move(who);
  report_back(now, out);
}

/// The caller's side has held the call for more than a moment. Abandons the caller's turn, unless the listener already makes its transcript.
void Conversation::on_hold_settled(TimePoint now, ConversationActions& out) {
  if (!caller_.is_recognising()) abandon_listening(out);
  finish_reply_if_heard(now, out);
  go_on(now, out);
}

void Conversation::on_hold_limit(TimePoint now, ConversationActions& out) {
  if (phase_ != Phase::Connected) return;
  const bool transfers = begin_last_resort() && transfer_to(options_.transfer_when_lost, out);
  if (!transfers) close("hold limit", {}, now, out);
}

/// Gives the thinker a turn when the caller is back from a hold, or when another person is on the line, so that they hear that the agent is there.
void Conversation::report_back(TimePoint now, ConversationActions& out) {
  const bool is_other = !other_caller_.empty();
  if ((!is_back_ && !is_other) || !is_quiet() || hand_over_.caller_waits()) return;
  respond({0, is_other ? TurnInput::Kind::OtherCaller : TurnInput::Kind::Back, std::exchange(other_caller_, {}), 1, false}, now, out);
}

void Conversation::report_failed_transfer(TimePoint now, ConversationActions& out) {
  if (!hand_over_.has_untold_failure() || !is_quiet()) return;
  hand_over_.on_failure_told();
  respond({0, TurnInput::Kind::Failure, std::string(kTransferFailed), 1, false}, now, out);
}

std::optional<AgentSaid> Conversation::unfinished_reply() const {
  if (phase_ == Phase::Ended || agent_.state() != AgentFloor::State::Speaking) return std::nullopt;
  std::string heard = agent_.reply().heard_text();
  if (heard.empty()) return std::nullopt;
  return AgentSaid{agent_.turn(), std::move(heard), true};
}

std::optional<std::uint32_t> Conversation::open_reply() const {
  if (phase_ == Phase::Ended || agent_.is_idle() || agent_.speaks_own_words()) return std::nullopt;
  return agent_.turn();
}

void Conversation::close(std::string why, std::string_view farewell, TimePoint now, ConversationActions& out) {
  if (phase_ == Phase::Ended) return;
  if (phase_ == Phase::Closing) {
    if (farewell.empty()) hang_up(out);  // An empty farewell hangs up at once, even during another farewell.
    return;
  }
  const bool was_up = phase_ == Phase::Connected;
  closing_why_ = std::move(why);
  interrupt("the call ends", out);
  abandon_listening(out);
  phase_ = Phase::Closing;
  end_screening();
  answer_at_.reset();
  patience_.stop();
  hand_over_.stop();
  if (!was_up || farewell.empty()) return hang_up(out);
  patience_.end_at(now + options_.farewell_limit);  // During a hold no audio leaves, so the farewell would never end.
  say_own(farewell, now, out);
}

void Conversation::hang_up(ConversationActions& out) {
  out.push_back(HangUpCall{closing_why_});
  on_ended();
}

// --- time --------------------------------------------------------------------------------------------------------------------

void Conversation::rest(TimePoint now) {
  if (phase_ != Phase::Connected || hearer_ != Hearer::Person) return;
  if (hand_over_.caller_waits()) return;  // A caller who waits for a person gets no question about the silence.
  if (digits_.next_deadline()) return;    // That question would discard the keys of the number so far.
  if (question_.is_asking()) return;      // A tool's question has its own time limit.
  if (!agent_.is_idle() || !caller_.is_quiet()) return;
  patience_.await_words(now);
}

void Conversation::on_silence(TimePoint now, ConversationActions& out) {
  if (!patience_.on_silence()) return close("silence", options_.silence_goodbye, now, out);
  respond({0, TurnInput::Kind::Silence, {}, 1, false}, now, out);
}

void Conversation::on_time(TimePoint now, ConversationActions& out) {
  if (phase_ == Phase::Ended) return;
  if (caller_.on_time(now)) on_end_of_turn(now, out);
  if (auto keys = digits_.on_time(now)) {
    if (!digits_.gathers_unasked()) abandon_listening(out);  // A noise that is recognised later must not replace the keys.
    on_keys(std::move(*keys), now, out);
  }
  on_timers(now, out);
  go_on(now, out);
  ask_when_quiet(now, out);
  report_failed_transfer(now, out);
  report_back(now, out);
  report_late_results(now, out);
  assert(is_consistent());
}

void Conversation::on_timers(TimePoint now, ConversationActions& out) {
  if (take_due(answer_at_, now)) answer(now, out);
  on_interruption_timers(now, out);
  if (patience_.take_limit_due(now)) {
    if (phase_ == Phase::Closing) return hang_up(out);
    close("time limit", options_.limit_goodbye, now, out);
  }
  if (patience_.take_media_lost_due(now)) close("no media", {}, now, out);
  if (hand_over_.take_hold_due(now)) {
    out.push_back(HoldCall{false});
    is_back_ = true;
    rest(now);
  }
  if (hand_over_.take_peer_hold_settled(now)) on_hold_settled(now, out);
  if (hand_over_.take_peer_hold_due(now)) on_hold_limit(now, out);
  if (caller_.take_listen_due(now)) on_failure(Stage::Listen, kTooLate, now, out);
  if (agent_.take_speak_due(now)) on_failure(Stage::Speak, kTooLate, now, out);
  if (agent_.take_think_due(now)) {
    if (keeps_back()) agent_.look_again_at(now + kLookAgain);  // An apology now would interrupt the caller.
    else if (!leave_loading_model(now, out)) on_failure(Stage::Think, kTooLate, now, out);
  }
  if (agent_.take_filler_due(now)) on_filler(now, out);
  if (patience_.take_silence_due(now)) on_silence(now, out);
}

std::optional<TimePoint> Conversation::next_deadline() const {
  return earliest({answer_at_, agent_.next_deadline(), caller_.next_deadline(), patience_.next_deadline(), hand_over_.next_deadline(), digits_.next_deadline()});
}

bool Conversation::is_consistent() const {
  if (phase_ == Phase::Ended) return !next_deadline();
  if (patience_.awaits_words() && (!agent_.is_idle() || !caller_.is_quiet())) return false;
  if (holds_back() && phase_ != Phase::Connected) return false;
  if (!caller_.is_consistent() || !agent_.is_consistent()) return false;
  if (agent_.has_kept() && (agent_.is_idle() || agent_.is_speaking())) return false;
  return phase_ != Phase::Connected || patience_.has_limit();
}

}  // namespace offhook::inline v0::agent
