#pragma once

#include <offhook/media/conference/conference.hpp>
#include <offhook/media/detect/voice_activity.hpp>
#include <offhook/media/port/audio_port.hpp>
#include <offhook/media/port/event_outbox.hpp>
#include <offhook/media/send/playout.hpp>

#include <cstdint>
#include <memory>

namespace offhook::inline v0::media {

/// A conference member without an RTP leg: an agent or a recording. An agent gets the other members' audio in its port's `heard` ring, and speaks
/// through `playout`. A recording gets the sum of all members in its tap, as the caller's side. Words, flushes and ducking work as in a call
/// (media/send/playout.hpp). SpeechStarted and SpeechStopped report the other members' speech. Sends no digits. Only one thread may use it, but
/// another thread may construct it.
class ConferencePort {
 public:
  /// `port` must have the conference's rate.
  explicit ConferencePort(std::shared_ptr<AudioPort> port);

  /// Call it before the conference mixes.
  void say(Conference& conference, std::uint64_t tick);
  /// Call it after the conference has mixed.
  void hear(Conference& conference, std::uint64_t tick);
  /// Call it when the member leaves.
  void finish();

  ConferenceSlot slot;

 private:
  void apply_commands(std::uint64_t tick);
  void notice_speech(bool voiced, std::uint64_t tick);

  std::shared_ptr<AudioPort> port_;
  EventOutbox events_;
  Playout playout_;
  SpeechDetector speech_;
  std::array<std::int16_t, kMaxFrameSamples> room_{};
  std::span<const std::int16_t> says_;   // the member's audio in this tick
};

}  // namespace offhook::inline v0::media
