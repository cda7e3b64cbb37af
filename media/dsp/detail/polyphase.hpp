#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

// The rate conversion of media/dsp/resample.hpp. For rates in the ratio up : down, `down` inputs make `up` outputs: a block. One filter, at the
// lowest common multiple of both rates, computes all outputs. An output uses only the taps of the filter that meet an input: its phase.
//
//   inputs     x0 x1 x2 x3 x4 x5 ...   are split into `down` rows,   row 0: x0 x2 x4 ...   row 1: x1 x3 x5 ...   (down = 2)
//   outputs    y0 y1 y2 y3 y4 y5 ...   of the same phase use, from block to block, each row one sample further on
//
// Therefore the outputs of one phase in successive blocks are a sum of ordinary filters, one for each row.
//
// Samples and weights have 16 bits. Processors multiply sixteen such pairs at once and add the products by two, twice as many as with floats. Sums of
// integers are the same in any order. A weight near 1 is stored as 1 (`direct`) plus a remainder, so that the remainder uses all 16 bits. Half of a
// row's products (kPlaces / 2) fit 32 bits for any samples; the two halves are added as floats. Sixteen outputs come from two vectors, one for
// even and one for odd places. Weights sixteen places apart use the same vectors of a row, for different outputs of the tile. Therefore the code
// loads each vector once for all these weights.
//
// The filter cuts at half of the lower rate. Therefore every `ways`-th tap except the middle one is 0. A third of the work between 8 and 24 kHz, and
// half of the work between 8 and 16 kHz, is then a row (down) or a phase (up) that needs only `direct`.
namespace offhook::inline v0::media::detail {

struct PolyphaseFilter {
  static constexpr std::size_t kMaxWays = 6;                       ///< 8 to 48 kHz
  static constexpr std::size_t kTapsPerWay = 48;                   ///< at the lower rate; the whole filter has ways x kTapsPerWay - 1 taps
  static constexpr std::size_t kMaxPast = kMaxWays * kTapsPerWay;  ///< largest number of earlier inputs that an output uses
  static constexpr std::size_t kMaxInput = 960;
  static constexpr std::size_t kTile = 80;   ///< blocks that a kernel computes at once
  static constexpr std::size_t kSpare = 96;  ///< samples that a kernel may read beyond the end of a row
  static constexpr std::size_t kPlaces = 8;  ///< pairs of weights in a stride
  using Rows = std::array<std::int16_t, kMaxPast + kMaxInput + kMaxWays * kSpare>;

  std::size_t up = 1, down = 1;
  std::size_t past = 0;     ///< blocks before the first one; taps never meet earlier inputs, not even with weight 0
  std::size_t row = 0;      ///< distance from one row to the next
  std::size_t delay = 0;    ///< in samples at from_hz x up
  std::size_t strides = 0;  ///< 16 x this many taps of one output meet each row; the last taps may have weight 0
  float unit = 1;           ///< integer that stands for a weight of 1
  float whole = 1;          ///< factor that turns a sum of products into a sample

  PolyphaseFilter(std::uint32_t from_hz, std::uint32_t to_hz);
  /// Returns the index in Rows of the oldest sample of row `r` that an output of phase `p` in the first block uses.
  [[nodiscard]] std::size_t begin(std::size_t p, std::size_t r) const noexcept { return begins_[p * down + r]; }
  /// Returns [place][stride][2]: the weights of the sample 16 x stride + 2 x place after begin(), and of the sample after it.
  [[nodiscard]] const std::int16_t* weights(std::size_t p, std::size_t r) const noexcept {
    return &weights_[(p * down + r) * 16 * strides];
  }
  /// Returns the offset from begin() of the sample whose weight is near 1. The output adds this sample with the weight `unit`, in addition to
  /// weights(). Returns kNone if the row has no such sample.
  [[nodiscard]] std::size_t direct(std::size_t p, std::size_t r) const noexcept { return directs_[p * down + r]; }
  /// Returns true if the row also has other weights. If it has none and is the only row, the outputs are copies of inputs.
  [[nodiscard]] bool weighs(std::size_t p, std::size_t r) const noexcept { return weighs_[p * down + r]; }
  static constexpr std::size_t kNone = kMaxPast;

 private:
  void weigh(std::size_t p, std::size_t r, std::span<const double> taps);

  std::array<std::uint32_t, kMaxWays> begins_{};
  std::array<std::uint32_t, kMaxWays> directs_{};
  std::array<bool, kMaxWays> weighs_{};
  std::array<std::int16_t, kMaxWays * kTapsPerWay> weights_{};
};

/// Returns the filter between two of 8000, 16000, 24000 and 48000 Hz. Each filter is made once, and all telephone calls share it.
/// Returns null for other rates, and for equal rates.
[[nodiscard]] const PolyphaseFilter* filter_between(std::uint32_t from_hz, std::uint32_t to_hz);

struct PolyphaseKernels {
  std::string_view name;
  /// Splits the blocks x ways samples of `in`: row r, which starts at rows[r x row], gets every `ways`-th sample from sample r on.
  void (*split)(const std::int16_t* in, std::size_t blocks, std::size_t ways, std::int16_t* rows, std::size_t row) noexcept;
  /// Writes blocks x up samples, rounded and saturated. `rows` start with earlier samples; a kernel may read kSpare samples after them.
  void (*filter)(const PolyphaseFilter& filter, const std::int16_t* rows, std::size_t blocks, std::int16_t* out) noexcept;
};

extern const PolyphaseKernels kPolyphasePortable;
#if defined(__x86_64__)
extern const PolyphaseKernels kPolyphaseAvx2;
#endif

/// Returns the kernels that this machine can run. The last one is the fastest, and Offhook uses it.
[[nodiscard]] std::span<const PolyphaseKernels* const> polyphase_kernels() noexcept;

}  // namespace offhook::inline v0::media::detail
