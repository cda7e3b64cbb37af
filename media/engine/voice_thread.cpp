#include <offhook/media/engine/voice_thread.hpp>

#include <offhook/base/time.hpp>
#include <offhook/media/engine/block_signals.hpp>

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace offhook::inline v0::media {
namespace {

// Half a tick: answers are there by the next tick, and all chunks that came meanwhile are one batch.
constexpr base::Duration kWake = std::chrono::milliseconds(10);
constexpr base::Duration kWindow = std::chrono::milliseconds(500);
constexpr int kNice = 10;

}  // namespace

VoiceThread::VoiceThread(std::shared_ptr<VoiceModel> model, std::size_t workers, std::function<void(const std::string&)> on_lost)
    : queue_(std::move(model), workers), on_lost_(std::move(on_lost)) {
  const BlockSignals block;
  thread_ = std::thread([this] { run(); });
  pthread_setname_np(thread_.native_handle(), "offhook-voice");
}

VoiceThread::~VoiceThread() {
  stop_.store(true, std::memory_order_relaxed);
  thread_.join();
}

void VoiceThread::run() {
  static_cast<void>(::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kNice));  // On Linux this is for one thread. A refusal has no consequence.
  auto since = base::Clock::now(), next = since;
  base::Duration worked{};
  while (!stop_.load(std::memory_order_relaxed)) {
    const auto began = base::Clock::now();
    chunks_.fetch_add(queue_.work(), std::memory_order_relaxed);
    if (queue_.failed()) break;
    const auto now = base::Clock::now();
    worked += now - began;
    if (now - since >= kWindow) {
      // The share is of elapsed time and not of processor time: a thread that other programs delay has no time left either.
      const float busy = static_cast<float>(std::exchange(worked, {}).count()) / static_cast<float>((now - std::exchange(since, now)).count());
      busy_.store(busy, std::memory_order_relaxed);
      queue_.serve_new(busy <= kBusyLimit);
    }
    next = std::max(next + kWake, now);
    std::this_thread::sleep_until(next);
  }
  if (!queue_.failed()) return;
  works_.store(false, std::memory_order_relaxed);
  if (on_lost_) on_lost_(queue_.wrong());
}

}  // namespace offhook::inline v0::media
