#pragma once

#include <offhook/base/time.hpp>

#include <cstdint>

namespace offhook::inline v0::media {

/// Measures how much of a worker's recent work was late. Other programs on the machine may delay a worker without any effect on its own processor
/// time. Pure, no allocation; one thread.
class LatenessWatch {
 public:
  /// Phases that are done later than `late_from` after their time count as late.
  explicit LatenessWatch(base::Duration late_from) : late_from_(late_from) {}

  /// Counts a phase that was done `done_after` its time.
  void add(base::Duration done_after) noexcept {
    ++now_.phases;
    if (done_after > late_from_) ++now_.late;
  }
  /// Counts phases that were left out; they are late, too.
  void add_left_out(std::uint64_t phases) noexcept {
    now_.phases += phases;
    now_.late += phases;
  }
  /// Ends the present window (for example half a second). Returns the share of late phases in this window and the previous one together, 0..1.
  /// Returns 0 if the two windows have fewer than kFewPhases phases.
  [[nodiscard]] float end_window() noexcept {
    const Window before = before_;
    before_ = now_;
    now_ = {};
    const std::uint64_t phases = before.phases + before_.phases;
    if (phases < kFewPhases) return 0;
    return static_cast<float>(before.late + before_.late) / static_cast<float>(phases);
  }

  static constexpr std::uint64_t kFewPhases = 20;

 private:
  struct Window {
    std::uint64_t phases = 0, late = 0;
  };
  base::Duration late_from_;
  Window now_, before_;
};

}  // namespace offhook::inline v0::media
