#pragma once

#include <offhook/agent/phone/endpoint.hpp>
#include <offhook/tests/caller/step_caller.hpp>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace offhook::bench {

/// Callers who speak to one extension, in this process: one telephone and one media engine for all of them.
class AiCallers {
 public:
  /// `poll` is called every millisecond on a thread of ours.
  AiCallers(std::size_t most, std::uint16_t registrar_port, std::function<void()> poll);
  ~AiCallers();
  AiCallers(const AiCallers&) = delete;
  AiCallers& operator=(const AiCallers&) = delete;

  /// `on_connected` is called on the signalling thread.
  void dial(std::uint16_t agent_port, std::shared_ptr<media::AudioPort> port, std::function<void()> on_connected);
  void hang_up();
  [[nodiscard]] std::size_t up() const { return up_; }
  [[nodiscard]] std::size_t ended() const { return ended_; }
  /// Why calls did not come up, and how many each: "486 Busy Here: 3". "" when all did.
  [[nodiscard]] std::string not_up();
  /// Nobody is polled any more.
  void stop_polling();
  /// How long the callers' own jitter buffers held what they heard, in ms: of each call that is over.
  [[nodiscard]] const std::vector<double>& buffered_ms() const { return buffered_ms_; }

 private:
  struct Dialled {
    phone::CallPtr call;
    std::function<void()> on_connected;
    bool connected = false;
  };
  void note_not_up(const std::string& why);
  void on_event(const phone::PhoneEvent& event);

  media::Engine engine_{{1, 24576, 32767, std::chrono::seconds(10), {}}};
  std::unique_ptr<phone::Endpoint> endpoint_;
  phone::Account account_;
  std::vector<Dialled> calls_;       // signalling thread
  std::mutex mutex_;
  std::map<std::string, std::size_t> not_up_;  // behind mutex_
  std::vector<double> buffered_ms_;  // the same, until all are over
  std::atomic<std::size_t> up_{0}, ended_{0};
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace offhook::bench
