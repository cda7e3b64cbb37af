#pragma once

#include <cstdint>

namespace offhook::inline v0::media {

/// The ways in which a call may have audio in one direction only.
struct OneWay {
  bool nothing_comes = false;        ///< we send, but no packet comes
  bool only_silence_comes = false;   ///< packets come, but none of them ever had a sound
  bool peer_hears_nothing = false;   ///< the peer's reports say that it receives nothing from us
  [[nodiscard]] bool any() const noexcept { return nothing_comes || only_silence_comes || peer_hears_nothing; }
  friend bool operator==(const OneWay&, const OneWay&) = default;
};

/// Detects that a call has audio in one direction only. This is the most frequent fault behind NAT, and neither side can detect
/// it alone. Counts ticks of 20 ms, reads no clock.
class OneWayWatch {
 public:
  static constexpr std::uint32_t kNothingTicks = 250;   ///< ticks in which we send and no packet comes, until nothing_comes: 5 s
  static constexpr std::uint32_t kSilentTicks = 500;    ///< ticks from the first packet on without a sound, until only_silence_comes: 10 s
  static constexpr std::uint32_t kSentTicks = 100;      ///< ticks with sent audio since the last report: 2 s; after fewer ticks, a report may omit us
  static constexpr std::uint32_t kDeafReports = 2;      ///< reports in a row that show that the peer hears nothing

  struct Tick {
    bool receiving = true;           ///< true if the peer may send (no hold)
    bool sending = true;             ///< true if we sent in this tick
    bool came = false;               ///< true if packets of the peer came since the last tick
    bool audible = false;            ///< true if the received audio is neither silent nor concealed
  };
  void on_tick(const Tick& tick) noexcept;
  /// Takes a report of the peer (RFC 3550 section 6.4). `about_us` is true if the report has a block about us; `fraction_lost` is from this block.
  void on_report(bool about_us, std::uint8_t fraction_lost) noexcept;

  [[nodiscard]] OneWay now() const noexcept;
  /// Returns the faults that were present at any time.
  [[nodiscard]] OneWay ever() const noexcept { return ever_; }

 private:
  std::uint32_t without_packets_ = 0, with_packets_ = 0, deaf_reports_ = 0;
  std::uint32_t sent_ = 0;                              // ticks with sent audio since the last report that counted
  bool heard_ = false, begun_ = false;
  OneWay ever_{};
};

}  // namespace offhook::inline v0::media
