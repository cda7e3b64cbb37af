#pragma once

#include <offhook/agent/demo/line_playout.hpp>
#include <offhook/agent/demo/prepare_lines.hpp>
#include <offhook/agent/demo/turn_meter.hpp>
#include <offhook/media/port/audio_port.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::caller {

/// One action of the caller.
struct Step {
  enum class What : std::uint8_t {
    Wait,       ///< waits until the other side has spoken and then was silent for 800 ms; at most `ms`, or 30 s if `ms` is 0
    Say,        ///< says `text` without waiting for silence
    Interrupt,  ///< says `text` when the other side has spoken for `ms`
    Press,      ///< presses the keys in `text`
    Silence,    ///< says nothing for `ms`
    HangUp,
  };
  What what{};
  std::string text;
  std::uint32_t ms = 0;
};
/// Parses a step such as "say:when are you open", "interrupt:900:stop", "press:12#", "wait", "wait:5000", "silence:9000" or "hangup".
[[nodiscard]] std::optional<Step> parse_step(std::string_view written);

/// The measurements of a step, made in the caller's own recording.
struct Done {
  std::string step;
  double at_ms = 0;                    ///< start of the step, in ms after the call was connected
  std::optional<double> response_ms;   ///< Say: time from the caller's last voiced sample to the other side's first voiced sample
  std::optional<double> silenced_ms;   ///< Interrupt: from the caller's first voiced sample to the other side's last voiced sample before 300 ms of silence
};

/// A caller that performs steps and records both directions with one clock. Use it on one thread, and call poll() every few milliseconds.
class StepCaller {
 public:
  /// `lines` are the audio of the Say and Interrupt steps, in the same order.
  StepCaller(std::vector<Step> steps, std::vector<agent::demo::Line> lines);

  [[nodiscard]] const std::shared_ptr<media::AudioPort>& port() const { return port_; }
  void on_connected() { connected_ = true; }
  void poll();
  [[nodiscard]] bool wants_to_hang_up() const { return hangs_up_; }
  [[nodiscard]] bool done() const { return at_ == steps_.size() && !speaking_; }
  [[nodiscard]] agent::demo::Recording recording() const;
  [[nodiscard]] std::vector<Done> report() const;
  [[nodiscard]] std::optional<double> greeting_ms() const;
  /// Returns the keys that the other side pressed (RFC 4733).
  [[nodiscard]] const std::string& heard_digits() const { return heard_digits_; }

  /// The range of a step's audio, in samples of recording().sent.
  struct Spoken { std::size_t step = 0, begin = 0, end = 0; };
  [[nodiscard]] const std::vector<Spoken>& spoken() const { return spoken_; }
  /// Returns the tick of the caller's engine at which the recording starts.
  [[nodiscard]] std::optional<std::uint64_t> origin_tick() const { return origin_tick_; }
  /// Returns the tick of the last received frame, or 0 if there is none.
  [[nodiscard]] std::uint64_t newest_tick() const { return origin_tick_ ? *origin_tick_ + frames_ - 1 : 0; }

 private:
  void on_frame(const media::HeardFrame& frame);
  void on_event(const media::MediaEvent& event);
  [[nodiscard]] bool step_is_over();
  void begin_step();
  void begin_line();
  void pump();

  std::vector<Step> steps_;
  std::vector<agent::demo::Line> lines_;
  std::shared_ptr<media::AudioPort> port_ = std::make_shared<media::AudioPort>();
  agent::demo::Recording recording_;
  std::vector<Spoken> spoken_;
  std::vector<std::uint64_t> begun_;       // for each started step, the frame at which it started
  std::size_t at_ = 0, next_line_ = 0;
  bool begun_step_ = false, connected_ = false, speaking_ = false, hangs_up_ = false;
  agent::demo::LinePlayout playout_;
  std::optional<std::uint64_t> origin_tick_;
  std::string heard_digits_;
  std::uint64_t frames_ = 0, step_began_ = 0;
  bool heard_since_ = false;
  unsigned quiet_frames_ = 0, voiced_frames_ = 0;
};

}  // namespace offhook::caller
