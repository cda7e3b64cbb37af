#pragma once

#include <offhook/base/random.hpp>
#include <offhook/sip/dialog/dialog.hpp>
#include <offhook/sip/session/actions.hpp>
#include <offhook/sip/session/answer_repeater.hpp>
#include <offhook/sip/session/call_transfers.hpp>
#include <offhook/sip/session/glare.hpp>
#include <offhook/sip/session/own_offer.hpp>
#include <offhook/sip/session/reliability.hpp>
#include <offhook/sip/session/replacement.hpp>
#include <offhook/sip/session/session_timer.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::sip::session {

/// Bound of unanswered PRACKs per call. Beyond it, reliable provisional responses are not acknowledged, and the peer repeats
/// them. A PRACK that failed counts for the rest of the call, because no other PRACK replaces it.
inline constexpr std::size_t kMaxPracks = 32;

/// The part of a call that both sides share after a 2xx: re-INVITE, UPDATE and BYE in both directions, repetitions of our 2xx,
/// and the session timer. For a received call, it sends our UPDATEs before the 2xx too. RFC 3261 sections 12.2, 14 and 15;
/// RFC 3311 section 5; RFC 4028.
class ConfirmedCall {
 public:
  enum class State {
    Confirming,  // we answered; the ACK has not arrived
    Up,
    Leaving,     // hung up while Confirming: the BYE waits for the ACK (RFC 3261 section 15)
    Over,
  };
  /// Longest time from the first provisional response to our re-INVITE to the final one. After this time we cancel the re-INVITE.
  /// Equal to Timer C.
  static constexpr base::Duration kPatience = std::chrono::seconds(180);
  struct Setup {
    SessionId id;
    transaction::Timers timers;
    bool owns_call_id = false;
    SessionTimerOptions session_timer{};
    Reliability reliability = Reliability::Supported;
    std::vector<std::string> info_packages{};
  };

  /// `random` must outlive this object.
  ConfirmedCall(Setup setup, Dialog dialog, base::Random& random);
  ConfirmedCall(const ConfirmedCall&) = delete;
  ConfirmedCall& operator=(const ConfirmedCall&) = delete;

  /// Call this when our 2xx to the INVITE that created this call was sent. `expects_answer`: the 2xx carried our offer.
  void confirming(TransactionId invite, std::uint32_t cseq, bool expects_answer, base::TimePoint now);
  /// Starts the session timer for an INVITE or UPDATE that we accept. Returns the header fields of the timer for our 2xx.
  [[nodiscard]] HeaderList accept_timer(const SessionTimer::Asked& asked, base::TimePoint now);
  /// Takes over the timer that our INVITE requested and `ok` accepted.
  void adopt_timer(SessionTimer timer, const Message& ok, base::TimePoint now);
  /// Store the last descriptions of our media and of the peer's. A refresh repeats ours. An unchanged description of the peer is
  /// not reported again.
  void keep_local(Body body);
  void keep_remote(std::string_view description);
  /// Records the methods and extensions that the peer allows and supports: RFC 3261 sections 20.5 and 20.37.
  void learn(const Message& message);
  /// Returns true if the peer supports `replaces` (RFC 3891).
  [[nodiscard]] bool peer_replaces() const { return peer_replaces_; }

  void on_request(TransactionId id, const Message& request, base::TimePoint now, Actions& out);
  /// Processes the offer in a PRACK that crossed our 2xx and acknowledges an earlier response.
  void on_prack_offer(TransactionId id, const Message& prack, Actions& out);
  void on_ack(const Message& ack, base::TimePoint now, Actions& out);
  void on_cancel(TransactionId invite, Actions& out);
  void on_response(Purpose purpose, const Message& response, base::TimePoint now, Actions& out);
  void on_failure(Purpose purpose, Failure failure, base::TimePoint now, Actions& out);
  void on_time(base::TimePoint now, Actions& out);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const;

  [[nodiscard]] bool hang_up(Actions& out);
  /// Sends an offer by re-INVITE, or by UPDATE if the peer allows it. In an early dialog only UPDATE can carry an offer.
  [[nodiscard]] bool offer(Body body, HeaderList headers, Method method, Actions& out);
  /// Changes our From (given without its tag) and sends it by UPDATE, if the peer supports `from-change` and UPDATE:
  /// RFC 4916 section 4.3.
  [[nodiscard]] bool identify(std::string_view party, HeaderList headers, Actions& out);
  /// Takes over our unanswered offer, which an UPDATE carried in the early dialog of this call. `glare` says whether the offer waits
  /// for a retry.
  void adopt_offer(OwnOffer offer, Glare glare);
  /// Records that the peer allowed UPDATE before the 2xx.
  void allow_updates() { peer_updates_ = true; }
  /// Call this when we answered an offer of the peer. Marks our waiting offers as outdated (RFC 3264 section 8).
  void outdate();
  /// Returns true while our offer is pending.
  [[nodiscard]] bool is_offering() const { return ours_ && !glare_.next_deadline(); }
  /// Discards all pending exchanges.
  void clear();
  [[nodiscard]] bool accept_offer(Body body, base::TimePoint now, Actions& out);
  [[nodiscard]] bool refuse_offer(int status, Actions& out);
  [[nodiscard]] CallTransfers& transfers() { return transfers_; }
  [[nodiscard]] const Referral& referral() const { return transfers_.referral(); }
  /// Sends INFO, MESSAGE or OPTIONS.
  [[nodiscard]] bool send(Purpose purpose, HeaderList headers, HeaderList fields, Body body, Actions& out);
  [[nodiscard]] Standing standing(std::string_view remote_tag) const;
  /// Does the work of Session::take_cseq() for requests in this dialog.
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
    Method method = Method::Invite;  // INVITE, UPDATE or PRACK.
    Body offer{};                    // If empty, our offer goes into the 2xx.
    std::uint32_t cseq = 0;
    SessionTimer::Asked asked{};
    std::optional<std::string> target{};  // The peer's new target, which applies when we agree: RFC 6141 section 4.6
  };
  /// Our last re-INVITE.
  struct Reinvite {
    std::uint32_t cseq = 0;
    std::uint32_t rseq = 0;      // RSeq of the last reliable provisional response in order: RFC 3262 section 4.
    Body early_answer{};         // The answer in a provisional response; takes effect with the 2xx.
    bool acknowledged = false;   // A 2xx arrived; the peer may repeat it until our ACK arrives.
    bool cancelled = false;      // We cancelled the re-INVITE, because it got only provisional responses for kPatience.
    std::optional<base::TimePoint> patience_ends{};
  };

  void on_reinvite(TransactionId id, const Message& request, Actions& out);
  void on_update(TransactionId id, const Message& request, base::TimePoint now, Actions& out);
  void on_other_answered(Purpose purpose, int status, Actions& out);
  void on_reinvite_provisional(const Message& response, base::TimePoint now, Actions& out);
  void on_offer_failed(Failure failure, base::TimePoint now, Actions& out);
  void on_patience_ended(Actions& out);
  [[nodiscard]] HeaderList take_timer(const TheirOffer& taken, base::TimePoint now);
  void take_their_target();
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
  bool expects_answer_ = false;  // Our 2xx carried an offer; the ACK brings the answer.
  std::optional<TheirOffer> theirs_;
  std::optional<OwnOffer> ours_; // Our offer: pending, or waiting for its retry.
  std::optional<OwnOffer> next_; // The phone layer's offer, which waits while a refresh is pending.
  Glare glare_;
  SessionTimer timer_;
  bool updating_ = false;        // Our UPDATE without an offer is pending.
  bool peer_updates_ = false;    // The peer allows UPDATE.
  bool peer_replaces_ = false;     // The peer supports Replaces: RFC 3891.
  bool peer_takes_names_ = false;  // The peer supports a change of our From: RFC 4916 section 3.
  Body local_;
  std::size_t remote_ = 0;       // Hash of the peer's last media description.
  bool next_refresh_ = false;    // Our re-INVITE was refused after an early answer; offer the previous description again.
  Reinvite reinvite_;
  std::size_t pracks_ = 0;       // Unanswered PRACKs, at most kMaxPracks.
  CallTransfers transfers_;
};

/// Returns the extensions that we support in each request of a call: RFC 3261 section 20.37.
[[nodiscard]] std::string supported_by(const ConfirmedCall::Setup& setup);
/// Returns a message's body and its type. For a multipart body, returns only the session description if it has one.
[[nodiscard]] Body body_of(const Message& message);
/// Returns the session description of a message. Returns an empty body if it has none.
[[nodiscard]] Body description_of(const Message& message);
/// Returns the value of the Reason header field; "" if absent.
[[nodiscard]] std::string reason_of(const Message& request);

}  // namespace offhook::inline v0::sip::session
