#pragma once

#include <offhook/sip/transaction/actions.hpp>
#include <offhook/sip/transaction/timers.hpp>

#include <optional>

namespace offhook::inline v0::sip::transaction {

/// Client side of one request other than INVITE and ACK: RFC 3261 section 17.1.2. Pure: no I/O, no clock.
class NonInviteClient {
 public:
  enum class State : std::uint8_t { Trying, Proceeding, Completed, Terminated };

  /// Transmits the request.
  NonInviteClient(Timers timers, Transport transport, base::TimePoint now, Actions& out);
  void on_response(int status, base::TimePoint now, Actions& out);
  /// Stops retransmissions because the request was also sent elsewhere. Responses are still accepted.
  void stop_resending();
  /// Restarts retransmissions after stop_resending().
  void resume_resending(base::TimePoint now);
  /// Call this when the request could not be sent.
  void on_transport_error(base::TimePoint now, Actions& out);
  void on_time(base::TimePoint now, Actions& out);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const;

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] bool is_consistent() const;

 private:
  void end(Ended::Why why, Actions& out);

  Timers timers_;
  Transport transport_;
  State state_ = State::Trying;
  base::Duration resend_interval_;
  bool quiet_ = false;                        // true after stop_resending()
  std::optional<base::TimePoint> resend_at_;  // Timer E
  std::optional<base::TimePoint> expire_at_;  // Timer F, then K
};

}  // namespace offhook::inline v0::sip::transaction
