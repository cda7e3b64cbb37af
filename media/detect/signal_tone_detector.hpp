#pragma once

#include <offhook/media/dsp/call_progress.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <span>

namespace offhook::inline v0::media {

/// How closely a piece of audio matches one steady sine.
struct PureTone {
  double hz = 0;          ///< within 1 Hz for a pure tone, within 10 Hz with noise 20 dB below
  double power = 0;       ///< mean square of a sample
  double narrowness = 0;  ///< 0..1: 1 for a sine, even if it fills only a part of the piece; nearly 1 for two close sines
  double share = 0;       ///< 0..1: share of one sine through the whole piece; measured only if narrowness is at least 0.9
};
/// Measures audio at 8000 Hz: at least three samples, at most the first 160. Solves the recursion of a sine, x[n] + x[n-2] = 2 cos w x[n-1], by least
/// squares, and then correlates with the frequency that it found.
[[nodiscard]] PureTone measure_pure_tone(std::span<const std::int16_t> pcm) noexcept;

/// A signal of a machine that consists of one tone at a time.
struct SignalTone {
  enum class Kind : std::uint8_t { SpecialInformation, FaxCalling, FaxAnswering, Beep };
  Kind kind;
  SpecialInformation information = SpecialInformation::Unspecified;   ///< valid for Kind::SpecialInformation
  double hz = 0;                                                      ///< frequency of the last tone
};

/// Detects fax and modem tones, special information tones, and the beep of an answering machine in the audio of one call.
///
/// special information   950, 1400 and 1800 Hz, 50 Hz more or less, 200 to 450 ms each, at most 60 ms between them; reported 200 ms
///                       after the start of the third tone. ITU-T E.180
/// calling fax           1100 Hz, 38 Hz more or less, 425 to 575 ms; reported 100 ms after its end. ITU-T T.30 section 4.3.3
/// answering fax         2100 Hz, 15 Hz more or less, for 500 ms, with phase reversals (ITU-T V.8's ANSam) allowed
/// beep                  any other tone of 500 to 2200 Hz, 120 to 2000 ms, whose frequency is constant within 1.5 %; reported 100 ms
///                       after its end, when it is clear that no other tone follows. No standard defines it; 440 Hz is excluded,
///                       because dial tones use it
/// level                 at least -43 dBm0, with noise 16 dB below; except for its ends, a tone's level is constant within 3 dB
///
/// Pure, no allocation, some 200 octets per call.
class SignalToneDetector {
 public:
  /// Takes 20 ms at 8000 Hz. Returns a signal when it is recognised.
  std::optional<SignalTone> hear(std::span<const std::int16_t, 160> pcm) noexcept;

 private:
  /// One tone, from its first frame to its last. If the tone fills only a part of a frame, the frame counts by its power.
  struct Run {
    std::uint32_t frames = 0;
    double hz = 0;                  // frequency of the loudest frame
    double power = 0, highest = 0;  // sum of the powers of all frames; power of the loudest frame
    double lowest = 0, latest = 0;  // power of the weakest frame between the ends, and of the last frame
    std::uint32_t whole = 0;        // frames filled by one sine
    void add(const PureTone& tone) noexcept;
    [[nodiscard]] double ms() const { return highest > 0 ? power / highest * 20 : 0; }
    [[nodiscard]] bool is_steady() const;
  };
  [[nodiscard]] bool goes_on(const PureTone& tone) const noexcept;
  [[nodiscard]] std::optional<SignalTone> while_it_sounds() noexcept;
  [[nodiscard]] std::optional<SignalTone> when_over() noexcept;
  void end() noexcept;

  Run now_;
  Run last_;                      // the tone that ended, until it is reported or another tone follows
  std::array<double, 2> ladder_{};  // lengths in ms of the special information tones before now_
  std::array<std::int8_t, 2> pitch_{};
  std::uint8_t rungs_ = 0;
  bool told_ = false;             // now_ was reported
  std::uint32_t broken_ = 0;      // frames since now_ last sounded
  std::uint32_t since_ = 0;       // frames since last_ ended
};
static_assert(sizeof(SignalToneDetector) <= 256);

}  // namespace offhook::inline v0::media
