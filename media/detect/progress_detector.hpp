#pragma once

#include <offhook/media/dsp/call_progress.hpp>
#include <offhook/media/dsp/tone_bank.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <span>

namespace offhook::inline v0::media {

/// The filter bank and the tones of one country, shared by all detectors for this country. Made once, never changed.
class ProgressPlan {
 public:
  [[nodiscard]] static const ProgressPlan& of(Country country);

 private:
  friend class ProgressDetector;
  static constexpr std::size_t kPairs = 80;            // pairs of samples in half a window: 20 ms
  static constexpr std::size_t kMaxChords = 6;
  static constexpr std::uint8_t kNone = 0xFF;
  struct Chord {                                       // tones that sound at the same time
    double low_hz = 0, high_hz = 0;
    std::uint8_t low = kNone, high = kNone;            // indices of the bank's tones
    std::uint8_t most_steps = 0;                       // number of steps of the longest script with this chord
    std::uint16_t longest_ms = 0;                      // longest time that the chord sounds, in scripts with an end
  };
  explicit ProgressPlan(Country country);
  std::uint8_t chord_of(const ToneStep& step);
  std::uint8_t tone_of(double hz);

  std::span<const ProgressSpec> specs_;
  std::array<std::array<std::uint8_t, kMaxToneSteps>, kMaxProgressTones> chords_of_{};   // chords of the steps of each spec
  std::array<Chord, kMaxChords> chord_{};
  std::size_t chord_count_ = 0;
  std::array<double, kBankTones> hz_{};
  std::size_t tone_count_ = 0;
  BankTables<kPairs> bank_;
};

/// Detects dial tone, ringback, busy and other tones of the network in the audio of one call that is being set up, by frequencies and by cadence.
///
/// frequency  within 8 Hz, or within 15 Hz if the country has no other tone near this frequency
/// cadence    within 10 % and 40 ms. A tone is reported after two cycles, or after as many steps as the longest cadence with the same
///            tones has, because the shorter cadence may be part of the longer one. If the cadence ends with a pause of a second or
///            more, one cycle and one second of this pause are enough. A tone without an end is reported after a second, or after
///            0.3 s more than the longest tone with an end
/// level      at least -43 dBm0, with noise 10 dB below
///
/// Windows of 40 ms every 20 ms at up to eight frequencies (tone_bank.hpp). Pure, no allocation, some 300 octets per call.
class ProgressDetector {
 public:
  explicit ProgressDetector(Country country) : plan_(&ProgressPlan::of(country)) {}
  /// Takes 20 ms at 8000 Hz. Returns a tone when it is recognised, once while it continues.
  std::optional<ProgressTone> hear(std::span<const std::int16_t, 160> pcm) noexcept;
  /// Returns the tone that sounds, even during the pauses of its cadence.
  [[nodiscard]] std::optional<ProgressTone> sounding() const noexcept { return sounding_; }
  /// Returns the number of whole cycles of the tone since its recognition, without interruption. Returns 0 during any other sound, and for a tone
  /// without an end.
  [[nodiscard]] std::uint32_t cycles() const noexcept { return now_.what == kOther || cycle_steps_ == 0 ? 0 : steps_ / cycle_steps_; }

 private:
  static constexpr std::uint8_t kQuiet = 0xFE, kOther = 0xFF;   // values besides the chords' numbers
  struct Run {
    std::uint8_t what = kOther;
    std::uint32_t frames = 0;
  };
  [[nodiscard]] std::uint8_t classify(float power) const noexcept;
  [[nodiscard]] bool count(std::uint8_t what) noexcept;
  [[nodiscard]] const ProgressSpec* match() const noexcept;
  void count_cycles(const ProgressSpec* found, bool step_over) noexcept;
  [[nodiscard]] bool fits(std::size_t spec) const noexcept;
  [[nodiscard]] bool fits_from(std::size_t spec, std::size_t steps, std::size_t rotation) const noexcept;
  [[nodiscard]] static std::uint32_t length_ms(const Run& run) noexcept;

  const ProgressPlan* plan_;
  BankSums window_{}, next_{};
  float before_ = 0;                            // power of the frame before
  float tone_power_ = 0;                        // power of the last frame that was a tone
  Run now_;
  Run astray_;                                  // frames that differ from now_: a drop-out, or the next run
  std::array<Run, kMaxToneSteps> past_{};       // the latest run is last
  std::size_t past_count_ = 0;
  std::optional<ProgressTone> sounding_;
  std::uint32_t steps_ = 0;                     // steps of the present tone since it was recognised
  std::uint32_t cycle_steps_ = 0;               // steps of one cycle
};
static_assert(sizeof(ProgressDetector) <= 512);

}  // namespace offhook::inline v0::media
