#pragma once

#include <cstdint>

namespace offhook::inline v0::media {

/// Decides how many datagrams of a leg's audio are read in a tick. A telephone call in step brings one datagram per tick. A second system call that
/// finds nothing would double the cost; therefore the socket is read once. After a tick with no or several datagrams, or with a datagram that was not
/// the next packet of the peer's audio, the socket is read until it is empty, in this tick and in the next one. Otherwise a copy made by the network,
/// or the three packets that end a digit, would delay the audio by several ticks. Every kTicksPerLook-th tick also reads until the socket is empty,
/// because an early datagram may wait.
class ReadPace {
 public:
  static constexpr std::uint16_t kMost = 64;             ///< limit per tick; the socket keeps further datagrams, and drops some when it is full
  static constexpr std::uint8_t kTicksPerLook = 8;

  void begin_tick() {
    in_step_ = read_ == 1 && all_taken_ && ++ticks_ % kTicksPerLook != 0;
    read_ = 0;
    all_taken_ = true;
  }
  /// Starts reading a socket that has datagrams, at any time. wants_more() then returns true until kMost datagrams are read.
  void begin_burst() {
    in_step_ = false;
    read_ = 0;
    all_taken_ = true;
  }
  /// Call it for each datagram. `taken` is true if the datagram was the next packet of the peer's audio.
  void on_datagram(bool taken) {
    ++read_;
    all_taken_ = all_taken_ && taken;
  }
  /// Returns true if the socket should be read (again).
  [[nodiscard]] bool wants_more() const {
    if (in_step_ && all_taken_) return read_ == 0;
    return read_ < kMost;
  }
  /// Returns true if one datagram is expected in this tick.
  [[nodiscard]] bool in_step() const { return in_step_; }

 private:
  std::uint16_t read_ = 0;     // datagrams read in this tick
  std::uint8_t ticks_ = 0;
  bool all_taken_ = true;
  bool in_step_ = false;
};

}  // namespace offhook::inline v0::media
