#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

// Eight frequencies at once, each with its cosine and its sine: sixteen lanes, which fill the registers for one call alone. So no
// call waits for others to be put in order beside it, and a call by itself costs what it costs among a thousand. It is a
// correlation and not Goertzel's recursion, because a sum waits for nothing: two samples a lane and instruction (pmaddwd), exact
// in integers, so that all ways of computing it give the same, bit by bit (tests/media/tone_bank_test.cpp).
namespace offhook::inline v0::media {

inline constexpr std::size_t kBankTones = 8;
inline constexpr std::size_t kBankLanes = 2 * kBankTones;  ///< the cosines, then the sines

/// What each lane multiplies a pair of samples with.
struct alignas(64) BankRow {
  std::array<std::array<std::int16_t, 2>, kBankLanes> of;
};

/// Sums of one window.
struct alignas(64) BankSums {
  std::array<std::int32_t, kBankLanes> of{};
};

struct ToneBankKernels {
  std::string_view name;
  /// Windows overlap by half: over `pairs` pairs of samples `window` is ended with the coefficients `falling`, and `next` is
  /// begun with `rising`.
  void (*feed)(const std::int16_t* in, std::size_t pairs, const BankRow* falling, const BankRow* rising, BankSums& window,
               BankSums& next) noexcept;
  /// Sum of squares over 64, cut pair by pair; at most 127 pairs.
  std::uint32_t (*power)(const std::int16_t* in, std::size_t pairs) noexcept;
};

inline constexpr unsigned kPowerShift = 6;  ///< so that 127 pairs of full scale fit

extern const ToneBankKernels kToneBankScalar;
#if defined(__x86_64__)
extern const ToneBankKernels kToneBankSse2, kToneBankAvx2;
#endif

/// Those that this machine can run, the scalar ones first.
[[nodiscard]] std::span<const ToneBankKernels* const> tone_bank_kernels() noexcept;
/// The one in use, found once.
[[nodiscard]] const ToneBankKernels& tone_bank_chosen() noexcept;

/// `Pairs` rows for each half of a window of Hann of 4 x `Pairs` samples, whose phase begins with the window. Full scale times
/// all coefficients stays within 32 bits when `amplitude` x 2 x `Pairs` is at most 65,535.
template <std::size_t Pairs>
struct BankTables {
  std::array<BankRow, Pairs> rising, falling;
};

/// Of `samples` coefficients from `first` on, into `rows`.
void fill_bank_rows(std::span<BankRow> rows, std::span<const double, kBankTones> hz, double amplitude, std::size_t first) noexcept;

template <std::size_t Pairs>
[[nodiscard]] BankTables<Pairs> make_bank_tables(std::span<const double, kBankTones> hz, double amplitude) noexcept {
  BankTables<Pairs> tables;
  fill_bank_rows(tables.rising, hz, amplitude, 0);
  fill_bank_rows(tables.falling, hz, amplitude, 2 * Pairs);
  return tables;
}

}  // namespace offhook::inline v0::media
