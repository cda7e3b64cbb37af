#pragma once

#include <offhook/base/time.hpp>

#include <cstdint>

namespace offhook::inline v0::media {

/// How much of a worker's work was late of late: whoever shares the machine may starve it without its own processor time telling. Pure,
/// no allocation; one thread.
class LatenessWatch {
 public:
  /// Phases that are done later than that after their time are late.
  explicit LatenessWatch(base::Duration late_from) : late_from_(late_from) {}

  /// A phase was done so long after its time.
  void add(base::Duration done_after) noexcept {
    ++now_.phases;
    if (done_after > late_from_) ++now_.late;
  }
  /// Those that nobody did at all are late, too.
  void add_left_out(std::uint64_t phases) noexcept {
    now_.phases += phases;
    now_.late += phases;
  }
  /// Ends a window: half a second, say. The share of late phases in it and in the one before, 0..1; of a few nothing is told: 0.
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
