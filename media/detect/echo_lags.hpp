#pragma once

#include <offhook/base/prefetch.hpp>
#include <offhook/media/dsp/sixteen_bytes.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

// The values that media/detect/echo_guard.hpp computes for each lag, stored so that one step of a loop processes eight lags. All implementations
// give the same values. tests/media/detect/echo_kernels_test.cpp compares all implementations that the machine can run.
namespace offhook::inline v0::media::detail {

inline constexpr std::size_t kEchoLags = 49;
inline constexpr std::size_t kEchoPlaces = 56;  ///< kEchoLags rounded up to groups of eight; the places after the lags hold values that no echo has

struct EchoLags {
  static constexpr std::uint16_t kNoLag = 0xffff;         ///< value of `unexplained` in the places after the last lag
  std::array<SixteenBytes, kEchoPlaces> loss;             ///< the least loss that is still possible, by band; 255 in the places after the last lag
  std::array<std::uint16_t, kEchoPlaces> unexplained;     ///< share of the energy that the lag does not explain; 255 x 256 is all of it
  std::array<std::uint16_t, kEchoPlaces> likeness;        ///< likeness of the patterns; 16 x 4096 if all 16 bands were always equal
};

/// The newest steps, newest first: from(age)[lag] is the step `lag` steps before the step of `age`. Each step is stored
/// twice, so that a reader never has to wrap around.
template <class T>
class NewestFirst {
 public:
  static constexpr std::size_t kKept = kEchoPlaces;
  void push(T step) {
    newest_ = (newest_ + kKept - 1) % kKept;
    change(0, step);
  }
  void change(std::size_t age, T step) {
    const std::size_t at = (newest_ + age) % kKept;
    all_[at] = all_[at + kKept] = step;
  }
  /// age   0 or 1: kEchoPlaces - 1 more steps follow it
  [[nodiscard]] const T* from(std::size_t age) const { return &all_[newest_ + age]; }
  /// Prefetches the data that the next two push() and from() use.
  void prefetch() const noexcept {
    base::prefetch(&all_[newest_ + kKept - 2], 2 * sizeof(T));
    base::prefetch(from(0), kEchoLags * sizeof(T));
  }

 private:
  std::size_t newest_ = 0;
  std::array<T, 2 * kKept> all_{};
};

/// One received step, which judge() compares with the largest possible echo of each lag: sent - loss + gain.
struct EchoQuestion {
  SixteenBytes heard, share;               ///< levels, and shares of the step's amplitudes
  SixteenBytes loss, gain;
  SixteenBytes far_above;                  ///< a band above the largest echo counts half, and in full if it is above by more than this
  std::uint16_t known_within = 0;          ///< a lag is known if its sum of losses is within this of the least sum
  std::uint16_t open_at_known = 0, open_at_unknown = 0;  ///< the step is an echo at a lag if the lag's `unexplained` is at most this
};
struct EchoAnswer {
  std::uint16_t least_unexplained = 0;     ///< the least value of `unexplained` of all lags
  bool echo = false;                       ///< true if the step is an echo at any lag
};

struct EchoKernels {
  std::string_view name;
  /// For each lag and band, the expected echo is `low` minus the loss. Raises the loss by `fall` where the expected echo is above `contradicted`.
  /// Lowers the loss by `rise` where the expected echo is below `heard`. Returns the least loss of all lags.
  SixteenBytes (*learn)(EchoLags& lags, const SixteenBytes* low, SixteenBytes heard, SixteenBytes contradicted, SixteenBytes fall,
                        SixteenBytes rise) noexcept;
  /// Moves `unexplained` of each lag by 3/8 of the way to the share that the lag leaves unexplained in this step.
  EchoAnswer (*judge)(EchoLags& lags, const SixteenBytes* high, const EchoQuestion& question) noexcept;
  /// For each lag whose bit in `loud` is set, moves `likeness` by 1/64 of the way to the likeness of this step. Returns the greatest likeness.
  std::uint16_t (*compare)(EchoLags& lags, const std::uint16_t* sent, std::uint16_t heard, std::uint64_t loud) noexcept;
};

extern const EchoKernels kEchoVector;
#if defined(__x86_64__)
extern const EchoKernels kEchoAvx2;
#endif

/// Returns the kernels that this machine can run. The last one is the fastest, and Offhook uses it.
[[nodiscard]] std::span<const EchoKernels* const> echo_kernels() noexcept;

}  // namespace offhook::inline v0::media::detail
