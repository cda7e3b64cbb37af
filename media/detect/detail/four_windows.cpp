#include <offhook/media/detect/detail/four_windows.hpp>

#include <offhook/media/detect/detail/band_kernel.hpp>
#include <offhook/media/dsp/four_floats.hpp>

namespace offhook::inline v0::media::detail {
namespace {

FourFloats four_samples(const std::int16_t* from) noexcept {
  FourFloats four;
  load_samples(from, 4, reinterpret_cast<float*>(&four));
  return four;
}

}  // namespace

std::array<BandPowers, 4> four_windows(const std::int16_t* first, const std::int16_t* second, const std::int16_t* third,
                                       const std::int16_t* fourth) noexcept {
  const BandTables& tables = band_tables();
  const float* weights = tables.window.data();
  std::array<Complex<FourFloats>, kWindowSamples / 2> values;
  Complex<FourFloats>* value = values.data();
  for (std::size_t n = 0; n < kWindowSamples; n += 4, value += 2) {
    const FourFloats a = four_samples(first + n), b = four_samples(second + n), c = four_samples(third + n), d = four_samples(fourth + n);
    const FourFloats ab = __builtin_shufflevector(a, b, 0, 4, 1, 5), cd = __builtin_shufflevector(c, d, 0, 4, 1, 5);
    const FourFloats later_ab = __builtin_shufflevector(a, b, 2, 6, 3, 7), later_cd = __builtin_shufflevector(c, d, 2, 6, 3, 7);
    value[0] = {weights[n] * __builtin_shufflevector(ab, cd, 0, 1, 4, 5), weights[n + 1] * __builtin_shufflevector(ab, cd, 2, 3, 6, 7)};
    value[1] = {weights[n + 2] * __builtin_shufflevector(later_ab, later_cd, 0, 1, 4, 5),
                weights[n + 3] * __builtin_shufflevector(later_ab, later_cd, 2, 3, 6, 7)};
  }
  std::array<FourFloats, kBands + 1> bands;
  band_powers(tables, values.data(), bands.data());
  std::array<BandPowers, 4> powers;
  for (std::size_t window = 0; window < powers.size(); ++window) {
    for (std::size_t band = 0; band < kBands; ++band) powers[window][band] = bands[band][window];
  }
  return powers;
}

}  // namespace offhook::inline v0::media::detail
