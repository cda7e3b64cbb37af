#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <vector>

namespace offhook::bench {

/// A telephone line that returns our own audio as an echo. It has G.711 in both directions, a loudspeaker in a room, lost packets, and
/// noise. Its delay changes as adaptive jitter buffers would change it. A caller may speak at the same time. Two runs with the same seed
/// are identical.
struct EchoLineOptions {
  double delay_ms = 150;        ///< time from our packet to its echo
  double loss_db = 20;          ///< echo return loss
  bool room = true;             ///< true: 40 ms of reflections, whose sum is as loud as the direct sound
  double noise_dbov = -65;      ///< the noise at the caller's end
  double wander_ms = 30;        ///< the largest change of the delay, in one step every few seconds
  double drift_ppm = 50;        ///< drift of the caller's clock: the line sometimes omits or repeats a sample
  double lost_share = 0.005;    ///< share of packets that are lost and concealed
  int stretched_ms = 0;         ///< every other second, our jitter buffer changes its delay by this much, alternately up and down, and reports it
  double overdrive = 1.5;       ///< gain of the loudspeaker before its compression; 0: no compression
  std::uint32_t seed = 1;
};

class EchoLine {
 public:
  static constexpr std::size_t kFrame = 160;
  using Frame = std::array<std::int16_t, kFrame>;

  explicit EchoLine(const EchoLineOptions& options);

  struct Heard {
    Frame pcm;
    bool genuine = true;        ///< false: the frame is concealed audio, because its packet was lost
    int moved = 0;              ///< number of samples by which our own jitter buffer stretched the audio before this frame
  };
  /// Advances by 20 ms and returns the frame that arrives. `caller` is the caller's own speech, at our level. Call send() with our frame after it.
  Heard hear(std::span<const std::int16_t> caller);
  void send(std::span<const std::int16_t> ours);

 private:
  static constexpr std::size_t kKept = 8192;      // samples: about one second
  static constexpr std::size_t kReflections = 320;  // taps of the room; the first is the direct sound

  [[nodiscard]] float played_at(std::uint64_t sample, double delay_samples) const;
  void wander();
  [[nodiscard]] int stretch();

  EchoLineOptions options_;
  std::mt19937 random_;
  std::array<float, kReflections> room_{};
  std::array<float, kReflections - 1 + kFrame> spoken_{};  // output of the loudspeaker: the samples that still reverberate, then this frame
  std::array<float, kKept> played_{};           // the echo at the microphone, by sample number modulo kKept
  std::uint64_t now_ = kKept;                   // present time in samples; it starts at kKept
  double delay_samples_, delay_before_;         // delay of this frame, and of the previous frame
  int ticks_to_move_ = 0;
  std::uint64_t ticks_ = 0;
  bool stretched_ = false;
  int stretch_samples_ = 0;                     // the part of the delay that our own jitter buffer caused
  Frame last_{};
};

}  // namespace offhook::bench
