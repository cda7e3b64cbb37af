#pragma once

#include <offhook/sip/dialog/dialog_set.hpp>
#include <offhook/sip/dialog/redirections.hpp>
#include <offhook/sip/subscription/usage.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::sip::subscription {

/// One subscription of ours, kept alive until its owner ends it or the notifier forbids further attempts. An attempt is one
/// SUBSCRIBE outside any dialog (RFC 6665 section 4.1.2.1), or a REFER, and the dialogs that NOTIFYs create for it (section
/// 4.4.1). When the last of these has ended, the next attempt uses a new Call-ID and tag. Pure: no I/O, no clock.
class Subscriber {
 public:
  enum class State : std::uint8_t {
    Init,        // before start()
    NotifyWait,  // request sent; no NOTIFY yet
    Subscribed,  // there is at least one dialog
    Waiting,     // ended; tries again when due
    Terminated,
  };
  struct Setup {
    SubscriptionId id;
    transaction::Timers timers;
    RequestHead head;  ///< head of the first request; the Subscriber adds Call-ID, CSeq and the From tag
    SubscriberOptions options;
  };

  /// Wait after the n-th consecutive failure: a random 50 to 100 % of base * 2^(n-1), or of max if that is less.
  static constexpr base::Duration kBackoffBase = std::chrono::seconds(2);
  static constexpr base::Duration kBackoffMax = std::chrono::seconds(300);
  /// Shortest wait after a challenge that was not answered; the account may not have registered yet.
  static constexpr base::Duration kCredentialsRetry = std::chrono::seconds(30);
  /// Wait if the notifier gives no time (probation, giveup): RFC 6665 section 4.1.3.
  static constexpr base::Duration kLater = std::chrono::seconds(60);
  /// A subscription that lasted this long resets the count of failures.
  static constexpr base::Duration kSettled = std::chrono::seconds(60);
  /// Upper bound of the Retry-After field, and of the retry-after parameter of Subscription-State.
  static constexpr std::chrono::seconds kRetryAfterMax{31536000};

  Subscriber(Setup setup, base::Random& random);
  Subscriber(const Subscriber&) = delete;
  Subscriber& operator=(const Subscriber&) = delete;

  void start(base::TimePoint now, Actions& out);
  /// Requests the current state. Returns false if the subscription is over or ending.
  [[nodiscard]] bool refresh(base::TimePoint now, Actions& out);
  /// Ends the subscription. Ended follows within 64 * T1 of the last SUBSCRIBE of a dialog. Returns false if it is already
  /// ending.
  [[nodiscard]] bool unsubscribe(base::TimePoint now, Actions& out);

  void on_notify(TransactionId request, const Message& notify, base::TimePoint now, Actions& out);
  /// `sent` is the head of the request to which the response belongs.
  void on_response(const RequestHead& sent, const Message& response, base::TimePoint now, Actions& out);
  void on_failure(const RequestHead& sent, Failure failure, base::TimePoint now, Actions& out);
  void on_time(base::TimePoint now, Actions& out);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const;
  /// Returns the CSeq to repeat `sent` with credentials, or nullopt if that request is not needed any more.
  [[nodiscard]] std::optional<std::uint32_t> take_cseq(const RequestHead& sent);

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] bool is_over() const { return state_ == State::Terminated; }
  [[nodiscard]] const std::string& call_id() const { return head_.call_id; }  ///< Call-ID of the current attempt
  [[nodiscard]] const std::string& local_tag() const { return tag_; }
  [[nodiscard]] std::size_t dialogs() const { return usages_.size(); }
  [[nodiscard]] bool is_consistent() const;

 private:
  struct Ending {
    Why why = Why::None;
    int status = 0;
    base::Duration retry_after{};
  };
  void attempt(base::TimePoint now, Actions& out);
  void send_first(base::TimePoint now, Actions& out);
  void aim_at(const std::string& target);
  [[nodiscard]] bool follow(const Message& response, base::TimePoint now, Actions& out);
  void on_first_response(const Message& response, base::TimePoint now, Actions& out);
  void on_refused(const Message& response, base::TimePoint now, Actions& out);
  [[nodiscard]] Usage* find(std::string_view remote_tag);
  [[nodiscard]] Usage* find_party(const RequestHead& sent);
  [[nodiscard]] bool takes_new_dialogs() const;
  void on_last_without_dialog(const Message& notify, const SubscriptionState& told, base::TimePoint now, Actions& out);
  void sweep(base::TimePoint now, Actions& out);
  void end_attempt(base::TimePoint now, Actions& out);
  [[nodiscard]] std::optional<base::Duration> retry_in(base::TimePoint now);
  [[nodiscard]] base::Duration backoff();
  void end(Actions& out);
  void emit(const Usage& usage, base::TimePoint now, Actions& out) const;
  void emit(SubscriptionChanged event, Actions& out) const;
  [[nodiscard]] bool is_refer() const { return !options_.refer_to.empty(); }

  SubscriptionId id_;
  transaction::Timers timers_;
  SubscriberOptions options_;
  base::Random& random_;
  State state_ = State::Init;
  RequestHead head_;                      // The current attempt's first request, as last sent.
  std::string from_, tag_;
  std::string target_;                    // Request-URI of each attempt, before redirections.
  bool straight_;                         // True: send to the host of that URI, not through the registrar.
  session::Redirections redirections_;    // Of the current attempt.
  std::chrono::seconds asked_;
  int interval_retries_ = 0;
  bool in_flight_ = false;                // The first request waits for its final response.
  bool answered_ = false;                 // This attempt got a NOTIFY.
  bool leaving_ = false;
  std::optional<std::chrono::seconds> granted_;
  std::optional<base::TimePoint> window_until_;  // Timer N: until then, NOTIFYs create dialogs (section 4.1.2.4).
  std::optional<base::TimePoint> retry_at_;
  std::optional<base::TimePoint> settled_since_;
  int failures_ = 0;
  Ending ending_;                         // How the last dialog, or the attempt, has ended.
  std::vector<std::unique_ptr<Usage>> usages_;
};

}  // namespace offhook::inline v0::sip::subscription
