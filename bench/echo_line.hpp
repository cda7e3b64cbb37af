#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <vector>

namespace offhook::bench {

/// A telephone line on which what we send comes back: G.711 both ways, a loudspeaker and its room, a delay that wanders as jitter
/// buffers adapt, lost packets, noise, and a caller who may speak into it. Repeats by its seed.
struct EchoLineOptions {
  double delay_ms = 150;        ///< from our packet to its echo
  double loss_db = 20;          ///< echo return loss
  bool room = true;             ///< 40 ms of reflections, as loud as the direct sound together
  double noise_dbov = -65;      ///< at the caller's end
  double wander_ms = 30;        ///< the delay moves by at most so much, at once, every few seconds
  double drift_ppm = 50;        ///< of the caller's clock: one sample is left out or repeated now and then
  double lost_share = 0.005;    ///< of packets: concealed
  int stretched_ms = 0;         ///< our own jitter buffer moves what is heard by so much every other second, to and fro, and says so
  double overdrive = 1.5;       ///< of the loudspeaker: full scale is compressed as if it were driven by so much
  std::uint32_t seed = 1;
};

class EchoLine {
 public:
  static constexpr std::size_t kFrame = 160;
  using Frame = std::array<std::int16_t, kFrame>;

  explicit EchoLine(const EchoLineOptions& options);

  struct Heard {
    Frame pcm;
    bool genuine = true;        ///< false: made up
    int moved = 0;              ///< samples by which our own line was stretched before this frame
  };
  /// 20 ms: what arrives while the caller says `caller` (as it is at our level), then what we send.
  Heard hear(std::span<const std::int16_t> caller);
  void send(std::span<const std::int16_t> ours);

 private:
  static constexpr std::size_t kKept = 8192;      // samples: a second
  static constexpr std::size_t kReflections = 320;  // and the direct sound

  [[nodiscard]] float played_at(std::uint64_t sample, double delay_samples) const;
  void wander();
  [[nodiscard]] int stretch();

  EchoLineOptions options_;
  std::mt19937 random_;
  std::array<float, kReflections> room_{};
  std::array<float, kReflections - 1 + kFrame> spoken_{};  // by the loudspeaker: this frame, and what still sounds in the room
  std::array<float, kKept> played_{};           // by sample, modulo kKept: what the microphone hears of it
  std::uint64_t now_ = kKept;                   // samples
  double delay_samples_, delay_before_;         // of this frame and of the one before
  int ticks_to_move_ = 0;
  std::uint64_t ticks_ = 0;
  bool stretched_ = false;
  int stretch_samples_ = 0;                     // of the delay: what we did ourselves
  Frame last_{};
};

}  // namespace offhook::bench
