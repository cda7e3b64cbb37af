#pragma once

#include <offhook/agent/demo/line_playout.hpp>
#include <offhook/agent/demo/turn_meter.hpp>
#include <offhook/agent/phone/endpoint.hpp>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace offhook::inline v0::agent::demo {

/// A sentence of the caller, with its audio at 16 kHz.
struct Line {
  std::string text;
  std::vector<std::int16_t> pcm;
};

/// The place of a line in the recording, and the response time of the agent.
struct AskedLine {
  std::string said;
  std::size_t begin = 0, end = 0;  ///< the first sample, and the sample after the last one, in Recording::sent
  std::optional<double> response_ms;
};

struct CallReport {
  bool connected = false;
  double greeting_ms = 0;          ///< time from the answer of the call to the first voiced sample that the caller hears
  std::vector<AskedLine> lines;
  std::string ended_by;            ///< "agent", "caller" or "limit"
  Recording recording;
};

/// The caller's side of a demonstration call on one AudioPort. It waits until the agent has finished, says the next line, and records the
/// sent and the received audio on one clock of ticks. Not thread-safe; call poll() every few milliseconds.
class ScriptedCaller {
 public:
  ScriptedCaller(std::vector<Line> lines, std::shared_ptr<media::AudioPort> port);

  void on_connected();
  void on_ended(std::string by);
  void poll();
  /// Returns true if every line was said, and the last line was answered or got no answer in time.
  [[nodiscard]] bool done() const;
  [[nodiscard]] bool ended() const { return ended_; }
  /// Called when a line begins, to show the line.
  std::function<void(const std::string& text)> on_line;
  [[nodiscard]] CallReport report() const;

 private:
  void on_frame(const media::HeardFrame& frame);
  void on_event(const media::MediaEvent& event);
  void pump();
  [[nodiscard]] bool may_speak() const;
  void begin_line();

  std::vector<Line> lines_;
  std::shared_ptr<media::AudioPort> port_;
  CallReport report_;
  std::size_t next_line_ = 0;
  LinePlayout playout_;
  bool speaking_ = false, connected_ = false, ended_ = false;
  bool heard_since_ = false;         // true: the agent has spoken since the last line
  unsigned quiet_frames_ = 0;
  std::optional<std::uint64_t> origin_tick_;  // tick of the recording's first sample
};

}  // namespace offhook::inline v0::agent::demo
