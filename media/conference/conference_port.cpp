#include <offhook/media/conference/conference_port.hpp>

#include <offhook/media/dsp/level.hpp>
#include <offhook/media/files/recording_tap.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::media {

ConferencePort::ConferencePort(std::shared_ptr<AudioPort> port)
    : port_(std::move(port)), events_(*port_), playout_(*port_, events_), speech_({.hangover = port_->hangover}) {}

void ConferencePort::say(Conference& conference, std::uint64_t tick) {
  events_.retry();
  apply_commands(tick);
  says_ = playout_.pull(tick, tick, std::span(room_).first(port_->frame_samples()));
  const bool speaks = playout_.said();
  conference.say(slot, {.pcm = says_, .voiced = speaks, .silent = !speaks, .echo = false});
}

void ConferencePort::hear(Conference& conference, std::uint64_t tick) {
  const auto others = conference.others(slot).pcm;
  const bool voiced = conference.others_speak(slot);
  if (HeardFrame* const heard = port_->heard.claim()) {
    heard->tick = tick;
    heard->samples = static_cast<std::uint16_t>(others.size());
    heard->speech = voiced;
    heard->concealed = heard->echo = false;
    heard->level_dbov = level_dbov(others);
    std::copy(others.begin(), others.end(), heard->pcm.begin());
    port_->heard.publish();
  } else {
    port_->heard_dropped.fetch_add(1, std::memory_order_relaxed);
  }
  notice_speech(voiced, tick);
  if (port_->recording) port_->recording->record(tick, port_->rate_hz, others, says_);
}

void ConferencePort::finish() {
  if (port_->recording) port_->recording->finish();
}

void ConferencePort::apply_commands(std::uint64_t tick) {
  PlayoutCommand command;
  for (std::size_t i = 0; i < port_->commands.capacity() && port_->commands.try_pop(command); ++i) {
    switch (command.kind) {
      case PlayoutCommand::Kind::Flush: playout_.flush(command.utterance, tick); break;
      case PlayoutCommand::Kind::Rise: playout_.rise(); break;
      case PlayoutCommand::Kind::Digits: break;  // Without an RTP leg, the member cannot send digits.
    }
  }
}

void ConferencePort::notice_speech(bool voiced, std::uint64_t tick) {
  const std::size_t samples = port_->frame_samples();
  const auto noticed = speech_.process(voiced, samples);
  if (!noticed) return;
  const bool began = noticed->kind == SpeechDetector::Event::Kind::Started;
  if (began && port_->gives_way) playout_.duck();
  MediaEvent event;
  event.kind = began ? MediaEvent::Kind::SpeechStarted : MediaEvent::Kind::SpeechStopped;
  event.tick = tick;
  const std::uint64_t frames_ago = (speech_.position() - noticed->at_sample) / samples;
  event.at_tick = tick - std::min(frames_ago - (began ? 1 : 0), tick);
  events_.push(event);
}

}  // namespace offhook::inline v0::media
