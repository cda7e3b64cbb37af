#include <offhook/sip/transaction/invite_client.hpp>

#include <cassert>

namespace offhook::inline v0::sip::transaction {

InviteClient::InviteClient(Timers timers, Transport transport, base::TimePoint now, Actions& out)
    : timers_(timers), transport_(transport), resend_interval_(timers.a()), expire_at_(now + timers.b()) {
  if (!is_reliable(transport)) resend_at_ = now + resend_interval_;
  out.push_back(Transmit{Transmit::What::Request});
  assert(is_consistent());
}

void InviteClient::on_response(int status, base::TimePoint now, Actions& out) {
  switch (state_) {
    case State::Calling:
    case State::Proceeding:
      out.push_back(Deliver{status});
      if (status < 200) {
        // Keep the deadline in Proceeding: a late 1xx must not move the limit that a CANCEL set.
        enter(State::Proceeding, state_ == State::Proceeding ? expire_at_ : std::nullopt);
      } else if (status < 300) {
        enter(State::Accepted, now + timers_.m());
      } else {
        out.push_back(Transmit{Transmit::What::Ack});
        enter(State::Completed, now + timers_.d(transport_));
        if (is_reliable(transport_)) end(Ended::Why::Done, out);  // Timer D is zero.
      }
      break;
    case State::Accepted:  // Another branch of a fork may also answer. A 2xx whose ACK was lost arrives again.
      if (status >= 200 && status < 300) out.push_back(Deliver{status});
      break;
    case State::Completed:  // Our ACK was lost, and the user already has this response: RFC 3261 section 17.1.1.2
      if (status >= 300) out.push_back(Transmit{Transmit::What::Ack});
      break;
    case State::Terminated: break;
  }
  assert(is_consistent());
}

void InviteClient::on_cancelled(base::TimePoint now) {
  if (state_ == State::Proceeding && !expire_at_) expire_at_ = now + 64 * timers_.t1;
  assert(is_consistent());
}

void InviteClient::stop_resending() {
  quiet_ = true;
  resend_at_.reset();
  assert(is_consistent());
}

void InviteClient::resume_resending(base::TimePoint now) {
  if (quiet_ && state_ == State::Calling && !is_reliable(transport_)) resend_at_ = now + resend_interval_;
  quiet_ = false;
  assert(is_consistent());
}

void InviteClient::on_transport_error(base::TimePoint, Actions& out) {
  switch (state_) {
    case State::Calling:
    case State::Completed: end(Ended::Why::TransportError, out); break;
    case State::Proceeding:  // No message of ours is in transit; the response may still arrive.
    case State::Accepted:
    case State::Terminated: break;
  }
  assert(is_consistent());
}

void InviteClient::on_time(base::TimePoint now, Actions& out) {
  if (expire_at_ && *expire_at_ <= now) {
    const bool answered = state_ == State::Accepted || state_ == State::Completed;
    end(answered ? Ended::Why::Done : Ended::Why::Timeout, out);
  } else if (resend_at_ && *resend_at_ <= now) {
    out.push_back(Transmit{Transmit::What::Request});
    resend_interval_ *= 2;
    resend_at_ = now + resend_interval_;  // Relative to now, not to the due time, so that a late owner sends no burst.
  }
  assert(is_consistent());
}

std::optional<base::TimePoint> InviteClient::next_deadline() const {
  if (!resend_at_ || !expire_at_) return resend_at_ ? resend_at_ : expire_at_;
  return std::min(*resend_at_, *expire_at_);
}

bool InviteClient::is_consistent() const {
  switch (state_) {
    case State::Calling: return expire_at_ && resend_at_.has_value() == (!is_reliable(transport_) && !quiet_);
    case State::Proceeding: return !resend_at_;
    case State::Accepted: return expire_at_ && !resend_at_;
    case State::Completed: return expire_at_ && !resend_at_ && !is_reliable(transport_);
    case State::Terminated: return !expire_at_ && !resend_at_;
  }
  return false;
}

void InviteClient::enter(State next, std::optional<base::TimePoint> expire_at) {
  state_ = next;
  resend_at_.reset();
  expire_at_ = expire_at;
}

void InviteClient::end(Ended::Why why, Actions& out) {
  enter(State::Terminated, std::nullopt);
  out.push_back(Ended{why});
}

}  // namespace offhook::inline v0::sip::transaction
