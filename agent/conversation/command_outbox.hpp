#pragma once

#include <offhook/media/audio_port.hpp>

#include <cstdint>
#include <deque>

namespace offhook::inline v0::agent {

/// The conversation's end of AudioPort::commands: what finds the ring full waits, in order, and is tried again at each tick. One
/// thread. Of what waits a Flush makes every Flush and Rise before it needless, so that these need no bound of their own; of digits
/// at most kMaxDigits wait, and a further one is refused and counted.
class CommandOutbox {
 public:
  static constexpr std::size_t kMaxDigits = 128;  ///< 20 s of them

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
