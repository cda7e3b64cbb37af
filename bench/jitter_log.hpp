#pragma once

#include <offhook/bench/jitter_players.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace offhook::bench {

/// A trace's packets in the order in which they come.
class Arrivals {
 public:
  explicit Arrivals(const JitterTrace& trace);
  /// The number of the next one that is there by now.
  [[nodiscard]] std::optional<std::size_t> next(double now_ms);

 private:
  const JitterTrace* trace_;
  std::vector<std::size_t> order_;
  std::size_t at_ = 0;
};

/// Stands for media/time_stretch: what a voice of 125 Hz lets it do.
class ModelLine {
 public:
  [[nodiscard]] std::int64_t waiting() const { return waiting_; }
  void add(std::int64_t units) { waiting_ += units; }
  void play(std::int64_t units) {
    waiting_ -= units;
    played_ += units;
  }
  /// Returns by how many units of 1/8000 s it became longer, or shorter (less than 0).
  std::int64_t stretch(std::int64_t wish, bool urgent);

 private:
  std::int64_t waiting_ = 0, played_ = 0;
};

/// Notes what is played, and sums it up.
class PlayingLog {
 public:
  explicit PlayingLog(const JitterTrace& trace) : trace_(&trace), was_played_(trace.packets.size()) {}
  void frame(std::uint32_t timestamp, double at_ms);
  void concealed(std::int64_t units);
  /// Where none was sent it is no concealment; after the first frame.
  void silence(std::int64_t units);
  [[nodiscard]] Playing finish();

 private:
  [[nodiscard]] bool between_spurts() const;

  const JitterTrace* trace_;
  std::vector<bool> was_played_;       // by the packet's place
  Playing playing_;
  std::optional<std::uint32_t> last_;  // timestamp
  std::size_t next_packet_ = 0;        // the first one that no frame has reached yet
  std::int64_t concealed_ = 0;         // units
};

}  // namespace offhook::bench
