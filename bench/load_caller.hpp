#pragma once

#include <offhook/agent/demo/line_playout.hpp>
#include <offhook/agent/demo/scripted_caller.hpp>
#include <offhook/media/port/audio_port.hpp>

#include <cstdint>
#include <memory>
#include <vector>

namespace offhook::bench {

/// A caller that asks the same questions repeatedly. After each question it waits until the agent has spoken. It records nothing, so that a
/// hundred callers need little memory. Call poll() every few milliseconds, on one thread.
class LoadCaller {
 public:
  /// Borrows `lines` from the owner of the callers. The caller starts with line `first`.
  LoadCaller(const std::vector<agent::demo::Line>& lines, std::size_t first) : lines_(lines), next_(first) { port_->gives_way = false; }

  [[nodiscard]] const std::shared_ptr<media::AudioPort>& port() const { return port_; }
  void poll();

  /// For one line: how often it was asked, and how often the agent spoke before the caller asked the next question. A question of the last
  /// five seconds without an answer is not counted, because the measurement may have ended before the answer.
  struct Count {
    std::uint64_t asked = 0, answered = 0;
  };
  [[nodiscard]] const std::vector<Count>& counts() const { return counts_; }
  [[nodiscard]] bool hears() const { return frames_ != 0; }

 private:
  void on_frame(const media::HeardFrame& frame);
  void begin_line();
  void count_asked();

  const std::vector<agent::demo::Line>& lines_;
  std::shared_ptr<media::AudioPort> port_ = std::make_shared<media::AudioPort>();
  std::vector<Count> counts_ = std::vector<Count>(lines_.size());
  std::size_t next_ = 0, current_ = 0;
  agent::demo::LinePlayout playout_;
  std::uint64_t frames_ = 0;
  bool speaking_ = false;
  bool counted_ = true;       // true: `counts` contains the present line
  bool heard_since_ = false;  // true: the agent has spoken since the caller's last line
  unsigned quiet_frames_ = 0;
};

}  // namespace offhook::bench
