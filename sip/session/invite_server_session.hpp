#pragma once

#include <offhook/sip/session/confirmed_call.hpp>
#include <offhook/sip/session/reliable_provisionals.hpp>
#include <offhook/sip/session/session.hpp>

#include <optional>

namespace offhook::inline v0::sip::session {

/// A received call. RFC 3261 section 13.3, RFC 3262 section 3. Sends provisional responses reliably if the caller requires it, or
/// if the caller supports it and they carry a session description.
class InviteServerSession final : public Session {
 public:
  enum class State { Proceeding, Answered, Ended };
  static constexpr base::Duration kRepeatProvisional = std::chrono::seconds(60);  ///< RFC 3261 section 13.3.1.1
  static constexpr base::Duration kRepeatReliable = std::chrono::seconds(150);    ///< RFC 3262 section 3

  /// `dialog` is the early dialog that the INVITE created. `random` must outlive this object.
  InviteServerSession(const ConfirmedCall::Setup& setup, Dialog dialog, TransactionId invite, const Message& request,
                      base::Random& random, base::TimePoint now);

  [[nodiscard]] bool provisional(int status, Body body, HeaderList headers, base::TimePoint now, Actions& out);  ///< 101..199
  [[nodiscard]] bool answer(Body body, base::TimePoint now, Actions& out);
  /// Rejects the call with 300..699. `contacts` are the Contact fields of a 3xx.
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
  /// The peer's offer, in PRACK or UPDATE.
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
  std::optional<Respond> provisional_;         // The last provisional response; it is repeated at intervals.
  std::optional<base::TimePoint> repeat_at_;
  std::optional<base::TimePoint> expire_at_;   // Expiry of the INVITE, until it has a final response.
  ReliableProvisionals reliable_;
  bool last_is_reliable_ = false;
  Respond reliable_response_;                  // The response that waits for its PRACK.
  bool described_ = false;                     // A reliable response carried our offer or answer.
  bool agreed_ = false;                        // The PRACK for that response arrived, so the exchange of offer and answer is complete.
  std::optional<EarlyOffer> early_offer_;      // An offer before the 2xx that the phone layer has not answered.
  std::optional<RAck> refused_;                // RAck of a PRACK whose offer was refused, by the phone layer or by this session.
  std::optional<Body> held_answer_;            // The phone layer's answer, which waits for a PRACK.
  ConfirmedCall call_;                         // Its dialog is early until we answer.
};

}  // namespace offhook::inline v0::sip::session
