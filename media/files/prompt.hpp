#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/base/result.hpp>
#include <offhook/media/port/media_plan.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace offhook::inline v0::media {

/// Mono audio from a file.
struct Sound {
  std::uint32_t rate_hz = 16000;     ///< 8000, 16000 or 24000
  std::vector<std::int16_t> pcm;
};

inline constexpr std::size_t kMaxSoundSeconds = 1800;  ///< limit for a sound file: half an hour

enum class SoundError : std::uint8_t {
  UnknownFormat,  ///< neither a WAV of a supported form, nor Opus in Ogg
  BadRate,        ///< a WAV with a rate other than 8000, 16000 or 24000 Hz
  TooLong,        ///< the sound is longer than kMaxSoundSeconds
  Empty,
};
[[nodiscard]] std::string_view to_string(SoundError error);

/// Decodes a whole file in memory: a WAV, or Opus in Ogg, which becomes 24,000 Hz. Mixes two channels to one. Not for the audio thread.
[[nodiscard]] base::Result<Sound, SoundError> read_sound(base::Bytes file);

/// A prompt, or music on hold. It is converted to each rate and encoded in G.711 once, when it is made. All calls that play it share the object, and
/// only send its frames. Each call holds its own frame number. The object does not change, so that any number of threads may read it at once.
///
/// Calls that use the tick's number as the frame's number all play the same frame at the same time.
class Prompt {
 public:
  static constexpr std::size_t kOctets = 160;  ///< octets of a frame of 20 ms in PCMU and PCMA

  /// The forms to keep: an unused rate or codec takes no memory. One second takes 112 kB in all forms.
  struct Forms {
    bool hz_8000 = true, hz_16000 = true, hz_24000 = true;
    bool pcmu = true, pcma = true;
    bool loops = false;  ///< true to repeat the prompt; it then fades out at its end and in at its start, to avoid a click
  };

  /// Allocates, converts and encodes: some 5 us for each 20 ms. Fills the last frame up with silence. Sound without samples, or with a rate that is
  /// none of the three, makes a prompt of 0 frames.
  [[nodiscard]] static std::shared_ptr<const Prompt> make(const Sound& sound, Forms forms);

  /// Returns the number of frames of 20 ms.
  [[nodiscard]] std::size_t frames() const noexcept { return frames_; }
  [[nodiscard]] bool loops() const noexcept { return forms_.loops; }
  /// Returns rate_hz / 50 samples, valid as long as the prompt exists. Returns an empty span after the end of a prompt that does not loop, and for a
  /// rate that is not kept. No allocation; safe on the audio thread.
  [[nodiscard]] std::span<const std::int16_t> pcm(std::uint32_t rate_hz, std::uint64_t frame) const noexcept;
  /// Returns the frame encoded in kOctets octets. Returns an empty span for G.722, which adapts to its signal: a decoder that had other audio before
  /// would be loud and wrong for a tenth of a second. Therefore each call encodes G.722 itself.
  [[nodiscard]] base::Bytes encoded(AudioCodec codec, std::uint64_t frame) const noexcept;
  /// Returns true if encoded() has the same octets that a leg would make if it converted and encoded pcm(rate_hz), frame after frame. This is true at
  /// 8000 Hz and at the rate of the sound. At the third rate, the two forms come from separate conversions.
  [[nodiscard]] bool encodes(std::uint32_t rate_hz) const noexcept { return rate_hz == 8000 || rate_hz == sound_hz_; }

 private:
  Prompt(Forms forms, std::uint32_t sound_hz) : forms_(forms), sound_hz_(sound_hz) {}
  void convert(const Sound& sound);
  void encode();

  Forms forms_;
  std::uint32_t sound_hz_;
  std::size_t frames_ = 0;
  std::array<std::vector<std::int16_t>, 3> pcm_;       // samples at 8, 16 and 24 kHz
  std::array<std::vector<std::uint8_t>, 2> encoded_;   // PCMU and PCMA
};

}  // namespace offhook::inline v0::media
