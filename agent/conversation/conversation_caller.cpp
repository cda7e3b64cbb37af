#include <offhook/agent/conversation/conversation.hpp>

#include <algorithm>
#include <utility>

// The caller's voice and keys, the transcripts of the listener, and interruptions of the agent.
namespace offhook::inline v0::agent {

using base::TimePoint;

namespace {

constexpr base::Duration kTick = std::chrono::milliseconds(20);
constexpr base::Duration kLongestHangover = std::chrono::seconds(2);

MediaTime at_tick(std::uint64_t tick) { return kTick * static_cast<std::int64_t>(tick); }

/// Returns how long the caller had been silent at the time of the worker's report.
base::Duration silent_for(const media::MediaEvent& event) {
  return std::clamp(at_tick(event.tick) - at_tick(event.at_tick), base::Duration::zero(), kLongestHangover);
}

}  // namespace

void Conversation::on_media(const media::MediaEvent& event, TimePoint now, ConversationActions& out) {
  using Kind = media::MediaEvent::Kind;
  if (phase_ == Phase::Ended) return;
  switch (event.kind) {
    case Kind::Digit: return on_digit(event.digit, now, out);
    case Kind::SpeechStarted: return on_speech_started(event, now, out);
    case Kind::SpeechStopped: return on_speech_stopped(event, now, out);
    case Kind::Sent:
      is_back_ = false;  // The caller hears now that the agent is there.
      on_question_sent(event, out);
      return agent_.on_sent(event.utterance, event.word);
    case Kind::UtteranceSent: return on_utterance_sent(event, now, out);
    case Kind::Flushed: return;  // interrupt() reported the heard part already.
    case Kind::MediaLost:
      patience_.on_media_lost(now - std::chrono::milliseconds(event.duration_ms), now);
      if (!expects_media()) patience_.expect_no_media();
      return;
    case Kind::MediaStarted:
    case Kind::MediaBack: return patience_.on_media();
    case Kind::Tone: return on_line_tone(event.tone, now, out);
  }
}

void Conversation::on_utterance_sent(const media::MediaEvent& event, TimePoint now, ConversationActions& out) {
  if (event.utterance >= notice_utterance_) notice_utterance_ = 0;
  on_question_sent(event, out);
  agent_.on_utterance_sent(event.utterance);
  finish_reply_if_heard(now, out);
  // The caller has heard all words so far, and more words will come: sets the time for a filler anew.
  if (agent_.state() == AgentFloor::State::Speaking && !agent_.reply().outstanding()) agent_.fill_by(now + options_.filler_after);
}

// --- keys --------------------------------------------------------------------------------------------------------------------

void Conversation::on_digit(char digit, TimePoint now, ConversationActions& out) {
  if (!listens()) return;
  patience_.on_caller();
  if (question_.awaits_answer()) return out.push_back(AnswerDigit{digit});
  patience_.no_silence();
  give_way(now, out);
  make_room_for_keys(out);
  if (auto keys = digits_.on_digit(digit, now)) return on_keys(std::move(*keys), now, out);
  go_on(now, out);
  rest(now);
}

/// Speech and keys may belong together ("My number is", and then keys), and a model gets both. A dialogue that expects keys takes only keys.
void Conversation::make_room_for_keys(ConversationActions& out) {
  if (digits_.gathers_unasked()) return rise(out);
  abandon_listening(out);
}

void Conversation::on_keys(std::string keys, TimePoint now, ConversationActions& out) {
  out.push_back(CallerSaid{agent_.turn() + 1, keys, 1, false, true});
  respond({0, TurnInput::Kind::Digits, std::move(keys), 1, false}, now, out);
}

// --- voice -------------------------------------------------------------------------------------------------------------------

void Conversation::on_speech_started(const media::MediaEvent& event, TimePoint now, ConversationActions& out) {
  // The agent does not listen now. The farewell, the notice, and the message to a machine must not stay ducked.
  if (phase_ == Phase::Closing || leaves_message() || notice_utterance_ != 0) out.push_back(RisePlayout{});
  if (!listens() || !caller_.on_speech_started(at_tick(event.tick), now)) return;
  retries_.begin(Stage::Listen);
  patience_.no_silence();
  is_back_ = false;
  if (agent_.is_idle()) agent_.no_filler();
  const bool asks = question_.awaits_answer();
  out.push_back(BeginListening{caller_.listen_turn(), agent_.expect()});
  if (!agent_.is_idle() && !asks) caller_.watch_interruption(now);
  if (asks) out.push_back(RisePlayout{});  // The caller hears a question to its end, because the caller must know exactly what the answer agrees to.
}

void Conversation::on_speech_stopped(const media::MediaEvent& event, TimePoint now, ConversationActions& out) {
  if (!attends()) return;
  caller_.on_voice_until(at_tick(event.tick), now);
  on_interruption_timers(now, out);
  caller_.on_speech_stopped(at_tick(event.tick), silent_for(event), now);
  if (caller_.interruption() != CallerFloor::Interruption::Doubtful) return;
  // The voice was too short for an interruption: a cough, an "aha".
  if (!caller_.goes_on()) {
    abandon_listening(out);
    return on_nothing_said(now, out);
  }
  rise(out);  // The caller's words before the cough still count.
  finish_reply_if_heard(now, out);
}

/// Ends the pause or the ducking, because the caller's voice over the agent's voice did not interrupt the agent.
void Conversation::rise(ConversationActions& out) {
  if (caller_.end_interruption() != CallerFloor::Interruption::None) out.push_back(RisePlayout{});
}

void Conversation::on_end_of_turn(TimePoint now, ConversationActions& out) {
  if (options_.drop_brief_turns && caller_.is_brief() && !caller_.has_cut_off()) {
    abandon_listening(out);
    return on_nothing_said(now, out);
  }
  out.push_back(EndListening{});
  caller_.await_transcript(now);
  if (agent_.is_idle()) agent_.fill_after(now);
}

void Conversation::abandon_listening(ConversationActions& out) {
  rise(out);
  if (caller_.abandon()) out.push_back(AbandonListening{});
}

// --- an interruption ---------------------------------------------------------------------------------------------------------

void Conversation::on_interruption_timers(TimePoint now, ConversationActions& out) {
  if (caller_.take_confirm_due(now) && question_.awaits_answer()) {
    (void)caller_.end_interruption();
    out.push_back(RisePlayout{});  // The caller began to speak before the question began, so the agent says the question to its end.
    finish_reply_if_heard(now, out);
  }
  if (caller_.take_cut_off_due(now)) on_cut_off(now, out);
}

/// The caller has spoken over the agent for longer than a cough.
void Conversation::on_cut_off(TimePoint now, ConversationActions& out) {
  if (give_way(now, out)) caller_.on_cut_off();
}

/// Stops the agent's voice. If the caller has heard some of the reply, the reply is over, and the function returns true. If the caller has
/// heard only asides, the agent says the reply later, if it still counts, and the function returns false.
bool Conversation::give_way(TimePoint now, ConversationActions& out) {
  if (!agent_.is_speaking() || agent_.reply().is_unheard()) return false;
  const bool over = question_.is_asking() || !agent_.may_take_back();
  if (over) {
    interrupt("the caller spoke over it", out);
  } else {
    out.push_back(CancelSpeaking{});
    out.push_back(FlushPlayout{agent_.utterance()});
    agent_.take_back(now);
  }
  return over;
}

void Conversation::interrupt(std::string why, ConversationActions& out) {
  (void)caller_.end_interruption();
  if (agent_.is_idle()) return;
  drop_questions(out);
  if (std::exchange(notice_utterance_, 0) != 0) out.push_back(StopRecording{});
  out.push_back(CancelThinking{agent_.turn(), std::move(why)});
  for (const ThinkEvent& event : agent_.kept()) {
    if (const auto* call = std::get_if<ToolCall>(&event)) leave_undone(*call, out);
  }
  if (agent_.state() == AgentFloor::State::Speaking) {
    const std::string heard = agent_.reply().heard_text();
    out.push_back(CancelSpeaking{});
    out.push_back(FlushPlayout{agent_.utterance()});
    if (!agent_.reply().says_nothing()) {
      out.push_back(ReportHeard{agent_.turn(), heard, true});
      out.push_back(AgentSaid{agent_.turn(), heard, true});
    }
  }
  agent_.forget();
}

// --- the transcript ----------------------------------------------------------------------------------------------------------

void Conversation::on_listen(const ListenEvent& event, TimePoint now, ConversationActions& out) {
  if (const auto* transcript = std::get_if<Transcript>(&event)) {
    if (take_late_transcript(*transcript, out) || !attends()) return;
    return on_transcript(*transcript, now, out);
  }
  const auto& failed = std::get<ListenFailed>(event);
  if (!attends() || failed.turn != caller_.listen_turn() || caller_.is_quiet()) return;
  on_failure(Stage::Listen, failed.why, now, out);
}

/// Takes the late transcript of a turn that the session took as audio. The record gets the transcript, and the tool box gets it if it answers
/// a question. The reply does not need it. Returns false if the transcript is not late.
bool Conversation::take_late_transcript(const Transcript& transcript, ConversationActions& out) {
  const bool counts = transcript.final && phase_ != Phase::Ended;
  const auto taken = caller_.find_taken(transcript.turn, counts);
  if (!taken || !counts) return taken.has_value();
  out.push_back(CallerSaid{taken->turn, transcript.text, transcript.confidence, transcript.rejected, false});
  if (taken->answer) out.push_back(AnswerWords{transcript, taken->began});
  return true;
}

void Conversation::on_taken(std::uint32_t listen_turn, TimePoint now, ConversationActions& out) {
  if (!attends() || listen_turn != caller_.listen_turn() || caller_.is_quiet()) return;
  if (caller_.is_speaking()) out.push_back(EndListening{});  // The session detected the end of the turn first.
  const bool answers = question_.awaits_answer();
  caller_.on_taken(answers ? agent_.turn() : agent_.turn() + 1, answers);
  patience_.on_caller();
  if (answers) return rest(now);
  respond(follow_on({0, TurnInput::Kind::Speech, {}, 1, false}), now, out);
}

/// Returns true if a stored event says that the content filter refused the present turn.
bool Conversation::is_refused() const {
  return std::any_of(agent_.kept().begin(), agent_.kept().end(), [](const ThinkEvent& event) {
    const auto* failed = std::get_if<ThinkFailed>(&event);
    return failed != nullptr && failed->kind == FailureKind::Filtered;
  });
}

/// If the caller speaks again before hearing any of the reply, both parts are one input.
TurnInput Conversation::follow_on(TurnInput input) const {
  const TurnInput& before = agent_.input();
  if (!agent_.is_untold() || before.kind != TurnInput::Kind::Speech || before.rejected || is_refused()) return input;
  input.supersedes = before.turn;
  if (!before.text.empty()) input.text = before.text + ' ' + input.text;
  return input;
}

/// The voice was a cough or a noise. The conversation continues as if there had been no voice.
void Conversation::on_nothing_said(TimePoint now, ConversationActions& out) {
  rise(out);
  finish_reply_if_heard(now, out);
  if (agent_.state() == AgentFloor::State::Thinking || agent_.is_in_gap()) agent_.fill_by(now + options_.filler_after / 2);  // The voice may have prevented a filler.
  go_on(now, out);
  rest(now);
}

void Conversation::on_transcript(const Transcript& transcript, TimePoint now, ConversationActions& out) {
  if (!transcript.final) return;
  if (transcript.turn != caller_.listen_turn()) return caller_.hold(transcript);
  if (!caller_.is_recognising()) return;
  auto [input, whole, brief, after_cut_off, had_words] = caller_.on_transcript(transcript);
  // True if the caller waits for a reply, or hears one now.
  const bool waits = !agent_.is_idle() && !agent_.is_filling() && !question_.awaits_answer();
  if (!had_words && !after_cut_off && (waits || (brief && input.text.empty()))) return on_nothing_said(now, out);
  patience_.on_caller();
  if (question_.awaits_answer()) {
    input.rejected = input.rejected || !whole;  // An incomplete transcript does not count as an answer.
    out.push_back(CallerSaid{agent_.turn(), input.text, input.confidence, input.rejected, false});
    return out.push_back(AnswerWords{{transcript.turn, true, input.text, input.confidence, input.rejected}, caller_.began()});
  }
  out.push_back(CallerSaid{agent_.turn() + 1, input.text, input.confidence, input.rejected, false});
  respond(follow_on(std::move(input)), now, out);
}

}  // namespace offhook::inline v0::agent
