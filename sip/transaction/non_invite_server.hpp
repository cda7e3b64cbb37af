#pragma once

#include <offhook/sip/transaction/actions.hpp>
#include <offhook/sip/transaction/timers.hpp>

#include <optional>

namespace offhook::inline v0::sip::transaction {

/// Server side of one request other than INVITE and ACK: RFC 3261 section 17.2.2. Pure: no I/O, no clock.
class NonInviteServer {
 public:
  enum class State : std::uint8_t { Trying, Proceeding, Completed, Terminated };

  NonInviteServer(Timers timers, Transport transport);
  /// Processes a retransmitted request.
  void on_request(base::TimePoint now, Actions& out);
  /// Sends the user's response. The owner must hold the bytes of the response before it carries out the Transmit. Does nothing after a
  /// final response.
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
  void end(Ended::Why why, Actions& out);

  Timers timers_;
  Transport transport_;
  State state_ = State::Trying;
  std::optional<base::TimePoint> expire_at_;  // Timer J
};

}  // namespace offhook::inline v0::sip::transaction
