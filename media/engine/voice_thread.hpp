#pragma once

#include <offhook/media/engine/voice_desk.hpp>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>

namespace offhook::inline v0::media {

/// The one thread that a model of voices has: below the workers in the kernel's order, awake each 10 ms, and waited for by nobody. A call
/// that begins while it has no time left is not served: those that are served come first.
class VoiceThread {
 public:
  static constexpr float kBusyLimit = 0.7F;       ///< of half a second, after which new calls are not served
  /// `on_lost` is called at most once, on the thread, when the model works no more; it may be empty.
  VoiceThread(std::shared_ptr<VoiceModel> model, std::size_t workers, std::function<void(const std::string&)> on_lost);
  ~VoiceThread();  ///< joins; the workers have ended, and the calls are still there
  VoiceThread(const VoiceThread&) = delete;
  VoiceThread& operator=(const VoiceThread&) = delete;

  [[nodiscard]] VoiceFeed& feed(std::size_t worker) { return desk_.feed(worker); }
  // Anybody:
  [[nodiscard]] bool works() const { return works_.load(std::memory_order_relaxed); }
  [[nodiscard]] float busy() const { return busy_.load(std::memory_order_relaxed); }      ///< share of the last half second
  [[nodiscard]] std::uint64_t chunks() const { return chunks_.load(std::memory_order_relaxed); }  ///< judged

 private:
  void run();
  VoiceDesk desk_;
  std::function<void(const std::string&)> on_lost_;
  std::atomic<bool> stop_{false}, works_{true};
  std::atomic<float> busy_{0};
  std::atomic<std::uint64_t> chunks_{0};
  std::thread thread_;                  // Last: it sees everything above complete.
};

}  // namespace offhook::inline v0::media
