#pragma once

#include <offhook/base/spsc_ring.hpp>
#include <offhook/media/detect/model_voice.hpp>
#include <offhook/media/engine/voice_model.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace offhook::inline v0::media {

/// The data of one call for its worker and for the model's thread. Each part belongs to one of them, except `answer`, which the model's thread
/// writes and the worker reads.
struct ModelCall {
  // For the worker:
  ModelVoice voice;
  bool served = false;                  ///< true if the model had time for the call when the call started
  // A ModelVoice::Answer. Only the newest one is kept, because an older answer has no use.
  alignas(base::kCacheLine) std::atomic<std::uint64_t> answer{0};
  // For the model's thread:
  alignas(base::kCacheLine) ModelTask task;
  std::uint64_t batch = 0;              ///< number of the last batch with this call
};

/// 32 ms of a call for the model.
struct VoiceChunk {
  ModelCall* call = nullptr;
  std::uint32_t number = 0;
  bool begins = false;                  ///< true if the model's state belongs to another call, and must be reset
  std::array<std::int16_t, ModelVoice::kChunk> samples{};
};

/// Passes one worker's chunks to the model. Neither side waits. Chunks that find no space are dropped and counted.
class VoiceFeed {
 public:
  static constexpr std::size_t kRoom = 1024;  ///< number of chunks; 1,600 calls make this many in 20 ms
  /// Worker: starts a call at this place, and sets `served`.
  void begin(ModelCall& call) noexcept;
  /// Worker: resets the detector, because other audio starts in the same call.
  static void restart(ModelCall& call) noexcept { call.voice.reset(); }
  /// Worker: takes 20 ms of the call.
  void hear(ModelCall& call, std::span<const std::int16_t> frame) noexcept;
  /// Worker: call it once per tick, after hear().
  [[nodiscard]] static bool judge(ModelCall& call, bool plain) noexcept {
    return call.served ? call.voice.judge(plain, ModelVoice::unpack(call.answer.load(std::memory_order_relaxed))) : plain;
  }
  [[nodiscard]] std::uint64_t dropped() const noexcept { return dropped_.load(std::memory_order_relaxed); }  ///< any thread

 private:
  friend class VoiceRequestQueue;
  base::SpscRing<VoiceChunk, kRoom> chunks_;
  std::atomic<bool> serves_new_{true};
  std::atomic<std::uint64_t> dropped_{0};
  VoiceChunk next_;                     // for the model's thread: a chunk that was taken from the ring and is not in a batch yet
  bool has_next_ = false;
};

/// Makes batches for one model from the chunks of all workers' calls, and returns the model's answers. The owner's thread calls work() again and
/// again. The queue also runs in virtual time. The ModelCalls must outlive the queue, and the queue must outlive the workers.
class VoiceRequestQueue {
 public:
  VoiceRequestQueue(std::shared_ptr<VoiceModel> model, std::size_t workers);

  [[nodiscard]] VoiceFeed& feed(std::size_t worker) { return *feeds_[worker]; }
  /// Judges all waiting chunks, and returns their number. Returns 0 after the model has failed.
  std::size_t work();
  [[nodiscard]] bool failed() const { return failed_; }
  [[nodiscard]] std::string wrong() const { return model_->wrong(); }
  /// Sets whether new calls are served. Calls that are already served stay served.
  void serve_new(bool may);

 private:
  void gather();
  void add(const VoiceChunk& chunk);

  std::shared_ptr<VoiceModel> model_;
  std::vector<std::unique_ptr<VoiceFeed>> feeds_;
  std::size_t first_feed_ = 0;          // the feed that is emptied first
  std::uint64_t batch_ = 0;
  std::size_t count_ = 0;               // number of chunks in the batch
  std::array<ModelCall*, VoiceModel::kMostAtOnce> calls_{};
  std::array<ModelTask*, VoiceModel::kMostAtOnce> tasks_{};
  std::array<std::uint32_t, VoiceModel::kMostAtOnce> numbers_{};
  std::array<float, VoiceModel::kMostAtOnce> likely_{};
  bool failed_ = false;
};

}  // namespace offhook::inline v0::media
