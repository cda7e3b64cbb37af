#pragma once

#include <offhook/base/random.hpp>
#include <offhook/base/time.hpp>
#include <offhook/sip/message/message.hpp>
#include <offhook/sip/model/events.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace offhook::inline v0::sip::publication {

/// Asks the owner to send a PUBLISH in a new transaction, with these fields beside Event. The owner must then call exactly one of
/// on_response (with the final response, after challenges) and on_failure.
struct SendPublish {
  std::string etag;                ///< value of SIP-If-Match; "": omit the field
  std::chrono::seconds expires{};  ///< 0: remove the state
  bool has_body = false;           ///< the body is Publication::body()
};
/// Reports a change to the owner, which sets `publication`. State Ended is the last action.
using Emit = PublicationChanged;

using Action = std::variant<SendPublish, Emit>;
using Actions = std::vector<Action>;  ///< the owner carries them out in order

/// One publication of event state, kept alive until it is removed: the client of RFC 3903 sections 4 and 5. Pure: no I/O, no
/// clock.
class Publication {
 public:
  enum class State : std::uint8_t {
    Publishing,  // a PUBLISH waits for its response
    Published,   // accepted; refreshes when due
    Waiting,     // failed; retries when due
    Removing,    // remove() was called
    Ended,
  };

  static constexpr std::chrono::seconds kMaxExpires{86400};  ///< longer grants are refreshed as if they were this long
  /// A refresh starts one whole transaction (64 * T1) before expiry, if the grant is long enough.
  static constexpr base::Duration kRefreshMargin = std::chrono::seconds(32);
  static constexpr base::Duration kMinRefresh = std::chrono::milliseconds(500);
  /// Wait after the n-th consecutive failure: a random 50 to 100 % of base * 2^n, or of max if that is less.
  static constexpr base::Duration kBackoffBase = std::chrono::seconds(1);
  static constexpr base::Duration kBackoffMax = std::chrono::seconds(300);
  static constexpr std::chrono::seconds kRetryAfterMax{1800};
  static constexpr int kMaxRetries = 2;                      ///< consecutive 423 responses that are followed at once
  static constexpr base::Duration kRemoveLimit = std::chrono::seconds(32);  ///< longest time from remove() to the end

  /// Publishes `state` at once. `random` must outlive this object.
  Publication(Body state, std::chrono::seconds expires, base::Random& random, Actions& out);

  /// Replaces the state and publishes it. While a PUBLISH is pending, the latest state waits for the response to it
  /// (RFC 3903 section 4). After a failure, the state waits for the next attempt.
  void modify(Body state, Actions& out);
  /// Removes the state from the server. Ends in PublicationChanged::Ended.
  void remove(base::TimePoint now, Actions& out);
  void on_response(const Message& response, base::TimePoint now, Actions& out);
  void on_failure(PublicationChanged::Why why, const std::string& reason, base::TimePoint now, Actions& out);
  void on_time(base::TimePoint now, Actions& out);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const;

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] const Body& body() const { return body_; }
  [[nodiscard]] const std::string& etag() const { return etag_; }  ///< entity-tag of the server's state; "" if it has none
  [[nodiscard]] bool is_consistent() const;

 private:
  void send(Actions& out);
  void on_accepted(const Message& response, base::TimePoint now, Actions& out);
  void refuse(const Message& response, base::TimePoint now, Actions& out);
  void wait(PublicationChanged event, base::Duration at_least, base::TimePoint now, Actions& out);
  void end(PublicationChanged event, Actions& out);
  [[nodiscard]] base::Duration uniform(base::Duration low, base::Duration high);
  [[nodiscard]] base::Duration refresh_after(base::Duration granted);

  base::Random& random_;
  Body body_;
  std::chrono::seconds asked_;
  State state_ = State::Publishing;
  bool in_flight_ = false;   // A PUBLISH waits for its final response.
  bool removing_ = false;    // That PUBLISH has Expires 0.
  bool is_told_ = false;     // The server has body_, or the pending PUBLISH carries it.
  std::string etag_;
  int retries_ = 0;
  int failures_ = 0;         // Consecutive failures.
  std::optional<base::TimePoint> act_at_;   // Time of the refresh or retry.
  std::optional<base::TimePoint> stop_at_;  // Time limit of remove().
};

}  // namespace offhook::inline v0::sip::publication
