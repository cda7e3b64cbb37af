#include <offhook/media/dsp/detail/polyphase.hpp>

#include <offhook/base/random.hpp>
#include <offhook/media/dsp/detail/polyphase_prototype.hpp>

#include <offhook/tests/media/sounds.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <numeric>
#include <span>
#include <string>
#include <vector>

using namespace offhook;
using namespace offhook::media::detail;
using offhook_test::white_noise;

namespace {

constexpr std::array<std::uint32_t, 4> kRates{8000, 16000, 24000, 48000};
constexpr std::size_t kMostBlocks = 2 * PolyphaseFilter::kTile + 3;  // two tiles and a part of a third tile
constexpr std::int16_t kUntouchedSample = 0x5AA5;

/// Splits and filters `blocks` blocks, which follow a full past. Checks that the kernels write nothing before and after their output.
std::vector<std::int16_t> converted(const PolyphaseKernels& kernels, const PolyphaseFilter& filter, const std::int16_t* in,
                                    std::size_t blocks, std::size_t shift) {
  PolyphaseFilter::Rows rows;  // Samples that split() does not write affect no output that is kept.
  rows.fill(kUntouchedSample);
  const auto past = white_noise(filter.past * filter.down, 7);
  kernels.split(past.data(), filter.past, filter.down, rows.data(), filter.row);
  kernels.split(in, blocks, filter.down, rows.data() + filter.past, filter.row);
  std::vector<std::int16_t> out(shift + blocks * filter.up + 64, kUntouchedSample);
  kernels.filter(filter, rows.data(), blocks, out.data() + shift);
  CHECK(std::all_of(out.end() - 64, out.end(), [](std::int16_t sample) { return sample == kUntouchedSample; }));
  CHECK(std::all_of(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(shift),
                    [](auto sample) { return sample == kUntouchedSample; }));
  return {out.begin() + static_cast<std::ptrdiff_t>(shift), out.end() - 64};
}

/// Computes the output by the filter's definition: puts zeros between the inputs, and filters at a rate that is a multiple of both rates.
std::vector<double> by_definition(const PolyphaseFilter& filter, const std::int16_t* in, std::size_t blocks) {
  auto all = white_noise(filter.past * filter.down, 7);
  const std::size_t now = all.size(), ways = std::max(filter.up, filter.down), length = ways * PolyphaseFilter::kTapsPerWay - 1;
  all.insert(all.end(), in, in + blocks * filter.down);
  std::vector<double> out(blocks * filter.up);
  for (std::size_t n = 0; n < out.size(); ++n) {
    const std::size_t due = now * filter.up + n * filter.down;  // in samples at that multiple rate
    double sum = 0, weights = 0;
    for (std::size_t tap = due % filter.up; tap < length; tap += filter.up) {
      const std::size_t from_middle = tap > filter.delay ? tap - filter.delay : filter.delay - tap;
      const double weight = kPolyphasePrototype[from_middle * (PolyphaseFilter::kMaxWays / ways)];
      sum += weight * all[(due - tap) / filter.up];
      weights += weight;
    }
    out[n] = sum / weights;
  }
  return out;
}

}  // namespace

TEST_CASE("Each polyphase kernel that this machine supports converts exactly like the portable kernel, at any length and alignment") {
  const auto in = white_noise(4096, 1);
  std::string names;
  for (const auto* kernels : polyphase_kernels()) {
    names += std::string(kernels->name) + " ";
    for (const auto from : kRates) {
      for (const auto to : kRates) {
        const auto* filter = filter_between(from, to);
        if (filter == nullptr) continue;
        int wrong = 0;
        for (std::size_t blocks = 0; blocks <= std::min(kMostBlocks, PolyphaseFilter::kMaxInput / filter->down); ++blocks) {
          for (std::size_t shift = 0; shift < 9; shift += 3) {
            const auto* at = in.data() + shift + 11 * blocks;
            wrong += converted(*kernels, *filter, at, blocks, shift) != converted(kPolyphasePortable, *filter, at, blocks, 0);
          }
        }
        CAPTURE(std::string(kernels->name));
        CAPTURE(from);
        CAPTURE(to);
        CHECK(wrong == 0);
      }
    }
  }
  MESSAGE("this machine has: " << names);
}

TEST_CASE("The polyphase kernels compute the filter's definition, rounded to the nearest sample and limited to 16 bits") {
  const auto in = white_noise(960, 2);
  for (const auto from : kRates) {
    for (const auto to : kRates) {
      const auto* filter = filter_between(from, to);
      CHECK((filter == nullptr) == (from == to));
      if (filter == nullptr) continue;
      const std::size_t blocks = from / 50 / filter->down;
      const auto exact = by_definition(*filter, in.data(), blocks);
      for (const auto* kernels : polyphase_kernels()) {
        const auto got = converted(*kernels, *filter, in.data(), blocks, 0);
        double worst = 0;
        for (std::size_t n = 0; n < got.size(); ++n)
          worst = std::max(worst, std::abs(got[n] - std::clamp(exact[n], -32768.0, 32767.0)));
        CHECK(worst < 3);  // The error comes from the rounding of the weights. With noise at full scale it is about 85 dB below the noise.
      }
    }
  }
}

TEST_CASE("The sum of the products in half a row of a PolyphaseFilter fits 32 bits, whatever the samples are") {
  for (const auto from : kRates) {
    for (const auto to : kRates) {
      const auto* filter = filter_between(from, to);
      if (filter == nullptr) continue;
      const std::size_t half = PolyphaseFilter::kPlaces * filter->strides;
      for (std::size_t p = 0; p < filter->up; ++p) {
        for (std::size_t r = 0; r < filter->down; ++r) {
          const std::span weights(filter->weights(p, r), 2 * half);
          for (const auto part : {weights.first(half), weights.last(half)}) {
            const auto sum = std::accumulate(part.begin(), part.end(), 0L, [](long all, std::int16_t one) { return all + std::abs(one); });
            CHECK(sum <= 65535);  // Each weight is multiplied by a sample of at most 32768.
          }
        }
      }
    }
  }
}

TEST_CASE("filter_between returns a filter only for 8, 16, 24 and 48 kHz") {
  CHECK(filter_between(8000, 44100) == nullptr);
  CHECK(filter_between(0, 8000) == nullptr);
  CHECK(filter_between(8000, 24000) == filter_between(8000, 24000));
}
