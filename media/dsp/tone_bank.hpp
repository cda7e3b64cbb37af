#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

// Correlates with eight frequencies at once, each with its cosine and its sine. These sixteen lanes fill the registers with one telephone call.
// Therefore the bank need not process calls side by side, and a single call costs as much as one among a thousand. It is a correlation and not
// Goertzel's recursion, because a sum waits for no earlier result. Each instruction processes two samples per lane (pmaddwd). Sums of integers are
// exact, so that all implementations give the same results, bit by bit (tests/media/dsp/tone_bank_test.cpp).
namespace offhook::inline v0::media {

inline constexpr std::size_t kBankTones = 8;
inline constexpr std::size_t kBankLanes = 2 * kBankTones;  ///< the cosines, then the sines

/// The factors of each lane for a pair of samples.
struct alignas(64) BankRow {
  std::array<std::array<std::int16_t, 2>, kBankLanes> of;
};

/// The sums of one window.
struct alignas(64) BankSums {
  std::array<std::int32_t, kBankLanes> of{};
};

struct ToneBankKernels {
  std::string_view name;
  /// Windows overlap by half. Over `pairs` pairs of samples, it completes `window` with the coefficients `falling`, and starts `next` with `rising`.
  void (*feed)(const std::int16_t* in, std::size_t pairs, const BankRow* falling, const BankRow* rising, BankSums& window,
               BankSums& next) noexcept;
  /// Returns the sum of squares divided by 64, truncated pair by pair. `pairs` is at most 127.
  std::uint32_t (*power)(const std::int16_t* in, std::size_t pairs) noexcept;
};

inline constexpr unsigned kPowerShift = 6;  ///< divides by 64, so that the sum of 127 pairs of full scale fits 32 bits

extern const ToneBankKernels kToneBankScalar;
#if defined(__x86_64__)
extern const ToneBankKernels kToneBankSse2, kToneBankAvx2;
#endif

/// Returns the kernels that this machine can run, the scalar one first.
[[nodiscard]] std::span<const ToneBankKernels* const> tone_bank_kernels() noexcept;
/// Returns the kernel in use; it is chosen once.
[[nodiscard]] const ToneBankKernels& tone_bank_chosen() noexcept;

/// `Pairs` rows for each half of a Hann window of 4 x `Pairs` samples, whose phase starts with the window. With full-scale samples, the sums stay
/// within 32 bits if `amplitude` x 2 x `Pairs` is at most 65,535.
template <std::size_t Pairs>
struct BankTables {
  std::array<BankRow, Pairs> rising, falling;
};

/// Writes the coefficients of `rows`, starting with the window's coefficient `first`.
void fill_bank_rows(std::span<BankRow> rows, std::span<const double, kBankTones> hz, double amplitude, std::size_t first) noexcept;

template <std::size_t Pairs>
[[nodiscard]] BankTables<Pairs> make_bank_tables(std::span<const double, kBankTones> hz, double amplitude) noexcept {
  BankTables<Pairs> tables;
  fill_bank_rows(tables.rising, hz, amplitude, 0);
  fill_bank_rows(tables.falling, hz, amplitude, 2 * Pairs);
  return tables;
}

}  // namespace offhook::inline v0::media
