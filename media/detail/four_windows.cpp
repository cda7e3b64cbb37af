#include <offhook/media/detail/four_windows.hpp>

#include <offhook/media/detail/band_kernel.hpp>
#include <offhook/media/four_floats.hpp>

namespace offhook::inline v0::media::detail {

std::array<BandPowers, 4> four_windows(const std::int16_t* first, const std::int16_t* second, const std::int16_t* third,
                                       const std::int16_t* fourth) noexcept {
  const BandTables& tables = band_tables();
  const auto beside = [&](std::size_t n) {
    return tables.window[n] * FourFloats{static_cast<float>(first[n]), static_cast<float>(second[n]), static_cast<float>(third[n]),
                                         static_cast<float>(fourth[n])};
  };
  std::array<Complex<FourFloats>, kWindowSamples / 2> values;
  for (std::size_t n = 0; n < values.size(); ++n) values[n] = {beside(2 * n), beside(2 * n + 1)};
  std::array<FourFloats, kBands + 1> bands;
  band_powers(tables, values.data(), bands.data());
  std::array<BandPowers, 4> powers;
  for (std::size_t window = 0; window < powers.size(); ++window) {
    for (std::size_t band = 0; band < kBands; ++band) powers[window][band] = bands[band][window];
  }
  return powers;
}

}  // namespace offhook::inline v0::media::detail
