#pragma once

#include <offhook/sip/session/confirmed_call.hpp>
#include <offhook/sip/session/session.hpp>

#include <optional>

namespace offhook::inline v0::sip::session {

/// A call that came to us. RFC 3261 section 13.3.
class InviteServerSession final : public Session {
 public:
  enum class State { Proceeding, Answered, Ended };
  static constexpr base::Duration kRepeatProvisional = std::chrono::seconds(60);  ///< RFC 3261 section 13.3.1.1

  /// `dialog` is the early one that the INVITE made; `random` must outlive this.
  InviteServerSession(ConfirmedCall::Setup setup, Dialog dialog, TransactionId invite, const Message& request,
                      base::Random& random);

  [[nodiscard]] bool provisional(int status, Body body, base::TimePoint now, Actions& out);  ///< 101..199
  [[nodiscard]] bool answer(Body body, base::TimePoint now, Actions& out);
  [[nodiscard]] bool reject(int status, HeaderList headers, Actions& out);                   ///< 300..699

  void on_request(TransactionId id, const Message& request, base::TimePoint now, Actions& out) override;
  void on_ack(const Message& ack, base::TimePoint now, Actions& out) override;
  void on_cancel(TransactionId invite, const Message& cancel, base::TimePoint now, Actions& out) override;
  void on_response(Purpose purpose, const Message& response, base::TimePoint now, Actions& out) override;
  void on_failure(Purpose purpose, Failure failure, base::TimePoint now, Actions& out) override;
  void on_time(base::TimePoint now, Actions& out) override;
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const override;

  [[nodiscard]] bool hang_up(base::TimePoint now, Actions& out) override;
  [[nodiscard]] bool offer(Body body, base::TimePoint now, Actions& out) override;
  [[nodiscard]] bool accept_offer(Body body, base::TimePoint now, Actions& out) override;
  [[nodiscard]] bool refuse_offer(int status, base::TimePoint now, Actions& out) override;
  [[nodiscard]] bool refer(std::string target, base::TimePoint now, Actions& out) override;

  [[nodiscard]] std::optional<std::uint32_t> take_cseq(Purpose purpose, std::uint32_t sent) override;
  [[nodiscard]] bool is_over() const override;
  [[nodiscard]] bool is_consistent() const override;
  [[nodiscard]] State state() const { return state_; }

 private:
  void refuse(int status, HeaderList headers, CallEnded ended, Actions& out);

  SessionId id_;
  TransactionId invite_;
  std::uint32_t cseq_;
  bool wants_our_offer_;
  SessionTimer::Asked asked_;
  base::Random& random_;
  State state_ = State::Proceeding;
  std::optional<Respond> provisional_;         // The last one, repeated every minute.
  std::optional<base::TimePoint> repeat_at_;
  ConfirmedCall call_;                         // Its dialog is early until we answer.
};

}  // namespace offhook::inline v0::sip::session
