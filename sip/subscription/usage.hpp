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

/// Longer grants are refreshed as if they were this long. A larger Min-Expires is not followed.
inline constexpr std::chrono::seconds kMaxExpires{86400};
inline constexpr int kMaxIntervalRetries = 2;  ///< consecutive 423 responses that are followed at once

/// One dialog that our SUBSCRIBE created, from its first NOTIFY to its last: RFC 6665 section 4.1.2. Pure: no I/O, no clock.
class Usage {
 public:
  enum class State : std::uint8_t { Pending, Active, Terminated };
  struct Shared {  ///< must outlive this object
    const SubscriberOptions* options;
    transaction::Timers timers;
    base::Random* random;
  };
  /// A refresh starts one whole transaction (64 * T1) before expiry, if the grant is long enough.
  static constexpr base::Duration kRefreshMargin = std::chrono::seconds(32);
  /// Shortest time to a refresh, even for a grant of one second (kMinRefresh), and to the retry of a refused refresh (kMinRetry).
  static constexpr base::Duration kMinRefresh = std::chrono::milliseconds(500);
  static constexpr base::Duration kMinRetry = std::chrono::seconds(5);

  Usage(Shared shared, Dialog dialog, std::chrono::seconds asked) : shared_(shared), dialog_(std::move(dialog)), asked_(asked) {}

  /// Processes a NOTIFY. `granted` is used if the NOTIFY has no expiry.
  void on_notify(const SubscriptionState& told, std::optional<std::chrono::seconds> granted, base::TimePoint now);
  /// Processes a 2xx to the SUBSCRIBE that arrived after its NOTIFY. `granted` is used if that NOTIFY had no expiry.
  void grant(std::chrono::seconds granted, base::TimePoint now);
  void refresh(base::TimePoint now, Actions& out);  ///< sends a SUBSCRIBE at once, or after the pending one
  void leave(base::TimePoint now, Actions& out);    ///< unsubscribes
  void on_response(const Message& response, base::TimePoint now, Actions& out);
  void on_failure(Failure failure, base::TimePoint now, Actions& out);
  void on_time(base::TimePoint now, Actions& out);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const;

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] Dialog& dialog() { return dialog_; }
  [[nodiscard]] const Dialog& dialog() const { return dialog_; }
  [[nodiscard]] base::Duration left(base::TimePoint now) const;
  // Valid once Terminated:
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
  std::chrono::seconds asked_;              // Requested expiry; a 423 raises it.
  int interval_retries_ = 0;
  bool in_flight_ = false;                  // A SUBSCRIBE waits for its final response.
  bool again_ = false;                      // Another SUBSCRIBE must follow the pending one.
  bool leaving_ = false;
  bool told_expiry_ = false;                // A NOTIFY since the last SUBSCRIBE had an expiry.
  std::optional<base::TimePoint> expire_at_;
  std::optional<base::TimePoint> refresh_at_;
  std::optional<base::TimePoint> give_up_at_;  // Timer N: RFC 6665 section 4.1.2.2.
  Why why_ = Why::None;
  int status_ = 0;
  std::optional<std::chrono::seconds> retry_after_;
};

/// Returns the Event, Expires and Accept fields of a SUBSCRIBE.
[[nodiscard]] HeaderList subscribe_fields(const SubscriberOptions& options, std::chrono::seconds expires);
[[nodiscard]] base::Duration uniform(base::Random& random, base::Duration low, base::Duration high);

}  // namespace offhook::inline v0::sip::subscription
