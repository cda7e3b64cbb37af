#include <offhook/media/detail/polyphase.hpp>

#include <offhook/base/usable_kernels.hpp>
#include <offhook/media/detail/polyphase_prototype.hpp>
#include <offhook/media/four_floats.hpp>

#include <algorithm>
#include <numeric>
#include <vector>

namespace offhook::inline v0::media::detail {
namespace {

constexpr std::array<std::uint32_t, 4> kRates{8000, 16000, 24000, 48000};

void split_portable(const std::int16_t* in, std::size_t blocks, std::size_t ways, float* rows, std::size_t row) noexcept {
  for (std::size_t way = 0; way < ways; ++way) {
    for (std::size_t block = 0; block < blocks; ++block) rows[way * row + block] = static_cast<float>(in[block * ways + way]);
  }
}

/// One phase in kTile successive blocks.
void filter_tile(const PolyphaseFilter& filter, std::size_t phase, const float* rows, std::int16_t* out) noexcept {
  constexpr std::size_t kVectors = PolyphaseFilter::kTile / 4;
  std::array<FourFloats, kVectors> sums{};
  for (std::size_t r = 0; r < filter.down; ++r) {
    if (filter.lone(phase, r) != PolyphaseFilter::kNone) {
      const float* const from = rows + filter.begin(phase, r) + filter.lone(phase, r);
      for (std::size_t i = 0; i < kVectors; ++i) sums[i] += filter.lone_weight(phase, r) * load_four(from + 4 * i);
      continue;
    }
    const float* weight = filter.weights(phase, r);
    for (std::size_t place = 0; place < 8; ++place) {
      const float* from = rows + filter.begin(phase, r) + place;
      for (std::size_t stride = 0; stride < filter.strides; ++stride, from += 8, ++weight) {
        for (std::size_t i = 0; i < kVectors; ++i) sums[i] += *weight * load_four(from + 4 * i);
      }
    }
  }
  for (std::size_t i = 0; i < kVectors; ++i) store_samples(sums[i], out + 4 * i);
}

void filter_portable(const PolyphaseFilter& filter, const float* rows, std::size_t blocks, std::int16_t* out) noexcept {
  constexpr std::size_t kTile = PolyphaseFilter::kTile;
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
  const auto prototype = [&](std::size_t tap) {
    return kPolyphasePrototype[(tap > delay ? tap - delay : delay - tap) * (kMaxWays / ways)];
  };
  strides = kTapsPerWay / std::min(up, down) / 8;
  past = 8 * strides;
  row = past + kMaxInput / down + kTile;

  for (std::size_t p = 0; p < up; ++p) {
    const std::size_t newest = p * down / up;  // Of the block's inputs: those behind it have not come when this output is due.
    const std::size_t first = p * down % up;   // The tap that it meets; each older input meets one `up` further on.
    double sum = 0;
    for (std::size_t tap = first; tap < length; tap += up) sum += prototype(tap);
    for (std::size_t r = 0; r < down; ++r) {
      // The newest sample that this output sees of this row, counted in places of the row from the first block on.
      const std::size_t place = past + newest / down - (newest % down < r ? 1 : 0);
      const std::size_t oldest = place - (8 * strides - 1);
      begins_[p * down + r] = static_cast<std::uint32_t>(r * row + oldest);
      for (std::size_t back = 0; back < 8 * strides; ++back) {
        const std::size_t older = past * down + newest - ((place - back) * down + r);  // inputs, than the newest one
        const std::size_t tap = first + older * up, at = 8 * strides - 1 - back;
        if (tap >= length) continue;
        // Each phase passes DC alike.
        weights_[(p * down + r) * 8 * strides + at % 8 * strides + at / 8] = static_cast<float>(prototype(tap) / sum);
      }
      find_lone(p, r);
    }
  }
}

void PolyphaseFilter::find_lone(std::size_t p, std::size_t r) {
  std::size_t count = 0, last = 0;
  for (std::size_t at = 0; at < 8 * strides; ++at) {
    if (weights(p, r)[at % 8 * strides + at / 8] == 0.0F) continue;
    last = at;
    ++count;
  }
  lone_[p * down + r] = static_cast<std::uint32_t>(count == 1 ? last : kNone);
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
