#pragma once

#include <offhook/media/audio_port.hpp>
#include <offhook/media/conference.hpp>
#include <offhook/media/event_outbox.hpp>
#include <offhook/media/playout.hpp>
#include <offhook/media/voice_activity.hpp>

#include <cstdint>
#include <memory>

namespace offhook::inline v0::media {

/// A member of a conference that has no line: an agent, who hears the others in its port's `heard` ring and speaks to them through
/// `playout`, or a recording, whose tap gets what all said as the caller's side. Words, flushes and ducking are those of a call
/// (media/playout.hpp); SpeechStarted and SpeechStopped are of whoever else speaks. Digits are not sent. One thread, but for the making.
class ConferencePort {
 public:
  /// `port` has the conference's rate.
  explicit ConferencePort(std::shared_ptr<AudioPort> port);

  /// Before the conference mixes.
  void say(Conference& conference, std::uint64_t tick);
  /// After it has.
  void hear(Conference& conference, std::uint64_t tick);
  /// It takes part no more.
  void finish();

  ConferenceSeat seat;

 private:
  void obey_commands(std::uint64_t tick);
  void notice_speech(bool voiced, std::uint64_t tick);

  std::shared_ptr<AudioPort> port_;
  EventOutbox events_;
  Playout playout_;
  SpeechDetector speech_;
  std::array<std::int16_t, kMaxFrameSamples> room_{};
  std::span<const std::int16_t> says_;   // in this tick
};

}  // namespace offhook::inline v0::media
