#pragma once

#include <offhook/base/prefetch.hpp>
#include <offhook/base/time.hpp>
#include <offhook/media/port/audio_port.hpp>
#include <offhook/media/port/event_outbox.hpp>
#include <offhook/media/port/media_plan.hpp>
#include <offhook/media/quality/call_meter.hpp>
#include <offhook/media/stream/codec_chain.hpp>
#include <offhook/rtp/ntp.hpp>

#include <cstdint>
#include <memory>
#include <optional>

namespace offhook::inline v0::media {

/// The time of a tick: its number, its due time on the steady clock, and the wall time for RTCP.
struct TickTime {
  std::uint64_t tick = 0;
  base::TimePoint now{};
  rtp::NtpTime wall{};
};

/// The data that all parts of one stream use. The stream owns it, and sets `plan` and `chain` before it calls any other function of a part.
struct StreamContext {
  StreamContext(AudioPort& its_port, std::uint64_t its_seed) : port(its_port), seed(its_seed), events(its_port) {}

  /// prefetch_links() prefetches the pointers. Once these are in the cache, prefetch() prefetches the data that the next tick uses.
  void prefetch_links() const noexcept {
    base::prefetch_between(this, &events);
    base::prefetch(&port, 1);
    port.heard.prefetch_links();
    port.playout.prefetch_links();
  }
  void prefetch() noexcept {
    if (chain) chain->prefetch();
    port.heard.prefetch_claim(port.frame_samples());
    port.commands.prefetch_pop();
    events.prefetch();
    base::prefetch(meter);
  }

  AudioPort& port;                      ///< borrowed; it outlives the stream
  const std::uint64_t seed;             ///< for random choices while the stream runs: a draw from the system's generator would be a system call
  std::optional<MediaPlan> plan;        ///< nullopt before Stream::start()
  std::unique_ptr<CodecChain> chain;
  TickTime last_tick{};
  EventOutbox events;
  CallMeter meter;
};

/// Returns an event of the tick `time`, without the values that only some kinds have.
[[nodiscard]] inline MediaEvent event_of(MediaEvent::Kind kind, const TickTime& time) {
  MediaEvent event;
  event.kind = kind;
  event.tick = event.at_tick = time.tick;
  return event;
}

}  // namespace offhook::inline v0::media
