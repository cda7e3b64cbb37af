#include <offhook/media/receive/comfort_noise.hpp>

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace offhook::inline v0::media {
namespace {

constexpr float kFullScale = 32768.0F * 32768.0F;
// RFC 3389 section 3.2: k = 258 (N - 127) / 32768 for N = 0..254.
constexpr float kStep = 258.0F / 32768.0F;
constexpr int kZero = 127, kGreatest = 254;
constexpr float kStable = 0.9999F;

float power_of(std::uint8_t below_overload_db) noexcept {
  return below_overload_db >= 127 ? 0.0F : kFullScale * std::pow(10.0F, -0.1F * static_cast<float>(below_overload_db));
}

/// Returns the factor for white noise of power 1 with which the model's output has power 1.
float excitation(std::span<const float> reflection) noexcept {
  float power = 1;
  for (const float k : reflection) power *= 1 - k * k;
  return std::sqrt(std::max(power, 0.0F));
}

/// Returns the filter 1 / (1 + a1 z^-1 + ...) of the reflection coefficients: the step-up recursion of ITU-T G.711 appendix II.
std::array<float, kMaxNoiseOrder> step_up(std::span<const float> reflection) noexcept {
  std::array<float, kMaxNoiseOrder> a{};
  for (std::size_t order = 0; order < reflection.size(); ++order) {
    const float k = reflection[order];
    a[order] = k;
    for (std::size_t low = 0, high = order; low < high; ++low) {
      --high;
      const float first = a[low], last = a[high];
      a[low] = first + k * last;
      if (low != high) a[high] = last + k * first;
    }
  }
  return a;
}

}  // namespace

std::string_view to_string(NoiseError error) {
  switch (error) {
    case NoiseError::Empty: return "the payload of comfort noise has no noise level";
  }
  return "unknown";
}

//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |0|    level    |      N1       |      N2       |     ... NM    |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
base::Result<NoiseDescription, NoiseError> parse_comfort_noise(base::Bytes payload) noexcept {
  if (payload.empty()) return base::fail(NoiseError::Empty);
  NoiseDescription noise;
  noise.below_overload_db = payload[0] & 0x7F;
  noise.order = static_cast<std::uint8_t>(std::min(payload.size() - 1, kMaxNoiseOrder));
  for (std::size_t i = 0; i < noise.order; ++i)
    noise.reflection[i] = kStep * static_cast<float>(std::min(int{payload[i + 1]}, kGreatest) - kZero);
  return noise;
}

std::size_t write_comfort_noise(const NoiseDescription& noise, std::span<std::uint8_t> out) noexcept {
  const std::size_t order = std::min<std::size_t>(noise.order, kMaxNoiseOrder);
  if (out.size() < 1 + order) return 0;
  out[0] = std::min<std::uint8_t>(noise.below_overload_db, 127);
  for (std::size_t i = 0; i < order; ++i) {
    const auto steps = static_cast<int>(std::lrint(std::clamp(noise.reflection[i], -1.0F, 1.0F) / kStep));
    out[i + 1] = static_cast<std::uint8_t>(std::clamp(steps + kZero, 0, kGreatest));
  }
  return 1 + order;
}

// --- NoiseSource -------------------------------------------------------------------------------------------------------------

void NoiseSource::describe(const NoiseDescription& noise) noexcept {
  wanted_power_ = power_of(noise.below_overload_db);
  wanted_.fill(0);
  const std::size_t order = std::min<std::size_t>(noise.order, kMaxNoiseOrder);
  for (std::size_t i = 0; i < order; ++i) wanted_[i] = std::clamp(noise.reflection[i], -kStable, kStable);
  if (described_) return;
  described_ = true;
  power_ = wanted_power_;
  reflection_ = wanted_;
}

void NoiseSource::reset() noexcept {
  described_ = false;
  wanted_power_ = power_ = 0;
  wanted_.fill(0);
  reflection_.fill(0);
  past_.fill(0);
}

float NoiseSource::next_white() noexcept {
  random_ ^= random_ << 13;
  random_ ^= random_ >> 17;
  random_ ^= random_ << 5;
  constexpr float kUnit = 1.7320508F / 2147483648.0F;  // uniform within +-sqrt(3): its power is 1
  return static_cast<float>(static_cast<std::int32_t>(random_)) * kUnit;
}

void NoiseSource::approach() noexcept {
  constexpr float kNew = 0.3F;  // share of the difference per 20 ms: nine tenths of it within 130 ms
  power_ += kNew * (wanted_power_ - power_);
  for (std::size_t i = 0; i < kMaxNoiseOrder; ++i) reflection_[i] += kNew * (wanted_[i] - reflection_[i]);  // Values between stable ones are stable.
}

void NoiseSource::fill(std::span<std::int16_t> pcm) noexcept {
  approach();
  const auto filter = step_up(reflection_);
  const float gain = std::sqrt(power_) * excitation(reflection_);
  constexpr std::size_t kChunk = 160;
  std::array<float, kMaxNoiseOrder + kChunk> made;  // the new samples, after those made before
  for (; !pcm.empty(); pcm = pcm.subspan(std::min(pcm.size(), kChunk))) {
    const std::size_t count = std::min(pcm.size(), kChunk);
    std::copy(past_.begin(), past_.end(), made.begin());
    for (std::size_t i = 0; i < count; ++i) {
      float value = gain * next_white();
      for (std::size_t back = 0; back < kMaxNoiseOrder; ++back) value -= filter[back] * made[kMaxNoiseOrder + i - 1 - back];
      made[kMaxNoiseOrder + i] = std::clamp(value, -32768.0F, 32767.0F);  // Keeps the output finite with any model.
      pcm[i] = static_cast<std::int16_t>(std::lrint(made[kMaxNoiseOrder + i]));
    }
    std::copy_n(made.begin() + static_cast<std::ptrdiff_t>(count), kMaxNoiseOrder, past_.begin());
  }
}

// --- NoiseMeter --------------------------------------------------------------------------------------------------------------

void NoiseMeter::on_frame(std::span<const std::int16_t> pcm) noexcept {
  if (pcm.size() <= kMeteredOrder) return;
  constexpr double kOld = 0.9;
  for (std::size_t lag = 0; lag <= kMeteredOrder; ++lag) {
    double sum = 0;
    for (std::size_t i = lag; i < pcm.size(); ++i) sum += static_cast<double>(pcm[i]) * pcm[i - lag];
    correlation_[lag] = kOld * correlation_[lag] + sum / static_cast<double>(pcm.size());
  }
  weight_ = kOld * weight_ + 1;
}

NoiseDescription NoiseMeter::describe() const noexcept {
  NoiseDescription noise;
  const double power = weight_ > 0 ? correlation_[0] / weight_ : 0;
  const double below = power > 0 ? -10 * std::log10(power / kFullScale) : 127;
  noise.below_overload_db = static_cast<std::uint8_t>(std::lrint(std::clamp(below, 0.0, 127.0)));
  if (noise.below_overload_db == 127) return noise;
  // Levinson-Durbin recursion. A little white noise keeps the model stable when the input is a tone.
  std::array<double, kMeteredOrder> a{};
  const double floor = correlation_[0] * 1e-4;
  double error = correlation_[0] + floor;
  for (std::size_t order = 0; order < kMeteredOrder; ++order) {
    double sum = correlation_[order + 1];
    for (std::size_t i = 0; i < order; ++i) sum += a[i] * correlation_[order - i];
    const double k = -sum / error;
    const auto before = a;
    for (std::size_t i = 0; i < order; ++i) a[i] = before[i] + k * before[order - 1 - i];
    a[order] = k;
    error *= 1 - k * k;
    noise.reflection[order] = static_cast<float>(k);
    if (error <= floor * 1e-3) break;
  }
  noise.order = kMeteredOrder;
  return noise;
}

// --- DiscontinuousSender and PeerNoise -----------------------------------------------------------------------------------------

DiscontinuousSender::What DiscontinuousSender::on_frame(bool voice, const NoiseDescription& noise) noexcept {
  if (voice) {
    quiet_frames_ = 0;
    return What::Audio;
  }
  if (quiet_frames_ < kHangoverFrames) {
    ++quiet_frames_;
    return What::Audio;
  }
  const bool first = quiet_frames_ == kHangoverFrames;
  quiet_frames_ = kHangoverFrames + 1;
  since_description_ = std::min(since_description_ + 1, kMostBetween);
  const bool differs = std::abs(int{noise.below_overload_db} - int{described_db_}) >= kLevelStepDb;
  if (!first && since_description_ < (differs ? kLeastBetween : kMostBetween)) return What::Nothing;
  since_description_ = 0;
  described_db_ = noise.below_overload_db;
  return What::Description;
}

bool PeerNoise::on_payload(base::Bytes payload, std::uint32_t timestamp) noexcept {
  const auto noise = parse_comfort_noise(payload);
  if (!noise) return false;
  source_.describe(*noise);
  active_ = true;
  since_ = timestamp;
  return true;
}

void PeerNoise::on_audio(std::uint32_t timestamp) noexcept {
  if (static_cast<std::int32_t>(timestamp - since_) >= 0) active_ = false;
}

bool PeerNoise::fill(std::span<std::int16_t> pcm) noexcept {
  if (active_) source_.fill(pcm);
  return active_;
}

void PeerNoise::reset() noexcept {
  active_ = false;
  source_.reset();
}

}  // namespace offhook::inline v0::media
