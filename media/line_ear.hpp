#pragma once

#include <offhook/media/line_tone.hpp>
#include <offhook/media/progress_detector.hpp>
#include <offhook/media/signal_tone_detector.hpp>

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <span>

namespace offhook::inline v0::media {

/// What a LineEar listens for.
enum class LineSigns : std::uint8_t {
  All,
  /// What the line of a caller tells. That a fax calls (ITU-T T.30 section 4.3.3), in the first LineEar::kFaxFrames. That the caller has hung
  /// up, from a line that tells it by nothing else (analogue gateways): the busy or congestion tone of its network, once
  /// LineEar::kHangUpCycles whole cycles of it followed those by which it was recognised. Speech, music and what else is heard begins
  /// the count anew, so that nobody is cut off who still says something.
  Caller,
};

/// Hears what networks and machines say on one call's line (ProgressDetector, SignalToneDetector), for a call that asks for it:
/// AudioPort::line_ear. Each tone is told once, when it is sure; a beep each time, and busy again only after something else.
class LineEar {
 public:
  /// `country`: whose dial, ringback and busy tones; nothing: they are not listened for.
  explicit LineEar(std::optional<Country> country, LineSigns signs = LineSigns::All) : country_(country), signs_(signs) { reset(); }
  /// With the one to three of its recognition five to eight: 2.4 to 8.6 s, by country, and some six of a tone of half a second.
  static constexpr std::uint32_t kHangUpCycles = 4;
  static constexpr std::uint32_t kFaxFrames = 1500;  ///< 30 s: a fax calls every 3.5 s from the start

  /// The worker: 20 ms at 8000 Hz. What is sure with them, until the next call.
  [[nodiscard]] std::span<const LineTone> hear(std::span<const std::int16_t, 160> pcm) noexcept;
  /// The worker: other sound begins, of another sender perhaps.
  void reset() noexcept;

  /// Nothing more is listened for until reset().
  [[nodiscard]] bool is_done() const noexcept { return signs_ == LineSigns::Caller && !progress_ && frames_ >= kFaxFrames; }

  /// Any thread: by what the network refused since reset(), the first of it; None so far.
  [[nodiscard]] LineTone refusal() const noexcept { return refusal_.load(std::memory_order_relaxed); }

 private:
  void hear_caller(std::span<const std::int16_t, 160> pcm) noexcept;
  void hear_hang_up(std::span<const std::int16_t, 160> pcm) noexcept;
  void tell(LineTone tone) noexcept;
  [[nodiscard]] bool is_repeated(LineTone tone) noexcept;

  std::optional<Country> country_;
  LineSigns signs_;
  std::optional<ProgressDetector> progress_;
  SignalToneDetector signals_;
  std::array<LineTone, 2> told_{};     // by this frame: one of each detector
  std::size_t count_ = 0;
  std::uint32_t frames_ = 0;           // in which a fax that calls was listened for
  LineTone last_ = LineTone::None;
  bool fax_told_ = false;              // It calls every 3.5 s.
  std::atomic<LineTone> refusal_{LineTone::None};
};

}  // namespace offhook::inline v0::media
