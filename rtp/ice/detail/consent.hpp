#pragma once

#include <offhook/base/random.hpp>
#include <offhook/base/time.hpp>
#include <offhook/rtp/nat/stun_message.hpp>

#include <chrono>
#include <deque>
#include <optional>

namespace offhook::inline v0::rtp {

/// The peer's consent to receive on one path: RFC 7675 section 5.1. A new request is due every 4 to 6 s; no request is repeated.
class IceConsent {
 public:
  static constexpr base::Duration kInterval = std::chrono::seconds(5), kExpiry = std::chrono::seconds(30);

  /// Call this when ICE has selected the path: that is the first consent.
  IceConsent(base::TimePoint now, base::Random& random);

  /// Returns the transaction id of the request to send now, if one is due.
  [[nodiscard]] std::optional<StunId> on_time(base::TimePoint now, base::Random& random);
  [[nodiscard]] bool has_asked(const StunId& id) const;
  /// Call this for a success response, after has_asked() returned true and the caller has verified its integrity and its source address.
  void on_success(const StunId& id, base::TimePoint now);
  /// Call this for an error response, under the same conditions. It does not renew the consent; a 403 revokes it: RFC 7675 section 5.2.
  void on_error(const StunId& id, int code);

  [[nodiscard]] bool is_held() const { return held_; }
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const;

 private:
  void lose();

  bool held_ = true;
  base::TimePoint ask_at_, expire_at_;
  std::deque<StunId> asked_;   // requests without an answer, oldest first
};

}  // namespace offhook::inline v0::rtp
