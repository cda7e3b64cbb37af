#pragma once

#include <offhook/base/prefetch.hpp>
#include <offhook/media/sixteen_bytes.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

// What media/echo_guard.hpp computes for each of its lags, laid out so that eight lags are one step of a loop: the same numbers from
// each way of doing it. tests/media/echo_kernels_test.cpp compares all that the machine has.
namespace offhook::inline v0::media::detail {

inline constexpr std::size_t kEchoLags = 49;
inline constexpr std::size_t kEchoPlaces = 56;  ///< Groups of eight. Places from kEchoLags on hold what no echo has.

struct EchoLags {
  static constexpr std::uint16_t kNoLag = 0xffff;         ///< of `unexplained`, in the places that are no lag
  std::array<SixteenBytes, kEchoPlaces> loss;             ///< the least that is still possible, by band; 255 in the places that are no lag
  std::array<std::uint16_t, kEchoPlaces> unexplained;     ///< 255 x 256 is all of it
  std::array<std::uint16_t, kEchoPlaces> likeness;        ///< 16 bands x 4096: all alike
};

/// The last steps, the newest first: from(age)[lag] is the step `lag` before that of `age`. Each is kept twice, so that no reader has to
/// begin again at the front.
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
  /// age   0 or 1: kEchoPlaces - 1 more are behind it
  [[nodiscard]] const T* from(std::size_t age) const { return &all_[newest_ + age]; }
  /// What the next two push() and from() touch.
  void prefetch() const noexcept {
    base::prefetch(&all_[newest_ + kKept - 2], 2 * sizeof(T));
    base::prefetch(from(0), kEchoLags * sizeof(T));
  }

 private:
  std::size_t newest_ = 0;
  std::array<T, 2 * kKept> all_{};
};

/// One step of what is heard, to be compared with what the echo of each lag would be at most: sent - loss + gain.
struct EchoQuestion {
  SixteenBytes heard, share;               ///< levels, and shares of the step's energy
  SixteenBytes loss, gain;
  SixteenBytes far_above;                  ///< over the most, and a band counts in full instead of half
  std::uint16_t known_within = 0;          ///< of the least sum of losses of any lag: the lag is a known one
  std::uint16_t open_at_known = 0, open_at_unknown = 0;  ///< at most so much unexplained, and it is an echo
};
struct EchoAnswer {
  std::uint16_t least_unexplained = 0;     ///< of any lag
  bool echo = false;                       ///< of some lag
};

struct EchoKernels {
  std::string_view name;
  /// An echo of `low` that is fainter than it should be by the loss of its lag, by more than what `contradicted` is above what is heard,
  /// raises that loss by `fall`; one that is louder than that lowers it by `rise`. The least loss of any lag.
  SixteenBytes (*learn)(EchoLags& lags, const SixteenBytes* low, SixteenBytes heard, SixteenBytes contradicted, SixteenBytes fall,
                        SixteenBytes rise) noexcept;
  /// Brings `unexplained` up to date, three eighths of the way.
  EchoAnswer (*judge)(EchoLags& lags, const SixteenBytes* high, const EchoQuestion& question) noexcept;
  /// Brings `likeness` up to date, a 64th of the way, at the lags whose bit of `loud` is set. The greatest of any lag.
  std::uint16_t (*compare)(EchoLags& lags, const std::uint16_t* sent, std::uint16_t heard, std::uint64_t loud) noexcept;
};

extern const EchoKernels kEchoVector;
#if defined(__x86_64__)
extern const EchoKernels kEchoAvx2;
#endif

/// Those that this machine can run, the best one last: that is the one in use.
[[nodiscard]] std::span<const EchoKernels* const> echo_kernels() noexcept;

}  // namespace offhook::inline v0::media::detail
