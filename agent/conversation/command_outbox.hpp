#pragma once

#include <offhook/media/port/audio_port.hpp>

#include <cstdint>
#include <deque>

namespace offhook::inline v0::agent {

/// Writes commands into AudioPort::commands. While the ring is full, commands wait in order, and each tick tries them again. A Flush replaces
/// each waiting Flush and Rise, so these need no bound of their own. At most kMaxDigits digits wait; further digits are dropped and counted.
/// For one thread.
class CommandOutbox {
 public:
  static constexpr std::size_t kMaxDigits = 128;  ///< 20 s of digits

  void push(const media::PlayoutCommand& command, media::AudioPort& port);
  void retry(media::AudioPort& port);
  void clear() { waiting_.clear(); }
  [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }
  [[nodiscard]] std::uint64_t digits_dropped() const { return digits_dropped_; }

 private:
  std::deque<media::PlayoutCommand> waiting_;
  std::uint64_t digits_dropped_ = 0;
};

}  // namespace offhook::inline v0::agent
