#pragma once

#include <offhook/base/prefetch.hpp>
#include <offhook/media/port/audio_port.hpp>

#include <array>
#include <cstddef>

namespace offhook::inline v0::media {

/// The worker's side of AudioPort::events. While the ring is full, events that the conversation needs wait here, and each tick tries to push them
/// again. Events that only inform (Sent) are dropped and counted. One thread; no allocation, no lock.
///
/// A conversation that is so late needs the present state, not its history. Therefore only the newest event of each kind below waits, and the event
/// that it replaces counts as dropped. UtteranceSent is also valid for every earlier utterance. All digits wait, up to kMaxDigits.
class EventOutbox {
 public:
  static constexpr std::size_t kMaxDigits = 32;

  /// `port` is borrowed and outlives the outbox.
  explicit EventOutbox(AudioPort& port) : port_(&port) {}

  void push(const MediaEvent& event);
  /// Call it once per tick.
  void retry();
  [[nodiscard]] std::size_t waiting() const { return count_; }
  /// Prefetches the data that retry() uses.
  void prefetch() const noexcept { base::prefetch(count_); }

 private:
  enum class Concern : std::uint8_t { Word, Utterance, Flush, Speech, Media, Tone, Digit };
  static constexpr std::size_t kOthers = 5;  // one each of Utterance, Flush, Speech, Media and Tone
  [[nodiscard]] static Concern concern(MediaEvent::Kind kind);
  void keep(const MediaEvent& event);
  void forget(std::size_t index);
  void count_dropped() { port_->events_dropped.fetch_add(1, std::memory_order_relaxed); }

  AudioPort* port_;
  std::array<MediaEvent, kMaxDigits + kOthers> waiting_{};  // the first count_ are valid, oldest first
  std::size_t count_ = 0;
};

}  // namespace offhook::inline v0::media
