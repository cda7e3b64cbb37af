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
// so that the outputs of one phase in successive blocks are the sum of ordinary filters, one over each row: eight of them at a
// time fill a vector. Each output is summed up in the same order everywhere and without a fused multiplication, so that all
// kernels give the same samples on every machine. That order is by place modulo eight: taps eight places apart see the same
// vectors of a row, one of them earlier in the tile than the other, and so each vector that is loaded serves all of them.
//
// The filter cuts at half of the lower rate, and so every `ways`-th tap but the middle one is 0: a third of the work between 8 and 24
// kHz, half of it between 8 and 16, is a row (down) or a phase (up) with one weight alone.
namespace offhook::inline v0::media::detail {

struct PolyphaseFilter {
  static constexpr std::size_t kMaxWays = 6;                       ///< 8 to 48 kHz
  static constexpr std::size_t kTapsPerWay = 48;                   ///< at the lower of both rates, less one in all
  static constexpr std::size_t kMaxPast = kMaxWays * kTapsPerWay;  ///< inputs
  static constexpr std::size_t kMaxInput = 960;
  static constexpr std::size_t kTile = 40;  ///< blocks that kernels compute at once, and read at most that many too many
  using Rows = std::array<float, kMaxPast + kMaxInput + kMaxWays * kTile>;

  std::size_t up = 1, down = 1;
  std::size_t past = 0;     ///< blocks before the first one: no tap of it meets what lies before them, not even times 0
  std::size_t row = 0;      ///< from one row to the next
  std::size_t delay = 0;    ///< samples at from_hz x up
  std::size_t strides = 0;  ///< 8 x this many taps of one output meet each row, the last ones perhaps with no weight

  PolyphaseFilter(std::uint32_t from_hz, std::uint32_t to_hz);
  /// Where in Rows the oldest sample stands that an output of phase `p` in the first block sees of row `r`.
  [[nodiscard]] std::size_t begin(std::size_t p, std::size_t r) const noexcept { return begins_[p * down + r]; }
  /// [place modulo eight][stride]: the weight of the sample 8 x stride + place behind that one.
  [[nodiscard]] const float* weights(std::size_t p, std::size_t r) const noexcept {
    return &weights_[(p * down + r) * 8 * strides];
  }
  /// How many samples behind begin() stands the only one of this row that has a weight; kNone: many have.
  [[nodiscard]] std::size_t lone(std::size_t p, std::size_t r) const noexcept { return lone_[p * down + r]; }
  [[nodiscard]] float lone_weight(std::size_t p, std::size_t r) const noexcept {
    const std::size_t at = lone(p, r);
    return weights(p, r)[at % 8 * strides + at / 8];
  }
  static constexpr std::size_t kNone = 8 * kTapsPerWay;

 private:
  void find_lone(std::size_t p, std::size_t r);

  std::array<std::uint32_t, kMaxWays> begins_{};
  std::array<std::uint32_t, kMaxWays> lone_{};
  std::array<float, kMaxWays * kTapsPerWay> weights_{};
};

/// Between two of 8000, 16000, 24000 and 48000 Hz; made once, shared by all calls. Null: other rates, or twice the same.
[[nodiscard]] const PolyphaseFilter* filter_between(std::uint32_t from_hz, std::uint32_t to_hz);

struct PolyphaseKernels {
  std::string_view name;
  /// Row r, from rows[r x row] on, becomes each `ways`-th of blocks x ways samples from the r-th on.
  void (*split)(const std::int16_t* in, std::size_t blocks, std::size_t ways, float* rows, std::size_t row) noexcept;
  /// Writes blocks x up samples, rounded and saturated. `rows` begin with the past, and a tile may be read behind them.
  void (*filter)(const PolyphaseFilter& filter, const float* rows, std::size_t blocks, std::int16_t* out) noexcept;
};

extern const PolyphaseKernels kPolyphasePortable;
#if defined(__x86_64__)
extern const PolyphaseKernels kPolyphaseAvx2;
#endif

/// Those that this machine can run, the best one last: that is the one in use.
[[nodiscard]] std::span<const PolyphaseKernels* const> polyphase_kernels() noexcept;

}  // namespace offhook::inline v0::media::detail
