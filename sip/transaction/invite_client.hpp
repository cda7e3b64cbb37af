#pragma once

#include <offhook/sip/transaction/actions.hpp>
#include <offhook/sip/transaction/timers.hpp>

#include <optional>

namespace offhook::inline v0::sip::transaction {

/// Client side of one INVITE: RFC 3261 section 17.1.1 as amended by RFC 6026 section 7.2. Pure: no I/O, no clock. This machine
/// sends the ACK to a 300-699. The session sends the ACK to a 2xx, and to each repetition of it.
class InviteClient {
 public:
  enum class State : std::uint8_t { Calling, Proceeding, Accepted, Completed, Terminated };

  /// Transmits the request.
  InviteClient(Timers timers, Transport transport, base::TimePoint now, Actions& out);
  void on_response(int status, base::TimePoint now, Actions& out);
  /// Call this when a CANCEL was sent, or the user no longer waits for the response. If no final response arrives within 64 * T1,
  /// the transaction then ends with Timeout (RFC 3261 section 9.1).
  void on_cancelled(base::TimePoint now);
  /// Stops retransmissions because the request was also sent elsewhere. Responses are still accepted.
  void stop_resending();
  /// Restarts retransmissions after stop_resending().
  void resume_resending(base::TimePoint now);
  /// Call this when the request or the ACK could not be sent.
  void on_transport_error(base::TimePoint now, Actions& out);
  void on_time(base::TimePoint now, Actions& out);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const;

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] bool is_consistent() const;

 private:
  void enter(State next, std::optional<base::TimePoint> expire_at);
  void end(Ended::Why why, Actions& out);

  Timers timers_;
  Transport transport_;
  State state_ = State::Calling;
  base::Duration resend_interval_;
  bool quiet_ = false;                        // true after stop_resending()
  std::optional<base::TimePoint> resend_at_;  // Timer A
  std::optional<base::TimePoint> expire_at_;  // Timer B, D or M, by state; in Proceeding the limit after a CANCEL
};

}  // namespace offhook::inline v0::sip::transaction
