#include <offhook/sip/session/invite_server_session.hpp>

#include <utility>

namespace offhook::inline v0::sip::session {

InviteServerSession::InviteServerSession(ConfirmedCall::Setup setup, Dialog dialog, TransactionId invite, const Message& request,
                                         base::Random& random)
    : id_(setup.id),
      invite_(invite),
      cseq_(request.cseq().number),
      wants_our_offer_(request.body().empty()),
      asked_(SessionTimer::asked_by(request)),
      random_(random),
      call_(setup, std::move(dialog), random) {
  call_.learn(request);
  call_.keep_remote(request.body());
}

bool InviteServerSession::provisional(int status, Body body, base::TimePoint now, Actions& out) {
  if (state_ != State::Proceeding || status <= 100 || status >= 200) return false;
  provisional_ = Respond{invite_, status, {}, std::move(body)};
  repeat_at_ = now + kRepeatProvisional;
  out.push_back(*provisional_);
  return true;
}

bool InviteServerSession::answer(Body body, base::TimePoint now, Actions& out) {
  if (state_ != State::Proceeding) return false;
  state_ = State::Answered;
  repeat_at_.reset();
  provisional_.reset();
  call_.dialog().confirm();
  call_.keep_local(body);
  out.push_back(Respond{invite_, 200, {}, std::move(body), call_.accept_timer(asked_, now)});
  call_.confirming(invite_, cseq_, wants_our_offer_, now);
  return true;
}

bool InviteServerSession::reject(int status, HeaderList headers, Actions& out) {
  if (state_ != State::Proceeding || status < 300 || status > 699) return false;
  refuse(status, std::move(headers), {id_, CallEnded::By::Local, CallEnded::Why::Rejected, status, {}}, out);
  return true;
}

void InviteServerSession::refuse(int status, HeaderList headers, CallEnded ended, Actions& out) {
  state_ = State::Ended;
  repeat_at_.reset();
  provisional_.reset();
  out.push_back(Respond{invite_, status, std::move(headers), {}});
  out.push_back(Tell{std::move(ended)});
}

void InviteServerSession::on_request(TransactionId id, const Message& request, base::TimePoint now, Actions& out) {
  if (state_ == State::Answered) return call_.on_request(id, request, now, out);
  if (state_ == State::Ended || !call_.dialog().matches(request)) return out.push_back(Respond{id, 481, {}, {}});
  if (!call_.dialog().accept_sequence(request)) return out.push_back(Respond{id, 500, {}, {}});
  if (request.method() == Method::Bye) {  // The caller may end an early dialog with BYE: RFC 3261 section 15
    out.push_back(Respond{id, 200, {}, {}});
    return refuse(487, {}, {id_, CallEnded::By::Remote, CallEnded::Why::Bye, 487, reason_of(request)}, out);
  }
  if (request.method() == Method::Update && request.body().empty()) {
    call_.dialog().refresh_target(request);
    return out.push_back(Respond{id, 200, {}, {}});
  }
  // The first INVITE has no final answer yet: RFC 3261 section 14.2, RFC 3311 section 5.2.
  out.push_back(Respond{id, 500, {{"Retry-After", std::to_string(random_.below(11))}}, {}});
}

void InviteServerSession::on_ack(const Message& ack, base::TimePoint now, Actions& out) {
  if (state_ == State::Answered) call_.on_ack(ack, now, out);
}

void InviteServerSession::on_cancel(TransactionId invite, const Message& cancel, base::TimePoint, Actions& out) {
  if (state_ == State::Answered) return call_.on_cancel(invite, out);
  if (state_ == State::Ended || invite != invite_) return;
  refuse(487, {}, {id_, CallEnded::By::Remote, CallEnded::Why::Cancelled, 487, reason_of(cancel)}, out);
}

void InviteServerSession::on_response(Purpose purpose, const Message& response, base::TimePoint now, Actions& out) {
  if (state_ == State::Answered) call_.on_response(purpose, response, now, out);
}

void InviteServerSession::on_failure(Purpose purpose, Failure failure, base::TimePoint now, Actions& out) {
  if (state_ == State::Answered) call_.on_failure(purpose, failure, now, out);
}

void InviteServerSession::on_time(base::TimePoint now, Actions& out) {
  if (state_ == State::Answered) return call_.on_time(now, out);
  if (!repeat_at_ || now < *repeat_at_ || !provisional_) return;
  out.push_back(*provisional_);
  repeat_at_ = now + kRepeatProvisional;
}

std::optional<base::TimePoint> InviteServerSession::next_deadline() const {
  return state_ == State::Answered ? call_.next_deadline() : repeat_at_;
}

bool InviteServerSession::hang_up(base::TimePoint, Actions& out) {
  switch (state_) {
    case State::Proceeding: return reject(480, {}, out);
    case State::Answered: return call_.hang_up(out);
    case State::Ended: return false;
  }
  return false;
}

bool InviteServerSession::offer(Body body, base::TimePoint, Actions& out) {
  return state_ == State::Answered && call_.offer(std::move(body), out);
}

bool InviteServerSession::accept_offer(Body body, base::TimePoint now, Actions& out) {
  return state_ == State::Answered && call_.accept_offer(std::move(body), now, out);
}

bool InviteServerSession::refuse_offer(int status, base::TimePoint, Actions& out) {
  return state_ == State::Answered && call_.refuse_offer(status, out);
}

bool InviteServerSession::refer(std::string target, base::TimePoint now, Actions& out) {
  return state_ == State::Answered && call_.refer(std::move(target), now, out);
}

std::optional<std::uint32_t> InviteServerSession::take_cseq(Purpose purpose, std::uint32_t) {
  if (state_ != State::Answered || purpose == Purpose::Invite || purpose == Purpose::ForkBye) return std::nullopt;
  return call_.dialog().take_cseq();
}

bool InviteServerSession::is_over() const { return state_ == State::Ended || (state_ == State::Answered && call_.is_over()); }

bool InviteServerSession::is_consistent() const {
  if (state_ != State::Proceeding && repeat_at_) return false;
  return call_.is_consistent() && provisional_.has_value() == repeat_at_.has_value();
}

}  // namespace offhook::inline v0::sip::session
