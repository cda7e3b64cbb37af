#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

// How media/resample.hpp converts rates. For rates that are as up : down, `down` inputs make `up` outputs: a block. One filter,
// at the rate that both divide, yields them all; an output sees only those of its taps that meet an input, its phase.
//
//   inputs     x0 x1 x2 x3 x4 x5 ...   are split into `down` rows,   row 0: x0 x2 x4 ...   row 1: x1 x3 x5 ...   (down = 2)
//   outputs    y0 y1 y2 y3 y4 y5 ...   of the same phase see, from block to block, each row one further on
//
// so that the outputs of one phase in successive blocks are the sum of ordinary filters, one over each row.
//
// Samples stay what they are, 16 bits, and so are the weights: machines multiply sixteen such pairs at once and add them up by two,
// twice as many as of floats, and whole numbers are the same in any order. What of a weight is nearest to 1 stands apart (`direct`),
// so that the rest fills its 16 bits; half of a row's products fit 32 bits whatever is said (kPlaces / 2), and these are added as floats.
// Sixteen outputs come from two vectors, those of even and of odd places. Weights sixteen places apart see the same vectors of a row,
// one of them earlier in the tile than the other, and so each vector that is loaded serves all of them.
//
// The filter cuts at half of the lower rate, and so every `ways`-th tap but the middle one is 0: a third of the work between 8 and 24
// kHz, half of it between 8 and 16, is a row (down) or a phase (up) of which nothing but `direct` counts.
namespace offhook::inline v0::media::detail {

struct PolyphaseFilter {
  static constexpr std::size_t kMaxWays = 6;                       ///< 8 to 48 kHz
  static constexpr std::size_t kTapsPerWay = 48;                   ///< at the lower of both rates, less one in all
  static constexpr std::size_t kMaxPast = kMaxWays * kTapsPerWay;  ///< inputs
  static constexpr std::size_t kMaxInput = 960;
  static constexpr std::size_t kTile = 80;   ///< blocks that kernels compute at once
  static constexpr std::size_t kSpare = 96;  ///< samples that they may read behind those of a row
  static constexpr std::size_t kPlaces = 8;  ///< pairs of weights in a stride
  using Rows = std::array<std::int16_t, kMaxPast + kMaxInput + kMaxWays * kSpare>;

  std::size_t up = 1, down = 1;
  std::size_t past = 0;     ///< blocks before the first one: no tap of it meets what lies before them, not even times 0
  std::size_t row = 0;      ///< from one row to the next
  std::size_t delay = 0;    ///< samples at from_hz x up
  std::size_t strides = 0;  ///< 16 x this many taps of one output meet each row, the last ones perhaps with no weight
  float unit = 1;           ///< what the middle tap weighs
  float whole = 1;          ///< what sums are multiplied by

  PolyphaseFilter(std::uint32_t from_hz, std::uint32_t to_hz);
  /// Where in Rows the oldest sample stands that an output of phase `p` in the first block sees of row `r`.
  [[nodiscard]] std::size_t begin(std::size_t p, std::size_t r) const noexcept { return begins_[p * down + r]; }
  /// [place][stride][2]: the weights of the samples 16 x stride + 2 x place behind that one and one further.
  [[nodiscard]] const std::int16_t* weights(std::size_t p, std::size_t r) const noexcept {
    return &weights_[(p * down + r) * 16 * strides];
  }
  /// How many samples behind begin() stands the one that counts once more, by `unit`; kNone: none does.
  [[nodiscard]] std::size_t direct(std::size_t p, std::size_t r) const noexcept { return directs_[p * down + r]; }
  /// Whether anything else of this row does. If not, and it is the only row, outputs are inputs.
  [[nodiscard]] bool weighs(std::size_t p, std::size_t r) const noexcept { return weighs_[p * down + r]; }
  static constexpr std::size_t kNone = kMaxPast;

 private:
  void weigh(std::size_t p, std::size_t r, std::span<const double> taps);

  std::array<std::uint32_t, kMaxWays> begins_{};
  std::array<std::uint32_t, kMaxWays> directs_{};
  std::array<bool, kMaxWays> weighs_{};
  std::array<std::int16_t, kMaxWays * kTapsPerWay> weights_{};
};

/// Between two of 8000, 16000, 24000 and 48000 Hz; made once, shared by all calls. Null: other rates, or twice the same.
[[nodiscard]] const PolyphaseFilter* filter_between(std::uint32_t from_hz, std::uint32_t to_hz);

struct PolyphaseKernels {
  std::string_view name;
  /// Row r, from rows[r x row] on, becomes each `ways`-th of blocks x ways samples from the r-th on.
  void (*split)(const std::int16_t* in, std::size_t blocks, std::size_t ways, std::int16_t* rows, std::size_t row) noexcept;
  /// Writes blocks x up samples, rounded and saturated. `rows` begin with the past, and kSpare samples may be read behind them.
  void (*filter)(const PolyphaseFilter& filter, const std::int16_t* rows, std::size_t blocks, std::int16_t* out) noexcept;
};

extern const PolyphaseKernels kPolyphasePortable;
#if defined(__x86_64__)
extern const PolyphaseKernels kPolyphaseAvx2;
#endif

/// Those that this machine can run, the best one last: that is the one in use.
[[nodiscard]] std::span<const PolyphaseKernels* const> polyphase_kernels() noexcept;

}  // namespace offhook::inline v0::media::detail
