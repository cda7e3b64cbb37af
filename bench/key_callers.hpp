#pragma once

#include <offhook/base/time.hpp>
#include <offhook/media/port/audio_port.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace offhook::bench {

/// Silent callers. When the benchmark orders it, a caller presses a key and waits for the agent's voice. A thousand callers take little
/// processor time.
class KeyCallers {
 public:
  /// ticks without voice after a key, after which the key counts as unanswered
  static constexpr std::uint64_t kPatienceTicks = 50 * 5;

  /// Adds a caller, which presses a key at `press_at` if that is set. Returns the caller's port.
  std::shared_ptr<media::AudioPort> add(std::optional<base::TimePoint> press_at = {});
  /// Orders each caller to press a key once, one after another, from `begin` on and within `span`. Discards earlier answers.
  void ask(base::TimePoint begin, base::Duration span);
  /// Processes all ports. Call it every few milliseconds, on one thread.
  void poll(base::TimePoint now);
  /// The number of pressed keys, and for each answer the time in ms from the key to the first voiced frame.
  struct Answers {
    std::size_t asked = 0;
    std::vector<double> ms;
  };
  [[nodiscard]] Answers answers() const;

 private:
  struct Caller {
    std::shared_ptr<media::AudioPort> port = std::make_shared<media::AudioPort>();
    std::optional<base::TimePoint> press_at;
    std::optional<std::uint64_t> pressed_at, answered_at;  // in ticks of the callers' media engine
    std::uint64_t tick = 0;                                // tick of the last frame
  };
  static void poll(Caller& caller, base::TimePoint now);

  mutable std::mutex mutex_;
  std::vector<Caller> callers_;
};

}  // namespace offhook::bench
