#pragma once

#include <offhook/media/detect/detail/band_tables.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

// The state of the detector of voice_kernel.hpp for one call, and the detector's implementations. All of them give the same verdicts.
// tests/media/detect/voice_kernels_test.cpp compares all implementations that the machine can run.
namespace offhook::inline v0::media::detail {

/// Rows of the state; each row has one float per call.
enum VoiceRow : std::size_t {
  kSmoothRow = 0,                       ///< power by band, over 40 ms
  kQuickRow = kSmoothRow + kBands,      ///< power by band, over 20 ms
  kLeastRow = kQuickRow + kBands,       ///< the least of kSmoothRow in the last 1.6 to 3.2 s
  kNextLeastRow = kLeastRow + kBands,   ///< the least of kSmoothRow since kNextLeastRow last replaced kLeastRow
  kNoiseRow = kNextLeastRow + kBands,   ///< mean power without speech
  kCountdownRow = kNoiseRow + kBands,   ///< steps until kNextLeastRow replaces kLeastRow
  kYoungRow,                            ///< steps for which the call is still new, so that the noise is learnt quickly
  kRunRow,                              ///< voiced steps in a row
  kHoldRow,                             ///< steps for which the voice is assumed to continue
  kVoiceRows,
};

/// Samples of eight calls side by side.
using VoiceLine = std::array<std::array<std::int16_t, kVoiceLanes>, kLineSamples>;

/// The state of eight calls, one in each lane.
struct VoiceGroup {
  alignas(32) VoiceLine line{};             ///< earlier samples, then the frame
  alignas(32) std::array<std::array<float, kVoiceLanes>, kVoiceRows> rows{};
  alignas(32) std::array<TwoSteps, 2> powers{};  ///< powers of the frame, and of the audio sent before it
  std::array<std::uint8_t, kVoiceLanes> voiced{};
};

/// The state of one call alone.
struct VoiceSolo {
  std::array<std::int16_t, kLineSamples> line{};
  std::array<float, kVoiceRows> rows{};
};

/// Initialises the rows for a new call; each row is `stride` floats after the one before.
void begin_voice(float* rows, std::size_t stride) noexcept;

struct VoiceKernels {
  std::string_view name;
  /// Judges 20 ms of each lane: sets `voiced` and `powers`, and moves the end of `line` to its start, as the past of the next frame.
  void (*judge)(VoiceGroup& group) noexcept;
  /// Computes the powers of the same windows without judging the line.
  void (*measure)(const VoiceLine& line, TwoSteps& powers) noexcept;
};

extern const VoiceKernels kVoiceScalar, kVoiceVector;
#if defined(__x86_64__)
extern const VoiceKernels kVoiceAvx2;
#endif

/// Returns the kernels that this machine can run, the scalar one first.
[[nodiscard]] std::span<const VoiceKernels* const> voice_kernels() noexcept;
/// Returns the kernel that media/detect/voice_bank.hpp uses; it is chosen once.
[[nodiscard]] const VoiceKernels& voice_chosen() noexcept;

/// Judges one call alone: both halves of the frame are transformed side by side.
[[nodiscard]] bool judge_alone(VoiceSolo& solo) noexcept;

}  // namespace offhook::inline v0::media::detail
