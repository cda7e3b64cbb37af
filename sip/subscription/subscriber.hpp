#pragma once

#include <offhook/sip/dialog/dialog_set.hpp>
#include <offhook/sip/session/redirections.hpp>
#include <offhook/sip/subscription/usage.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::sip::subscription {

/// One wish to be told of something, kept alive until its owner has had enough or the notifier says that it is no use. An attempt
/// is one SUBSCRIBE outside of any dialog (RFC 6665 section 4.1.2.1), or a REFER, with the dialogs that NOTIFYs make of it
/// (section 4.4.1); when the last of these has ended, the next attempt has a Call-ID and a tag of its own. Pure: no I/O, no clock.
class Subscriber {
 public:
  enum class State : std::uint8_t {
    Init,        // before start()
    NotifyWait,  // asked; no NOTIFY yet
    Subscribed,  // one dialog at least
    Waiting,     // ended; asks anew when due
    Terminated,
  };
  struct Setup {
    SubscriptionId id;
    transaction::Timers timers;
    RequestHead head;  ///< of the first request; Call-ID, CSeq and the tag of From are added to it
    SubscriberOptions options;
  };

  /// After the n-th failure in a row: 50 to 100 % of base * 2^(n-1), at most of max.
  static constexpr base::Duration kBackoffBase = std::chrono::seconds(2);
  static constexpr base::Duration kBackoffMax = std::chrono::seconds(300);
  /// At least so long after a challenge that was not answered: the account may still have to register.
  static constexpr base::Duration kCredentialsRetry = std::chrono::seconds(30);
  /// "Some later time", where the notifier names none (probation, giveup): RFC 6665 section 4.1.3.
  static constexpr base::Duration kLater = std::chrono::seconds(60);
  /// What lived for so long was a success: the next failure is a first one.
  static constexpr base::Duration kSettled = std::chrono::seconds(60);
  /// Retry-After and retry-after are believed up to this.
  static constexpr std::chrono::seconds kRetryAfterMax{31536000};

  Subscriber(Setup setup, base::Random& random);
  Subscriber(const Subscriber&) = delete;
  Subscriber& operator=(const Subscriber&) = delete;

  void start(base::TimePoint now, Actions& out);
  /// Asks for the state as it is now; false when it is over or being given up.
  [[nodiscard]] bool refresh(base::TimePoint now, Actions& out);
  /// Ends in Ended, within 64 * T1 of a dialog's last SUBSCRIBE. False when it ends already.
  [[nodiscard]] bool unsubscribe(base::TimePoint now, Actions& out);

  void on_notify(TransactionId request, const Message& notify, base::TimePoint now, Actions& out);
  /// `sent` is the head of the request that is answered.
  void on_response(const RequestHead& sent, const Message& response, base::TimePoint now, Actions& out);
  void on_failure(const RequestHead& sent, Failure failure, base::TimePoint now, Actions& out);
  void on_time(base::TimePoint now, Actions& out);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const;
  /// The CSeq of a copy of `sent` with credentials; nothing when it is of no use any more.
  [[nodiscard]] std::optional<std::uint32_t> take_cseq(const RequestHead& sent);

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] bool is_over() const { return state_ == State::Terminated; }
  [[nodiscard]] const std::string& call_id() const { return head_.call_id; }  ///< Of the present attempt.
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
  void tell(const Usage& usage, base::TimePoint now, Actions& out) const;
  void tell(SubscriptionChanged event, Actions& out) const;
  [[nodiscard]] bool is_refer() const { return !options_.refer_to.empty(); }

  SubscriptionId id_;
  transaction::Timers timers_;
  SubscriberOptions options_;
  base::Random& random_;
  State state_ = State::Init;
  RequestHead head_;                      // Of the present attempt's first request, as it was sent last.
  std::string from_, tag_;
  std::string target_;                    // Request-URI of each attempt, before it is redirected.
  bool straight_;                         // To that URI's host, not through the registrar.
  session::Redirections redirections_;    // Of the present attempt.
  std::chrono::seconds asked_;
  int interval_retries_ = 0;
  bool in_flight_ = false;                // The first request waits for its final response.
  bool answered_ = false;                 // A NOTIFY of this attempt came.
  bool leaving_ = false;
  std::optional<std::chrono::seconds> granted_;
  std::optional<base::TimePoint> window_until_;  // Timer N: until then NOTIFYs make dialogs (section 4.1.2.4).
  std::optional<base::TimePoint> retry_at_;
  std::optional<base::TimePoint> settled_since_;
  int failures_ = 0;
  Ending ending_;                         // Of the dialog that ended last, or of the attempt.
  std::vector<std::unique_ptr<Usage>> usages_;
};

}  // namespace offhook::inline v0::sip::subscription
