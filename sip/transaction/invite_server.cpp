#include <offhook/sip/transaction/invite_server.hpp>

#include <algorithm>
#include <cassert>

namespace offhook::inline v0::sip::transaction {

InviteServer::InviteServer(Timers timers, Transport transport)
    : timers_(timers), transport_(transport), resend_interval_(timers.g()) {}

void InviteServer::on_request(base::TimePoint, Actions& out) {
  switch (state_) {
    case State::Proceeding:
    case State::Completed:
      if (answered_) out.push_back(Transmit{Transmit::What::Response});
      break;
    case State::Accepted:  // Absorbed: the session repeats the 2xx. RFC 6026 section 7.1
    case State::Confirmed:
    case State::Terminated: break;
  }
}

void InviteServer::on_ack(base::TimePoint now, Actions& out) {
  switch (state_) {
    case State::Accepted: out.push_back(DeliverAck{}); break;
    case State::Completed:
      enter(State::Confirmed, now + timers_.i(transport_));
      if (is_reliable(transport_)) end(Ended::Why::Done, out);  // Timer I is zero.
      break;
    case State::Proceeding:  // No final response was sent that the ACK could acknowledge.
    case State::Confirmed:
    case State::Terminated: break;
  }
  assert(is_consistent());
}

void InviteServer::on_response(int status, base::TimePoint now, Actions& out) {
  if (!accepts(status)) return;
  out.push_back(Transmit{Transmit::What::Response});
  answered_ = true;
  if (state_ == State::Accepted || status < 200) return;
  if (status < 300) {
    enter(State::Accepted, now + timers_.l());
  } else {
    enter(State::Completed, now + timers_.h());
    if (!is_reliable(transport_)) resend_at_ = now + resend_interval_;
  }
  assert(is_consistent());
}

void InviteServer::on_transport_error(base::TimePoint, Actions& out) {
  switch (state_) {
    case State::Proceeding:
    case State::Accepted:
    case State::Completed: out.push_back(SendFailed{}); break;  // The machine stays, to absorb retransmissions: RFC 6026 section 6
    case State::Confirmed:
    case State::Terminated: break;
  }
}

void InviteServer::on_time(base::TimePoint now, Actions& out) {
  if (expire_at_ && *expire_at_ <= now) {
    end(state_ == State::Completed ? Ended::Why::Timeout : Ended::Why::Done, out);
  } else if (resend_at_ && *resend_at_ <= now) {
    out.push_back(Transmit{Transmit::What::Response});
    resend_interval_ = std::min(2 * resend_interval_, timers_.t2);
    resend_at_ = now + resend_interval_;  // Relative to now, not to the due time, so that a late owner sends no burst.
  }
  assert(is_consistent());
}

std::optional<base::TimePoint> InviteServer::next_deadline() const {
  if (!resend_at_ || !expire_at_) return resend_at_ ? resend_at_ : expire_at_;
  return std::min(*resend_at_, *expire_at_);
}

bool InviteServer::accepts(int status) const {
  switch (state_) {
    case State::Proceeding: return true;
    case State::Accepted: return status >= 200 && status < 300;
    case State::Completed:
    case State::Confirmed:
    case State::Terminated: return false;
  }
  return false;
}

bool InviteServer::is_consistent() const {
  switch (state_) {
    case State::Proceeding: return !expire_at_ && !resend_at_;
    case State::Accepted: return expire_at_ && !resend_at_ && answered_;
    case State::Completed: return expire_at_ && resend_at_.has_value() == !is_reliable(transport_) && answered_;
    case State::Confirmed: return expire_at_ && !resend_at_ && !is_reliable(transport_);
    case State::Terminated: return !expire_at_ && !resend_at_;
  }
  return false;
}

void InviteServer::enter(State next, std::optional<base::TimePoint> expire_at) {
  state_ = next;
  resend_at_.reset();
  expire_at_ = expire_at;
}

void InviteServer::end(Ended::Why why, Actions& out) {
  enter(State::Terminated, std::nullopt);
  out.push_back(Ended{why});
}

}  // namespace offhook::inline v0::sip::transaction
