#include <offhook/sip/transaction/non_invite_server.hpp>

#include <cassert>

namespace offhook::inline v0::sip::transaction {

NonInviteServer::NonInviteServer(Timers timers, Transport transport) : timers_(timers), transport_(transport) {}

void NonInviteServer::on_request(base::TimePoint, Actions& out) {
  switch (state_) {
    case State::Proceeding:
    case State::Completed: out.push_back(Transmit{Transmit::What::Response}); break;
    case State::Trying:  // There is no response to repeat yet.
    case State::Terminated: break;
  }
}

void NonInviteServer::on_response(int status, base::TimePoint now, Actions& out) {
  if (!accepts(status)) return;
  out.push_back(Transmit{Transmit::What::Response});
  if (status < 200) {
    state_ = State::Proceeding;
  } else {
    state_ = State::Completed;
    expire_at_ = now + timers_.j(transport_);
    if (is_reliable(transport_)) end(Ended::Why::Done, out);  // Timer J is zero.
  }
  assert(is_consistent());
}

void NonInviteServer::on_transport_error(base::TimePoint, Actions& out) {
  switch (state_) {
    case State::Trying:
    case State::Proceeding:
    case State::Completed: end(Ended::Why::TransportError, out); break;
    case State::Terminated: break;
  }
  assert(is_consistent());
}

void NonInviteServer::on_time(base::TimePoint now, Actions& out) {
  if (expire_at_ && *expire_at_ <= now) end(Ended::Why::Done, out);
  assert(is_consistent());
}

std::optional<base::TimePoint> NonInviteServer::next_deadline() const { return expire_at_; }

bool NonInviteServer::accepts(int) const {
  switch (state_) {
    case State::Trying:
    case State::Proceeding: return true;
    case State::Completed:
    case State::Terminated: return false;
  }
  return false;
}

bool NonInviteServer::is_consistent() const {
  switch (state_) {
    case State::Trying:
    case State::Proceeding:
    case State::Terminated: return !expire_at_;
    case State::Completed: return expire_at_ && !is_reliable(transport_);
  }
  return false;
}

void NonInviteServer::end(Ended::Why why, Actions& out) {
  state_ = State::Terminated;
  expire_at_.reset();
  out.push_back(Ended{why});
}

}  // namespace offhook::inline v0::sip::transaction
