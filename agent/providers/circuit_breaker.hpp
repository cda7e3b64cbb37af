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

/// Decides whether calls may use a provider's service. It pauses a service after repeated failures, after one refusal because of a limit
/// of requests, and while the service loads its model; it pauses a service that refused the key for longer. After the pause one call
/// tries the service, and its success ends the pause for all calls. Pure.
class CircuitBreaker {
 public:
  static constexpr unsigned kFailuresToOpen = 3;                                  ///< consecutive failures before a pause
  static constexpr base::Duration kFirstPause = std::chrono::seconds(5);          ///< each failed trial doubles the next pause
  static constexpr base::Duration kLongestPause = std::chrono::minutes(2);
  static constexpr base::Duration kPauseAfterRefusedKey = std::chrono::minutes(5);
  static constexpr base::Duration kTrialLimit = std::chrono::seconds(20);         ///< longest trial; after this time without an outcome, another call may try

  /// Returns true if a call may use the service now. After a pause, it returns true once: that call tries the service.
  [[nodiscard]] bool try_ask(base::TimePoint now);
  void on_success();
  /// Counts a failure. Returns the length of the pause that begins now; nullopt if calls may continue to use the service.
  std::optional<base::Duration> on_failure(FailureKind kind, base::TimePoint now);
  [[nodiscard]] bool is_open(base::TimePoint now) const { return open_until_ && now < *open_until_; }
  /// Returns true if the service was paused and has not succeeded since then.
  [[nodiscard]] bool was_paused() const { return open_until_.has_value(); }

 private:
  unsigned failures_ = 0;
  base::Duration pause_ = kFirstPause;
  std::optional<base::TimePoint> open_until_, trial_until_;
};

/// The reason in the call record for a provider that was skipped.
inline constexpr std::string_view kPassedOver = "it failed, or loaded its model, in earlier calls, and Offhook does not use it for a while";

/// Gets the changes of all breakers, on the thread of the call whose request failed or succeeded.
struct BreakerWatch {
  std::function<void(std::string_view name, FailureKind kind)> on_failed{};
  std::function<void(std::string_view name, FailureKind kind, base::Duration pause)> on_paused{};  ///< no call uses the service for the time `pause`
  std::function<void(std::string_view name)> on_back{};                                            ///< the service works again after a pause
};

/// Holds one circuit breaker for each service that any agent uses, by name ("NAME/realtime"). Shared by all calls; thread-safe.
class Breakers {
 public:
  static constexpr std::size_t kMaxNames = 256;  ///< most services; a further service is never paused
  using Watch = BreakerWatch;

  explicit Breakers(Watch watch = {}) : watch_(std::move(watch)) {}

  [[nodiscard]] bool try_ask(std::string_view name, base::TimePoint now);
  void on_success(std::string_view name);
  void on_failure(std::string_view name, FailureKind kind, base::TimePoint now);
  /// Returns true if the service is paused. A service that was never used is not paused.
  [[nodiscard]] bool is_open(std::string_view name, base::TimePoint now) const;
  /// Returns true if at least one of `makers` after index `at` is not paused.
  template <class Maker>
  [[nodiscard]] bool has_another(std::span<const Maker> makers, std::size_t at, base::TimePoint now) const {
    const auto rest = makers.subspan(at + 1);
    return std::any_of(rest.begin(), rest.end(), [&](const Maker& maker) { return !is_open(maker.name, now); });
  }
  /// Returns the name of each service that was used so far, and whether it is paused.
  [[nodiscard]] std::vector<std::pair<std::string, bool>> states(base::TimePoint now) const;

 private:
  CircuitBreaker* find(std::string_view name);

  const Watch watch_;
  mutable std::mutex mutex_;
  std::map<std::string, CircuitBreaker, std::less<>> breakers_;
};

}  // namespace offhook::inline v0::agent
