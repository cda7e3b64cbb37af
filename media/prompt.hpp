#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/base/result.hpp>
#include <offhook/media/media_plan.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace offhook::inline v0::media {

/// Sound from a file: mono.
struct Sound {
  std::uint32_t rate_hz = 16000;     ///< 8000, 16000 or 24000
  std::vector<std::int16_t> pcm;
};

inline constexpr std::size_t kMaxSoundSeconds = 1800;  ///< of a file of sound: half an hour

enum class SoundError : std::uint8_t {
  UnknownFormat,  ///< neither a WAV that we read nor Opus in Ogg
  BadRate,        ///< a WAV of another rate than 8000, 16000 or 24000 Hz
  TooLong,        ///< over kMaxSoundSeconds
  Empty,
};
[[nodiscard]] std::string_view to_string(SoundError error);

/// Reads a whole file in memory: a WAV, or Opus in Ogg, which becomes 24,000 Hz. Two channels are heard together. Not for the audio
/// thread.
[[nodiscard]] base::Result<Sound, SoundError> read_sound(base::Bytes file);

/// A prompt, or music on hold: converted to each rate and encoded in G.711 once, when it is made, and then shared by all calls
/// that play it. Which of its frames a call hears is the call's own number: there is no other state, so that any number of threads
/// may read at once, and a frame costs a call nothing but to send it.
///
/// Calls that take the number of the tick for that of the frame all hear the same at once, as listeners of one station.
class Prompt {
 public:
  static constexpr std::size_t kOctets = 160;  ///< of a frame of 20 ms in PCMU and PCMA

  /// What of it is wanted: a rate or codec that nobody uses takes no memory. A second is 112 kB in all.
  struct Forms {
    bool hz_8000 = true, hz_16000 = true, hz_24000 = true;
    bool pcmu = true, pcma = true;
    bool loops = false;  ///< faded out and in again where its end meets its beginning, so that nothing clicks
  };

  /// Allocates, converts and encodes: some 5 us for each 20 ms. The last frame is filled up with silence. Sound of a rate that is
  /// none of the three, or of no samples, makes a prompt of no frames.
  [[nodiscard]] static std::shared_ptr<const Prompt> make(const Sound& sound, Forms forms);

  /// Of 20 ms.
  [[nodiscard]] std::size_t frames() const noexcept { return frames_; }
  [[nodiscard]] bool loops() const noexcept { return forms_.loops; }
  /// Empty behind the end of what does not loop, and for a rate that was not wanted; else rate_hz / 50 samples, as long as the prompt
  /// lives. No allocation; safe on the audio thread.
  [[nodiscard]] std::span<const std::int16_t> pcm(std::uint32_t rate_hz, std::uint64_t frame) const noexcept;
  /// The same as it is sent: kOctets. Empty for G.722, which adapts itself to what it codes: a decoder that comes from other sound
  /// would be loud and wrong for a tenth of a second, so that each call encodes for itself.
  [[nodiscard]] base::Bytes encoded(AudioCodec codec, std::uint64_t frame) const noexcept;
  /// Whether encoded() is, octet for octet, what a call makes of pcm(rate_hz) that plays frame after frame and converts and encodes for
  /// itself: at 8000 Hz, and at the rate of the sound. At the third both were converted already, each once.
  [[nodiscard]] bool encodes(std::uint32_t rate_hz) const noexcept { return rate_hz == 8000 || rate_hz == sound_hz_; }

 private:
  Prompt(Forms forms, std::uint32_t sound_hz) : forms_(forms), sound_hz_(sound_hz) {}
  void convert(const Sound& sound);
  void encode();

  Forms forms_;
  std::uint32_t sound_hz_;
  std::size_t frames_ = 0;
  std::array<std::vector<std::int16_t>, 3> pcm_;       // At 8, 16 and 24 kHz.
  std::array<std::vector<std::uint8_t>, 2> encoded_;   // PCMU and PCMA.
};

}  // namespace offhook::inline v0::media
