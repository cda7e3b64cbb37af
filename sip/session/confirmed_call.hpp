#pragma once

#include <offhook/base/random.hpp>
#include <offhook/sip/dialog/dialog.hpp>
#include <offhook/sip/session/actions.hpp>
#include <offhook/sip/session/answer_repeater.hpp>
#include <offhook/sip/session/glare.hpp>
#include <offhook/sip/session/own_offer.hpp>
#include <offhook/sip/session/referral.hpp>
#include <offhook/sip/session/reliability.hpp>
#include <offhook/sip/session/replacement.hpp>
#include <offhook/sip/session/session_timer.hpp>
#include <offhook/sip/session/transfer.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::sip::session {

/// PRACKs that one call may have sent without a response. What comes then is not acknowledged, and so comes again; a PRACK that
/// failed counts for ever, since nothing speaks for another one.
inline constexpr std::size_t kMaxPracks = 32;

/// What both sides of a call do once there is a 2xx: re-INVITE and UPDATE both ways, BYE both ways, the repeats of our own 2xx,
/// and the session timer. Of a call that came to us also our UPDATEs before the 2xx.
/// RFC 3261 sections 12.2, 14 and 15; RFC 3311 section 5; RFC 4028.
class ConfirmedCall {
 public:
  enum class State {
    Confirming,  // we answered, the ACK is not here yet
    Up,
    Leaving,     // hung up while Confirming: the BYE waits for the ACK (RFC 3261 section 15)
    Over,
  };
  /// From the first provisional response to our re-INVITE to the final one; then it is cancelled. As Timer C.
  static constexpr base::Duration kPatience = std::chrono::seconds(180);
  struct Setup {
    SessionId id;
    transaction::Timers timers;
    bool owns_call_id = false;
    SessionTimerOptions session_timer{};
    Reliability reliability = Reliability::Supported;
    std::vector<std::string> info_packages{};
  };

  /// `random` must outlive this.
  ConfirmedCall(Setup setup, Dialog dialog, base::Random& random);

  /// Our 2xx to the INVITE that made this call has been sent. `expects_answer`: that was our offer.
  void confirming(TransactionId invite, std::uint32_t cseq, bool expects_answer, base::TimePoint now);
  /// A 2xx of ours to an INVITE or UPDATE that asked so: what it says about the session timer, which runs from now on.
  [[nodiscard]] HeaderList accept_timer(const SessionTimer::Asked& asked, base::TimePoint now);
  /// The timer that our INVITE asked for; `ok` accepted it.
  void adopt_timer(SessionTimer timer, const Message& ok, base::TimePoint now);
  /// What we said last about our media, and they: a refresh repeats the one, and the other need not be told again.
  void keep_local(Body body);
  void keep_remote(std::string_view description);
  /// What the peer allows and supports: RFC 3261 sections 20.5 and 20.37.
  void learn(const Message& message);
  /// The peer supports `replaces` (RFC 3891).
  [[nodiscard]] bool peer_replaces() const { return peer_replaces_; }

  void on_request(TransactionId id, const Message& request, base::TimePoint now, Actions& out);
  /// The offer of a PRACK that crossed our 2xx, and acknowledges what came before it.
  void on_prack_offer(TransactionId id, const Message& prack, Actions& out);
  void on_ack(const Message& ack, base::TimePoint now, Actions& out);
  void on_cancel(TransactionId invite, Actions& out);
  void on_response(Purpose purpose, const Message& response, base::TimePoint now, Actions& out);
  void on_failure(Purpose purpose, Failure failure, base::TimePoint now, Actions& out);
  void on_time(base::TimePoint now, Actions& out);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const;

  [[nodiscard]] bool hang_up(Actions& out);
  /// By re-INVITE, or by UPDATE where the peer allows it. In an early dialog nothing but UPDATE can offer.
  [[nodiscard]] bool offer(Body body, HeaderList headers, Method method, Actions& out);
  /// Our From from now on, without its tag, told by UPDATE where the peer takes both: RFC 4916 section 4.3.
  [[nodiscard]] bool identify(std::string_view party, HeaderList headers, Actions& out);
  /// What was offered by UPDATE in the early dialog that this call was, and has no answer yet; `glare` says whether it waits.
  void adopt_offer(OwnOffer offer, Glare glare);
  /// Before there was a 2xx the peer said that it allows UPDATE.
  void allow_updates() { peer_updates_ = true; }
  /// Theirs has been answered: what waits of ours is older (RFC 3264 section 8).
  void outdate();
  /// An offer of ours is on its way.
  [[nodiscard]] bool is_offering() const { return ours_ && !glare_.next_deadline(); }
  /// Nothing that was under way matters any more.
  void clear();
  [[nodiscard]] bool accept_offer(Body body, base::TimePoint now, Actions& out);
  [[nodiscard]] bool refuse_offer(int status, Actions& out);
  /// Ours. `fields`: Refer-To and what belongs to it.
  [[nodiscard]] bool refer(HeaderList headers, HeaderList fields, base::TimePoint now, Actions& out);
  // Theirs. report_transfer() also works once they have hung up. `headers`: of the response.
  [[nodiscard]] bool accept_transfer(HeaderList headers, base::TimePoint now, Actions& out);
  [[nodiscard]] bool decline_transfer(int status, HeaderList headers, Actions& out);
  [[nodiscard]] bool report_transfer(int status, base::TimePoint now, Actions& out);
  [[nodiscard]] const Referral& referral() const { return referral_; }
  /// INFO, MESSAGE or OPTIONS.
  [[nodiscard]] bool send(Purpose purpose, HeaderList headers, HeaderList fields, Body body, Actions& out);
  [[nodiscard]] Standing standing(std::string_view remote_tag) const;
  /// Session::take_cseq() of what belongs to this dialog.
  [[nodiscard]] std::optional<std::uint32_t> take_cseq(Purpose purpose);

  [[nodiscard]] const Setup& setup() const { return setup_; }
  [[nodiscard]] Dialog& dialog() { return dialog_; }
  [[nodiscard]] const Dialog& dialog() const { return dialog_; }
  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] bool is_over() const { return state_ == State::Over || state_ == State::Leaving; }
  [[nodiscard]] bool is_consistent() const;

 private:
  struct TheirOffer {
    TransactionId request;
    Method method = Method::Invite;  // UPDATE, or PRACK.
    Body offer{};                    // Without one ours goes into the 2xx.
    std::uint32_t cseq = 0;
    SessionTimer::Asked asked{};
    std::optional<std::string> target{};  // Where they are, once we agree: RFC 6141 section 4.6
  };
  /// Our re-INVITE that was sent last.
  struct Reinvite {
    std::uint32_t cseq = 0;
    std::uint32_t rseq = 0;      // Of its last reliable provisional response in order: RFC 3262 section 4.
    Body early_answer{};         // That one of them brought; it counts with the 2xx.
    bool acknowledged = false;   // A 2xx came: it may be repeated until our ACK is there.
    bool cancelled = false;      // It had nothing but provisional responses for kPatience.
    std::optional<base::TimePoint> patience_ends{};
  };

  void on_reinvite(TransactionId id, const Message& request, Actions& out);
  void on_update(TransactionId id, const Message& request, base::TimePoint now, Actions& out);
  void on_notify(TransactionId id, const Message& request, Actions& out);
  void on_refer(TransactionId id, const Message& request, base::TimePoint now, Actions& out);
  void on_subscribe(TransactionId id, const Message& request, base::TimePoint now, Actions& out);
  void notify(const std::optional<Referral::Notice>& notice, Actions& out);
  void on_other_answered(Purpose purpose, int status, Actions& out);
  void on_reinvite_provisional(const Message& response, base::TimePoint now, Actions& out);
  void on_offer_failed(Failure failure, base::TimePoint now, Actions& out);
  void on_patience_ended(Actions& out);
  [[nodiscard]] HeaderList take_timer(const TheirOffer& taken, base::TimePoint now);
  void take_their_target();
  void end_referral(Actions& out);
  void tell_transfer(std::optional<int> status, Actions& out);
  [[nodiscard]] bool is_refused(TransactionId id, const Message& request, Actions& out) const;
  void on_reinvite_answered(const Message& response, base::TimePoint now, Actions& out);
  void on_update_answered(const Message& response, base::TimePoint now, Actions& out);
  void on_refresh_answered(const Message& response, base::TimePoint now, Actions& out);
  void on_offer_answered(const Message& response, base::TimePoint now, Actions& out);
  [[nodiscard]] bool offer_by_reinvite(int status, base::TimePoint now, Actions& out);
  void offer_done(const Message& response, base::TimePoint now, Actions& out);
  void refresh(base::TimePoint now, Actions& out);
  void send_update(Actions& out, HeaderList headers = {});
  void send_next(base::TimePoint now, Actions& out);
  [[nodiscard]] HeaderList refresh_headers();
  [[nodiscard]] HeaderList supported() const;
  [[nodiscard]] HeaderList with_packages(HeaderList headers) const;
  void on_bye(TransactionId id, const Message& request, Actions& out);
  void take_offer(TransactionId id, const Message& request, Actions& out);
  [[nodiscard]] Respond later(TransactionId id);
  void send_offer(Actions& out);
  void leave(Actions& out);
  void send_bye(Actions& out);
  void confirmed(Body body, Actions& out);
  void lost(int status, std::string reason, Actions& out);
  void end(CallEnded ended, Actions& out);

  Setup setup_;
  Dialog dialog_;
  base::Random& random_;
  State state_ = State::Up;
  AnswerRepeater answer_;
  bool expects_answer_ = false;  // Our 2xx carried an offer: the ACK brings the answer.
  std::optional<TheirOffer> theirs_;
  std::optional<OwnOffer> ours_; // On its way, or waiting for its next try.
  std::optional<OwnOffer> next_; // The phone's, while a refresh is on its way.
  Glare glare_;
  SessionTimer timer_;
  bool updating_ = false;        // Our UPDATE without an offer is on its way.
  bool peer_updates_ = false;    // The peer allows UPDATE.
  bool peer_replaces_ = false;     // The peer lets a call of its own take another's place: RFC 3891.
  bool peer_takes_names_ = false;  // The peer lets our From change: RFC 4916 section 3.
  Body local_;
  std::size_t remote_ = 0;       // A hash of what the peer said last of its media.
  bool next_refresh_ = false;    // Our re-INVITE was refused after an early answer: what stood is offered anew.
  Reinvite reinvite_;
  std::size_t pracks_ = 0;       // Not answered: at most kMaxPracks.
  Transfer transfer_;
  Referral referral_;
};

/// What we support in each request of a call: RFC 3261 section 20.37.
[[nodiscard]] std::string supported_by(const SessionTimerOptions& timer, Reliability reliability);
/// A body with its type, as a message carries it; of a multipart one the session description alone, when it holds one.
[[nodiscard]] Body body_of(const Message& message);
/// The session description in a message. Empty: it brings none, whatever else it carries.
[[nodiscard]] Body description_of(const Message& message);
/// The Reason header field, when there is one.
[[nodiscard]] std::string reason_of(const Message& request);

}  // namespace offhook::inline v0::sip::session
