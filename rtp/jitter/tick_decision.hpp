#pragma once

#include <offhook/rtp/jitter/held_packets.hpp>
#include <offhook/rtp/jitter/jitter_types.hpp>
#include <offhook/rtp/jitter/target_delay.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace offhook::inline v0::rtp {

/// Decides what each pull() plays: the packets at the present position, concealment, or silence. It keeps this position, and removes packets
/// before the position. All times are in units of 1/8000 s.
class TickDecision {
 public:
  enum class What : std::uint8_t { Play, Conceal, Silence };
  struct Decision {
    What what = What::Silence;
    std::int64_t units = kUnitsPerTick;   ///< Conceal, Silence: the length
    std::int64_t begin = 0;               ///< Conceal: see Pull::begin
    std::int64_t gap = 0;                 ///< Conceal: see Pull::gap
  };

  /// `held` and `delay` are borrowed, and must outlive this object.
  TickDecision(HeldPackets& held, const TargetDelay& delay) noexcept : held_(held), delay_(delay) {}

  /// Decides about the part of a tick that is not decoded yet: `waiting` units of the tick are decoded.
  [[nodiscard]] Decision decide(std::int64_t now, std::int64_t waiting) noexcept;
  /// Call it when the packets of a whole tick are played.
  void on_frame() noexcept {
    position_ += kUnitsPerTick;
    concealed_in_row_ = 0;
    seam_ = false;
  }
  /// Call it when the packets of a frame do not cover its tick, which is then concealed up to `position`.
  void move_to(std::int64_t position) noexcept { position_ = position; }
  /// Call it when the packet with this number is played, or left out.
  void pass(std::int64_t sequence) noexcept { passed_sequence_ = std::max(passed_sequence_, sequence); }
  /// Call it when `units` are concealed. Returns the length of the concealment in a row before these units.
  std::int64_t on_concealed(std::int64_t units) noexcept;

  /// Removes the packets whose time has passed, if the stream plays.
  void forget_played_if_playing() noexcept {
    if (state_ == State::Playing) forget_played();
  }
  /// Call it when a packet was stored.
  void on_held() noexcept {
    if (state_ == State::Empty) state_ = State::Waiting;
  }
  /// Call it when the packet at `index` was removed for lack of space.
  void on_overflow(std::size_t index) noexcept;
  /// Call it when a key began at a time that was already played, and no audio is held: the sender then pauses its audio.
  void rest(std::int64_t sequence) noexcept;
  /// Call it when the stream ended, or is forgotten.
  void end_stream() noexcept;
  /// Call it when another stream starts.
  void begin_stream() noexcept;

  [[nodiscard]] std::int64_t position() const noexcept { return position_; }
  /// Returns true if audio of the stream was played or left out. Then only packets after position() are of use.
  [[nodiscard]] bool has_begun() const noexcept { return passed_sequence_ >= 0; }
  [[nodiscard]] bool has_passed(std::int64_t sequence) const noexcept { return passed_sequence_ == sequence; }
  /// Returns true if audio was left out before the next frame.
  [[nodiscard]] bool is_seam() const noexcept { return seam_; }
  [[nodiscard]] bool is_empty() const noexcept { return state_ == State::Empty; }
  [[nodiscard]] bool is_consistent() const noexcept;

 private:
  enum class State : std::uint8_t { Empty, Waiting, Playing };

  [[nodiscard]] bool may_start(std::int64_t now) noexcept;
  [[nodiscard]] Decision play(std::int64_t now, std::int64_t waiting) noexcept;
  [[nodiscard]] Decision fill_gap() noexcept;
  [[nodiscard]] Decision underrun(std::int64_t units) noexcept;
  void forget_played() noexcept;
  [[nodiscard]] bool is_next_in_sequence() const noexcept;
  [[nodiscard]] bool ends_in_silence() const noexcept;
  [[nodiscard]] bool hole_may_fill(std::int64_t now) const noexcept;

  HeldPackets& held_;
  const TargetDelay& delay_;
  State state_ = State::Empty;
  bool resting_ = false;               // true if the last packet passed was comfort noise, a key or a LastAudio
  bool seam_ = false;
  std::int64_t position_ = 0;          // unwrapped timestamp that the next tick plays
  std::int64_t passed_sequence_ = -1;  // number of the last packet that was played or left out; -1 before the first
  // Units that were concealed while position_ stood still, because the buffer was empty, or because the listener is a machine and a missing
  // packet may still come.
  std::int64_t stalled_ = 0;
  std::int64_t concealed_in_row_ = 0;
};

}  // namespace offhook::inline v0::rtp
