#pragma once

#include <offhook/base/spsc_ring.hpp>
#include <offhook/media/engine/voice_model.hpp>
#include <offhook/media/model_voice.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace offhook::inline v0::media {

/// One call between its worker and the model's thread. Each part has one owner; `answer` alone is written by one and read by the other.
struct ModelCall {
  // The worker's:
  ModelVoice voice;
  bool served = false;                  ///< the model had room for it when it began
  // ModelVoice::Answer. A ring of one: an older answer is of no use to anybody.
  alignas(base::kCacheLine) std::atomic<std::uint64_t> answer{0};
  // The thread's:
  alignas(base::kCacheLine) ModelTask task;
  std::uint64_t batch = 0;              ///< the last one that it was in
};

/// 32 ms on their way to the model.
struct VoiceChunk {
  ModelCall* call = nullptr;
  std::uint32_t number = 0;
  bool begins = false;                  ///< what the model remembers of the call is of another one
  std::array<std::int16_t, ModelVoice::kChunk> samples{};
};

/// What one worker hands to the model. Nobody waits at either end: what finds no room is dropped, and counted.
class VoiceFeed {
 public:
  static constexpr std::size_t kRoom = 1024;  ///< chunks: those of 1,600 calls in 20 ms
  /// The worker. A call begins in that place; `served` may be false.
  void begin(ModelCall& call) noexcept;
  /// The worker: another sound begins in the same call.
  static void restart(ModelCall& call) noexcept { call.voice.reset(); }
  /// The worker: 20 ms of the call.
  void hear(ModelCall& call, std::span<const std::int16_t> frame) noexcept;
  /// The worker, once a tick after hear().
  [[nodiscard]] static bool judge(ModelCall& call, bool plain) noexcept {
    return call.served ? call.voice.judge(plain, ModelVoice::unpack(call.answer.load(std::memory_order_relaxed))) : plain;
  }
  [[nodiscard]] std::uint64_t dropped() const noexcept { return dropped_.load(std::memory_order_relaxed); }  ///< anybody

 private:
  friend class VoiceDesk;
  base::SpscRing<VoiceChunk, kRoom> chunks_;
  std::atomic<bool> serves_new_{true};
  std::atomic<std::uint64_t> dropped_{0};
  VoiceChunk next_;                     // the thread's: taken, and in no batch yet
  bool has_next_ = false;
};

/// Where the chunks of all workers' calls become batches for one model, and its answers go back. The embedder's thread calls work()
/// again and again; all of this runs on virtual time as well. It must not outlive the calls, nor a worker it.
class VoiceDesk {
 public:
  VoiceDesk(std::shared_ptr<VoiceModel> model, std::size_t workers);

  [[nodiscard]] VoiceFeed& feed(std::size_t worker) { return *feeds_[worker]; }
  /// Judges all that waits. How many chunks; none any more once the model has failed.
  std::size_t work();
  [[nodiscard]] bool failed() const { return failed_; }
  [[nodiscard]] std::string wrong() const { return model_->wrong(); }
  /// Whether calls that begin from now on are served; those that are, stay so.
  void serve_new(bool may);

 private:
  void gather();
  void add(const VoiceChunk& chunk);

  std::shared_ptr<VoiceModel> model_;
  std::vector<std::unique_ptr<VoiceFeed>> feeds_;
  std::size_t first_feed_ = 0;          // whose turn it is to be emptied first
  std::uint64_t batch_ = 0;
  std::size_t count_ = 0;               // of the batch
  std::array<ModelCall*, VoiceModel::kMostAtOnce> calls_{};
  std::array<ModelTask*, VoiceModel::kMostAtOnce> tasks_{};
  std::array<std::uint32_t, VoiceModel::kMostAtOnce> numbers_{};
  std::array<float, VoiceModel::kMostAtOnce> likely_{};
  bool failed_ = false;
};

}  // namespace offhook::inline v0::media
