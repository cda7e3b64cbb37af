#include <offhook/agent/conversation/bridge.hpp>

#include <utility>

namespace offhook::inline v0::agent {

namespace {

template <class... Fs>
struct Overloaded : Fs... {
  using Fs::operator()...;
};

}  // namespace

Bridge::Bridge(Parts parts, std::shared_ptr<media::AudioPort> port, CallControl control, Observer observer, ConversationOptions options)
    : parts_(std::move(parts)),
      port_(std::move(port)),
      control_(std::move(control)),
      observer_(std::move(observer)),
      core_(std::move(options)),
      playout_(port_->rate_hz) {}

void Bridge::start(const CallContext& context, base::TimePoint now) {
  parts_.thinker->begin(context);
  core_.start(now, actions_);
  tick(now);
}

void Bridge::on_connected(base::TimePoint now) {
  core_.on_connected(now, actions_);
  tick(now);
}

void Bridge::on_ended() {
  if (const auto cut = core_.unfinished_reply()) observer_(*cut);
  core_.on_ended();
  actions_.clear();
  ear_.close();
  playout_.clear();
  commands_.clear();
  parts_.listener->abandon();
  parts_.speaker->cancel();
}

void Bridge::close(std::string why, std::string_view farewell, base::TimePoint now) {
  core_.close(std::move(why), farewell, now, actions_);
  tick(now);
}

void Bridge::on_transfer_failed(base::TimePoint now) {
  core_.on_transfer_failed(now, actions_);
  tick(now);
}

void Bridge::tick(base::TimePoint now) {
  commands_.retry(*port_);
  carry_out();
  drain_port(now);
  drain_parts(now);
  core_.on_time(now, actions_);
  carry_out();
  const auto phase = core_.phase();
  if (phase == Conversation::Phase::Connected || phase == Conversation::Phase::Closing) playout_.pump(*port_);
}

void Bridge::drain_port(base::TimePoint now) {
  // Frames first: when the event that opens a turn is handled, its first syllable is already remembered.
  media::HeardFrame frame;
  while (port_->heard.try_pop(frame)) ear_.on_frame(frame, *parts_.listener);
  media::MediaEvent event;
  while (port_->events.try_pop(event)) {
    if (event.kind == media::MediaEvent::Kind::SpeechStarted) first_voiced_ = event.at_tick;
    if (const auto began = meter_.on_media(event)) observer_(*began);
    core_.on_media(event, now, actions_);
    carry_out();
  }
}

void Bridge::drain_parts(base::TimePoint now) {
  while (const auto event = parts_.listener->poll()) {
    core_.on_listen(*event, now, actions_);
    carry_out();
  }
  while (const auto event = parts_.thinker->poll()) {
    core_.on_think(*event, now, actions_);
    carry_out();
  }
  while (const auto event = parts_.speaker->poll()) on_speech(*event, now);
}

void Bridge::on_speech(const SpeakEvent& event, base::TimePoint now) {
  if (const auto* audio = std::get_if<SpeechAudio>(&event)) {
    playout_.add(*audio);
  } else if (const auto* done = std::get_if<SpeechDone>(&event)) {
    playout_.complete(done->utterance);
  }
  core_.on_speak(event, now, actions_);
  carry_out();
}

void Bridge::carry_out() {
  // An action may make a part yield at once, never the core: the list does not grow under our hands.
  const ConversationActions actions = std::exchange(actions_, {});
  for (const ConversationAction& action : actions) carry_out(action);
}

void Bridge::carry_out(const ConversationAction& action) {
  std::visit(Overloaded{
                 [&](const AnswerCall&) { control_.answer(); },
                 [&](const BeginListening& a) {
                   parts_.listener->begin(a.turn, a.expect);
                   ear_.open(first_voiced_, *parts_.listener);
                 },
                 [&](const EndListening&) {
                   ear_.close();
                   parts_.listener->end();
                 },
                 [&](const AbandonListening&) {
                   ear_.close();
                   parts_.listener->abandon();
                 },
                 [&](const Respond& a) {
                   meter_.on_turn(a.input.turn, a.input.kind);
                   parts_.thinker->respond(a.input);
                 },
                 [&](const CancelThinking& a) { parts_.thinker->cancel(a.turn); },
                 [&](const ReportHeard& a) { parts_.thinker->on_heard(a.turn, a.text, a.interrupted); },
                 [&](const Speak& a) {
                   meter_.on_speak(a.utterance);
                   parts_.speaker->speak(a.utterance, a.text);
                 },
                 [&](const CancelSpeaking&) {
                   parts_.speaker->cancel();
                   playout_.clear();
                 },
                 [&](const FlushPlayout& a) { commands_.push({media::PlayoutCommand::Kind::Flush, a.utterance, 0}, *port_); },
                 [&](const RisePlayout&) { commands_.push({media::PlayoutCommand::Kind::Rise, 0, 0}, *port_); },
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
