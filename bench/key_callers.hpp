#pragma once

#include <offhook/base/time.hpp>
#include <offhook/media/audio_port.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace offhook::bench {

/// Silent callers. Each presses a key when the benchmark says so, and waits for the agent's voice. A thousand take little processor time.
class KeyCallers {
 public:
  /// A caller who hears nothing for so long after the key got no answer.
  static constexpr std::uint64_t kPatienceTicks = 50 * 5;

  /// Returns the port of a further caller, who presses a key at that time.
  std::shared_ptr<media::AudioPort> add(std::optional<base::TimePoint> press_at = {});
  /// Each caller presses a key once, one caller after the other, from `begin` on and within `span`. Earlier answers are forgotten.
  void ask(base::TimePoint begin, base::Duration span);
  /// Every few milliseconds, on one thread.
  void poll(base::TimePoint now);
  /// From the key to the first voiced frame, in ms, of each caller who pressed one and got an answer; and how many pressed one.
  struct Answers {
    std::size_t asked = 0;
    std::vector<double> ms;
  };
  [[nodiscard]] Answers answers() const;

 private:
  struct Caller {
    std::shared_ptr<media::AudioPort> port = std::make_shared<media::AudioPort>();
    std::optional<base::TimePoint> press_at;
    std::optional<std::uint64_t> pressed_at, answered_at;  // ticks of the callers' media engine
    std::uint64_t tick = 0;                                // of the last frame
  };
  static void poll(Caller& caller, base::TimePoint now);

  mutable std::mutex mutex_;
  std::vector<Caller> callers_;
};

}  // namespace offhook::bench
