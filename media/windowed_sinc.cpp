#include <offhook/media/windowed_sinc.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace offhook::inline v0::media {
namespace {

constexpr double kBeta = 7.86;  // Kaiser window: 80 dB

/// Modified Bessel function of the first kind, order 0, by its series.
double bessel_i0(double x) {
  double sum = 1, term = 1;
  for (int k = 1; k < 40; ++k) {
    term *= (x / (2 * k)) * (x / (2 * k));
    sum += term;
  }
  return sum;
}

}  // namespace

double windowed_sinc(double at, double half, double cutoff) {
  const double x = std::numbers::pi * cutoff * at;
  const double sinc = at == 0 ? cutoff : cutoff * std::sin(x) / x;
  const double r = at / half;
  return sinc * bessel_i0(kBeta * std::sqrt(std::max(0.0, 1 - r * r)));
}

}  // namespace offhook::inline v0::media
