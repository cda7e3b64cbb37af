#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace offhook::inline v0::media {

/// Tells the caller's voice from our own voice coming back (speakerphones, hybrids), so that we never interrupt ourselves.
///
/// It knows what was sent. In four bands and steps of 10 ms it keeps, for every lag up to kMaxLagMs, the greatest coupling that
/// is still possible: an echo of lag L and coupling g puts at least g x sent(t - L) into every step, so a step that is quieter
/// while sent(t - L) was loud takes the pair away. What the remaining pairs can explain, plus a margin, counts as echo; what
/// exceeds it is the caller. It starts with everything possible (the first words of a call never interrupt themselves) and
/// learns within half a second of our speech. An echo path that appears later is found by the correlation of both envelopes.
/// Pure, no allocation; one thread. 8000, 16000 or 24000 Hz.
class EchoGuard {
 public:
  static constexpr std::uint32_t kStepMs = 10, kMaxLagMs = 500;
  static constexpr std::size_t kBands = 4;
  static constexpr std::size_t kLags = kMaxLagMs / kStepMs + 1;

  explicit EchoGuard(std::uint32_t rate_hz);

  struct Verdict {
    bool echo = false;              ///< most of the frame's energy is explained by what we sent
    float heard_dbov = -127;        ///< its level, where the bands are
    float explained_dbov = -127;    ///< the level that an echo could have at most, margin included
  };
  /// Once a tick, before on_sent(): 20 ms as they came in. `trust` false: they were made up (concealment) and teach nothing.
  Verdict on_heard(std::span<const std::int16_t> heard, bool trust);
  /// Once a tick: 20 ms as they leave, after ducking; silence when we send nothing.
  void on_sent(std::span<const std::int16_t> sent);
  /// Forgets what it learnt: another source, another path.
  void reset();

  /// The lag whose echo would be the strongest, its coupling in dB over all bands (0: nothing is known yet), and how much both
  /// envelopes are alike at their best lag, 0..1.
  struct Path { std::uint32_t lag_ms = 0; float coupling_db = 0; float likeness = 0; };
  [[nodiscard]] Path path() const;

 private:
  using Levels = std::array<float, kBands>;  // mean squares
  /// One band pass of second order per band, side by side so that they run in one vector register.
  class Bank {
   public:
    explicit Bank(std::uint32_t rate_hz);
    Levels measure(std::span<const std::int16_t> pcm);

   private:
    Levels b0_{}, a1_{}, a2_{}, y1_{}, y2_{};
    float x1_ = 0, x2_ = 0;
  };

  void push_sent(const Levels& levels);
  [[nodiscard]] static std::size_t slot(std::uint64_t step) { return step % kHistory; }
  void learn(std::uint64_t step, const Levels& heard);
  void correlate(std::uint64_t step, const Levels& heard);
  [[nodiscard]] Levels explain(std::uint64_t step) const;

  static constexpr std::size_t kHistory = 64;  // steps of what we sent: kLags and the neighbours that are looked at
  static_assert(kHistory >= kLags + 3);

  Bank sent_bank_, heard_bank_;
  std::array<Levels, kHistory> sent_{};        // by step, modulo kHistory
  std::array<Levels, kHistory> sent_root_{};   // fourth roots, for the correlation
  std::array<Levels, kHistory> sent_low_{};    // the least of a step and its neighbours
  std::array<Levels, kHistory> sent_high_{};   // the greatest of them, with a tail for the room's reverberation
  std::uint64_t steps_ = kHistory;             // of what we sent; begins high, so that looking back never runs below 0
  std::uint64_t quiet_steps_ = kHistory;       // since we last sent anything
  std::array<Levels, kLags> bound_{};          // greatest power gain still possible, by lag

  // Exponentially forgetting sums for the correlation, of fourth roots of power.
  struct Sums { float sent = 0, square = 0, product = 0; };
  std::array<std::array<Sums, kBands>, kLags> sums_{};
  Levels heard_sum_{}, heard_square_{};
  float weight_ = 0;
  float likeness_ = 0;
};

}  // namespace offhook::inline v0::media
