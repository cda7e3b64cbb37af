#include <offhook/media/dsp/tone_bank.hpp>

#include <offhook/base/usable_kernels.hpp>
#include <offhook/media/dsp/tones.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <random>
#include <vector>

using namespace offhook::media;

namespace {

constexpr std::size_t kMostPairs = 127, kSampleShifts = 32;
constexpr std::array<double, kBankTones> kBankHz{100, 697, 941, 1209, 1633, 2100, 3000, 3999};

struct RandomSamples {
  std::vector<std::int16_t> pcm = std::vector<std::int16_t>(4 * kMostPairs);
  explicit RandomSamples(std::uint32_t seed) {
    std::mt19937 engine(seed);
    for (auto& sample : pcm) sample = static_cast<std::int16_t>(engine());
  }
};

/// Memory for samples that begin `shift` samples after a 64-octet boundary.
struct Shifted {
  alignas(64) std::array<std::int16_t, kSampleShifts + 2 * kMostPairs> room{};
  Shifted(const std::vector<std::int16_t>& from, std::size_t first, std::size_t shift, std::size_t count) {
    std::copy_n(from.begin() + static_cast<std::ptrdiff_t>(first), count, room.begin() + static_cast<std::ptrdiff_t>(shift));
  }
};

BankSums random_sums(std::uint32_t seed) {
  std::mt19937 engine(seed);
  BankSums sums;
  for (auto& sum : sums.of) sum = static_cast<std::int32_t>(engine()) / 4;
  return sums;
}

}  // namespace

TEST_CASE("Each kernel of the tone bank gives the same sums and powers as the scalar kernel, at any length and alignment") {
  const auto tables = make_bank_tables<kMostPairs>(kBankHz, 200);
  const RandomSamples samples(1);
  for (const auto* kernels : tone_bank_kernels()) {
    CAPTURE(std::string(kernels->name));
    int wrong = 0;
    for (std::size_t shift = 0; shift < kSampleShifts; ++shift) {
      for (std::size_t pairs = 0; pairs <= 67; ++pairs) {
        const Shifted at(samples.pcm, shift * 3 + pairs, shift, 2 * pairs);
        const std::int16_t* in = at.room.data() + shift;
        BankSums expected = random_sums(7), expected_next = random_sums(8), window = expected, next = expected_next;
        kToneBankScalar.feed(in, pairs, tables.falling.data(), tables.rising.data(), expected, expected_next);
        kernels->feed(in, pairs, tables.falling.data(), tables.rising.data(), window, next);
        wrong += window.of != expected.of || next.of != expected_next.of;
        wrong += kernels->power(in, pairs) != kToneBankScalar.power(in, pairs);
      }
    }
    CHECK(wrong == 0);
  }
}

TEST_CASE("The sums of the tone bank do not overflow with samples at full scale of either sign. The power does not overflow with 127 pairs of them") {
  constexpr std::size_t kBankPairs = 20;
  const auto tables = make_bank_tables<kBankPairs>(kBankHz, 65535.0 / (2 * kBankPairs));
  for (const auto* kernels : tone_bank_kernels()) {
    CAPTURE(std::string(kernels->name));
    for (std::size_t lane = 0; lane < kBankLanes; ++lane) {  // Each sample changes the sum of this lane in the same direction.
      std::array<std::int16_t, 2 * kBankPairs> up{}, down{};
      double expected = 0;
      for (std::size_t i = 0; i < up.size(); ++i) {
        const int rising = tables.rising[i / 2].of[lane][i % 2], falling = tables.falling[i / 2].of[lane][i % 2];
        up[i] = rising < 0 ? 32767 : -32768;
        down[i] = falling < 0 ? 32767 : -32768;
        expected += 1.0 * rising * up[i] + 1.0 * falling * down[i];
      }
      BankSums window, next, after;
      kernels->feed(up.data(), kBankPairs, tables.falling.data(), tables.rising.data(), window, next);
      window = next;
      kernels->feed(down.data(), kBankPairs, tables.falling.data(), tables.rising.data(), window, after);
      CHECK(1.0 * window.of[lane] == expected);
    }
    const std::vector<std::int16_t> loudest(2 * kMostPairs, -32768);
    CHECK(kernels->power(loudest.data(), kMostPairs) == std::uint32_t{kMostPairs} << (31 - kPowerShift));
  }
}

TEST_CASE("The tone bank measures the amplitude of a sine at its own frequency, and almost nothing at frequencies more than 200 Hz away") {
  constexpr std::size_t kBankPairs = 20;
  const auto tables = make_bank_tables<kBankPairs>(kBankHz, 1024);
  std::array<std::int16_t, 4 * kBankPairs> pcm{};
  offhook::media::SineSource(697, 8000, 10000).fill(pcm);
  BankSums window, next, after;
  tone_bank_chosen().feed(pcm.data(), kBankPairs, tables.falling.data(), tables.rising.data(), window, next);
  window = next;
  tone_bank_chosen().feed(pcm.data() + 2 * kBankPairs, kBankPairs, tables.falling.data(), tables.rising.data(), window, after);
  const auto amplitude = [&](std::size_t tone) { return std::hypot(window.of[tone], window.of[kBankTones + tone]) / (1024 * 20); };
  CHECK(amplitude(1) == doctest::Approx(10000).epsilon(0.01));
  CHECK(amplitude(2) < 10000 * 0.04);
  CHECK(amplitude(4) < 10000 * 0.01);
}

TEST_CASE("tone_bank_chosen() returns one of the tested kernels, the widest that the machine supports") {
  const auto kernels = tone_bank_kernels();
  REQUIRE(!kernels.empty());
  CHECK(kernels.front() == &kToneBankScalar);
  CHECK(&tone_bank_chosen() == kernels.back());
#if defined(__x86_64__)
  CHECK(kernels.size() == (has(offhook::base::InstructionSet::Avx2) ? 3 : 2));
#endif
}
