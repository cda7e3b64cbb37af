#pragma once

#include <offhook/media/detect/line_tone.hpp>
#include <offhook/media/detect/progress_detector.hpp>
#include <offhook/media/detect/signal_tone_detector.hpp>

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <span>

namespace offhook::inline v0::media {

/// The tones that a CallProgressDetector detects.
enum class LineSigns : std::uint8_t {
  All,
  /// Two kinds of tones on the line of a caller. The first is the tone of a calling fax (ITU-T T.30 section 4.3.3), in the first
  /// CallProgressDetector::kFaxFrames frames. The second is the busy or congestion tone of the caller's network: some lines (analogue gateways)
  /// report only by this tone that the caller has hung up. This tone is reported CallProgressDetector::kHangUpCycles whole cycles after its
  /// recognition. Speech, music and other sounds restart the count, so that a caller that still speaks is never cut off.
  Caller,
};

/// Detects the tones of networks and machines on one call's line (ProgressDetector, SignalToneDetector), for a call that sets
/// AudioPort::progress_detector. It reports a tone when the tone is certain: each beep, a fax once, and any other tone again only after another
/// tone.
class CallProgressDetector {
 public:
  /// `country`: the country of the dial, ringback and busy tones; nullopt if these tones are not to be detected.
  explicit CallProgressDetector(std::optional<Country> country, LineSigns signs = LineSigns::All) : country_(country), signs_(signs) { reset(); }
  /// Cycles of the tone after its recognition, which takes one to three cycles. All five to eight cycles take 2.4 to 8.6 s, depending on the country,
  /// and about 6 s for a tone of half a second.
  static constexpr std::uint32_t kHangUpCycles = 4;
  static constexpr std::uint32_t kFaxFrames = 1500;  ///< 30 s: a fax calls every 3.5 s from the start

  /// Worker: takes 20 ms at 8000 Hz. Returns the tones that are now certain, valid until the next hear().
  [[nodiscard]] std::span<const LineTone> hear(std::span<const std::int16_t, 160> pcm) noexcept;
  /// Worker: resets the detector for other audio, perhaps of another sender.
  void reset() noexcept;

  /// Returns true if the detector cannot detect anything more until reset().
  [[nodiscard]] bool is_done() const noexcept { return signs_ == LineSigns::Caller && !progress_ && frames_ >= kFaxFrames; }

  /// Any thread: returns the first tone since reset() by which the network refused the call; None if there was none.
  [[nodiscard]] LineTone refusal() const noexcept { return refusal_.load(std::memory_order_relaxed); }

 private:
  void hear_caller(std::span<const std::int16_t, 160> pcm) noexcept;
  void hear_hang_up(std::span<const std::int16_t, 160> pcm) noexcept;
  void emit(LineTone tone) noexcept;
  [[nodiscard]] bool is_repeated(LineTone tone) noexcept;

  std::optional<Country> country_;
  LineSigns signs_;
  std::optional<ProgressDetector> progress_;
  SignalToneDetector signals_;
  std::array<LineTone, 2> told_{};     // tones reported in this frame: at most one from each detector
  std::size_t count_ = 0;
  std::uint32_t frames_ = 0;           // frames in which it looked for a calling fax
  LineTone last_ = LineTone::None;
  bool fax_told_ = false;              // a fax calls every 3.5 s, but is reported once
  std::atomic<LineTone> refusal_{LineTone::None};
};

}  // namespace offhook::inline v0::media
