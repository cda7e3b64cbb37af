#pragma once

#include <offhook/media/audio_port.hpp>
#include <offhook/media/frame_ring.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

namespace offhook::inline v0::media {

/// 20 ms of a call, as both sides heard them: `samples` of the two together, the caller's half first.
struct RecordedFrame {
  RecordedFrame() noexcept {}  // NOLINT: what is not valid is not set either

  std::uint64_t tick;
  std::uint32_t rate_hz;
  std::uint16_t samples;
  std::array<std::int16_t, 2 * kMaxFrameSamples> pcm;

  [[nodiscard]] std::span<const std::int16_t> caller() const { return std::span(pcm).first(samples / 2u); }
  [[nodiscard]] std::span<const std::int16_t> agent() const { return std::span(pcm).subspan(samples / 2u, samples / 2u); }
};

/// Whose voice is written down; the other channel is silent.
enum class RecordedSides : std::uint8_t { Both, Caller, Agent };

/// Where a media worker puts what a recording is made of, and a writer's thread takes it. Wait-free for the worker: a writer that is
/// late costs the recording some frames, which are counted and become silence in their place, and the call nothing.
class RecordingTap {
 public:
  static constexpr std::size_t kFrames = 64;  ///< 1.28 s; at 8 kHz 42 kB of memory are touched

  explicit RecordingTap(RecordedSides sides = RecordedSides::Both) : sides_(sides) {}

  /// The worker, once in each tick. What the caller said and what was sent, at one rate; a side that is empty or shorter was silent.
  /// More than kMaxFrameSamples are dropped and counted; after finish() nothing is taken, and nothing counted.
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
  /// By the worker after its last record(), or by anybody who wants no more of it. The file is ended when what was taken is written.
  void finish() noexcept { finished_.store(true, std::memory_order_release); }

  // The writer.
  [[nodiscard]] bool try_take(RecordedFrame& frame) noexcept { return ring_.try_pop(frame); }
  /// Asked before the ring is emptied: nothing comes after what is then in it.
  [[nodiscard]] bool is_finished() const noexcept { return finished_.load(std::memory_order_acquire); }
  void set_kept(std::uint64_t frames) noexcept { kept_.store(frames, std::memory_order_release); }
  /// Its work is done: nothing is taken any more, and kept() stays as it is. `failed`: no file could be made, or its end is missing.
  void set_ended(bool failed) noexcept {
    failed_.store(failed, std::memory_order_release);
    ended_.store(true, std::memory_order_release);
    finish();
  }

  // Anybody.
  /// From the next tick on silence stands in the file for both sides, so that its time stays that of the call: a card's number is read out.
  void pause(bool on) noexcept { paused_.store(on, std::memory_order_relaxed); }
  [[nodiscard]] bool is_paused() const noexcept { return paused_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t dropped() const noexcept { return dropped_.load(std::memory_order_relaxed); }
  /// The writer has. With nothing kept there is no file.
  [[nodiscard]] bool has_ended() const noexcept { return ended_.load(std::memory_order_acquire); }
  [[nodiscard]] bool has_failed() const noexcept { return failed_.load(std::memory_order_acquire); }
  /// Frames of 20 ms that are in the file, whatever becomes of this process.
  [[nodiscard]] std::uint64_t kept() const noexcept { return kept_.load(std::memory_order_acquire); }

 private:
  static void count(std::atomic<std::uint64_t>& counter) noexcept {
    counter.store(counter.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);  // Only the worker writes.
  }

  FrameRing<RecordedFrame, kFrames> ring_;
  const RecordedSides sides_;
  std::atomic<bool> finished_{false}, paused_{false}, ended_{false}, failed_{false};
  std::atomic<std::uint64_t> dropped_{0}, kept_{0};
};

}  // namespace offhook::inline v0::media
