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
  bool too_brief = false;                ///< answer 423 with Min-Expires
};
[[nodiscard]] Grant grant_of(const Message& subscribe, const GrantOptions& options);

/// One subscriber of ours: RFC 6665 section 4.2. It is answered at once, told that its owner is being asked, and told the state
/// when the owner has agreed; or, where the package has patience, it is answered when the owner has decided. NOTIFYs go out one at a time, so that none overtakes another; what changes meanwhile goes with the
/// next, as it is then. What is notified is whole state: each NOTIFY stands for itself. Pure: no I/O, no clock.
class Notifier {
 public:
  enum class State : std::uint8_t {
    Asked,       // the owner has not decided, and the SUBSCRIBE waits for that
    Pending,     // the owner has not decided
    Active,
    Leaving,     // its last NOTIFY is on its way, or waits for the one before it
    Terminated,
  };
  struct Setup {
    SubscriptionId id;
    EventType event;
    GrantOptions grant{};
    NotifyOptions notify{};
  };
  /// Who asks with Expires 0 and whose owner has to decide waits for so long at most, well within its Timer N.
  static constexpr base::Duration kFetchLimit = std::chrono::seconds(5);

  Notifier(Setup setup, Dialog dialog);

  /// The SUBSCRIBE that the dialog was made of; its grant is not too brief.
  void start(TransactionId request, std::chrono::seconds granted, base::TimePoint now, Actions& out);
  /// A later one, in the dialog.
  void on_subscribe(TransactionId request, const Message& subscribe, base::TimePoint now, Actions& out);
  void on_response(const Message& response, base::TimePoint now, Actions& out);
  void on_failure(Failure failure, base::TimePoint now, Actions& out);
  void on_time(base::TimePoint now, Actions& out);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const;

  // Of the owner; false when it is too late, or not in this state.
  [[nodiscard]] bool accept(Body state, base::TimePoint now, Actions& out);
  [[nodiscard]] bool notify(Body state, base::TimePoint now, Actions& out);
  [[nodiscard]] bool end(Why reason, std::optional<std::chrono::seconds> retry_after, base::TimePoint now, Actions& out);

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] bool is_over() const { return state_ == State::Terminated; }
  [[nodiscard]] const Dialog& dialog() const { return dialog_; }
  [[nodiscard]] const EventType& event() const { return setup_.event; }
  /// The CSeq of a NOTIFY that is sent again with credentials.
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
  void tell(SubscriptionChanged::State state, Why why, int status, Actions& out) const;

  Setup setup_;
  Dialog dialog_;
  State state_ = State::Pending;
  TransactionId asked_;                  // The SUBSCRIBE that is not answered yet,
  std::chrono::seconds granted_{};       // and what it will get.
  bool fetch_ = false;                   // Expires was 0 from the start.
  bool in_flight_ = false;               // A NOTIFY waits for its answer.
  bool dirty_ = false;                   // Another one shall follow it,
  bool urgent_ = false;                  // without waiting for its time.
  std::uint32_t documents_ = 0;          // That were sent.
  Body body_;                            // The state as the owner told it last.
  Why reason_ = Why::None;               // Of the last NOTIFY.
  std::optional<std::chrono::seconds> retry_after_;
  std::optional<base::TimePoint> expire_at_;
  std::optional<base::TimePoint> not_before_;  // The next NOTIFY.
  std::optional<base::TimePoint> send_at_;     // One waits until then.
};

}  // namespace offhook::inline v0::sip::subscription
