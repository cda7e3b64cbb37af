#pragma once

#include <offhook/agent/conversation/parts.hpp>
#include <offhook/base/time.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace offhook::inline v0::agent {

/// Whether a provider's service is worth asking: it is not for a while after it failed so often, or while it loads its model, and for longer
/// when its key was refused. Then one call tries it, and its success opens it to all. Pure.
class CircuitBreaker {
 public:
  static constexpr unsigned kFailuresToOpen = 3;                                  ///< in a row
  static constexpr base::Duration kFirstPause = std::chrono::seconds(5);          ///< doubles with each failed trial
  static constexpr base::Duration kLongestPause = std::chrono::minutes(2);
  static constexpr base::Duration kPauseAfterRefusedKey = std::chrono::minutes(5);
  static constexpr base::Duration kTrialLimit = std::chrono::seconds(20);         ///< a trial without an outcome is none

  /// True: ask it. While it is tried by one, it is closed to others.
  [[nodiscard]] bool try_ask(base::TimePoint now);
  void on_success();
  /// Returns the pause that begins now; nothing when the service is asked on.
  std::optional<base::Duration> on_failure(FailureKind kind, base::TimePoint now);
  [[nodiscard]] bool is_open(base::TimePoint now) const { return open_until_ && now < *open_until_; }
  /// The service failed, and has not succeeded since.
  [[nodiscard]] bool was_paused() const { return open_until_.has_value(); }

 private:
  unsigned failures_ = 0;
  base::Duration pause_ = kFirstPause;
  std::optional<base::TimePoint> open_until_, trial_until_;
};

/// Why a call has another provider than one before it in the list.
inline constexpr std::string_view kPassedOver = "it failed, or loaded its model, in calls before this one, and is not asked for a while";

/// The breakers call these functions for the services of all calls, on the thread of the call that failed or succeeded.
struct BreakerWatch {
  std::function<void(std::string_view name, FailureKind kind)> on_failed{};
  std::function<void(std::string_view name, FailureKind kind, base::Duration pause)> on_paused{};  ///< no call asks it for so long
  std::function<void(std::string_view name)> on_back{};                                            ///< it works again, after a pause
};

/// One breaker for each service that any agent uses, by name ("openai/realtime"). Shared by all calls; thread-safe.
class Breakers {
 public:
  static constexpr std::size_t kMaxNames = 256;  ///< names beyond it are never paused
  using Watch = BreakerWatch;

  explicit Breakers(Watch watch = {}) : watch_(std::move(watch)) {}

  [[nodiscard]] bool try_ask(std::string_view name, base::TimePoint now);
  void on_success(std::string_view name);
  void on_failure(std::string_view name, FailureKind kind, base::TimePoint now);
  /// It is not asked now. One of which nothing was ever heard is asked.
  [[nodiscard]] bool is_open(std::string_view name, base::TimePoint now) const;
  /// Whether one of `makers` behind `at` would be asked now.
  template <class Maker>
  [[nodiscard]] bool has_another(std::span<const Maker> makers, std::size_t at, base::TimePoint now) const {
    const auto rest = makers.subspan(at + 1);
    return std::any_of(rest.begin(), rest.end(), [&](const Maker& maker) { return !is_open(maker.name, now); });
  }
  /// Each that was ever asked, and whether it is open.
  [[nodiscard]] std::vector<std::pair<std::string, bool>> states(base::TimePoint now) const;

 private:
  CircuitBreaker* find(std::string_view name);

  const Watch watch_;
  mutable std::mutex mutex_;
  std::map<std::string, CircuitBreaker, std::less<>> breakers_;
};

}  // namespace offhook::inline v0::agent
