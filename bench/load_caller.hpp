#pragma once

#include <offhook/agent/demo/scripted_caller.hpp>
#include <offhook/media/audio_port.hpp>

#include <cstdint>
#include <memory>
#include <vector>

namespace offhook::bench {

/// A caller who asks the same questions over and over, waiting each time until the other side has spoken: what a hundred of them
/// need of memory is little, as nothing is recorded. poll() it every few milliseconds, on one thread.
class LoadCaller {
 public:
  /// `lines` belong to whoever makes the callers, who begin with different ones.
  LoadCaller(const std::vector<agent::demo::Line>& lines, std::size_t first) : lines_(lines), next_(first) { port_->gives_way = false; }

  [[nodiscard]] const std::shared_ptr<media::AudioPort>& port() const { return port_; }
  void poll();

  /// Of lines()[i]: how often it was asked, and how often somebody spoke within the time that patience lasts. What was asked less than five
  /// seconds ago, and not answered yet, is not in it: the end of a measurement is nobody's silence.
  struct Count {
    std::uint64_t asked = 0, answered = 0;
  };
  [[nodiscard]] const std::vector<Count>& counts() const { return counts_; }
  [[nodiscard]] bool hears() const { return frames_ != 0; }

 private:
  void on_frame(const media::HeardFrame& frame);
  void begin_line();
  void count_asked();
  void pump();

  const std::vector<agent::demo::Line>& lines_;
  std::shared_ptr<media::AudioPort> port_ = std::make_shared<media::AudioPort>();
  std::vector<Count> counts_ = std::vector<Count>(lines_.size());
  std::size_t next_ = 0, current_ = 0, pumped_ = 0;
  std::uint32_t utterance_ = 0;
  std::uint64_t frames_ = 0;
  bool speaking_ = false;
  bool counted_ = true;       // the present line is in counts_
  bool heard_since_ = false;  // the other side has spoken since our last line
  unsigned quiet_frames_ = 0;
};

}  // namespace offhook::bench
