#include <offhook/media/dsp/tone_bank.hpp>

#include <offhook/base/usable_kernels.hpp>

#include <cmath>
#include <numbers>

namespace offhook::inline v0::media {
namespace {

void feed(const std::int16_t* in, std::size_t pairs, const BankRow* falling, const BankRow* rising, BankSums& window,
          BankSums& next) noexcept {
  next = {};
  for (std::size_t pair = 0; pair < pairs; ++pair) {
    const int first = in[2 * pair], second = in[2 * pair + 1];
    for (std::size_t lane = 0; lane < kBankLanes; ++lane) {
      window.of[lane] += first * falling[pair].of[lane][0] + second * falling[pair].of[lane][1];
      next.of[lane] += first * rising[pair].of[lane][0] + second * rising[pair].of[lane][1];
    }
  }
}

std::uint32_t power(const std::int16_t* in, std::size_t pairs) noexcept {
  std::uint32_t sum = 0;
  for (std::size_t pair = 0; pair < pairs; ++pair) {
    const int first = in[2 * pair], second = in[2 * pair + 1];
    sum += (static_cast<std::uint32_t>(first * first) + static_cast<std::uint32_t>(second * second)) >> kPowerShift;
  }
  return sum;
}

const base::UsableKernels<ToneBankKernels>& usable() noexcept {
#if defined(__x86_64__)
  static const base::UsableKernels<ToneBankKernels> found{{&kToneBankScalar}, {&kToneBankSse2}, {&kToneBankAvx2, base::InstructionSet::Avx2}};
#else
  static const base::UsableKernels<ToneBankKernels> found{{&kToneBankScalar}};
#endif
  return found;
}

}  // namespace

const ToneBankKernels kToneBankScalar{"scalar", feed, power};

std::span<const ToneBankKernels* const> tone_bank_kernels() noexcept { return usable().all(); }
const ToneBankKernels& tone_bank_chosen() noexcept { return usable().best(); }

void fill_bank_rows(std::span<BankRow> rows, std::span<const double, kBankTones> hz, double amplitude, std::size_t first) noexcept {
  const double turn = 2 * std::numbers::pi, window = 4 * static_cast<double>(rows.size());
  for (std::size_t i = 0; i < 2 * rows.size(); ++i) {
    const double at = static_cast<double>(first + i), hann = amplitude * 0.5 * (1 - std::cos(turn * (at + 0.5) / window));
    for (std::size_t tone = 0; tone < kBankTones; ++tone) {
      const double phase = turn * at * hz[tone] / 8000;
      rows[i / 2].of[tone][i % 2] = static_cast<std::int16_t>(std::lround(hann * std::cos(phase)));
      rows[i / 2].of[kBankTones + tone][i % 2] = static_cast<std::int16_t>(std::lround(hann * std::sin(phase)));
    }
  }
}

}  // namespace offhook::inline v0::media
