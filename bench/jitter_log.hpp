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

/// Notes what is played, and sums it up.
class PlayingLog {
 public:
  explicit PlayingLog(const JitterTrace& trace) : trace_(&trace) {}
  void frame(std::uint32_t timestamp, double at_ms);
  void concealed(std::int64_t units);
  /// Where none was sent it is no concealment; after the first frame.
  void silence(std::int64_t units);
  [[nodiscard]] Playing finish();

 private:
  [[nodiscard]] bool between_spurts() const;

  const JitterTrace* trace_;
  Playing playing_;
  std::optional<std::uint32_t> last_;  // timestamp
  std::size_t next_packet_ = 0;        // the first one that no frame has reached yet
  std::int64_t concealed_ = 0;         // units
};

}  // namespace offhook::bench
