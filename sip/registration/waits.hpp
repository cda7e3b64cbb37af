#pragma once

#include <offhook/base/random.hpp>
#include <offhook/base/time.hpp>
#include <offhook/sip/message/message.hpp>

#include <chrono>

namespace offhook::inline v0::sip::registration {

/// The waits between two REGISTERs of one account. They are random, because after a registrar's restart all its clients return.
class Waits {
 public:
  /// Wait after the n-th consecutive failure: a random 50 to 100 % of base * 2^n, or of max if that is less
  /// (RFC 5626 section 4.5).
  /// Deviation: that section's times are for flows, which other flows can replace. Without a reg-id nothing replaces a binding,
  /// so the waits are shorter.
  static constexpr base::Duration kBackoffBase = std::chrono::seconds(1);
  static constexpr base::Duration kBackoffMax = std::chrono::seconds(300);
  static constexpr base::Duration kFlowBackoffBase = std::chrono::seconds(30);
  static constexpr base::Duration kFlowBackoffBaseOthersHold = std::chrono::seconds(90);  ///< while another flow is registered
  static constexpr base::Duration kFlowBackoffMax = std::chrono::seconds(1800);
  /// Wait after wrong credentials, a 403, or a challenge that we cannot answer. A random part of up to a fifth is added.
  static constexpr base::Duration kCredentialsRetry = std::chrono::seconds(300);
  /// Upper bound of Retry-After (RFC 5626 section 4.5, max-time).
  static constexpr std::chrono::seconds kRetryAfterMax{1800};
  /// After a lost flow, re-registers at a random moment within this time.
  static constexpr base::Duration kFlowLostDelay = std::chrono::seconds(2);
  /// A refresh starts one whole transaction (64 * T1) before expiry, if the grant is long enough.
  static constexpr base::Duration kRefreshMargin = std::chrono::seconds(32);
  /// Shortest time to a refresh, even for a grant of one second.
  static constexpr base::Duration kMinRefresh = std::chrono::milliseconds(500);
  static constexpr std::chrono::seconds kMinRefreshWithin{10};

  explicit Waits(base::Random& random) : random_(random) {}

  void reset() { failures_ = 0; }  ///< the next failure is the first one
  void set_others_hold(bool hold) { others_hold_ = hold; }
  /// Counts a failure, and returns the wait until the next attempt. `flow`: the binding has a reg-id.
  [[nodiscard]] base::Duration after_failure(bool flow);
  /// Returns the shortest wait after this response: `at_least`, or its Retry-After if that is longer.
  [[nodiscard]] base::Duration after_refusal(const Message& response, base::Duration at_least);
  /// Returns the wait until the next REGISTER. `lost_early` is FlowHealth::lost_early(): the wait grows if the registrar
  /// repeatedly accepts registrations and closes connections.
  [[nodiscard]] base::Duration after_lost_flow(int lost_early);
  /// Returns the time until the next refresh. `margin` is push_margin(); `within` is Options::refresh_within.
  [[nodiscard]] base::Duration until_refresh(std::chrono::seconds granted, base::Duration margin, std::chrono::seconds within);

 private:
  [[nodiscard]] base::Duration doubled(base::Duration wait, int times, base::Duration most);
  [[nodiscard]] base::Duration uniform(base::Duration low, base::Duration high);

  base::Random& random_;
  int failures_ = 0;  // Consecutive failures.
  bool others_hold_ = false;
};

}  // namespace offhook::inline v0::sip::registration
