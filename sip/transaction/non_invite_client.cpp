#include <offhook/sip/transaction/non_invite_client.hpp>

#include <algorithm>
#include <cassert>

namespace offhook::inline v0::sip::transaction {

NonInviteClient::NonInviteClient(Timers timers, Transport transport, base::TimePoint now, Actions& out)
    : timers_(timers), transport_(transport), resend_interval_(timers.e()), expire_at_(now + timers.f()) {
  if (!is_reliable(transport)) resend_at_ = now + resend_interval_;
  out.push_back(Transmit{Transmit::What::Request});
  assert(is_consistent());
}

void NonInviteClient::on_response(int status, base::TimePoint now, Actions& out) {
  switch (state_) {
    case State::Trying:
    case State::Proceeding:
      out.push_back(Deliver{status});
      if (status < 200) {
        state_ = State::Proceeding;  // Timers E and F continue: RFC 3261 section 17.1.2.2
        break;
      }
      state_ = State::Completed;
      resend_at_.reset();
      expire_at_ = now + timers_.k(transport_);
      if (is_reliable(transport_)) end(Ended::Why::Done, out);  // Timer K is zero.
      break;
    case State::Completed:  // A retransmitted response is absorbed.
    case State::Terminated: break;
  }
  assert(is_consistent());
}

void NonInviteClient::stop_resending() {
  quiet_ = true;
  resend_at_.reset();
  assert(is_consistent());
}

void NonInviteClient::resume_resending(base::TimePoint now) {
  const bool waits = state_ == State::Trying || state_ == State::Proceeding;
  if (quiet_ && waits && !is_reliable(transport_)) resend_at_ = now + resend_interval_;
  quiet_ = false;
  assert(is_consistent());
}

void NonInviteClient::on_transport_error(base::TimePoint, Actions& out) {
  switch (state_) {
    case State::Trying:
    case State::Proceeding: end(Ended::Why::TransportError, out); break;
    case State::Completed:
    case State::Terminated: break;
  }
  assert(is_consistent());
}

void NonInviteClient::on_time(base::TimePoint now, Actions& out) {
  if (expire_at_ && *expire_at_ <= now) {
    end(state_ == State::Completed ? Ended::Why::Done : Ended::Why::Timeout, out);
  } else if (resend_at_ && *resend_at_ <= now) {
    out.push_back(Transmit{Transmit::What::Request});
    // In Proceeding the server has the request, so an interval of T2 suffices: RFC 3261 section 17.1.2.2
    resend_interval_ = state_ == State::Proceeding ? timers_.t2 : std::min(2 * resend_interval_, timers_.t2);
    resend_at_ = now + resend_interval_;  // Relative to now, not to the due time, so that a late owner sends no burst.
  }
  assert(is_consistent());
}

std::optional<base::TimePoint> NonInviteClient::next_deadline() const {
  if (!resend_at_ || !expire_at_) return resend_at_ ? resend_at_ : expire_at_;
  return std::min(*resend_at_, *expire_at_);
}

bool NonInviteClient::is_consistent() const {
  switch (state_) {
    case State::Trying:
    case State::Proceeding: return expire_at_ && resend_at_.has_value() == (!is_reliable(transport_) && !quiet_);
    case State::Completed: return expire_at_ && !resend_at_ && !is_reliable(transport_);
    case State::Terminated: return !expire_at_ && !resend_at_;
  }
  return false;
}

void NonInviteClient::end(Ended::Why why, Actions& out) {
  state_ = State::Terminated;
  resend_at_.reset();
  expire_at_.reset();
  out.push_back(Ended{why});
}

}  // namespace offhook::inline v0::sip::transaction
