#pragma once

#include <offhook/media/port/audio_port.hpp>
#include <offhook/media/port/frame_ring.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

namespace offhook::inline v0::media {

/// 20 ms of a call with both sides. `samples` is the number for both sides together; the caller's half comes first.
struct RecordedFrame {
  RecordedFrame() noexcept {}  // NOLINT: members that are not valid stay uninitialised

  std::uint64_t tick;
  std::uint32_t rate_hz;
  std::uint16_t samples;
  std::array<std::int16_t, 2 * kMaxFrameSamples> pcm;

  [[nodiscard]] std::span<const std::int16_t> caller() const { return std::span(pcm).first(samples / 2u); }
  [[nodiscard]] std::span<const std::int16_t> agent() const { return std::span(pcm).subspan(samples / 2u, samples / 2u); }
};

/// The sides to record. The channel of a side that is not recorded is silent.
enum class RecordedSides : std::uint8_t { Both, Caller, Agent };

/// Passes frames of a recording from a media worker to a writer's thread. It is wait-free for the worker. If the writer is late, the recording loses
/// frames, which are counted and replaced by silence; the call itself loses nothing.
class RecordingTap {
 public:
  static constexpr std::size_t kFrames = 64;  ///< 1.28 s; at 8 kHz it uses 42 kB of memory

  explicit RecordingTap(RecordedSides sides = RecordedSides::Both) : sides_(sides) {}

  /// Worker: call it once per tick with the caller's audio and the sent audio, at one rate. A side that is empty or shorter was silent. Drops and
  /// counts frames of over kMaxFrameSamples. After finish() it takes and counts nothing.
  void record(std::uint64_t tick, std::uint32_t rate_hz, std::span<const std::int16_t> caller,
              std::span<const std::int16_t> agent) noexcept {
    const std::size_t samples = std::max(caller.size(), agent.size());
    if (finished_.load(std::memory_order_relaxed)) return;
    if (samples > kMaxFrameSamples) return count(dropped_);
    RecordedFrame* const frame = ring_.claim();
    if (frame == nullptr) return count(dropped_);
    frame->tick = tick;
    frame->rate_hz = rate_hz;
    frame->samples = static_cast<std::uint16_t>(2 * samples);
    const bool paused = paused_.load(std::memory_order_relaxed);
    const auto fill = [samples, paused](std::span<const std::int16_t> from, bool wanted, std::int16_t* to) {
      std::fill(wanted && !paused ? std::copy(from.begin(), from.end(), to) : to, to + samples, std::int16_t{0});
    };
    fill(caller, sides_ != RecordedSides::Agent, frame->pcm.data());
    fill(agent, sides_ != RecordedSides::Caller, frame->pcm.data() + samples);
    ring_.publish();
  }
  /// Ends the recording. The worker calls it after its last record(); any other thread may call it to stop the recording. The file ends when the
  /// frames taken until then are written.
  void finish() noexcept { finished_.store(true, std::memory_order_release); }

  // For the writer.
  [[nodiscard]] bool try_take(RecordedFrame& frame) noexcept { return ring_.try_pop(frame); }
  /// Returns true if the recording has ended. Call it before you empty the ring: if it returns true, no more frames come after those in the ring.
  [[nodiscard]] bool is_finished() const noexcept { return finished_.load(std::memory_order_acquire); }
  void set_kept(std::uint64_t frames) noexcept { kept_.store(frames, std::memory_order_release); }
  /// Call it when the writer is done: no more frames are taken, and kept() does not change. `failed` is true if no file could be made, or if its end
  /// is missing.
  void set_ended(bool failed) noexcept {
    failed_.store(failed, std::memory_order_release);
    ended_.store(true, std::memory_order_release);
    finish();
  }

  // For any thread.
  /// From the next tick on, records silence for both sides, so that the file keeps the time of the call. Use it while the caller reads a card number.
  void pause(bool on) noexcept { paused_.store(on, std::memory_order_relaxed); }
  [[nodiscard]] bool is_paused() const noexcept { return paused_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t dropped() const noexcept { return dropped_.load(std::memory_order_relaxed); }
  /// Returns true if the writer is done. If kept() is then 0, there is no file.
  [[nodiscard]] bool has_ended() const noexcept { return ended_.load(std::memory_order_acquire); }
  [[nodiscard]] bool has_failed() const noexcept { return failed_.load(std::memory_order_acquire); }
  /// Returns the frames of 20 ms that are safely in the file, even if this process ends.
  [[nodiscard]] std::uint64_t kept() const noexcept { return kept_.load(std::memory_order_acquire); }

 private:
  static void count(std::atomic<std::uint64_t>& counter) noexcept {
    counter.store(counter.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);  // only the worker writes it
  }

  FrameRing<RecordedFrame, kFrames> ring_;
  const RecordedSides sides_;
  std::atomic<bool> finished_{false}, paused_{false}, ended_{false}, failed_{false};
  std::atomic<std::uint64_t> dropped_{0}, kept_{0};
};

}  // namespace offhook::inline v0::media
