#pragma once

#include <offhook/sip/session/confirmed_call.hpp>
#include <offhook/sip/session/reliable_provisionals.hpp>
#include <offhook/sip/session/session.hpp>

#include <optional>

namespace offhook::inline v0::sip::session {

/// A call that came to us. RFC 3261 section 13.3, RFC 3262 section 3. Provisional responses are sent reliably when the caller
/// requires it, and when he supports it and they carry a description of the session.
class InviteServerSession final : public Session {
 public:
  enum class State { Proceeding, Answered, Ended };
  static constexpr base::Duration kRepeatProvisional = std::chrono::seconds(60);  ///< RFC 3261 section 13.3.1.1
  static constexpr base::Duration kRepeatReliable = std::chrono::seconds(150);    ///< RFC 3262 section 3

  /// `dialog` is the early one that the INVITE made; `random` must outlive this.
  InviteServerSession(ConfirmedCall::Setup setup, Dialog dialog, TransactionId invite, const Message& request,
                      base::Random& random, base::TimePoint now);

  [[nodiscard]] bool provisional(int status, Body body, HeaderList headers, base::TimePoint now, Actions& out);  ///< 101..199
  [[nodiscard]] bool answer(Body body, base::TimePoint now, Actions& out);
  /// 300..699. `contacts`: of a 3xx, as they stand in Contact.
  [[nodiscard]] bool reject(int status, HeaderList headers, Actions& out, HeaderList contacts = {});

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
  [[nodiscard]] bool accept_offer(Body body, std::string_view branch, base::TimePoint now, Actions& out) override;
  [[nodiscard]] bool refuse_offer(int status, std::string_view branch, base::TimePoint now, Actions& out) override;
  [[nodiscard]] ConfirmedCall* confirmed() override { return state_ == State::Answered ? &call_ : nullptr; }
  [[nodiscard]] Standing standing(std::string_view remote_tag) override;

  [[nodiscard]] std::optional<std::uint32_t> take_cseq(Purpose purpose, const RequestHead& sent, Actions& out) override;
  [[nodiscard]] bool is_over() const override;
  [[nodiscard]] bool is_consistent() const override;
  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] const Dialog& dialog() const { return call_.dialog(); }

 private:
  [[nodiscard]] bool is_reliable(const Body& body) const { return requires_reliable_ || (supports_reliable_ && !body.empty()); }
  /// Theirs, in PRACK or UPDATE.
  struct EarlyOffer {
    TransactionId request;
    Body body{};
    std::optional<RAck> prack{};
  };
  void send_reliable(base::TimePoint now, Actions& out);
  void on_prack(TransactionId id, const Message& prack, base::TimePoint now, Actions& out);
  void on_early_request(TransactionId id, const Message& request, base::TimePoint now, Actions& out);
  void go_on(base::TimePoint now, Actions& out);
  void take_early_offer(TransactionId id, const Message& request, std::optional<RAck> prack, Actions& out);
  [[nodiscard]] bool is_refused_before(TransactionId id, const Message& prack, const RAck& rack, Actions& out);
  void send_answer(Body body, base::TimePoint now, Actions& out);
  [[nodiscard]] Respond later(TransactionId id);
  void stop_waiting();
  void refuse(int status, HeaderList headers, CallEnded ended, Actions& out, HeaderList own = {});
  void after_update(Actions& out);

  SessionId id_;
  TransactionId invite_;
  std::uint32_t cseq_;
  bool wants_our_offer_;
  SessionTimer::Asked asked_;
  base::Random& random_;
  State state_ = State::Proceeding;
  bool requires_reliable_, supports_reliable_;
  std::optional<Respond> provisional_;         // The last one, repeated now and then.
  std::optional<base::TimePoint> repeat_at_;
  std::optional<base::TimePoint> expire_at_;   // The INVITE's Expires, until it has a final response.
  ReliableProvisionals reliable_;
  bool last_is_reliable_ = false;
  Respond reliable_response_;                  // The one that waits for its PRACK.
  bool described_ = false;                     // A reliable one carried our offer or answer.
  bool agreed_ = false;                        // And the other half came, or was there before.
  std::optional<EarlyOffer> early_offer_;      // Before there is a 2xx; the phone has not answered it.
  std::optional<RAck> refused_;                // Of a PRACK whose offer the phone refused.
  std::optional<Body> held_answer_;            // The phone has answered; a PRACK is to come first.
  ConfirmedCall call_;                         // Its dialog is early until we answer.
};

}  // namespace offhook::inline v0::sip::session
