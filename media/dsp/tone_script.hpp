#pragma once

#include <offhook/media/dsp/tones.hpp>

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>

namespace offhook::inline v0::media {

/// Up to two tones at once, for some time; a step without tones is a pause.
struct ToneStep {
  double low_hz = 0, high_hz = 0;   ///< 0 if the step does not have this tone
  double modulated_hz = 0;          ///< frequency of the low tone's amplitude modulation; 0 without modulation
  std::uint32_t ms = 0;             ///< duration; 0 if the step has no end
  friend bool operator==(const ToneStep&, const ToneStep&) = default;
  [[nodiscard]] bool sounds() const { return low_hz != 0; }
};

inline constexpr std::size_t kMaxToneSteps = 6;

/// A sequence of steps, played once or repeatedly.
struct ToneScript {
  std::array<ToneStep, kMaxToneSteps> step{};
  std::uint8_t count = 0;
  bool repeats = true;

  constexpr ToneScript() = default;
  /// Takes the first kMaxToneSteps of `steps`.
  constexpr ToneScript(std::initializer_list<ToneStep> from, bool again = true) : repeats(again) {
    for (const auto& one : from) {
      if (count < kMaxToneSteps) step[count++] = one;
    }
  }
  [[nodiscard]] std::span<const ToneStep> steps() const { return std::span(step).first(count); }
};

/// Returns the two tones of one digit (0-9 * # A-D, a-d) and the pause after them. Returns an empty script for all other characters. ITU-T Q.23;
/// receivers need at least 40 ms of each (ITU-T Q.24).
[[nodiscard]] ToneScript dtmf_script(char digit, std::uint32_t on_ms = 100, std::uint32_t off_ms = 60);

/// Plays a script, exact to the sample. Each step starts at phase 0, so that it starts without a click. `amplitude`
/// is the peak of each tone. Pure, no allocation.
class ScriptSource {
 public:
  ScriptSource(const ToneScript& script, std::uint32_t rate_hz, double amplitude);
  /// Fills `out` with the next samples of the script, and with silence after its end.
  void fill(std::span<std::int16_t> out) noexcept;
  [[nodiscard]] bool is_over() const noexcept { return at_ >= script_.count; }

 private:
  void enter(std::size_t step) noexcept;

  ToneScript script_;
  std::uint32_t rate_hz_;
  double amplitude_;
  std::size_t at_ = 0;
  std::uint64_t left_ = 0;                // samples left of the step; not counted for a step without an end
  std::array<SineSource, 4> sines_{};
};

}  // namespace offhook::inline v0::media
