#pragma once

#include <offhook/base/time.hpp>
#include <offhook/sip/message/refer_to.hpp>
#include <offhook/sip/transaction/transaction_table.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace offhook::inline v0::sip::session {

/// A REFER of the peer's within a call, and the one subscription that it makes, as the side that is asked: RFC 3515 section 2.4.
/// One at a time. It dials nothing, and sends nothing: what is to be notified is handed back.
class Referral {
 public:
  static constexpr base::Duration kPatience = std::chrono::seconds(16);  ///< For the phone to decide; then it is declined.
  static constexpr base::Duration kLimit = std::chrono::seconds(180);    ///< For the outcome; then the subscription ends.

  /// What one NOTIFY says: RFC 3515 sections 2.4.4 to 2.4.7.
  struct Notice {
    int status = 100;   ///< Of the sipfrag.
    std::string event;  ///< "refer", or "refer;id=7" for a REFER that is not the first: section 2.4.6
    std::string state;  ///< Subscription-State
  };
  struct Accepted {
    transaction::TransactionId request;
    std::optional<Notice> notice;  ///< None: the peer wants to hear nothing (RFC 4488).
  };

  [[nodiscard]] bool under_way() const { return asked_.has_value() || reporting_; }
  [[nodiscard]] bool accepted() const { return accepted_; }  ///< And what became of it is not known yet.
  [[nodiscard]] const std::string& referred_by() const { return referred_by_; }

  /// Not while one is under way.
  void on_refer(transaction::TransactionId request, std::uint32_t cseq, bool reports, std::string referred_by,
                base::TimePoint now);
  [[nodiscard]] std::optional<Accepted> accept(base::TimePoint now);
  /// The request to refuse: it was not accepted yet.
  [[nodiscard]] std::optional<transaction::TransactionId> decline();
  /// How the call goes that was asked for; the first final status ends it. The same status twice is told once.
  [[nodiscard]] std::optional<Notice> report(int status, base::TimePoint now);
  /// The phone hung up before there was an outcome.
  [[nodiscard]] std::optional<Notice> give_up();
  /// SUBSCRIBE for what runs: refreshed for at most kLimit, or ended with `expires` 0.
  [[nodiscard]] std::optional<Notice> on_subscribe(std::uint32_t expires, base::TimePoint now);
  /// A NOTIFY was refused: nobody listens any more (RFC 6665 section 4.2.2).
  void on_refused();
  struct Due {
    std::optional<transaction::TransactionId> declined;
    std::optional<Notice> notice;
  };
  [[nodiscard]] Due on_time(base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const { return ends_at_; }
  /// Nobody is left to be told.
  void stop();
  [[nodiscard]] bool is_consistent() const { return ends_at_.has_value() == under_way(); }

 private:
  [[nodiscard]] Notice notice(std::string state) const { return {last_, event_, std::move(state)}; }
  [[nodiscard]] std::string active(base::TimePoint now) const;

  std::optional<transaction::TransactionId> asked_;  // Waits for the phone.
  bool reports_ = true;                              // The peer wants to be told.
  bool accepted_ = false;
  bool reporting_ = false;  // The subscription stands.
  std::uint32_t count_ = 0;
  int last_ = 100;
  std::string event_, referred_by_;
  std::optional<base::TimePoint> ends_at_;
};

}  // namespace offhook::inline v0::sip::session
