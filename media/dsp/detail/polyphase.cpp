#include <offhook/media/dsp/detail/polyphase.hpp>

#include <offhook/base/usable_kernels.hpp>
#include <offhook/media/dsp/detail/polyphase_prototype.hpp>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>
#include <vector>

namespace offhook::inline v0::media::detail {
namespace {

constexpr std::array<std::uint32_t, 4> kRates{8000, 16000, 24000, 48000};
constexpr std::size_t kTile = PolyphaseFilter::kTile, kPlaces = PolyphaseFilter::kPlaces;
constexpr double kNearOne = 0.65;  // a larger weight is split into 1 and a remainder that fits 16 bits

/// Returns the best unit among the units with which the weights fit 16 bits and half of a row's products fit 32 bits. With this unit, rounding
/// the weights does the least harm: the stop band is 88 dB down (unrounded 91), images of 1 kHz are 94 dB down, and all images of any tone together
/// 86 dB.
double unit_for(std::size_t ways) {
  switch (ways) {
    case 2: return 49058;
    case 3: return 62801;
    default: return 49420;
  }
}

void split_portable(const std::int16_t* in, std::size_t blocks, std::size_t ways, std::int16_t* rows, std::size_t row) noexcept {
  for (std::size_t way = 0; way < ways; ++way) {
    for (std::size_t block = 0; block < blocks; ++block) rows[way * row + block] = in[block * ways + way];
  }
}

/// Adds half of the places of one row, for kTile successive blocks.
void add_half(const std::int16_t* weights, std::size_t strides, const std::int16_t* row, std::array<float, kTile>& sums) noexcept {
  std::array<std::int32_t, kTile> wholes{};
  for (std::size_t place = 0; place < kPlaces / 2; ++place) {
    for (std::size_t stride = 0; stride < strides; ++stride, weights += 2) {
      const std::int16_t* const from = row + 16 * stride + 2 * place;
      for (std::size_t i = 0; i < kTile; ++i) wholes[i] += weights[0] * from[i] + weights[1] * from[i + 1];
    }
  }
  for (std::size_t i = 0; i < kTile; ++i) sums[i] += static_cast<float>(wholes[i]);
}

/// Computes one phase in kTile successive blocks.
void filter_tile(const PolyphaseFilter& filter, std::size_t phase, const std::int16_t* rows, std::int16_t* out) noexcept {
  if (filter.down == 1 && !filter.weighs(phase, 0)) {
    std::copy_n(rows + filter.begin(phase, 0) + filter.direct(phase, 0), kTile, out);
    return;
  }
  std::array<float, kTile> sums{};
  for (std::size_t r = 0; r < filter.down; ++r) {
    const std::int16_t* const row = rows + filter.begin(phase, r);
    if (const std::size_t direct = filter.direct(phase, r); direct != PolyphaseFilter::kNone) {
      for (std::size_t i = 0; i < kTile; ++i) sums[i] += filter.unit * static_cast<float>(row[direct + i]);
    }
    if (!filter.weighs(phase, r)) continue;
    for (std::size_t half = 0; half < 2; ++half)
      add_half(filter.weights(phase, r) + half * kPlaces * filter.strides, filter.strides, row + half * kPlaces, sums);
  }
  for (std::size_t i = 0; i < kTile; ++i)
    out[i] = static_cast<std::int16_t>(std::lrintf(std::clamp(sums[i] * filter.whole, -32768.0F, 32767.0F)));
}

void filter_portable(const PolyphaseFilter& filter, const std::int16_t* rows, std::size_t blocks, std::int16_t* out) noexcept {
  std::array<std::int16_t, kTile> tile;
  for (std::size_t begin = 0; begin < blocks; begin += kTile) {
    const std::size_t count = std::min(kTile, blocks - begin);
    for (std::size_t phase = 0; phase < filter.up; ++phase) {
      filter_tile(filter, phase, rows + begin, tile.data());
      for (std::size_t i = 0; i < count; ++i) out[(begin + i) * filter.up + phase] = tile[i];
    }
  }
}

}  // namespace

PolyphaseFilter::PolyphaseFilter(std::uint32_t from_hz, std::uint32_t to_hz) {
  const std::uint32_t common = std::gcd(from_hz, to_hz);
  up = to_hz / common;
  down = from_hz / common;
  const std::size_t ways = std::max(up, down), length = ways * kTapsPerWay - 1;
  delay = (length - 1) / 2;
  unit = static_cast<float>(unit_for(ways));
  const double middle = static_cast<double>(ways) / static_cast<double>(up);  // With unscaled taps, an output of all ones would be `middle`.
  whole = static_cast<float>(1 / (unit * middle));
  const auto prototype = [&](std::size_t tap) {
    return kPolyphasePrototype[(tap > delay ? tap - delay : delay - tap) * (kMaxWays / ways)];
  };
  strides = (kTapsPerWay / std::min(up, down) + 15) / 16;
  past = 16 * strides;
  row = past + kMaxInput / down + kSpare;

  std::vector<double> taps(past);
  for (std::size_t p = 0; p < up; ++p) {
    const std::size_t newest = p * down / up;  // Index of the newest input in the block; later inputs have not come when this output is due.
    const std::size_t first = p * down % up;   // The tap for this input. The tap for each older input is `up` further on.
    double sum = 0;
    for (std::size_t tap = first; tap < length; tap += up) sum += prototype(tap);
    for (std::size_t r = 0; r < down; ++r) {
      // The place in this row of the newest sample that this output uses, counted from the row's first block.
      const std::size_t place = past + newest / down - (newest % down < r ? 1 : 0);
      const std::size_t oldest = place - (past - 1);
      begins_[p * down + r] = static_cast<std::uint32_t>(r * row + oldest);
      for (std::size_t back = 0; back < past; ++back) {
        const std::size_t older = past * down + newest - ((place - back) * down + r);  // number of inputs before the newest one
        const std::size_t tap = first + older * up;
        // The scale makes each phase pass DC equally.
        taps[past - 1 - back] = tap < length ? prototype(tap) / sum * middle : 0;
      }
      weigh(p, r, taps);
    }
  }
}

void PolyphaseFilter::weigh(std::size_t p, std::size_t r, std::span<const double> taps) {
  const auto most = std::max_element(taps.begin(), taps.end());
  const bool direct = *most > kNearOne;
  directs_[p * down + r] = static_cast<std::uint32_t>(direct ? most - taps.begin() : kNone);
  weighs_[p * down + r] = std::count(taps.begin(), taps.end(), 0.0) < std::ssize(taps) - 1;
  for (std::size_t at = 0; at < taps.size(); ++at) {
    const double rest = taps[at] - (direct && taps.begin() + static_cast<std::ptrdiff_t>(at) == most ? 1 : 0);
    const std::size_t pair = at % 16 / 2 * strides + at / 16;
    assert(std::abs(rest * unit) < 32767);
    weights_[(p * down + r) * 16 * strides + 2 * pair + at % 2] = static_cast<std::int16_t>(std::lrint(rest * unit));
  }
}

const PolyphaseFilter* filter_between(std::uint32_t from_hz, std::uint32_t to_hz) {
  const auto from = std::find(kRates.begin(), kRates.end(), from_hz), to = std::find(kRates.begin(), kRates.end(), to_hz);
  if (from == kRates.end() || to == kRates.end() || from == to) return nullptr;
  static const auto filters = [] {
    std::vector<PolyphaseFilter> all;
    for (const auto in : kRates) {
      for (const auto out : kRates) all.emplace_back(in, out);
    }
    return all;
  }();
  return &filters[static_cast<std::size_t>((from - kRates.begin()) * std::ssize(kRates) + (to - kRates.begin()))];
}

const PolyphaseKernels kPolyphasePortable{"portable", split_portable, filter_portable};

std::span<const PolyphaseKernels* const> polyphase_kernels() noexcept {
#if defined(__x86_64__)
  static const base::UsableKernels<PolyphaseKernels> usable{{&kPolyphasePortable}, {&kPolyphaseAvx2, base::InstructionSet::Avx2}};
#else
  static const base::UsableKernels<PolyphaseKernels> usable{{&kPolyphasePortable}};
#endif
  return usable.all();
}

}  // namespace offhook::inline v0::media::detail
