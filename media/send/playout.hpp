#pragma once

#include <offhook/base/prefetch.hpp>
#include <offhook/media/port/audio_port.hpp>
#include <offhook/media/port/event_outbox.hpp>

#include <algorithm>
#include <cstdint>
#include <span>

namespace offhook::inline v0::media {

/// The worker's side of the agent's speech: takes one frame per tick from the AudioPort, ducks, pauses and flushes, and keeps the timeline of the
/// audio that was really sent. Only one thread (the leg's worker) uses it; no allocation, no lock.
class Playout {
 public:
  /// Borrows `port` and `events`, which must outlive the playout.
  Playout(AudioPort& port, EventOutbox& events) : port_(&port), events_(&events) {}

  /// Takes the next 20 ms: a frame, music while AudioPort::waits, or else silence. Returns `out`, which has port.frame_samples() samples, or a place in the
  /// ring that is valid until the next pull(), flush() or prefetch(). `wire_tick` is the tick in which the packet with the first sample is sent.
  [[nodiscard]] std::span<const std::int16_t> pull(std::uint64_t tick, std::uint64_t wire_tick, std::span<std::int16_t> out);
  /// Call it when the caller speaks over the agent. Reduces the level to kDuckGain within kRampMs, from the next sample on,
  /// until rise(), a flush, or the end of the utterance.
  void duck();
  /// Call it when the caller continues to speak. Fades to silence within kRampMs. The remaining utterance, starting with the frame that fades now,
  /// waits for rise() or a flush. After kMaxPauseTicks the utterance continues by itself, so that a conversation that never decides cannot silence
  /// the agent.
  void pause();
  /// Limits the remaining time of a pause to `ticks`.
  void limit_pause(std::uint32_t ticks) { pause_left_ = std::min(pause_left_, ticks); }
  void rise();
  /// Discards all utterances up to and including `utterance`, even frames of them that arrive later. With `audible` false (hold: nothing is sent), it
  /// does not fade, because the fade would be audible after the hold.
  void flush(std::uint32_t utterance, std::uint64_t tick, bool audible = true);

  /// Returns true if an utterance is in progress: one of its frames was sent, but not its last frame.
  [[nodiscard]] bool speaking() const { return speaking_; }
  /// Returns true if the last pull() returned audio of an utterance.
  [[nodiscard]] bool said() const { return said_; }
  /// Returns true if the last pull() returned audio of an utterance, or music for a waiting caller.
  [[nodiscard]] bool sounds() const { return said_ || music_sounds_; }
  /// Returns true if the last two pull(), in consecutive ticks, each returned a frame of the music and no other audio. AudioPort::music has the
  /// encoding of this frame for all waiting callers.
  [[nodiscard]] bool plain_music() const { return music_plain_; }
  [[nodiscard]] bool ducked() const { return target_gain_ < 1.0F; }
  [[nodiscard]] bool paused() const { return pause_left_ > 0; }

  /// Prefetches the data that the next pull() reads. Invalidates the result of the last one.
  void prefetch() noexcept {
    base::prefetch_between(this, &fade_frame_);
    drop_played();
    port_->playout.prefetch_front(port_->frame_samples());
  }

  static constexpr float kDuckGain = 0.1259F;  ///< -18 dB
  static constexpr std::uint32_t kRampMs = 10;
  static constexpr std::uint32_t kMaxPauseTicks = 125;  ///< 2.5 s: longer than a conversation takes to confirm an interruption

 private:
  [[nodiscard]] const PlayoutFrame* next_frame();
  void drop_played();
  void drop_flushed(bool fade);
  void report_flushed(std::uint32_t utterance, std::uint64_t tick, bool cut_short);
  void note_sent(const PlayoutFrame& frame, std::uint64_t tick, std::uint64_t wire_tick);
  bool pull_paused(std::span<std::int16_t> out);
  bool play_music(std::uint64_t tick, std::span<std::int16_t> out);
  void let_music_go(std::uint64_t tick, std::span<std::int16_t> out) const;
  void apply_gain(std::span<std::int16_t> out);
  [[nodiscard]] std::size_t ramp_of(std::span<const std::int16_t> out) const;
  void fade_to_silence(std::span<std::int16_t> out) const;
  void fade_from_silence(std::span<std::int16_t> out) const;

  AudioPort* port_;
  EventOutbox* events_;
  bool speaking_ = false;
  bool music_sounds_ = false;    // see sounds()
  bool music_on_ = false;        // the last frame contained music
  bool music_plain_ = false;     // see plain_music()
  bool anything_sent_ = false;
  std::uint32_t utterance_ = 0;  // utterance and word of the last frame that was sent
  std::uint32_t word_ = 0;
  std::uint32_t samples_ = 0;    // samples of utterance_ that were sent, without those that a flush fades out
  bool said_ = false;            // see said()
  bool played_ = false;          // the last pull() returned the ring's first frame
  bool fade_pending_ = false;    // the next tick fades fade_frame_ out
  std::uint32_t pause_left_ = 0; // remaining ticks of the pause; 0 without a pause
  bool pause_faded_ = false;
  bool flushed_any_ = false;
  std::uint32_t flushed_up_to_ = 0;
  std::uint64_t music_tick_ = 0; // tick of the last frame of music
  float gain_ = 1.0F;
  float target_gain_ = 1.0F;
  std::uint32_t ducked_utterance_ = 0;
  PlayoutFrame fade_frame_{};    // last, because it is rarely used
};

}  // namespace offhook::inline v0::media
