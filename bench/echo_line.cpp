#include <offhook/bench/echo_line.hpp>

#include <offhook/media/codec/g711.hpp>

#include <algorithm>
#include <cmath>

namespace offhook::bench {

namespace {

constexpr double kFullScale = 32768;
constexpr std::uint64_t kTicksPerStretch = 100;
constexpr std::size_t kSeam = 40;  // number of samples of the cross-fade after a change of the delay

float codec(float sample) {
  const auto clipped = static_cast<std::int16_t>(std::lrint(std::clamp(sample, -32768.0F, 32767.0F)));
  return media::decode_mulaw(media::encode_mulaw(clipped));
}

}  // namespace

EchoLine::EchoLine(const EchoLineOptions& options)
    : options_(options), random_(options.seed), delay_samples_(options.delay_ms * 8), delay_before_(delay_samples_) {
  room_[0] = 1;
  if (!options.room) return;
  std::normal_distribution<float> reflection(0, 1);
  float energy = 0;
  for (std::size_t i = 1; i < kReflections; ++i) {
    room_[i] = reflection(random_) * std::exp(-static_cast<float>(i) / 100.0F);
    energy += room_[i] * room_[i];
  }
  for (std::size_t i = 1; i < kReflections; ++i) room_[i] /= std::sqrt(energy);
  for (float& tap : room_) tap *= std::sqrt(0.5F);
}

float EchoLine::played_at(std::uint64_t sample, double delay_samples) const {
  return played_[(sample - static_cast<std::uint64_t>(std::lrint(delay_samples))) % kKept];
}

void EchoLine::wander() {
  delay_before_ = delay_samples_;
  delay_samples_ += options_.drift_ppm * 1e-6 * kFrame;
  if (--ticks_to_move_ > 0) return;
  std::uniform_real_distribution<double> part(-1, 1);
  ticks_to_move_ = static_cast<int>(250 + 150 * part(random_));
  delay_samples_ = std::max(8 * (options_.delay_ms + options_.wander_ms * part(random_)) + stretch_samples_, static_cast<double>(kFrame));
}

/// Changes the delay by 10 ms in each tick, until it has changed by `stretched_ms`. Returns the change in samples.
int EchoLine::stretch() {
  const auto at = ++ticks_ % kTicksPerStretch;
  if (static_cast<int>(at) * 10 >= options_.stretched_ms) return 0;
  if (at == 0) stretched_ = !stretched_;
  const int moved = stretched_ ? 80 : -80;
  delay_samples_ += moved;
  stretch_samples_ += moved;
  return moved;
}

EchoLine::Heard EchoLine::hear(std::span<const std::int16_t> caller) {
  wander();
  Heard heard;
  heard.moved = stretch();
  heard.genuine = std::uniform_real_distribution<double>(0, 1)(random_) >= options_.lost_share;
  std::normal_distribution<float> noise(0, static_cast<float>(kFullScale * std::pow(10.0, options_.noise_dbov / 20)));
  const auto gain = static_cast<float>(std::pow(10.0, -options_.loss_db / 20));
  for (std::size_t i = 0; i < kFrame; ++i) {
    const float newer = i < kSeam ? static_cast<float>(i) / kSeam : 1.0F;
    const float echo = newer * played_at(now_ + i, delay_samples_) + (1 - newer) * played_at(now_ + i, delay_before_);
    const float voice = i < caller.size() ? caller[i] : 0.0F;
    heard.pcm[i] = static_cast<std::int16_t>(codec(gain * echo + voice + noise(random_)));
  }
  if (!heard.genuine) {
    std::transform(last_.begin(), last_.end(), heard.pcm.begin(), [](int sample) { return static_cast<std::int16_t>(sample / 2); });
  }
  last_ = heard.pcm;
  return heard;
}

void EchoLine::send(std::span<const std::int16_t> ours) {
  const auto drive = static_cast<float>(options_.overdrive / kFullScale);
  std::copy_n(spoken_.end() - (kReflections - 1), kReflections - 1, spoken_.begin());
  float* const now = &spoken_[kReflections - 1];
  for (std::size_t i = 0; i < kFrame; ++i) {
    const float sample = codec(i < ours.size() ? ours[i] : 0.0F);
    now[i] = options_.overdrive > 0 ? std::tanh(sample * drive) / drive : sample;
  }
  std::array<float, kFrame> heard{};
  for (std::size_t k = 0; k < (options_.room ? kReflections : 1); ++k) {
    const float* const then = now - k;
    for (std::size_t i = 0; i < kFrame; ++i) heard[i] += room_[k] * then[i];
  }
  for (std::size_t i = 0; i < kFrame; ++i) played_[(now_ + i) % kKept] = heard[i];
  now_ += kFrame;
}

}  // namespace offhook::bench
