#include "line.hpp"

#include <offhook/media/stream/codec_chain.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace speech_bench {
namespace {

constexpr std::size_t kFrame = 320;  // 20 ms
constexpr std::size_t kLead = 15 * kFrame, kTail = 25 * kFrame;

/// Noise with a nearly pink spectrum, as in buildings and streets. It is white noise through one pole at about 1 kHz, and some white noise.
class Noise {
 public:
  double next() {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    const double white = static_cast<double>(static_cast<std::int32_t>(state_ >> 32U)) / 2147483648.0;
    low_ += 0.3 * (white - low_);
    return low_ + 0.15 * white;
  }

 private:
  std::uint64_t state_ = 11;  // The seed is fixed. Therefore each call has the same noise.
  double low_ = 0;
};

std::int16_t clip(double value) { return static_cast<std::int16_t>(std::clamp(std::lround(value), -32768L, 32767L)); }

/// Returns the mean power of those samples that are above a hundredth of the peak, so that pauses do not count.
double speech_power(const Pcm& pcm) {
  int peak = 1;
  for (const auto sample : pcm) peak = std::max(peak, std::abs(static_cast<int>(sample)));
  double power = 0;
  std::size_t count = 1;
  for (std::size_t at = 0; at + kFrame <= pcm.size(); at += kFrame) {
    double frame = 0;
    for (std::size_t i = at; i < at + kFrame; ++i) frame += static_cast<double>(pcm[i]) * pcm[i];
    if (std::sqrt(frame / kFrame) < peak / 100.0) continue;
    power += frame;
    count += kFrame;
  }
  return power / static_cast<double>(count);
}

void add_noise(Pcm& pcm, double power) {
  Noise noise;
  constexpr std::size_t kProbe = 16000;
  double own = 0;
  for (std::size_t i = 0; i < kProbe; ++i) {
    const double value = noise.next();
    own += value * value / kProbe;
  }
  const double gain = std::sqrt(power / own);
  for (auto& sample : pcm) sample = clip(sample + gain * noise.next());
}

}  // namespace

std::string name(const Line& line) {
  return (line.band == Band::Wide ? "wide" : "narrow") + (line.snr_db == 0 ? std::string() : ", noise " + std::to_string(line.snr_db) + " dB");
}

Pcm through(const Line& line, const Pcm& said) {
  Pcm pcm(kLead, 0);
  pcm.insert(pcm.end(), said.begin(), said.end());
  pcm.resize((pcm.size() + kTail + kFrame - 1) / kFrame * kFrame, 0);
  if (line.snr_db != 0) add_noise(pcm, speech_power(said) / std::pow(10.0, line.snr_db / 10.0));
  using offhook::media::CodecChain;
  offhook::media::MediaPlan plan;
  plan.codec = line.band == Band::Wide ? offhook::media::AudioCodec::G722 : offhook::media::AudioCodec::Pcmu;
  CodecChain chain(plan, 16000);
  for (std::size_t at = 0; at < pcm.size(); at += kFrame) {
    const auto frame = std::span(pcm).subspan(at, kFrame);
    CodecChain::Frame narrow{};
    std::array<std::uint8_t, 160> octets{};
    const auto own_rate = std::span(narrow).first(chain.samples());
    chain.from_port(frame, own_rate);
    chain.encode(own_rate, octets);
    chain.decode(plan.codec, octets, own_rate);
    chain.to_port(own_rate, frame);
  }
  return pcm;
}

Pcm resampled(const Pcm& pcm, std::uint32_t from_hz, std::uint32_t to_hz) {
  constexpr int kHalf = 24;
  const double step = static_cast<double>(from_hz) / to_hz;
  const double cutoff = std::min(1.0, 1 / step);
  Pcm out(static_cast<std::size_t>(static_cast<double>(pcm.size()) / step));
  for (std::size_t n = 0; n < out.size(); ++n) {
    const double at = static_cast<double>(n) * step;
    const auto middle = static_cast<long>(at);
    double value = 0;
    for (long k = middle - kHalf + 1; k <= middle + kHalf; ++k) {
      if (k < 0 || k >= static_cast<long>(pcm.size())) continue;
      const double x = (at - static_cast<double>(k)) * cutoff;
      const double sinc = std::abs(x) < 1e-9 ? 1 : std::sin(std::numbers::pi * x) / (std::numbers::pi * x);
      const double window = 0.5 + 0.5 * std::cos(std::numbers::pi * (at - static_cast<double>(k)) / kHalf);
      value += cutoff * sinc * window * pcm[static_cast<std::size_t>(k)];
    }
    out[n] = clip(value);
  }
  return out;
}

}  // namespace speech_bench
