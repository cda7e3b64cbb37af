#pragma once

#include <offhook/base/prefetch.hpp>
#include <offhook/media/audio_port.hpp>
#include <offhook/media/event_outbox.hpp>

#include <algorithm>
#include <cstdint>
#include <span>

namespace offhook::inline v0::media {

/// The worker's side of what we say: takes frames from the AudioPort one per tick, ducks, flushes, and keeps the timeline of
/// what really left. One thread (the leg's worker) calls it; no allocation, no lock.
class Playout {
 public:
  /// `port` and `events` are borrowed and outlive the playout.
  Playout(AudioPort& port, EventOutbox& events) : port_(&port), events_(&events) {}

  /// Takes the next 20 ms, silence when there is nothing to say, or music while AudioPort::waits: `out`, which holds port.frame_samples() samples and is room for it, or
  /// a place in the ring that is good until the next pull(), flush() or prefetch(). `wire_tick`: when the packet with the first of these samples
  /// leaves.
  [[nodiscard]] std::span<const std::int16_t> pull(std::uint64_t tick, std::uint64_t wire_tick, std::span<std::int16_t> out);
  /// The caller speaks over us: down to kDuckGain within kRampMs, from the next sample on. Until rise(), a flush, or the end of
  /// the utterance.
  void duck();
  /// The caller goes on: silence within kRampMs. What we were saying waits, with the piece that fades now, until rise() or a flush;
  /// after kMaxPauseTicks it goes on by itself, so that a conversation that never decides cannot silence us.
  void pause();
  /// A pause lasts `ticks` more at most.
  void limit_pause(std::uint32_t ticks) { pause_left_ = std::min(pause_left_, ticks); }
  void rise();
  /// Takes back everything up to and including `utterance`, also what of it arrives later. `audible` false (nothing is sent now,
  /// hold): without the fade, which would otherwise be heard when we are back.
  void flush(std::uint32_t utterance, std::uint64_t tick, bool audible = true);

  /// We are in the midst of an utterance: its frames left in the last pull(), and its last one did not.
  [[nodiscard]] bool speaking() const { return speaking_; }
  /// Anything of an utterance is in what the last pull() gave.
  [[nodiscard]] bool said() const { return said_; }
  /// Of an utterance or of the music for who waits.
  [[nodiscard]] bool sounds() const { return said_ || music_sounds_; }
  /// The last pull() gave a frame of the music and nothing else of it, and the one before, of the tick before, one too: AudioPort::music has
  /// it encoded for all who wait.
  [[nodiscard]] bool plain_music() const { return music_plain_; }
  [[nodiscard]] bool ducked() const { return target_gain_ < 1.0F; }
  [[nodiscard]] bool paused() const { return pause_left_ > 0; }

  /// Asks for what the next pull() looks at to be in the cache soon. Ends what the last one gave.
  void prefetch() noexcept {
    base::prefetch_between(this, &fade_frame_);
    drop_played();
    port_->playout.prefetch_front(port_->frame_samples());
  }

  static constexpr float kDuckGain = 0.1259F;  ///< -18 dB
  static constexpr std::uint32_t kRampMs = 10;
  static constexpr std::uint32_t kMaxPauseTicks = 125;  ///< 2.5 s: more than the longest time that a conversation takes to confirm

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
  bool music_on_ = false;        // the last frame had music in it
  bool music_plain_ = false;     // see plain_music()
  bool anything_sent_ = false;
  std::uint32_t utterance_ = 0;  // of the last frame that left, and its word
  std::uint32_t word_ = 0;
  std::uint32_t samples_ = 0;    // of utterance_ that left; what a flush fades out is not counted
  bool said_ = false;            // see said()
  bool played_ = false;          // the ring's first frame is what the last pull() gave
  bool fade_pending_ = false;    // fade_frame_ is the piece that the next tick fades out
  std::uint32_t pause_left_ = 0; // ticks; 0: no pause
  bool pause_faded_ = false;
  bool flushed_any_ = false;
  std::uint32_t flushed_up_to_ = 0;
  std::uint64_t music_tick_ = 0; // of the last frame of music
  float gain_ = 1.0F;
  float target_gain_ = 1.0F;
  std::uint32_t ducked_utterance_ = 0;
  PlayoutFrame fade_frame_{};    // Last: seldom touched.
};

}  // namespace offhook::inline v0::media
