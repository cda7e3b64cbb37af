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
  /// Tones on the line of a caller. A calling fax (ITU-T T.30 section 4.3.3), in the first CallProgressDetector::kFaxFrames. Also the end of a call, on a line
  /// that reports it only by tones (analogue gateways): the busy or congestion tone of its network. It counts after CallProgressDetector::kHangUpCycles whole
  /// cycles since it was recognised. Speech, music and other sounds restart the count, so that a caller that still speaks is never cut off.
  Caller,
};

/// Detects the tones of networks and machines on one call's line (ProgressDetector, SignalToneDetector), for a call that sets AudioPort::progress_detector. It
/// reports each tone once when it is certain, a beep each time, and busy again only after another tone.
class CallProgressDetector {
 public:
  /// `country`: the country of the dial, ringback and busy tones; nullopt: these are not detected.
  explicit CallProgressDetector(std::optional<Country> country, LineSigns signs = LineSigns::All) : country_(country), signs_(signs) { reset(); }
  /// With the one to three cycles of its recognition, five to eight: 2.4 to 8.6 s, by country, and about 6 s for a tone of half a second.
  static constexpr std::uint32_t kHangUpCycles = 4;
  static constexpr std::uint32_t kFaxFrames = 1500;  ///< 30 s: a fax calls every 3.5 s from the start

  /// Worker: takes 20 ms at 8000 Hz. Returns the tones that are now certain, valid until the next call.
  [[nodiscard]] std::span<const LineTone> hear(std::span<const std::int16_t, 160> pcm) noexcept;
  /// Worker: starts again with other audio, perhaps of another sender.
  void reset() noexcept;

  /// Returns whether it detects nothing more until reset().
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
  std::array<LineTone, 2> told_{};     // reported in this frame: at most one of each detector
  std::size_t count_ = 0;
  std::uint32_t frames_ = 0;           // frames in which it looked for a calling fax
  LineTone last_ = LineTone::None;
  bool fax_told_ = false;              // a fax calls every 3.5 s, but is reported once
  std::atomic<LineTone> refusal_{LineTone::None};
};

}  // namespace offhook::inline v0::media
