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

/// Makes all calls to one extension in this process, with one telephone and one media engine.
class AiCallers {
 public:
  /// Invokes `poll` every millisecond on a thread of this object.
  AiCallers(std::size_t most, std::uint16_t registrar_port, std::function<void()> poll);
  ~AiCallers();
  AiCallers(const AiCallers&) = delete;
  AiCallers& operator=(const AiCallers&) = delete;

  /// Starts one call. When the call is answered, the signalling thread invokes `on_connected`.
  void dial(std::uint16_t agent_port, std::shared_ptr<media::AudioPort> port, std::function<void()> on_connected);
  void hang_up();
  [[nodiscard]] std::size_t up() const { return up_; }
  [[nodiscard]] std::size_t ended() const { return ended_; }
  /// Returns the reasons why calls failed to connect, with the number of calls for each: "486 Busy Here: 3". Returns "" if all calls connected.
  [[nodiscard]] std::string not_up();
  /// Stops the polling thread, and waits until it has ended.
  void stop_polling();
  /// Returns the mean delay of the caller's own jitter buffer, in ms, for each call that has ended.
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
  std::vector<Dialled> calls_;       // used on the signalling thread only
  std::mutex mutex_;
  std::map<std::string, std::size_t> not_up_;  // guarded by mutex_
  std::vector<double> buffered_ms_;  // used on the signalling thread only, until all calls have ended
  std::atomic<std::size_t> up_{0}, ended_{0};
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace offhook::bench
