#pragma once

#include <cstdint>

namespace offhook::inline v0::rtp {

/// What was played of a stream, as W3C webrtc-stats names and defines it (RTCInboundRtpStreamStats), in samples of 8000 Hz whatever
/// the codec's rate is.
struct PlayedSamples {
  std::uint64_t concealed_samples = 0;                    ///< made up for what was lost or late, the silent ones too
  std::uint64_t silent_concealed_samples = 0;             ///< of those, beyond kConcealmentFades of a row
  std::uint64_t concealment_events = 0;                   ///< rows of them: each is one, however long
  std::uint64_t inserted_samples_for_deceleration = 0;    ///< by stretching, to let the delay grow
  std::uint64_t removed_samples_for_acceleration = 0;     ///< by stretching or leaving out, to let it shrink
  std::uint64_t jitter_buffer_delay = 0;                  ///< from arrival to playing, summed over emitted samples; in 1/8000 s
  std::uint64_t jitter_buffer_emitted_count = 0;          ///< samples that came from packets
  friend bool operator==(const PlayedSamples&, const PlayedSamples&) = default;

  PlayedSamples& operator+=(const PlayedSamples& more) noexcept {
    concealed_samples += more.concealed_samples;
    silent_concealed_samples += more.silent_concealed_samples;
    concealment_events += more.concealment_events;
    inserted_samples_for_deceleration += more.inserted_samples_for_deceleration;
    removed_samples_for_acceleration += more.removed_samples_for_acceleration;
    jitter_buffer_delay += more.jitter_buffer_delay;
    jitter_buffer_emitted_count += more.jitter_buffer_emitted_count;
    return *this;
  }
};

}  // namespace offhook::inline v0::rtp
