#pragma once

#include <cstdint>

namespace offhook::inline v0::media {

/// In which ways a call may be deaf on one side.
struct OneWay {
  bool nothing_comes = false;        ///< we send, and not a packet comes
  bool only_silence_comes = false;   ///< packets come, and in none of them was there ever a sound
  bool peer_hears_nothing = false;   ///< its reports say that it gets nothing of us
  [[nodiscard]] bool any() const noexcept { return nothing_comes || only_silence_comes || peer_hears_nothing; }
  friend bool operator==(const OneWay&, const OneWay&) = default;
};

/// Notices that a call has sound in one direction only: the most frequent fault behind NAT, and one that neither side can hear for
/// itself. Counts ticks of 20 ms, reads no clock.
class OneWayWatch {
 public:
  static constexpr std::uint32_t kNothingTicks = 250;   ///< 5 s
  static constexpr std::uint32_t kSilentTicks = 500;    ///< 10 s from the first packet
  static constexpr std::uint32_t kSentTicks = 100;      ///< 2 s that we spoke since the last report: else it may well not name us
  static constexpr std::uint32_t kDeafReports = 2;      ///< such ones in a row

  struct Tick {
    bool receiving = true;           ///< the peer may send: no hold
    bool sending = true;             ///< we did
    bool came = false;               ///< packets of the peer, since the last tick
    bool audible = false;            ///< what was heard is not silent, nor made up
  };
  void on_tick(const Tick& tick) noexcept;
  /// A report of the peer's (RFC 3550 section 6.4): whether it has a block about us, and that block's fraction lost.
  void on_report(bool about_us, std::uint8_t fraction_lost) noexcept;

  [[nodiscard]] OneWay now() const noexcept;
  /// Whatever held for a while.
  [[nodiscard]] OneWay ever() const noexcept { return ever_; }

 private:
  std::uint32_t without_packets_ = 0, with_packets_ = 0, deaf_reports_ = 0;
  std::uint32_t sent_ = 0;                              // ticks since the last report that counted
  bool heard_ = false, begun_ = false;
  OneWay ever_{};
};

}  // namespace offhook::inline v0::media
