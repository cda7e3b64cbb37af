#pragma once

#include <offhook/media/detail/band_tables.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

// What the detector of voice_kernel.hpp knows of a call, and the ways in which it is computed: the same verdicts from each.
// tests/media/voice_kernels_test.cpp compares all that the machine has.
namespace offhook::inline v0::media::detail {

/// Rows of what is known: each is one float for each call.
enum VoiceRow : std::size_t {
  kSmoothRow = 0,                       ///< power by band, over 40 ms
  kQuickRow = kSmoothRow + kBands,      ///< over 20 ms
  kLeastRow = kQuickRow + kBands,       ///< the least of kSmoothRow in the last 1.6 to 3.2 s
  kNextLeastRow = kLeastRow + kBands,   ///< the same since the last change of guard
  kNoiseRow = kNextLeastRow + kBands,   ///< mean power where nobody speaks
  kCountdownRow = kNoiseRow + kBands,   ///< steps until kNextLeastRow takes over
  kYoungRow,                            ///< steps that the call is still new, and the noise is learnt quickly
  kRunRow,                              ///< voiced steps in a row
  kHoldRow,                             ///< steps for which voice is believed to go on
  kVoiceRows,
};

/// Samples of eight calls side by side.
using VoiceLine = std::array<std::array<std::int16_t, kVoiceLanes>, kLineSamples>;

/// Eight calls side by side: one in each lane.
struct VoiceGroup {
  alignas(32) VoiceLine line{};             ///< past samples, then the frame
  alignas(32) std::array<std::array<float, kVoiceLanes>, kVoiceRows> rows{};
  alignas(32) std::array<TwoSteps, 2> powers{};  ///< of the frame, and of what was sent before it
  std::array<std::uint8_t, kVoiceLanes> voiced{};
};

/// A call alone.
struct VoiceSolo {
  std::array<std::int16_t, kLineSamples> line{};
  std::array<float, kVoiceRows> rows{};
};

/// As for a call that begins; `stride` floats from row to row.
void begin_voice(float* rows, std::size_t stride) noexcept;

struct VoiceKernels {
  std::string_view name;
  /// 20 ms of each lane: judges `line`, leaves its powers, and moves its end to where the next frame's past belongs.
  void (*judge)(VoiceGroup& group) noexcept;
  /// The same windows of a line that is not judged.
  void (*measure)(const VoiceLine& line, TwoSteps& powers) noexcept;
};

extern const VoiceKernels kVoiceScalar, kVoiceVector;
#if defined(__x86_64__)
extern const VoiceKernels kVoiceAvx2;
#endif

/// Those that this machine can run, the scalar one first.
[[nodiscard]] std::span<const VoiceKernels* const> voice_kernels() noexcept;
/// The one that media/voice_bank.hpp uses, found once.
[[nodiscard]] const VoiceKernels& voice_chosen() noexcept;

/// The same for a call alone: both halves of the frame are transformed side by side.
[[nodiscard]] bool judge_alone(VoiceSolo& solo) noexcept;

}  // namespace offhook::inline v0::media::detail
