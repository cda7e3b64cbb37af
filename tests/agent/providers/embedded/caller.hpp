#pragma once

#include <offhook/agent/conversation/parts.hpp>
#include <offhook/agent/providers/embedded/flite_voice.hpp>
#include <offhook/media/codec/g722.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <mutex>
#include <numbers>
#include <string>
#include <vector>

/// A simulated caller with flite's voice, and a simulated telephone line.
namespace caller {

using Pcm = std::vector<std::int16_t>;

inline Pcm say(const std::string& text, const std::string& voice) {
  const auto made = offhook::agent::embedded::FliteVoice::make(voice);
  REQUIRE(made);
  std::srand(1);  // flite uses noise from rand(). With the seed, each run gives the same samples.
  Pcm pcm(4800, 0);
  REQUIRE(made->synthesise(text, [&](auto piece, auto) {
    pcm.insert(pcm.end(), piece.begin(), piece.end());
    return true;
  }));
  pcm.insert(pcm.end(), 8000, 0);
  return pcm;
}

/// Filters 16 kHz audio with a windowed-sinc low-pass at 3600 Hz.
inline Pcm low_pass(const Pcm& in, double gain) {
  constexpr int kTaps = 63;
  std::array<double, kTaps> taps{};
  double sum = 0;
  for (int i = 0; i < kTaps; ++i) {
    const double x = i - (kTaps - 1) / 2.0, cutoff = 3600.0 / 16000;
    const double sinc = x == 0 ? 2 * cutoff : std::sin(2 * std::numbers::pi * cutoff * x) / (std::numbers::pi * x);
    taps[static_cast<std::size_t>(i)] = sinc * (0.54 - 0.46 * std::cos(2 * std::numbers::pi * i / (kTaps - 1)));
    sum += taps[static_cast<std::size_t>(i)];
  }
  Pcm out(in.size());
  const auto size = static_cast<int>(in.size());
  for (int n = 0; n < size; ++n) {
    double value = 0;
    for (int k = 0; k < kTaps; ++k) {
      const int at = n - k + kTaps / 2;
      if (at >= 0 && at < size) value += taps[static_cast<std::size_t>(k)] * in[static_cast<std::size_t>(at)];
    }
    out[static_cast<std::size_t>(n)] = static_cast<std::int16_t>(std::clamp(std::lround(value * gain / sum), -32768L, 32767L));
  }
  return out;
}

/// Encodes a sample to mu-law, and returns the decoded sample.
inline std::int16_t mu_law(std::int16_t sample) {
  const int bias = 132, magnitude = std::min(std::abs(static_cast<int>(sample)), 32635) + bias;
  int exponent = 7;
  for (int mask = 0x4000; (magnitude & mask) == 0 && exponent > 0; mask >>= 1) --exponent;
  const int mantissa = (magnitude >> (exponent + 3)) & 15;
  const int value = (((mantissa << 3) + bias) << exponent) - bias;
  return static_cast<std::int16_t>(sample < 0 ? -value : value);
}

/// Returns 16 kHz audio as an 8 kHz telephone line transmits it, resampled to 16 kHz.
inline Pcm through_telephone(const Pcm& wide) {
  const Pcm band = low_pass(wide, 1);
  Pcm stuffed(band.size(), 0);
  for (std::size_t i = 0; i < band.size(); i += 2) stuffed[i] = mu_law(band[i]);
  return low_pass(stuffed, 2);
}

/// Returns `number`, composed of a person's recordings of single digits with pauses between them. Reads the G.722 files in `folder`.
inline Pcm recorded_digits(const std::string& folder, const std::string& number) {
  Pcm pcm(4800, 0);
  for (const char digit : number) {
    std::ifstream file(folder + digit + ".g722", std::ios::binary);
    const std::vector<std::uint8_t> octets((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    Pcm said(octets.size() * 2);
    offhook::media::G722Decoder decoder;
    REQUIRE(decoder.decode(octets, said));
    const auto loud = [](std::int16_t sample) { return std::abs(static_cast<int>(sample)) > 300; };
    pcm.insert(pcm.end(), std::find_if(said.begin(), said.end(), loud), std::find_if(said.rbegin(), said.rend(), loud).base());
    pcm.insert(pcm.end(), 1600, 0);
  }
  pcm.insert(pcm.end(), 8000, 0);
  return pcm;
}

/// A Wake for which a test can wait.
class Bell {
 public:
  [[nodiscard]] offhook::agent::Wake wake() {
    return [this] {
      const std::lock_guard lock(mutex_);
      ++rung_;
      rings_.notify_all();
    };
  }
  /// Polls `part` at each wake. Returns true when `done(event)` returns true for an event, and false after a minute.
  template <class Part, class Done>
  [[nodiscard]] bool poll_until(Part& part, Done done) {
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    std::unique_lock lock(mutex_);
    for (;;) {
      const auto seen = rung_;
      lock.unlock();
      while (auto event = part.poll()) {
        if (done(*event)) return true;
      }
      lock.lock();
      if (!rings_.wait_until(lock, give_up, [&] { return rung_ != seen; })) return false;
    }
  }

 private:
  std::mutex mutex_;
  std::condition_variable rings_;
  std::uint64_t rung_ = 0;
};

}  // namespace caller
