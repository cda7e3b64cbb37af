#include <offhook/media/detect/detail/band_tables.hpp>

#include <cmath>
#include <numbers>

namespace offhook::inline v0::media::detail {
namespace {

// The window rises over 96 samples and falls over 32, so that it does not fade out a sound that has just started.
constexpr std::size_t kRise = 96;

double rise_and_fall(std::size_t n) {
  const double at = static_cast<double>(n) + 0.5;
  const double part = n < kRise ? at / (2.0 * kRise) : (static_cast<double>(kWindowSamples) - at) / (2.0 * (kWindowSamples - kRise));
  const double root = std::sin(std::numbers::pi * part);
  return root * root;
}

BandTables make() {
  BandTables tables;
  double energy = 0;
  for (std::size_t n = 0; n < kWindowSamples; ++n) energy += rise_and_fall(n) * rise_and_fall(n);
  // By Parseval's theorem, the 64 bins below 4 kHz hold 64 times the windowed energy.
  const double scale = 1 / std::sqrt(64 * energy);
  for (std::size_t n = 0; n < kWindowSamples; ++n) tables.window[n] = static_cast<float>(scale * rise_and_fall(n));
  for (std::size_t k = 0; k < tables.cosine.size(); ++k) {
    const double angle = 2 * std::numbers::pi * static_cast<double>(k) / 64;
    tables.cosine[k] = static_cast<float>(std::cos(angle));
    tables.sine[k] = static_cast<float>(std::sin(angle));
  }
  for (std::size_t k = 0; k < tables.half_cosine.size(); ++k) {
    const double angle = std::numbers::pi * static_cast<double>(k) / 64;
    tables.half_cosine[k] = static_cast<float>(std::cos(angle));
    tables.half_sine[k] = static_cast<float>(std::sin(angle));
  }
  return tables;
}

}  // namespace

const BandTables& band_tables() noexcept {
  static const BandTables tables = make();
  return tables;
}

}  // namespace offhook::inline v0::media::detail
