#pragma once

#include <offhook/sip/dialog/dialog_set.hpp>
#include <offhook/sip/dialog/redirections.hpp>
#include <offhook/sip/session/confirmed_call.hpp>
#include <offhook/sip/session/early_branches.hpp>
#include <offhook/sip/session/session.hpp>

#include <iterator>
#include <optional>
#include <string>
#include <vector>

namespace offhook::inline v0::sip::session {

/// An outgoing call. RFC 3261 sections 13.2 and 9.1, RFC 3262 section 4. If a proxy forks the INVITE, the first 2xx is used;
/// every other 2xx is acknowledged and ended with BYE.
class InviteClientSession final : public Session {
 public:
  enum class State {
    Calling,     // no response yet
    Proceeding,  // a provisional response arrived
    Cancelling,  // the user hung up; the final response has not arrived
    Answered,
    Ended,
  };

  /// Longest time from the last provisional response to the final one. After this time the session cancels the call. Equal to
  /// Timer C. A queue that sends a provisional response every minute therefore keeps the call alive: RFC 3261 sections 13.3.1.1
  /// and 16.7.
  static constexpr base::Duration kPatience = std::chrono::seconds(180);
  static constexpr base::Duration kLongestRinging = std::chrono::hours(1);  ///< longest ringing, whatever provisional responses arrive

  struct Invitation {
    RequestHead head;
    HeaderList headers{};  ///< from the phone layer
    HeaderList own{};      ///< from the stack, for every attempt: Replaces, Referred-By, Privacy
    Body offer{};
    unsigned max_redirections = 0;  ///< most targets of 3xx responses to try: RFC 3261 section 8.1.3.4
    bool straight = false;          ///< true: send to the host of the target URI, even after a redirection
  };

  /// Sends the INVITE. `random` must outlive this object.
  InviteClientSession(ConfirmedCall::Setup setup, Invitation invitation, base::Random& random, Actions& out);

  [[nodiscard]] Dialog* dialog_of(const Message& request) override;
  void on_request(TransactionId id, const Message& request, base::TimePoint now, Actions& out) override;
  void on_ack(const Message& ack, base::TimePoint now, Actions& out) override;
  void on_cancel(TransactionId invite, const Message& cancel, base::TimePoint now, Actions& out) override;
  void on_response(Purpose purpose, const Message& response, base::TimePoint now, Actions& out) override;
  void on_failure(Purpose purpose, const RequestHead& sent, Failure failure, base::TimePoint now, Actions& out) override;
  void on_time(base::TimePoint now, Actions& out) override;
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const override;

  [[nodiscard]] bool hang_up(base::TimePoint now, Actions& out) override;
  [[nodiscard]] bool offer(Body body, HeaderList headers, base::TimePoint now, Actions& out) override;
  [[nodiscard]] bool update(Body body, HeaderList headers, std::string_view branch, base::TimePoint now, Actions& out) override;
  /// Also answers an offer in the 2xx to an INVITE without offer: the answer goes into our ACK.
  [[nodiscard]] bool accept_offer(Body body, std::string_view branch, base::TimePoint now, Actions& out) override;
  [[nodiscard]] bool refuse_offer(int status, std::string_view branch, base::TimePoint now, Actions& out) override;
  [[nodiscard]] ConfirmedCall* confirmed() override { return call_ && !owed_ack_ ? &*call_ : nullptr; }
  [[nodiscard]] Standing standing(std::string_view remote_tag) override;

  [[nodiscard]] std::optional<std::uint32_t> take_cseq(Purpose purpose, const RequestHead& sent, Actions& out) override;
  [[nodiscard]] bool is_over() const override;
  [[nodiscard]] bool is_consistent() const override;
  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] std::size_t early_dialogs() const { return early_.size(); }

 private:
  void on_provisional(const Message& response, base::TimePoint now, Actions& out);
  void on_reliable(const Message& response, std::uint32_t rseq, Actions& out);
  void send_prack(Dialog& dialog, const std::string& rack, Body body, Actions& out);
  void on_early_update(TransactionId id, const Message& request, Dialog& dialog, Actions& out);
  void send_early_update(const EarlyBranch& branch, Dialog& dialog, Actions& out);
  void retry_early_update(EarlyBranch& branch, base::TimePoint now, Actions& out);
  void end_early_update(EarlyBranch& branch, int status, Actions& out);
  void on_prack_done(std::string_view tag, std::uint32_t cseq, int status, Actions& out);
  void on_early_update_answered(const Message& response, base::TimePoint now, Actions& out);
  void on_early_update_failed(const RequestHead& sent, Failure failure, base::TimePoint now, Actions& out);
  [[nodiscard]] bool accept_early(Body body, std::string_view branch, Actions& out);
  /// Runs `what` on the call. If the call then is over, sends an owed ACK before any BYE (RFC 3261 section 13.2.2.4).
  template <class Do>
  void in_call(Actions& out, Do what) {
    Actions actions;
    what(*call_, actions);
    if (call_->is_over() && owed_ack_) send_ack({}, out);
    out.insert(out.end(), std::make_move_iterator(actions.begin()), std::make_move_iterator(actions.end()));
  }
  /// Returns true if another branch has answered.
  [[nodiscard]] bool is_lost(std::string_view branch) const {
    return call_ && !branch.empty() && branch != call_->dialog().id().remote_tag;
  }
  [[nodiscard]] Respond later(TransactionId id);
  [[nodiscard]] HeaderList supported() const;
  void on_accepted(const Message& response, base::TimePoint now, Actions& out);
  void settle(const Message& response, EarlyBranch* early, Actions& out);
  void on_refused(const Message& response, Actions& out);
  [[nodiscard]] bool follow(const Message& response, Actions& out);
  void start_anew(Actions& out);
  void send_invite(Actions& out);
  void hang_up_branch(const Message& response, Actions& out);
  void send_ack(Body answer, Actions& out);

  ConfirmedCall::Setup setup_;
  RequestHead invite_;
  HeaderList headers_, own_;  // Kept to send the INVITE again.
  Body offer_;
  Redirections redirections_;
  bool straight_;  // As Invitation::straight: if true, a redirection also changes the next hop.
  SessionTimer timer_;
  base::Random& random_;
  State state_ = State::Calling;
  bool cancel_sent_ = false;
  std::vector<std::string> hung_up_;       // Tags of other branches that answered, at most kMaxForks: each costs a BYE.
  std::optional<base::TimePoint> patience_ends_;
  base::TimePoint rings_until_{};
  DialogSet early_;
  EarlyBranches branches_;
  std::size_t pracks_ = 0;                 // Unanswered PRACKs: at most kMaxPracks, plus PRACKs that waited for the phone layer.
  std::optional<ConfirmedCall> call_;
  std::optional<std::uint32_t> owed_ack_;  // CSeq of the 2xx that carried an offer; its ACK waits for our answer.
};

}  // namespace offhook::inline v0::sip::session
