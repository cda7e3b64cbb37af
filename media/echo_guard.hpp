#pragma once

#include <offhook/media/echo_lags.hpp>
#include <offhook/media/heard_voice.hpp>
#include <offhook/media/sixteen_bytes.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace offhook::inline v0::media {

/// Tells the caller's voice from our own voice coming back (speakerphones, hybrids), so that we never interrupt ourselves.
///
/// It knows what was sent. In 16 bands and steps of 10 ms it keeps, for every lag up to kMaxLagMs, the least loss that is still
/// possible: an echo of lag L and loss l puts at least sent(t - L) - l into every step, so a step that is quieter while sent(t - L) was
/// loud takes the pair away. It starts with everything possible (the first words of a call never interrupt themselves) and learns within
/// half a second of our speech. The least losses of any lag are the path's, and stay so when its delay changes: codecs, jitter buffers
/// and stretched time move an echo, but hardly make it louder.
///
/// A step is an echo when there is one lag at which the path explains it and the steps before it: nearly all of it at a lag that was
/// not known, most of it at one that was. What no lag explains is the caller. A path that appears, or becomes louder, is found by its
/// pattern: which bands are above their usual level, for the better part of a second, at one lag.
///
/// Pure, no allocation; one thread. 8000, 16000 or 24000 Hz, of which the part below 4 kHz is looked at. Costs next to nothing from half
/// a second after our last word on.
class EchoGuard {
 public:
  static constexpr std::uint32_t kStepMs = 10, kMinLagMs = 20, kMaxLagMs = 500;
  static constexpr std::size_t kLags = (kMaxLagMs - kMinLagMs) / kStepMs + 1;

  explicit EchoGuard(std::uint32_t rate_hz);

  struct Verdict {
    bool echo = false;     ///< most of the frame's energy is explained by what we sent
    float unexplained = 0; ///< the share that no lag explains, over the last steps: 0..1
  };
  /// Once a tick, before on_sent(): 20 ms as they came in. `trust` false: they were made up (concealment) and teach nothing.
  Verdict on_heard(std::span<const std::int16_t> heard, bool trust);
  /// The same by a VoiceBank that heard these 20 ms along with sent_line(). A guard is fed in one of the two ways: what this one hears the
  /// other does not remember.
  Verdict on_heard(const BandsOfCall& bands, bool trust);
  /// What the next on_heard() looks for: for VoiceBank::hear(), until on_sent(). Empty while there is no sound in it.
  [[nodiscard]] std::span<const std::int16_t> sent_line() const { return std::span(sent_line_).first(sent_sound_ ? sent_line_.size() : 0); }
  /// Once a tick: 20 ms as they leave, after ducking; silence when we send nothing.
  void on_sent(std::span<const std::int16_t> sent);
  /// Asks for what the next tick touches to be in the cache soon.
  void prefetch() const noexcept;
  /// What is heard from now on is heard `samples` later than before, at the leg's rate; less than 0: earlier. An echo moves by as much,
  /// and what is known of it moves along.
  void shift(int samples);
  /// Forgets what it learnt: another source, another path.
  void reset();

  /// The lag whose echo would be the strongest, its coupling in dB over all bands (0: nothing is known yet), and how much both
  /// patterns are alike at their best lag: 0.5 of any two voices, 1 of a perfect echo.
  struct Path { std::uint32_t lag_ms = 0; float coupling_db = 0; float likeness = 0; };
  [[nodiscard]] Path path() const;

 private:
  /// Levels by band, an eighth of a doubling of power (0.376 dB) each: 240 is full scale, 0 is -90 dBov.
  using Levels = SixteenBytes;
  struct Step {
    Levels levels{}, share{};  // share: of the step's energy, 255 in all
    bool heard = false;        // louder than nobody
  };
  [[nodiscard]] bool rests();
  Verdict judge(const detail::BandPowers& first, const detail::BandPowers& second, bool trust);
  void move_lags(int steps);
  void push_sent(Levels levels);
  [[nodiscard]] bool is_echo(std::size_t age, const Step& heard, bool trust);
  void compare(std::size_t age, const Step& heard);
  void learn(std::size_t age, Levels heard);
  void follow_losses(std::size_t age, Levels least);
  /// Of the step that was sent `lag` before the one of `age`.
  [[nodiscard]] bool is_loud(std::size_t age, std::size_t lag) const { return (sent_loud_ >> (age + lag) & 1) != 0; }

  static constexpr std::size_t kTail = 64;    // steps for which what we sent may still ring in a room
  static constexpr std::size_t kPast = 48, kFrame = 160;  // at 8 kHz: what the first window looks back on, and 20 ms
  static_assert(kLags == detail::kEchoLags);
  using Line = std::array<std::int16_t, kPast + kFrame>;
  void take_in(std::span<const std::int16_t> pcm, Line& line) const;

  std::size_t samples_;                                            // of a frame, at the rate of the leg
  std::uint64_t quiet_steps_ = 2 * kTail;                          // since we last sent anything
  std::uint64_t steps_ = kTail;                                    // of what we sent, and as many that were silent
  std::uint64_t sent_loud_ = 0;                                    // a bit for each step, the newest one's the lowest
  bool sent_sound_ = false;                                        // sent_line_ holds some
  std::uint16_t open_ = 0;                                         // the least that no lag explains
  unsigned learnt_steps_ = 0;
  unsigned plain_ = 0;                                             // steps in a row in which the caller was plain
  unsigned hold_ = 0;                                              // steps for which he still counts as heard
  int moved_ = 0;                                                  // samples that were too few for a step of lag so far
  std::size_t best_ = 0;                                           // the lag of the greatest likeness
  Levels path_loss_{};                                             // the least of any lag, and of the last seconds
  Levels sent_usual_{}, heard_usual_{};                            // medians
  Levels sent_last_{}, sent_before_{};                             // the newest step, and the one before it
  Line sent_line_{};
  detail::EchoLags lags_;
  detail::NewestFirst<Levels> sent_low_;                           // the least of a step and its neighbours, 0 where that proves nothing
  detail::NewestFirst<Levels> sent_high_;                          // the greatest of them, with a tail for the room's reverberation
  detail::NewestFirst<std::uint16_t> sent_pattern_;                // a bit for each band that is above its usual level
  Line heard_line_{};                                              // used by on_heard() of samples alone
};

}  // namespace offhook::inline v0::media
