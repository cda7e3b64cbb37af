#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>
#include <span>

namespace offhook_test {

struct Tone {
  double amplitude = 0;
  double snr_db = 0;   ///< level of the tone relative to the residue
};

/// Fits one sine of the given frequency to the samples by least squares. The residue counts as noise.
inline Tone measure_tone(std::span<const std::int16_t> pcm, double hz, double rate_hz) {
  double cc = 0, ss = 0, cs = 0, xc = 0, xs = 0, total = 0;
  const double step = 2 * std::numbers::pi * hz / rate_hz;
  for (std::size_t i = 0; i < pcm.size(); ++i) {
    const double c = std::cos(step * static_cast<double>(i)), s = std::sin(step * static_cast<double>(i)), x = pcm[i];
    cc += c * c;
    ss += s * s;
    cs += c * s;
    xc += x * c;
    xs += x * s;
    total += x * x;
  }
  const double determinant = cc * ss - cs * cs;
  const double a = (xc * ss - xs * cs) / determinant, b = (xs * cc - xc * cs) / determinant;
  const double signal = a * xc + b * xs;
  return {std::sqrt(a * a + b * b), 10 * std::log10(signal / std::max(total - signal, 1e-9))};
}

}  // namespace offhook_test
