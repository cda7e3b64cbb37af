#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/base/result.hpp>

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace offhook::inline v0::media {

inline constexpr std::uint8_t kComfortNoiseType = 13;   ///< its static payload type at 8000 Hz: RFC 3551 table 4
inline constexpr std::size_t kMaxNoiseOrder = 12;       ///< reflection coefficients that we use; further ones count as 0

/// A silence as its sender describes it: how loud, and which colour. RFC 3389 section 3.
struct NoiseDescription {
  std::uint8_t below_overload_db = 127;                 ///< 0..127: the level in -dBov
  std::uint8_t order = 0;                               ///< valid ones of `reflection`; 0: white
  std::array<float, kMaxNoiseOrder> reflection{};       ///< of the all-pole model, each within (-1, 1)
  friend bool operator==(const NoiseDescription&, const NoiseDescription&) = default;
};
enum class NoiseError : std::uint8_t { Empty };
[[nodiscard]] std::string_view to_string(NoiseError error);

/// A payload of comfort noise; a model of higher order than kMaxNoiseOrder is cut, as RFC 3389 section 3 allows.
[[nodiscard]] base::Result<NoiseDescription, NoiseError> parse_comfort_noise(base::Bytes payload) noexcept;
/// Octets written: 1 + order, or 0 when `out` is shorter.
[[nodiscard]] std::size_t write_comfort_noise(const NoiseDescription& noise, std::span<std::uint8_t> out) noexcept;

/// Makes noise as it was described. A new description takes over within some 100 ms, so that nobody hears the step. One thread, no
/// allocation; the same seed makes the same noise.
class NoiseSource {
 public:
  explicit NoiseSource(std::uint32_t seed = 1) noexcept : random_(seed | 1U) {}
  /// The first one after reset() holds at once.
  void describe(const NoiseDescription& noise) noexcept;
  /// Any number of samples; 20 ms at a time is how fast a description takes over.
  void fill(std::span<std::int16_t> pcm) noexcept;
  void reset() noexcept;

 private:
  [[nodiscard]] float next_white() noexcept;
  void approach() noexcept;

  std::uint32_t random_;
  bool described_ = false;
  float wanted_power_ = 0, power_ = 0;                   // mean squares
  std::array<float, kMaxNoiseOrder> wanted_{}, reflection_{};
  std::array<float, kMaxNoiseOrder> past_{};             // what was put out last, oldest first
};

/// Describes the silence that it is shown: level, and a model of order kMeteredOrder. It forgets with a half life of about 150 ms.
class NoiseMeter {
 public:
  static constexpr std::size_t kMeteredOrder = 10;
  /// 20 ms without voice.
  void on_frame(std::span<const std::int16_t> pcm) noexcept;
  [[nodiscard]] NoiseDescription describe() const noexcept;
  void reset() noexcept { *this = {}; }

 private:
  std::array<double, kMeteredOrder + 1> correlation_{};  // of one sample, decaying
  double weight_ = 0;
};

/// When a sender who leaves out silence sends what: RFC 3389 section 4 leaves that to us.
class DiscontinuousSender {
 public:
  static constexpr unsigned kHangoverFrames = 10;       ///< still audio after the last voice: 200 ms
  static constexpr unsigned kLeastBetween = 5;          ///< frames from one description to the next
  static constexpr unsigned kMostBetween = 50;          ///< then the same one again: it may be lost, and keeps a NAT open
  static constexpr int kLevelStepDb = 2;                ///< a difference worth a new description

  enum class What : std::uint8_t { Audio, Description, Nothing };
  /// Once for each 20 ms. What it says is sent.
  [[nodiscard]] What on_frame(bool voice, const NoiseDescription& noise) noexcept;
  /// 20 ms in which something else was sent, or nothing was to be: a silence that follows begins anew, with audio and a description.
  void interrupt() noexcept { quiet_frames_ = 0; }

 private:
  unsigned quiet_frames_ = 0, since_description_ = 0;
  std::uint8_t described_db_ = 0;
};

/// The receiving side as a whole: descriptions in, silence filled. Until the first description, and once audio came again, silence
/// is left as it is.
class PeerNoise {
 public:
  explicit PeerNoise(std::uint32_t seed = 1) noexcept : source_(seed) {}
  /// A payload of type kComfortNoiseType and its RTP timestamp, as it arrives. False, and nothing changes: it is no description.
  bool on_payload(base::Bytes payload, std::uint32_t timestamp) noexcept;
  /// A frame of audio is played: the silence is over, unless the frame is of before it and had to wait.
  void on_audio(std::uint32_t timestamp) noexcept;
  /// A tick without audio: false, and `pcm` is left alone, when nobody described what is to be heard.
  [[nodiscard]] bool fill(std::span<std::int16_t> pcm) noexcept;
  void reset() noexcept;

 private:
  NoiseSource source_;
  bool active_ = false;
  std::uint32_t since_ = 0;                              // the last description's timestamp
};

}  // namespace offhook::inline v0::media
