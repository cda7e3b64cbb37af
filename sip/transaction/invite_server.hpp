#pragma once

#include <offhook/sip/transaction/actions.hpp>
#include <offhook/sip/transaction/timers.hpp>

#include <optional>

namespace offhook::inline v0::sip::transaction {

/// Server side of one INVITE: RFC 3261 section 17.2.1 as amended by RFC 6026 section 7.1. Pure: no I/O, no clock. Sends no 100
/// itself: its owner answers 100 at once, which satisfies the 200 ms rule. The session repeats a 2xx (section 13.3.1.4) and
/// passes each repetition to on_response(). This machine repeats a 300-699.
class InviteServer {
 public:
  enum class State : std::uint8_t { Proceeding, Accepted, Completed, Confirmed, Terminated };

  InviteServer(Timers timers, Transport transport);
  /// Processes a retransmitted INVITE.
  void on_request(base::TimePoint now, Actions& out);
  void on_ack(base::TimePoint now, Actions& out);
  /// Sends the user's response. The owner must hold the bytes of the response before it carries out the Transmit. Requests no action if the
  /// state does not allow the response (a second final one, or a 1xx after a final one).
  void on_response(int status, base::TimePoint now, Actions& out);
  /// Call this when a response could not be sent.
  void on_transport_error(base::TimePoint now, Actions& out);
  void on_time(base::TimePoint now, Actions& out);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const;

  [[nodiscard]] State state() const { return state_; }
  /// Returns true if on_response(status) would send the response. Check it before replacing the held bytes.
  [[nodiscard]] bool accepts(int status) const;
  [[nodiscard]] bool is_consistent() const;

 private:
  void enter(State next, std::optional<base::TimePoint> expire_at);
  void end(Ended::Why why, Actions& out);

  Timers timers_;
  Transport transport_;
  State state_ = State::Proceeding;
  bool answered_ = false;  // true if there is a response to repeat
  base::Duration resend_interval_;
  std::optional<base::TimePoint> resend_at_;  // Timer G
  std::optional<base::TimePoint> expire_at_;  // Timer L, H or I, by state
};

}  // namespace offhook::inline v0::sip::transaction
