#include <offhook/agent/conversation/bridge.hpp>

#include <utility>

namespace offhook::inline v0::agent {

namespace {

template <class... Fs>
struct Overloaded : Fs... {
  using Fs::operator()...;
};

}  // namespace

Bridge::Bridge(std::unique_ptr<VoiceSession> session, std::unique_ptr<ToolBox> tools, std::shared_ptr<media::AudioPort> port,
               CallControl control, Observer observer, ConversationOptions options)
    : session_(std::move(session)),
      tools_(std::move(tools)),
      port_(std::move(port)),
      control_(std::move(control)),
      observer_(std::move(observer)),
      asks_who_answered_(options.machine != MachinePolicy::Ignore),
      core_(std::move(options)),
      feed_(port_->rate_hz),
      playout_(port_->rate_hz) {}

void Bridge::start(SessionContext context, base::TimePoint now) {
  if (tools_) context.tools = &tools_->descriptions();
  context.retries = &core_.retries();
  session_->open(context, now);
  observer_(ServiceChosen{session_->service()});
  core_.start(now, actions_);
  tick(now);
}

void Bridge::on_connected(base::TimePoint now) {
  core_.on_connected(now, actions_);
  media::HeardFrame early;
  while (asks_who_answered_ && port_->heard.try_pop(early)) feed_.on_frame(early, *session_);  // Audio before the answer comes from the network.
  if (asks_who_answered_) answerer_.emplace();
  on_wake(now);
}

void Bridge::on_ended() {
  if (const auto turn = core_.open_reply()) observer_(CancelThinking{*turn, "the call has ended"});
  if (const auto cut = core_.unfinished_reply()) observer_(*cut);
  core_.on_ended();
  report_waiting(false);
  actions_.clear();
  feed_.close();
  playout_.clear();
  commands_.clear();
  session_->abandon_turn();
  session_->cancel_speech();
  if (tools_) tools_->abandon();
}

void Bridge::close(std::string why, std::string_view farewell, base::TimePoint now) {
  core_.close(std::move(why), farewell, now, actions_);
  on_wake(now);
}

void Bridge::shut_down(base::TimePoint now) {
  core_.shut_down(now, actions_);
  on_wake(now);
}

void Bridge::on_transfer_failed(AfterTransfer caller, base::TimePoint now) {
  core_.on_transfer_failed(caller, now, actions_);
  on_wake(now);
}

void Bridge::on_peer_hold(bool holds, base::TimePoint now) {
  core_.on_peer_hold(holds, now, actions_);
  on_wake(now);
}

void Bridge::on_other_caller(std::string who, base::TimePoint now) {
  core_.on_other_caller(std::move(who), now, actions_);
  on_wake(now);
}

void Bridge::on_key(char key, base::TimePoint now) {
  const auto in_ticks = static_cast<std::uint64_t>(now.time_since_epoch() / std::chrono::milliseconds(20));
  if (!info_keys_.allows(in_ticks) || !keys_.takes(key, KeyFilter::By::Info, now)) return;
  media::MediaEvent event;
  event.kind = media::MediaEvent::Kind::Digit;
  event.digit = key;
  event.tick = event.at_tick = heard_tick_;
  (void)meter_.on_media(event);
  core_.on_media(event, now, actions_);
  on_wake(now);
}

void Bridge::tick(base::TimePoint now) { pass(deadlines_.at_tick(now), now); }

void Bridge::on_wake(base::TimePoint now) { pass(deadlines_.at_event(now), now); }

void Bridge::pass(bool checks_deadlines, base::TimePoint now) {
  commands_.retry(*port_);
  if (checks_deadlines) tick_parts(now);
  carry_out(now);
  drain_port(now);
  drain_session(now);
  drain_tools(now);
  if (checks_deadlines) core_.on_time(now, actions_);
  carry_out(now);
  drain_session(now);  // The output of work that on_time() began may be ready at once.
  report_waiting(core_.caller_waits());
  const auto phase = core_.phase();
  const bool is_up = phase == Conversation::Phase::Connected || phase == Conversation::Phase::Closing;
  if (is_up && !core_.holds_playout()) playout_.pump(*port_);
}

void Bridge::tick_parts(base::TimePoint now) {
  session_->on_unheard(base::duration_of(playout_.samples_queued(), port_->rate_hz));
  session_->tick(now);
  if (tools_) tools_->tick(now);
}

/// Writes only a change, because the worker reads the same cache line in each tick.
void Bridge::report_waiting(bool waits) {
  if (port_->waits.load(std::memory_order_relaxed) != waits) port_->waits.store(waits, std::memory_order_relaxed);
}

void Bridge::drain_port(base::TimePoint now) {
  // Reads frames first: when the event that opens a turn is handled, the SessionFeed already has the turn's first syllable.
  media::HeardFrame frame;
  while (port_->heard.try_pop(frame)) {
    heard_tick_ = frame.tick;
    if (core_.is_held_by_peer()) continue;  // Music on hold is neither the caller nor a machine that answers.
    feed_.on_frame(frame, *session_);
    if (answerer_) watch_answerer(answerer_->hear(frame.tick, frame.speech), now);
  }
  media::MediaEvent event;
  while (port_->events.try_pop(event)) {
    if (event.kind == media::MediaEvent::Kind::SpeechStarted) first_voiced_ = event.at_tick;
    if (event.kind == media::MediaEvent::Kind::Flushed) on_cut(event);
    if (const auto began = meter_.on_media(event)) observer_(*began);
    const bool is_key = event.kind == media::MediaEvent::Kind::Digit;
    if (is_key && !keys_.takes(event.digit, KeyFilter::By::Audio, now - std::chrono::milliseconds(event.duration_ms))) continue;
    core_.on_media(event, now, actions_);
    if (answerer_ && !core_.is_held_by_peer() && event.kind == media::MediaEvent::Kind::Tone) watch_answerer(answerer_->on_tone(event.tone), now);
    carry_out(now);
  }
}

void Bridge::watch_answerer(const media::AnswerWatch::Step& step, base::TimePoint now) {
  if (!step.verdict && !step.speak_now) return;
  core_.on_answerer(step, now, actions_);
  carry_out(now);
}

/// The worker sends a report about the utterance that it cut off, and then one about the utterance that the Flush names. Only the first one
/// matters here.
void Bridge::on_cut(const media::MediaEvent& event) {
  if (!cut_) return;
  cut_->utterance = event.utterance;
  cut_->of_utterance = base::duration_of(event.samples, port_->rate_hz);
  report_heard();
}

void Bridge::report_heard() {
  if (auto heard = std::exchange(cut_, std::nullopt)) session_->on_heard(*heard);
}

void Bridge::drain_session(base::TimePoint now) {
  while (const auto event = session_->poll()) on_session(*event, now);
}

void Bridge::on_session(const SessionEvent& event, base::TimePoint now) {
  std::visit(Overloaded{
                 [&](const Transcript& e) { core_.on_listen(e, now, actions_); },
                 [&](const ListenFailed& e) { core_.on_listen(e, now, actions_); },
                 [&](const TurnTaken& e) { core_.on_taken(e.turn, now, actions_); },
                 [&](const ProviderSwitched& e) { observer_(e); },
                 [&](const ServiceRetried& e) { observer_(e); },
                 [&](const TokensUsed& e) { observer_(e); },
                 [&](const SpeechAudio& e) { on_speech(e, now); },
                 [&](const SpeechDone& e) { on_speech(e, now); },
                 [&](const SpeakFailed& e) { on_speech(e, now); },
                 [&](const auto& e) { core_.on_think(e, now, actions_); },
             },
             event);
  carry_out(now);
}

void Bridge::on_speech(const SpeakEvent& event, base::TimePoint now) {
  if (const auto* audio = std::get_if<SpeechAudio>(&event)) {
    playout_.add(*audio);
  } else if (const auto* done = std::get_if<SpeechDone>(&event)) {
    playout_.complete(done->utterance);
  }
  core_.on_speak(event, now, actions_);
}

void Bridge::drain_tools(base::TimePoint now) {
  if (!tools_) return;
  core_.set_awaits_answer(tools_->awaits_answer());
  if (!tools_->is_asking()) core_.withdraw_question();
  if (auto question = tools_->poll_question()) core_.ask(std::move(*question), now, actions_);
  while (const auto outcome = tools_->poll()) core_.on_tool(*outcome, now, actions_);
  core_.set_awaits_answer(tools_->awaits_answer());
  carry_out(now);
}

void Bridge::carry_out(base::TimePoint now) {
  // An action may cause further decisions at once, for example when no provider is left. Each round has fewer actions than the last.
  while (!actions_.empty()) {
    const ConversationActions actions = std::exchange(actions_, {});
    for (const ConversationAction& action : actions) carry_out(action, now);
  }
}

/// Passes the progress of a tool's question, and the caller's answer, to the tools. Returns false if `action` is a different action.
bool Bridge::report_tools(const ConversationAction& action) {
  return std::visit(Overloaded{
                        [&](const QuestionBegan&) { return tools_->on_question_began(), true; },
                        [&](const QuestionHeard&) { return tools_->on_question_heard(), true; },
                        [&](const QuestionSpoilt&) { return tools_->on_question_spoilt(), true; },
                        [&](const DropQuestions& a) { return tools_->drop_questions(a.turn), true; },
                        [&](const AnswerDigit& a) { return tools_->on_caller_digit(a.digit), true; },
                        [&](const AnswerWords& a) { return tools_->on_caller_words(a.transcript, a.began), true; },
                        [](const auto&) { return false; },
                    },
                    action);
}

void Bridge::carry_out(const ConversationAction& action, base::TimePoint now) {
  if (tools_ && report_tools(action)) return;
  std::visit(Overloaded{
                 [&](const AnswerCall&) { control_.answer(); },
                 [&](const BeginListening& a) {
                   session_->begin_turn(a.turn, a.expect);
                   feed_.open(first_voiced_, *session_);
                 },
                 [&](const EndListening&) {
                   feed_.close();
                   session_->end_turn();
                 },
                 [&](const AbandonListening&) {
                   feed_.close();
                   session_->abandon_turn();
                 },
                 [&](const Respond& a) {
                   report_heard();  // The model must know the heard part before the new turn, even without the exact length from the worker.
                   meter_.on_turn(a.input.turn, a.input.kind);
                   session_->respond(a.input);
                 },
                 [&](const CancelThinking& a) {
                   observer_(action);
                   session_->cancel(a.turn);
                 },
                 [&](const ReportHeard& a) {
                   cut_ = HeardReply{a.turn, a.text, a.interrupted, 0, {}};
                   if (!a.interrupted) report_heard();
                 },
                 [&](const Speak& a) {
                   meter_.on_speak(a.utterance);
                   session_->speak(a.utterance, a.text);
                 },
                 [&](const PrepareSpeech& a) { session_->prepare_speech(a.text); },
                 [&](const CancelSpeaking&) {
                   session_->cancel_speech();
                   playout_.clear();
                 },
                 [&](const FlushPlayout& a) { commands_.push({media::PlayoutCommand::Kind::Flush, a.utterance, 0}, *port_); },
                 [&](const RisePlayout&) { commands_.push({media::PlayoutCommand::Kind::Rise, 0, 0}, *port_); },
                 [&](const TryAgain& a) {
                   observer_(action);
                   if (!session_->try_again(a.stage, a.why)) core_.on_no_other_way(a.stage, now, actions_);
                 },
                 [&](const RunTool& a) {
                   observer_(action);
                   if (tools_) tools_->run(a.call);
                 },
                 [&](const ReturnToolOutcome& a) {
                   observer_(action);
                   session_->on_tool(a.outcome);
                 },
                 [&](const HoldCall& a) {
                   observer_(action);
                   control_.hold(a.on);
                 },
                 [&](const StopRecording&) {
                   observer_(action);
                   if (control_.stop_recording) control_.stop_recording();
                 },
                 [&](const SendDigits& a) {
                   observer_(action);
                   for (const char digit : a.digits) commands_.push({media::PlayoutCommand::Kind::Digits, 0, digit}, *port_);
                 },
                 [&](const TransferCall& a) {
                   observer_(action);
                   control_.transfer(a.target);
                 },
                 [&](const HangUpCall& a) {
                   observer_(action);
                   control_.hang_up(a.why);
                 },
                 [&](const auto&) { observer_(action); },
             },
             action);
}

}  // namespace offhook::inline v0::agent
