#pragma once

#include <offhook/bench/jitter_players.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace offhook::bench {

/// The packets of a trace in the order of their arrival.
class Arrivals {
 public:
  explicit Arrivals(const JitterTrace& trace);
  /// Returns the index of the next packet that has arrived by `now_ms`, or nullopt.
  [[nodiscard]] std::optional<std::size_t> next(double now_ms);

 private:
  const JitterTrace* trace_;
  std::vector<std::size_t> order_;
  std::size_t at_ = 0;
};

/// A model of media/receive/time_stretch for a voice with a pitch of 125 Hz.
class ModelLine {
 public:
  [[nodiscard]] std::int64_t waiting() const { return waiting_; }
  void add(std::int64_t units) { waiting_ += units; }
  void play(std::int64_t units) {
    waiting_ -= units;
    played_ += units;
  }
  /// Returns the change of the length in units of 1/8000 s. A negative value means that the audio became shorter.
  std::int64_t stretch(std::int64_t wish, bool urgent);

 private:
  std::int64_t waiting_ = 0, played_ = 0;
};

/// Records the played frames and computes the summary.
class PlayingLog {
 public:
  explicit PlayingLog(const JitterTrace& trace) : trace_(&trace), was_played_(trace.packets.size()) {}
  void frame(std::uint32_t timestamp, double at_ms);
  void concealed(std::int64_t units);
  /// Records silence. After the first frame, it counts as concealment where the sender sent audio.
  void silence(std::int64_t units);
  [[nodiscard]] Playing finish();

 private:
  [[nodiscard]] bool between_spurts() const;

  const JitterTrace* trace_;
  std::vector<bool> was_played_;       // true for each packet of which audio was played, by the packet's index
  Playing playing_;
  std::optional<std::uint32_t> last_;  // timestamp of the frame that was played last
  std::size_t next_packet_ = 0;        // index of the first packet that no played frame has reached yet
  std::int64_t concealed_ = 0;         // concealed audio so far, in units of 1/8000 s
};

}  // namespace offhook::bench
