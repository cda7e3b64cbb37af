#pragma once

#include <offhook/media/detect/echo_lags.hpp>
#include <offhook/media/detect/heard_voice.hpp>
#include <offhook/media/dsp/sixteen_bytes.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace offhook::inline v0::media {

/// Separates the caller's voice from the echo of our own voice (speakerphones, hybrids), so that an echo never interrupts the agent.
///
/// It uses the audio that was sent. In 16 bands and steps of 10 ms, it stores for each lag up to kMaxLagMs the least loss that is still possible. An
/// echo with lag L and loss l puts at least sent(t - L) - l into every step. Therefore a step that is quieter, while sent(t - L) was loud, excludes
/// this pair of L and l. At the start all pairs are possible, so that the agent's first words never interrupt the agent. The guard learns the path
/// within half a second of our speech. The least losses of all lags are the path's losses, and remain when the path's delay changes. Codecs, jitter
/// buffers and time stretching move an echo, but hardly make it louder.
///
/// A step is an echo if the path explains this step and the steps before it at one lag: nearly all of the energy at an unknown lag, or most of it at a known
/// one. The energy that no lag explains is the caller's. The guard finds a path that appears or becomes louder by its pattern: at one lag, the same bands are
/// above their usual level for most of a second.
///
/// Pure, no allocation; one thread. 8000, 16000 or 24000 Hz; it uses only frequencies below 4 kHz. Half a second after our last word, its cost is nearly zero.
class EchoGuard {
 public:
  static constexpr std::uint32_t kStepMs = 10, kMinLagMs = 20, kMaxLagMs = 500;
  static constexpr std::size_t kLags = (kMaxLagMs - kMinLagMs) / kStepMs + 1;

  explicit EchoGuard(std::uint32_t rate_hz);

  struct Verdict {
    bool echo = false;     ///< true if our audio explains most of the frame's energy
    float unexplained = 0; ///< the share that no lag explains, over the last steps: 0..1
  };
  /// Call it once per tick, before on_sent(), with 20 ms of received audio. `trust` is false for concealed audio: the guard learns nothing from it.
  Verdict on_heard(std::span<const std::int16_t> heard, bool trust);
  /// Does the same with the bands of a VoiceBank that got these 20 ms together with sent_line(). Use only one of the two functions for
  /// a guard: they do not share their past samples.
  Verdict on_heard(const BandsOfCall& bands, bool trust);
  /// Returns the sent audio whose echo the next on_heard() looks for. Pass it to VoiceBank::hear(). It is valid until on_sent(), and empty while it is silent.
  [[nodiscard]] std::span<const std::int16_t> sent_line() const { return std::span(sent_line_).first(sent_sound_ ? sent_line_.size() : 0); }
  /// Call it once per tick with the 20 ms that are sent, after ducking. If no audio is sent, pass silence.
  void on_sent(std::span<const std::int16_t> sent);
  /// Prefetches the data that the next tick uses.
  void prefetch() const noexcept;
  /// Call it when the received audio comes `samples` (at the leg's rate) later than before, or earlier if `samples` is negative. Moves the stored
  /// state by this time, because all echoes move.
  void shift(int samples);
  /// Deletes everything that the guard has learnt. Call it for another source or another path.
  void reset();

  /// The lag with the strongest echo, its coupling in dB over all bands (0 if nothing is known yet), and the similarity of the sent and the heard
  /// pattern at the lag where they are most similar: 0.5 for any two voices, 1 for a perfect echo.
  struct Path { std::uint32_t lag_ms = 0; float coupling_db = 0; float likeness = 0; };
  [[nodiscard]] Path path() const;

 private:
  /// Levels by band, in units of an eighth of a doubling of the power (0.376 dB): 240 is full scale, 0 is -90 dBov.
  using Levels = SixteenBytes;
  struct Step {
    Levels levels{}, share{};  // share: each band's part of the step's amplitudes; the parts add up to 255
    bool heard = false;        // true if the step is loud enough for a voice
  };
  [[nodiscard]] bool rests();
  Verdict judge(const detail::BandPowers& first, const detail::BandPowers& second, bool trust);
  void move_lags(int steps);
  void push_sent(Levels levels);
  [[nodiscard]] bool is_echo(std::size_t age, const Step& heard, bool trust);
  void compare(std::size_t age, const Step& heard);
  void learn(std::size_t age, Levels heard);
  void follow_losses(std::size_t age, Levels least);
  /// Returns true if the step that was sent `lag` steps before the step of `age` was loud.
  [[nodiscard]] bool is_loud(std::size_t age, std::size_t lag) const { return (sent_loud_ >> (age + lag) & 1) != 0; }

  static constexpr std::size_t kTail = 64;    // steps for which the reverberation of our audio may last
  static constexpr std::size_t kPast = 48, kFrame = 160;  // samples at 8 kHz: the past of the first window, and a frame of 20 ms
  static_assert(kLags == detail::kEchoLags);
  using Line = std::array<std::int16_t, kPast + kFrame>;
  void take_in(std::span<const std::int16_t> pcm, Line& line) const;

  std::size_t samples_;                                            // samples of a frame, at the leg's rate
  std::uint64_t quiet_steps_ = 2 * kTail;                          // steps since the last sound that was sent
  std::uint64_t steps_ = kTail;                                    // number of steps that were sent, plus kTail silent steps before the first
  std::uint64_t sent_loud_ = 0;                                    // one bit per step, the newest in the lowest bit
  bool sent_sound_ = false;                                        // true if sent_line_ has sound
  std::uint16_t open_ = 0;                                         // the least share that no lag explains
  unsigned learnt_steps_ = 0;
  unsigned plain_ = 0;                                             // steps in a row in which the caller's voice was clear
  unsigned hold_ = 0;                                              // steps for which the caller's voice still counts
  int moved_ = 0;                                                  // samples of movement that do not make a whole step yet
  std::size_t best_ = 0;                                           // the lag with the greatest likeness
  Levels path_loss_{};                                             // the least loss of all lags over the last seconds
  Levels sent_usual_{}, heard_usual_{};                            // usual level of each band: a running median
  Levels sent_last_{}, sent_before_{};                             // levels of the newest sent step, and of the step before it
  Line sent_line_{};
  detail::EchoLags lags_;
  detail::NewestFirst<Levels> sent_low_;                           // the least of a step and its neighbours; 0 where this is too quiet to learn from
  detail::NewestFirst<Levels> sent_high_;                          // the greatest of a step and its neighbours, with a tail for the reverberation
  detail::NewestFirst<std::uint16_t> sent_pattern_;                // one bit for each band that is above its usual level
  Line heard_line_{};                                              // used only by the on_heard() that takes samples
};

}  // namespace offhook::inline v0::media
