#pragma once

#include <offhook/sip/dialog/dialog.hpp>
#include <offhook/sip/subscription/actions.hpp>
#include <offhook/sip/subscription/event.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace offhook::inline v0::sip::subscription {

struct Grant {
  std::chrono::seconds expires{};
  bool too_brief = false;                ///< true: answer 423 with Min-Expires
};
[[nodiscard]] Grant grant_of(const Message& subscribe, const GrantOptions& options);

/// One subscriber to us: RFC 6665 section 4.2. By default the SUBSCRIBE is answered at once with a pending NOTIFY, and the state
/// follows when the owner agrees. If NotifyOptions::patience is set, the response waits for the owner's decision. Sends one
/// NOTIFY at a time, so that none overtakes another; changes in the meantime go into the next one. Each NOTIFY has the complete
/// state. Pure: no I/O, no clock.
class Notifier {
 public:
  enum class State : std::uint8_t {
    Asked,       // the owner has not decided, and the SUBSCRIBE is not answered
    Pending,     // the SUBSCRIBE is answered, but the owner has not decided
    Active,
    Leaving,     // the last NOTIFY is pending, or waits for the one before it
    Terminated,
  };
  struct Setup {
    SubscriptionId id;
    EventType event;
    GrantOptions grant{};
    NotifyOptions notify{};
  };
  /// Longest time that a SUBSCRIBE with Expires 0 waits for the owner's decision; well within the subscriber's Timer N.
  static constexpr base::Duration kFetchLimit = std::chrono::seconds(5);

  Notifier(Setup setup, Dialog dialog);

  /// Processes the SUBSCRIBE that created the dialog; its grant must not be too brief.
  void start(TransactionId request, std::chrono::seconds granted, base::TimePoint now, Actions& out);
  /// Processes a later SUBSCRIBE in the dialog.
  void on_subscribe(TransactionId request, const Message& subscribe, base::TimePoint now, Actions& out);
  void on_response(const Message& response, base::TimePoint now, Actions& out);
  void on_failure(Failure failure, base::TimePoint now, Actions& out);
  void on_time(base::TimePoint now, Actions& out);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const;

  // Commands of the owner. Return false if the state does not allow them.
  [[nodiscard]] bool accept(Body state, base::TimePoint now, Actions& out);
  [[nodiscard]] bool notify(Body state, base::TimePoint now, Actions& out);
  [[nodiscard]] bool end(Why reason, std::optional<std::chrono::seconds> retry_after, base::TimePoint now, Actions& out);

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] bool is_over() const { return state_ == State::Terminated; }
  [[nodiscard]] const Dialog& dialog() const { return dialog_; }
  [[nodiscard]] const EventType& event() const { return setup_.event; }
  /// Returns the CSeq to repeat a NOTIFY with credentials.
  [[nodiscard]] std::uint32_t take_cseq() { return dialog_.take_cseq(); }
  [[nodiscard]] bool is_consistent() const;

 private:
  void ok(TransactionId request, std::chrono::seconds granted, Actions& out) const;
  void answer(base::TimePoint now, Actions& out);
  void refuse(Why reason, Actions& out);
  void changed(base::TimePoint now, Actions& out);
  void send_in_time(base::TimePoint now, Actions& out);
  void send(base::TimePoint now, Actions& out);
  void leave(Why reason, Why told, base::TimePoint now, Actions& out);
  void over(Why why, int status, Actions& out);
  void emit(SubscriptionChanged::State state, Why why, int status, Actions& out) const;

  Setup setup_;
  Dialog dialog_;
  State state_ = State::Pending;
  TransactionId asked_;                  // The SUBSCRIBE that is not answered yet.
  std::chrono::seconds granted_{};       // The expiry for the response to that SUBSCRIBE.
  bool fetch_ = false;                   // The first Expires was 0.
  bool in_flight_ = false;               // A NOTIFY waits for its response.
  bool dirty_ = false;                   // Another NOTIFY must follow.
  bool urgent_ = false;                  // That NOTIFY must not wait for NotifyOptions::pace.
  std::uint32_t documents_ = 0;          // Number of documents sent.
  Body body_;                            // The last state from the owner.
  Why reason_ = Why::None;               // Reason that the final NOTIFY states.
  std::optional<std::chrono::seconds> retry_after_;
  std::optional<base::TimePoint> expire_at_;
  std::optional<base::TimePoint> not_before_;  // Earliest time of the next NOTIFY.
  std::optional<base::TimePoint> send_at_;     // A NOTIFY waits until this time.
};

}  // namespace offhook::inline v0::sip::subscription
