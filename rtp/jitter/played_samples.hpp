#pragma once

#include <cstdint>

namespace offhook::inline v0::rtp {

/// Counts of the audio played from a stream, with the names and definitions of W3C webrtc-stats (RTCInboundRtpStreamStats). The unit is samples of
/// 8000 Hz, even if the codec has another rate.
struct PlayedSamples {
  std::uint64_t concealed_samples = 0;                    ///< samples concealed because packets were lost or late, including silent ones
  std::uint64_t silent_concealed_samples = 0;             ///< part of concealed_samples: the silent ones, after kConcealmentFades units of concealment in a row
  std::uint64_t concealment_events = 0;                   ///< runs of concealed samples: each counts once, however long it is
  std::uint64_t inserted_samples_for_deceleration = 0;    ///< samples added by stretching, to increase the delay
  std::uint64_t removed_samples_for_acceleration = 0;     ///< samples removed by stretching or omission, to reduce the delay
  std::uint64_t jitter_buffer_delay = 0;                  ///< time from arrival to playout, summed over the emitted samples; in 1/8000 s
  std::uint64_t jitter_buffer_emitted_count = 0;          ///< samples taken from packets
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
