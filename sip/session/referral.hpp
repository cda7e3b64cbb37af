#pragma once

#include <offhook/base/time.hpp>
#include <offhook/sip/message/refer_to.hpp>
#include <offhook/sip/transaction/transaction_table.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace offhook::inline v0::sip::session {

/// The peer's REFER within a call, and the one subscription that it creates, on the side that receives the REFER: RFC 3515 section 2.4.
/// Handles one REFER at a time. Places no call and sends nothing: returns the notifications for its owner to send.
class Referral {
 public:
  static constexpr base::Duration kPatience = std::chrono::seconds(16);  ///< time for the phone layer to decide; then the REFER is declined
  static constexpr base::Duration kLimit = std::chrono::seconds(180);    ///< time for the outcome; then the subscription ends

  /// The content of one NOTIFY: RFC 3515 sections 2.4.4 to 2.4.7.
  struct Notice {
    int status = 100;   ///< the status in the sipfrag
    std::string event;  ///< "refer", or "refer;id=7" for a REFER after the first: section 2.4.6
    std::string state;  ///< value of Subscription-State
  };
  struct Accepted {
    transaction::TransactionId request;
    std::optional<Notice> notice;  ///< nullopt: the peer wants no notifications (RFC 4488)
  };

  [[nodiscard]] bool under_way() const { return asked_.has_value() || reporting_; }
  [[nodiscard]] bool accepted() const { return accepted_; }  ///< true from accept() until the final status of the referred call
  [[nodiscard]] const std::string& referred_by() const { return referred_by_; }

  /// Stores a REFER, which then waits for accept() or decline(). Do not call this while under_way() returns true.
  void on_refer(transaction::TransactionId request, std::uint32_t cseq, bool reports, std::string referred_by,
                base::TimePoint now);
  [[nodiscard]] std::optional<Accepted> accept(base::TimePoint now);
  /// Returns the REFER to refuse, or nullopt if none waits for a decision.
  [[nodiscard]] std::optional<transaction::TransactionId> decline();
  /// Reports the progress of the referred call. The first final status ends the subscription. Ignores a repeated status.
  [[nodiscard]] std::optional<Notice> report(int status, base::TimePoint now);
  /// Call this if the phone layer hangs up before there is an outcome. Returns the last notification, if the peer wants one.
  [[nodiscard]] std::optional<Notice> give_up();
  /// Processes a SUBSCRIBE: refreshes the subscription for at most kLimit, or ends it if `expires` is 0.
  [[nodiscard]] std::optional<Notice> on_subscribe(std::uint32_t expires, base::TimePoint now);
  /// Call this when the peer refused a NOTIFY: the subscription is then gone (RFC 6665 section 4.2.2).
  void on_refused();
  struct Due {
    std::optional<transaction::TransactionId> declined;
    std::optional<Notice> notice;
  };
  [[nodiscard]] Due on_time(base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const { return ends_at_; }
  /// Ends everything without notification.
  void stop();
  [[nodiscard]] bool is_consistent() const { return ends_at_.has_value() == under_way(); }

 private:
  [[nodiscard]] Notice notice(std::string state) const { return {last_, event_, std::move(state)}; }
  [[nodiscard]] std::string active(base::TimePoint now) const;

  std::optional<transaction::TransactionId> asked_;  // The REFER that waits for the phone layer's decision.
  bool reports_ = true;                              // The peer wants notifications.
  bool accepted_ = false;
  bool reporting_ = false;  // The subscription is active.
  std::uint32_t count_ = 0;
  int last_ = 100;
  std::string event_, referred_by_;
  std::optional<base::TimePoint> ends_at_;
};

}  // namespace offhook::inline v0::sip::session
