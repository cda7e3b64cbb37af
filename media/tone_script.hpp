#pragma once

#include <offhook/media/tones.hpp>

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>

namespace offhook::inline v0::media {

/// Up to two tones at once, for some time; no tones are a pause.
struct ToneStep {
  double low_hz = 0, high_hz = 0;   ///< 0: none
  double modulated_hz = 0;          ///< the low one swells and fades so often a second; 0: it does not
  std::uint32_t ms = 0;             ///< 0: for ever
  friend bool operator==(const ToneStep&, const ToneStep&) = default;
  [[nodiscard]] bool sounds() const { return low_hz != 0; }
};

inline constexpr std::size_t kMaxToneSteps = 6;

/// What sounds one after the other, once or again and again.
struct ToneScript {
  std::array<ToneStep, kMaxToneSteps> step{};
  std::uint8_t count = 0;
  bool repeats = true;

  constexpr ToneScript() = default;
  /// The first kMaxToneSteps of `steps`.
  constexpr ToneScript(std::initializer_list<ToneStep> from, bool again = true) : repeats(again) {
    for (const auto& one : from) {
      if (count < kMaxToneSteps) step[count++] = one;
    }
  }
  [[nodiscard]] std::span<const ToneStep> steps() const { return std::span(step).first(count); }
};

/// One digit (0-9 * # A-D, a-d) as its two tones and the pause after them; nothing at all for what is no digit. ITU-T Q.23; 40 ms
/// of each are the least that others need to hear (ITU-T Q.24).
[[nodiscard]] ToneScript dtmf_script(char digit, std::uint32_t on_ms = 100, std::uint32_t off_ms = 60);

/// Plays a script: exact to the sample, each step from phase 0, so that it begins without a click. `amplitude` is the peak of each
/// tone. Pure, no allocation.
class ScriptSource {
 public:
  ScriptSource(const ToneScript& script, std::uint32_t rate_hz, double amplitude);
  /// Silence once the script is over.
  void fill(std::span<std::int16_t> out) noexcept;
  [[nodiscard]] bool is_over() const noexcept { return at_ >= script_.count; }

 private:
  void enter(std::size_t step) noexcept;

  ToneScript script_;
  std::uint32_t rate_hz_;
  double amplitude_;
  std::size_t at_ = 0;
  std::uint64_t left_ = 0;                // samples of the step; of one that lasts for ever it is not counted
  std::array<SineSource, 4> sines_{};
};

}  // namespace offhook::inline v0::media
