#pragma once

#include <offhook/media/call_progress.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <span>

namespace offhook::inline v0::media {

/// How far a piece of sound is one steady sine.
struct PureTone {
  double hz = 0;          ///< within 1 Hz where it is pure, 10 where noise is 20 dB below
  double power = 0;       ///< mean square of a sample
  double narrowness = 0;  ///< 0..1: 1 for a sine, even if it fills a part of the piece only; nearly 1 for two neighbours
  double share = 0;       ///< 0..1, of one sine through the whole piece; looked at where narrowness is 0.9 or more
};
/// At 8000 Hz; of three samples at least, and of the first 160 alone. By the recursion that a sine obeys,
/// x[n] + x[n-2] = 2 cos w x[n-1], in least squares, and then by correlation at what that found.
[[nodiscard]] PureTone measure_pure_tone(std::span<const std::int16_t> pcm) noexcept;

/// What a machine says with one tone at a time.
struct SignalTone {
  enum class Kind : std::uint8_t { SpecialInformation, FaxCalling, FaxAnswering, Beep };
  Kind kind;
  SpecialInformation information = SpecialInformation::Unspecified;   ///< of Kind::SpecialInformation
  double hz = 0;                                                      ///< the last tone's
};

/// Fax and modem tones, special information tones, and the beep of an answering machine, in the voice of one call.
///
/// special information   950, 1400 and 1800 Hz, 50 Hz more or less, 200 to 450 ms each, at most 60 ms between them; told 200 ms
///                       into the third. ITU-T E.180
/// fax that calls        1100 Hz, 38 Hz more or less, 425 to 575 ms; told 100 ms after its end. ITU-T T.30 section 4.3.3
/// fax that answers      2100 Hz, 15 Hz more or less, for 500 ms, turns of its phase (ITU-T V.8's ANSam) allowed
/// beep                  any other tone of 500 to 2200 Hz, 120 to 2000 ms, that does not move by more than 1.5 %; told 100 ms after
///                       its end, once it is clear that no other tone follows. No standard names it; 440 Hz is left to dial tones.
/// level                 -43 dBm0 and more, noise 16 dB below; but for its ends a tone stands still, within 3 dB
///
/// Pure, no allocation, some 200 octets a call.
class SignalToneDetector {
 public:
  /// 20 ms at 8000 Hz.
  std::optional<SignalTone> hear(std::span<const std::int16_t, 160> pcm) noexcept;

 private:
  /// One tone, from its first frame to its last. Frames that it fills in part count by their power.
  struct Run {
    std::uint32_t frames = 0;
    double hz = 0;                  // of its loudest frame
    double power = 0, highest = 0;  // summed, and of the loudest frame
    double lowest = 0, latest = 0;  // of those between the ends, and of the last
    std::uint32_t whole = 0;        // frames that one sine fills
    void add(const PureTone& tone) noexcept;
    [[nodiscard]] double ms() const { return highest > 0 ? power / highest * 20 : 0; }
    [[nodiscard]] bool is_steady() const;
  };
  [[nodiscard]] bool goes_on(const PureTone& tone) const noexcept;
  [[nodiscard]] std::optional<SignalTone> while_it_sounds() noexcept;
  [[nodiscard]] std::optional<SignalTone> when_over() noexcept;
  void end() noexcept;

  Run now_;
  Run last_;                      // that ended, until it is told or another follows
  std::array<double, 2> ladder_{};  // ms of the special information tones before now_
  std::array<std::int8_t, 2> pitch_{};
  std::uint8_t rungs_ = 0;
  bool told_ = false;             // now_, while it sounds
  std::uint32_t broken_ = 0;      // frames since now_ was heard
  std::uint32_t since_ = 0;       // frames since last_ ended
};
static_assert(sizeof(SignalToneDetector) <= 256);

}  // namespace offhook::inline v0::media
