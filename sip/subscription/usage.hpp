#pragma once

#include <offhook/base/random.hpp>
#include <offhook/sip/dialog/dialog.hpp>
#include <offhook/sip/subscription/actions.hpp>
#include <offhook/sip/subscription/event.hpp>
#include <offhook/sip/transaction/timers.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace offhook::inline v0::sip::subscription {

/// Longer grants are refreshed as if they were this, and no Min-Expires above it is obeyed.
inline constexpr std::chrono::seconds kMaxExpires{86400};
inline constexpr int kMaxIntervalRetries = 2;  ///< 423 answered at once, in a row.

/// One dialog that a SUBSCRIBE of ours has made, from its first NOTIFY to its last: RFC 6665 section 4.1.2. Pure.
class Usage {
 public:
  enum class State : std::uint8_t { Pending, Active, Terminated };
  struct Shared {  ///< Outlive this.
    const SubscriberOptions* options;
    transaction::Timers timers;
    base::Random* random;
  };
  /// A refresh starts one whole transaction (64 * T1) before expiry, where the grant is long enough.
  static constexpr base::Duration kRefreshMargin = std::chrono::seconds(32);
  /// Not even a grant of one second is refreshed faster than this; nor is a refresh repeated that was refused.
  static constexpr base::Duration kMinRefresh = std::chrono::milliseconds(500);
  static constexpr base::Duration kMinRetry = std::chrono::seconds(5);

  Usage(Shared shared, Dialog dialog, std::chrono::seconds asked) : shared_(shared), dialog_(std::move(dialog)), asked_(asked) {}

  /// `granted` counts where the NOTIFY does not say how long.
  void on_notify(const SubscriptionState& told, std::optional<std::chrono::seconds> granted, base::TimePoint now);
  /// The 2xx to the SUBSCRIBE came after the NOTIFY that it made, which did not say how long.
  void grant(std::chrono::seconds granted, base::TimePoint now);
  void refresh(base::TimePoint now, Actions& out);  ///< At once, or behind the one that is on its way.
  void leave(base::TimePoint now, Actions& out);    ///< Unsubscribes.
  void on_response(const Message& response, base::TimePoint now, Actions& out);
  void on_failure(Failure failure, base::TimePoint now, Actions& out);
  void on_time(base::TimePoint now, Actions& out);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const;

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] Dialog& dialog() { return dialog_; }
  [[nodiscard]] const Dialog& dialog() const { return dialog_; }
  [[nodiscard]] base::Duration left(base::TimePoint now) const;
  // Once Terminated:
  [[nodiscard]] Why why() const { return why_; }
  [[nodiscard]] int status() const { return status_; }
  [[nodiscard]] std::optional<std::chrono::seconds> retry_after() const { return retry_after_; }
  [[nodiscard]] bool is_consistent() const;

 private:
  void send(std::chrono::seconds expires, base::TimePoint now, Actions& out);
  void send_next(base::TimePoint now, Actions& out);
  void set_expiry(std::chrono::seconds expires, base::TimePoint now);
  void retry_later(base::Duration at_least, base::TimePoint now);
  void end(Why why, int status = 0);

  Shared shared_;
  Dialog dialog_;
  State state_ = State::Pending;
  std::chrono::seconds asked_;              // What we ask for, raised by 423.
  int interval_retries_ = 0;
  bool in_flight_ = false;                  // A SUBSCRIBE waits for its final response.
  bool again_ = false;                      // Another one shall follow it.
  bool leaving_ = false;
  bool told_expiry_ = false;                // By a NOTIFY since the last SUBSCRIBE.
  std::optional<base::TimePoint> expire_at_;
  std::optional<base::TimePoint> refresh_at_;
  std::optional<base::TimePoint> give_up_at_;  // Timer N: RFC 6665 section 4.1.2.2.
  Why why_ = Why::None;
  int status_ = 0;
  std::optional<std::chrono::seconds> retry_after_;
};

/// Event, Expires and Accept of a SUBSCRIBE.
[[nodiscard]] HeaderList subscribe_fields(const SubscriberOptions& options, std::chrono::seconds expires);
[[nodiscard]] base::Duration uniform(base::Random& random, base::Duration low, base::Duration high);

}  // namespace offhook::inline v0::sip::subscription
