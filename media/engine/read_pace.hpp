#pragma once

#include <cstdint>

namespace offhook::inline v0::media {

/// How many datagrams of a leg's audio are read in a tick. A call in step brings one in each, and to ask the kernel once more, only to
/// hear that there is none, would cost as much again: it is asked once. Where a tick brought none or several, or anything that was not
/// the next of the peer's audio, it is read until nothing is left, in this tick and the next one: a copy that the network made, or the
/// three packets that end a digit, would else stand before the audio for several ticks. And so it is in every kTicksPerLook-th, because
/// one that came early may wait.
class ReadPace {
 public:
  static constexpr std::uint16_t kMost = 64;             ///< in a tick; then the socket keeps them, and drops
  static constexpr std::uint8_t kTicksPerLook = 8;

  void begin_tick() {
    in_step_ = read_ == 1 && all_taken_ && ++ticks_ % kTicksPerLook != 0;
    read_ = 0;
    all_taken_ = true;
  }
  /// Of a socket of which something has come, whenever that is: all of it is to be read.
  void begin_burst() {
    in_step_ = false;
    read_ = 0;
    all_taken_ = true;
  }
  /// `taken`: it was the next of the peer's audio.
  void on_datagram(bool taken) {
    ++read_;
    all_taken_ = all_taken_ && taken;
  }
  /// Whether the socket is to be asked, once more or at all.
  [[nodiscard]] bool wants_more() const {
    if (in_step_ && all_taken_) return read_ == 0;
    return read_ < kMost;
  }
  /// One datagram will do, as far as one can tell.
  [[nodiscard]] bool in_step() const { return in_step_; }

 private:
  std::uint16_t read_ = 0;     // in this tick
  std::uint8_t ticks_ = 0;
  bool all_taken_ = true;
  bool in_step_ = false;
};

}  // namespace offhook::inline v0::media
