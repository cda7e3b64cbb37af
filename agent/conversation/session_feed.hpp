#pragma once

#include <offhook/agent/conversation/rate_converter.hpp>
#include <offhook/agent/conversation/voice_session.hpp>
#include <offhook/media/port/audio_port.hpp>

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace offhook::inline v0::agent {

/// Stores the caller's last frames, so that a turn includes its first syllable although the detector needs a few frames to detect speech.
/// Converts the frames to the sample rate of the session. For one thread.
class SessionFeed {
 public:
  static constexpr std::size_t kRememberedFrames = 32;  ///< 640 ms
  static constexpr std::uint64_t kLeadFrames = 10;      ///< frames before the first voiced frame that the turn includes

  explicit SessionFeed(std::uint32_t port_rate_hz)
      : port_rate_hz_(port_rate_hz), converter_(port_rate_hz, port_rate_hz), remembered_(kRememberedFrames * (port_rate_hz / 50)) {}

  /// Stores the frame. Passes it to the session while a turn is open, or always if VoiceSession::hears_always().
  void on_frame(const media::HeardFrame& frame, VoiceSession& session);
  /// Opens a turn, whose first voiced frame was at the worker's tick `first_voiced`. Passes the stored frames of the turn to the session.
  void open(std::uint64_t first_voiced, VoiceSession& session);
  void close() { open_ = false; }

 private:
  void hand_on(std::span<const std::int16_t> pcm, VoiceSession& session);

  std::uint32_t port_rate_hz_;
  RateConverter converter_;
  std::uint32_t session_rate_hz_ = 0;
  std::vector<std::int16_t> converted_;
  struct Place { std::uint64_t tick = 0; std::size_t samples = 0; };
  std::array<Place, kRememberedFrames> places_{};
  std::vector<std::int16_t> remembered_;  // space for kRememberedFrames frames of the port, one after the other
  std::size_t next_ = 0, count_ = 0;
  bool open_ = false;
};

}  // namespace offhook::inline v0::agent
