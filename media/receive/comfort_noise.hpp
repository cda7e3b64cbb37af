#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/base/result.hpp>

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace offhook::inline v0::media {

inline constexpr std::uint8_t kComfortNoiseType = 13;   ///< the static payload type at 8000 Hz: RFC 3551 table 4
inline constexpr std::size_t kMaxNoiseOrder = 12;       ///< reflection coefficients that Offhook uses; further ones count as 0

/// A silence as its sender describes it, by level and spectrum. RFC 3389 section 3.
struct NoiseDescription {
  std::uint8_t below_overload_db = 127;                 ///< 0..127: the level in -dBov
  std::uint8_t order = 0;                               ///< number of valid items in `reflection`; 0 for white noise
  std::array<float, kMaxNoiseOrder> reflection{};       ///< coefficients of the all-pole model, each within (-1, 1)
  friend bool operator==(const NoiseDescription&, const NoiseDescription&) = default;
};
enum class NoiseError : std::uint8_t { Empty };
[[nodiscard]] std::string_view to_string(NoiseError error);

/// Parses a payload of comfort noise. Ignores coefficients after kMaxNoiseOrder, as RFC 3389 section 3 allows.
[[nodiscard]] base::Result<NoiseDescription, NoiseError> parse_comfort_noise(base::Bytes payload) noexcept;
/// Returns the octets written: 1 + order, or 0 if `out` is shorter.
[[nodiscard]] std::size_t write_comfort_noise(const NoiseDescription& noise, std::span<std::uint8_t> out) noexcept;

/// Makes noise from a description. A new description takes effect gradually, within some 100 ms, so that the change is not audible. One thread, no
/// allocation; equal seeds make equal noise.
class NoiseSource {
 public:
  explicit NoiseSource(std::uint32_t seed = 1) noexcept : random_(seed | 1U) {}
  /// Sets the description. The first one after reset() takes effect at once.
  void describe(const NoiseDescription& noise) noexcept;
  /// Fills any number of samples. Each fill() moves the noise towards the newest description by one step, which is meant for 20 ms.
  void fill(std::span<std::int16_t> pcm) noexcept;
  void reset() noexcept;

 private:
  [[nodiscard]] float next_white() noexcept;
  void approach() noexcept;

  std::uint32_t random_;
  bool described_ = false;
  float wanted_power_ = 0, power_ = 0;                   // mean squares
  std::array<float, kMaxNoiseOrder> wanted_{}, reflection_{};
  std::array<float, kMaxNoiseOrder> past_{};             // the newest output, oldest first
};

/// Measures silence and describes it by its level and a model of order kMeteredOrder. Old frames fade with a half life of about 150 ms.
class NoiseMeter {
 public:
  static constexpr std::size_t kMeteredOrder = 10;
  /// Takes 20 ms without voice.
  void on_frame(std::span<const std::int16_t> pcm) noexcept;
  [[nodiscard]] NoiseDescription describe() const noexcept;
  void reset() noexcept { *this = {}; }

 private:
  std::array<double, kMeteredOrder + 1> correlation_{};  // per sample, decaying
  double weight_ = 0;
};

/// Decides what to send in silence. RFC 3389 section 4 leaves this to the sender.
class DiscontinuousSender {
 public:
  static constexpr unsigned kHangoverFrames = 10;       ///< frames sent as audio after the last voice: 200 ms
  static constexpr unsigned kLeastBetween = 5;          ///< minimum frames from one description to the next
  static constexpr unsigned kMostBetween = 50;          ///< frames until the same description is sent again, against its loss, and to keep a NAT open
  static constexpr int kLevelStepDb = 2;                ///< a change of the level that needs a new description

  enum class What : std::uint8_t { Audio, Description, Nothing };
  /// Call it once for each 20 ms. Returns what to send.
  [[nodiscard]] What on_frame(bool voice, const NoiseDescription& noise) noexcept;
  /// Call it for 20 ms in which other audio or nothing was sent. The next silence then starts again, with audio and a description.
  void interrupt() noexcept { quiet_frames_ = 0; }

 private:
  unsigned quiet_frames_ = 0, since_description_ = 0;
  std::uint8_t described_db_ = 0;
};

/// The receiving side: takes descriptions, and fills silence with noise. It does not fill silence before the first description, nor after audio has
/// come again.
class PeerNoise {
 public:
  explicit PeerNoise(std::uint32_t seed = 1) noexcept : source_(seed) {}
  /// Takes a payload of type kComfortNoiseType with its RTP timestamp, on arrival. Returns false and changes nothing if the payload is invalid.
  bool on_payload(base::Bytes payload, std::uint32_t timestamp) noexcept;
  /// Takes the timestamp of a played frame of audio: it ends the silence, unless the frame is from before the silence.
  void on_audio(std::uint32_t timestamp) noexcept;
  /// Fills a tick without audio. Returns false, and does not change `pcm`, if there is no description.
  [[nodiscard]] bool fill(std::span<std::int16_t> pcm) noexcept;
  void reset() noexcept;

 private:
  NoiseSource source_;
  bool active_ = false;
  std::uint32_t since_ = 0;                              // timestamp of the last description
};

}  // namespace offhook::inline v0::media
