#pragma once

#include <offhook/agent/support/wall_time.hpp>

#include <cstdint>
#include <optional>

namespace offhook::inline v0::agent::store {

/// A task that is due at the start and once on each new day (UTC). It stays due until done().
class DailyTask {
 public:
  [[nodiscard]] bool is_due(WallTime now) const { return day_ != day_of(now); }
  void done(WallTime now) { day_ = day_of(now); }

 private:
  std::optional<std::int64_t> day_;
};

}  // namespace offhook::inline v0::agent::store
