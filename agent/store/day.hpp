#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace offhook::inline v0::agent::store {

using WallTime = std::chrono::system_clock::time_point;

/// Returns the day (UTC) as the number of days since 1970-01-01.
[[nodiscard]] inline std::int64_t day_of(WallTime time) { return std::chrono::floor<std::chrono::days>(time).time_since_epoch().count(); }

/// A task that is due at the start and once on each new day (UTC). It stays due until done().
class DailyTask {
 public:
  [[nodiscard]] bool is_due(WallTime now) const { return day_ != day_of(now); }
  void done(WallTime now) { day_ = day_of(now); }

 private:
  std::optional<std::int64_t> day_;
};

}  // namespace offhook::inline v0::agent::store
