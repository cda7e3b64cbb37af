#pragma once

#include <offhook/base/prefetch.hpp>
#include <offhook/media/audio_port.hpp>

#include <array>
#include <cstddef>

namespace offhook::inline v0::media {

/// The worker's end of AudioPort::events. What the conversation cannot do without waits here while the ring is full and is
/// tried again at each tick; what only informs (Sent) is dropped and counted. One thread; no allocation, no lock.
///
/// A conversation that is so late needs the state of things, not their history: of each kind below only the newest waits, and
/// what it replaces counts as dropped. UtteranceSent speaks for every earlier utterance too. Digits all wait, up to kMaxDigits.
class EventOutbox {
 public:
  static constexpr std::size_t kMaxDigits = 32;

  /// `port` is borrowed and outlives the outbox.
  explicit EventOutbox(AudioPort& port) : port_(&port) {}

  void push(const MediaEvent& event);
  /// Once per tick.
  void retry();
  [[nodiscard]] std::size_t waiting() const { return count_; }
  /// Asks for what retry() looks at to be in the cache soon.
  void prefetch() const noexcept { base::prefetch(count_); }

 private:
  enum class Concern : std::uint8_t { Word, Utterance, Flush, Speech, Media, Tone, Digit };
  static constexpr std::size_t kOthers = 5;  // Utterance, Flush, Speech, Media and Tone: one each
  [[nodiscard]] static Concern concern(MediaEvent::Kind kind);
  void keep(const MediaEvent& event);
  void forget(std::size_t index);
  void count_dropped() { port_->events_dropped.fetch_add(1, std::memory_order_relaxed); }

  AudioPort* port_;
  std::array<MediaEvent, kMaxDigits + kOthers> waiting_{};  // the first count_, oldest first
  std::size_t count_ = 0;
};

}  // namespace offhook::inline v0::media
