#pragma once

#include <offhook/media/engine/voice_request_queue.hpp>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>

namespace offhook::inline v0::media {

/// The thread of a voice model. It has a lower priority than the workers, wakes every 10 ms, and no thread waits for it. If the thread has no time
/// left when a call starts, the model does not serve this call, because calls that are already served have priority.
class VoiceThread {
 public:
  static constexpr float kBusyLimit = 0.7F;       ///< if the thread is busy for a larger share of half a second, new calls are not served
  /// `on_lost` is called at most once, on the thread, when the model has failed; it may be empty.
  VoiceThread(std::shared_ptr<VoiceModel> model, std::size_t workers, std::function<void(const std::string&)> on_lost);
  ~VoiceThread();  ///< joins the thread; the workers must have ended, and the ModelCalls must still exist
  VoiceThread(const VoiceThread&) = delete;
  VoiceThread& operator=(const VoiceThread&) = delete;

  [[nodiscard]] VoiceFeed& feed(std::size_t worker) { return queue_.feed(worker); }
  // For any thread:
  [[nodiscard]] bool works() const { return works_.load(std::memory_order_relaxed); }
  [[nodiscard]] float busy() const { return busy_.load(std::memory_order_relaxed); }      ///< share of the last half second
  [[nodiscard]] std::uint64_t chunks() const { return chunks_.load(std::memory_order_relaxed); }  ///< judged until now

 private:
  void run();
  VoiceRequestQueue queue_;
  std::function<void(const std::string&)> on_lost_;
  std::atomic<bool> stop_{false}, works_{true};
  std::atomic<float> busy_{0};
  std::atomic<std::uint64_t> chunks_{0};
  std::thread thread_;                  // last, because it uses all members above
};

}  // namespace offhook::inline v0::media
