#pragma once

#include <offhook/media/receive/conceal.hpp>

#include "sounds.hpp"

#include <algorithm>
#include <cmath>
#include <complex>
#include <functional>
#include <numbers>
#include <span>
#include <vector>

// Scores the concealment of gaps of 20 to 60 ms in speech: the spectral distance from the lost audio, and the size of the click at both seams.
namespace offhook_test {

/// Gets each frame in order. If `is_there` is false, the packet is lost, and the function writes its replacement to the frame.
using Conceal = std::function<void(std::span<std::int16_t> frame, bool is_there)>;

inline double power(std::span<const std::int16_t> pcm) {
  double sum = 0;
  for (const auto sample : pcm) sum += static_cast<double>(sample) * sample;
  return sum / static_cast<double>(pcm.size());
}

/// Marks `frames` consecutive frames as lost, about every 400 ms from frame `first` on. Leaves out places without speech.
inline std::vector<bool> losses(const Pcm& pcm, std::size_t frames, std::size_t first) {
  std::vector<bool> lost(pcm.size() / kFrame, false);
  for (std::size_t at = first; at + frames + 2 < lost.size(); at += 21) {
    if (power(std::span(pcm).subspan((at - 1) * kFrame, (frames + 2) * kFrame)) < 1e4) continue;
    std::fill_n(lost.begin() + static_cast<std::ptrdiff_t>(at), frames, true);
  }
  return lost;
}

inline std::vector<double> spectrum_db(std::span<const std::int16_t> pcm, double floor) {
  static const std::vector<std::complex<double>> circle = [] {
    std::vector<std::complex<double>> made(kFrame);
    for (std::size_t i = 0; i < kFrame; ++i) made[i] = std::polar(1.0, 2 * std::numbers::pi * static_cast<double>(i) / kFrame);
    return made;
  }();
  std::vector<double> windowed(kFrame), bins;
  for (std::size_t i = 0; i < kFrame; ++i)
    windowed[i] = pcm[i] * (0.5 - 0.5 * std::cos(2 * std::numbers::pi * (static_cast<double>(i) + 0.5) / kFrame));
  for (std::size_t k = 2; k < kFrame / 2; k += 1) {
    double re = 0, im = 0;
    for (std::size_t i = 0; i < kFrame; ++i) {
      re += windowed[i] * circle[k * i % kFrame].real();
      im += windowed[i] * circle[k * i % kFrame].imag();
    }
    bins.push_back(10 * std::log10(re * re + im * im + floor));
  }
  return bins;
}

inline double log_spectral_distance(std::span<const std::int16_t> wanted, std::span<const std::int16_t> got) {
  const double floor = power(wanted) * kFrame * 0.01 + 1000;  // Sound more than 35 dB below the frame's own sound is not audible.
  const auto a = spectrum_db(wanted, floor), b = spectrum_db(got, floor);
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return std::sqrt(sum / static_cast<double>(a.size()));
}

/// Returns the largest second difference at the seam, divided by the largest second difference in the 20 ms before and after it.
inline double click(const Pcm& heard, std::size_t seam) {
  const auto roughest = [&](std::size_t begin, std::size_t end) {
    double most = 50;
    for (std::size_t i = begin; i < end; ++i) most = std::max(most, std::fabs(heard[i + 1] - 2.0 * heard[i] + heard[i - 1]));
    return most;
  };
  return roughest(seam - 4, seam + 4) / std::max(roughest(seam - 160, seam - 4), roughest(seam + 4, seam + 160));
}

struct Score {
  double distance_db = 0, click = 0;
};

inline Score score(const Pcm& said, std::size_t gap_frames, const Conceal& conceal) {
  Score sum;
  double frames = 0, seams = 0;
  for (const std::size_t first : {10, 14, 18, 22, 26}) {
    const auto lost = losses(said, gap_frames, first);
    Pcm heard = said;
    for (std::size_t k = 0; k < lost.size(); ++k) {
      const auto frame = std::span<std::int16_t>(heard).subspan(k * kFrame, kFrame);
      if (lost[k]) std::fill(frame.begin(), frame.end(), std::int16_t{0});
      conceal(frame, !lost[k]);
    }
    for (std::size_t k = 1; k < lost.size(); ++k) {
      if (lost[k]) {
        sum.distance_db += log_spectral_distance(std::span(said).subspan(k * kFrame, kFrame), std::span(heard).subspan(k * kFrame, kFrame));
        ++frames;
      }
      if (lost[k] != lost[k - 1]) {
        sum.click += click(heard, k * kFrame);
        ++seams;
      }
    }
  }
  return {sum.distance_db / frames, sum.click / seams};
}

inline Score ours(const Pcm& said, std::size_t gap_frames) {
  offhook::media::Concealer concealer(8000);
  return score(said, gap_frames, [&](std::span<std::int16_t> frame, bool is_there) { is_there ? concealer.good(frame) : concealer.conceal(frame); });
}
inline Score repetition(const Pcm& said, std::size_t gap_frames) {
  Pcm last(kFrame);
  return score(said, gap_frames, [&](std::span<std::int16_t> frame, bool is_there) {
    if (is_there) {
      last.assign(frame.begin(), frame.end());
    } else {
      std::copy(last.begin(), last.end(), frame.begin());
    }
  });
}

}  // namespace offhook_test
