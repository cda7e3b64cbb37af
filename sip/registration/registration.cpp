#include <offhook/sip/registration/registration.hpp>

#include <offhook/sip/registration/binding.hpp>

#include <algorithm>
#include <cassert>
#include <utility>

namespace offhook::inline v0::sip::registration {

using std::chrono::seconds;

Registration::Registration(Options options, DigestClient& digest, base::Random& random)
    : options_(std::move(options)),
      request_(options_.expires, digest, random),
      contact_(options_.user, options_.learn_contact),
      waits_(random) {}

void Registration::start(base::TimePoint, Actions& out) {
  if (state_ != State::Unregistered) return;
  state_ = State::Registering;
  waits_.reset();
  binding_.set_stale(options_.stale == StaleBinding::RemovedFirst && options_.reg_id == 0);
  send_first(out);
  assert(is_consistent());
}

void Registration::stop(base::TimePoint now, Actions& out) {
  switch (state_) {
    case State::Unregistered: end(out); break;
    case State::Unregistering: break;
    case State::Registering:
    case State::Registered:
    case State::Waiting:
      state_ = State::Unregistering;
      act_at_.reset();
      stop_at_ = now + kStopLimit;
      if (!in_flight_) unbind(out);  // Otherwise wait for the pending response: RFC 3261 section 10.2 allows one REGISTER at a time.
      break;
  }
  assert(is_consistent());
}

std::string Registration::on_route(Transport transport, const base::SocketAddress& local, std::string_view nowhere) {
  contact_.on_route(transport, local);
  const std::string& bound = binding_.uri();
  if (purpose_ == Purpose::Unbind && !bound.empty()) return contact_value(options_, bound, seconds(0));
  contact_.renew(nowhere);
  if (purpose_ != Purpose::Bind) return contact_value(options_, contact_.uri(), seconds(0));
  std::string value = contact_value(options_, contact_.uri(), request_.expires());
  // With a reg-id, the new binding replaces the old one: RFC 5626 section 6.
  if (!bound.empty() && bound != contact_.uri() && options_.reg_id == 0) value += ", " + contact_value(options_, bound, seconds(0));
  return value;
}

void Registration::on_response(const Message& response, base::TimePoint now, Actions& out) {
  const int status = response.status();
  if (!in_flight_ || status < 200 || !request_.matches(response)) return;
  in_flight_ = false;
  if (status < 300) {
    on_accepted(response, now, out);
  } else if (status < 400) {
    on_redirected(response, now, out);
  } else if (status == 401 || status == 407) {
    on_challenged(response, now, out);
  } else {
    on_refused(response, now, out);
  }
  assert(is_consistent());
}

void Registration::on_refused(const Message& response, base::TimePoint now, Actions& out) {
  const int status = response.status();
  if (purpose_ == Purpose::RemoveStale && status < 500 && status != 403 && status != 408) {
    // There is nothing to remove, or the registrar refuses removals. Register anyway.
    on_stale_removed(response, out);
  } else if (status == 439 && options_.reg_id != 0 && state_ == State::Registering) {
    options_.reg_id = 0;  // The first hop does not support outbound: RFC 5626 section 4.2.1.
    send_first(out);
  } else if (status == 555 && !options_.push_params.empty() && state_ == State::Registering) {
    // The registrar supports no push notifications (RFC 8599 section 4.1.5). Report it and register without: we are reachable
    // while the application runs.
    out.push_back(Failed{Why::Refused, status, std::string(response.reason()), {}});
    options_.push_params.clear();
    send_first(out);
  } else if (status == 423) {
    on_interval_too_brief(response, now, out);
  } else if (status == 403) {
    // Some registrars answer a wrong password with 403. A quick retry could get us banned.
    refuse(Why::Refused, response, now, out, Waits::kCredentialsRetry);
  } else {
    refuse(status == 408 || status == 504 ? Why::NoAnswer : Why::Refused, response, now, out);
  }
}

void Registration::on_accepted(const Message& response, base::TimePoint now, Actions& out) {
  request_.on_success(response);
  if (purpose_ == Purpose::Unbind) return end(out);
  if (purpose_ == Purpose::RemoveStale) return on_stale_removed(response, out);
  const seconds expires = granted_expires(response, contact_.uri(), OwnBinding::kMaxBindings).value_or(request_.expires());
  // The registrar accepted the request but registered nothing.
  if (expires == seconds::zero()) return refuse(Why::Refused, response, now, out);

  binding_.on_accepted(contact_.uri(), response, !options_.instance.empty());
  flow_.on_accepted(options_.reg_id != 0 && response.lists(HeaderName::Require, "outbound"), now);
  if (state_ == State::Unregistering) return unbind(out);
  if (flow_.proven()) waits_.reset();
  state_ = State::Registered;
  out.push_back(Registered{expires, contact_.uri()});
  if (contact_.learn(response) && !relearnt_) {
    // Follow a learnt address at once only the first time. A NAT that maps each packet anew would show yet another address for
    // this REGISTER, without end. The next refresh uses that other address.
    state_ = State::Registering;
    send_first(out);
    relearnt_ = true;
    return;
  }
  act_at_ = now + waits_.until_refresh(expires, push_margin(response), options_.refresh_within);
}

/// Also removes the binding of a learnt address, which the first removal could not name. Then registers.
void Registration::on_stale_removed(const Message& response, Actions& out) {
  purpose_ = Purpose::Bind;
  if (state_ == State::Unregistering) return unbind(out);
  const bool again = contact_.learn(response) && !relearnt_;
  binding_.set_stale(again);
  send_first(out);
  relearnt_ = again;
}

/// Follows a 3xx. The next refresh goes to the registrar itself again, which may then choose another server.
void Registration::on_redirected(const Message& response, base::TimePoint now, Actions& out) {
  if (state_ == State::Unregistering && purpose_ != Purpose::Unbind) return unbind(out);
  if (auto request = request_.redirected(response)) return send(std::move(*request), out);
  refuse(Why::Refused, response, now, out);
}

void Registration::on_challenged(const Message& response, base::TimePoint now, Actions& out) {
  if (state_ == State::Unregistering && purpose_ != Purpose::Unbind) return unbind(out);
  (void)contact_.learn(response);  // The request with credentials then has the right Contact at once.
  auto request = request_.challenged(response);
  if (request) return send(std::move(*request), out);
  const bool wrong = request.error() == AuthError::WrongCredentials;
  refuse(wrong ? Why::WrongCredentials : Why::Refused, response, now, out, Waits::kCredentialsRetry);
}

void Registration::on_interval_too_brief(const Message& response, base::TimePoint now, Actions& out) {
  auto request = state_ == State::Unregistering ? std::nullopt : request_.lengthened(response);
  if (request) return send(std::move(*request), out);
  refuse(Why::Refused, response, now, out);
}

void Registration::refuse(Why why, const Message& response, base::TimePoint now, Actions& out, base::Duration at_least) {
  fail(Failed{why, response.status(), std::string(response.reason()), waits_.after_refusal(response, at_least)}, now, out);
}

void Registration::on_failure(Failure failure, base::TimePoint now, Actions& out) {
  if (!in_flight_) return;
  in_flight_ = false;
  switch (failure) {
    case Failure::Timeout: fail(Failed{Why::NoAnswer, 0, {}, {}}, now, out); break;
    case Failure::Transport:
      contact_.forget_connection();
      fail(Failed{Why::Unreachable, 0, {}, {}}, now, out);
      break;
    case Failure::Unresolvable: fail(Failed{Why::Unresolvable, 0, {}, {}}, now, out); break;
  }
  assert(is_consistent());
}

// `retry_in` is passed in as the shortest wait; the back-off may make it longer.
void Registration::fail(Failed failed, base::TimePoint now, Actions& out) {
  if (state_ == State::Unregistering) return purpose_ == Purpose::Unbind ? end(out) : unbind(out);
  state_ = State::Waiting;
  const bool refused = failed.status != 0;  // A registrar responded, and apparently does not remove the binding.
  if (std::exchange(purpose_, Purpose::Bind) == Purpose::RemoveStale && refused) binding_.on_removal_refused();
  const bool outage = failed.why == Why::NoAnswer || failed.why == Why::Unreachable;
  if (outage && options_.stale != StaleBinding::Kept && options_.reg_id == 0) binding_.set_stale(true);
  binding_.forget_gruus();
  failed.retry_in = std::max(failed.retry_in, waits_.after_failure(options_.reg_id != 0));
  act_at_ = now + failed.retry_in;
  out.push_back(std::move(failed));
}

void Registration::on_flow_lost(base::TimePoint now, Actions& out) {
  const bool unproven = flow_.on_lost();
  if (state_ != State::Registered) return;  // A pending REGISTER fails by itself; a failed one already has a retry planned.
  contact_.forget_connection();
  // Count a failure, which makes the wait grow. Otherwise a proxy that accepts registrations and then drops connections would get
  // a REGISTER every second.
  if (unproven) return fail(Failed{Why::Unreachable, 0, {}, {}}, now, out);
  act_at_ = std::min(*act_at_, now + waits_.after_lost_flow(flow_.lost_early(now)));
  assert(is_consistent());
}

void Registration::on_flow_proven() {
  flow_.on_proven();
  if (state_ == State::Registered) waits_.reset();
}

void Registration::refresh(Actions& out) {
  switch (state_) {
    case State::Registered:
    case State::Waiting:
      state_ = State::Registering;
      send_first(out);
      break;
    case State::Unregistered:
    case State::Registering:  // A REGISTER is pending: RFC 3261 section 10.2 allows no second one.
    case State::Unregistering: break;
  }
  assert(is_consistent());
}

void Registration::on_time(base::TimePoint now, Actions& out) {
  if (stop_at_ && *stop_at_ <= now) {
    end(out);
  } else if (act_at_ && *act_at_ <= now) {
    state_ = State::Registering;
    send_first(out);
  }
  assert(is_consistent());
}

std::optional<base::TimePoint> Registration::next_deadline() const { return stop_at_ ? stop_at_ : act_at_; }

bool Registration::is_consistent() const {
  switch (state_) {
    case State::Unregistered: return !in_flight_ && !act_at_ && !stop_at_ && binding_.uri().empty() && purpose_ == Purpose::Bind;
    case State::Registering: return in_flight_ && purpose_ != Purpose::Unbind && !act_at_ && !stop_at_;
    case State::Registered:
      return !in_flight_ && act_at_ && !stop_at_ && !binding_.uri().empty() && purpose_ == Purpose::Bind && !binding_.is_stale();
    case State::Waiting: return !in_flight_ && act_at_ && !stop_at_;
    case State::Unregistering: return in_flight_ && !act_at_ && stop_at_;
  }
  return false;
}

void Registration::send_first(Actions& out) {
  relearnt_ = false;
  send(request_.begin(options_.registrar, options_.secure), out);
}

void Registration::send(SendRegister request, Actions& out) {
  in_flight_ = true;
  purpose_ = state_ == State::Unregistering ? Purpose::Unbind : binding_.needs_removal() ? Purpose::RemoveStale : Purpose::Bind;
  if (purpose_ != Purpose::Bind) request.expires = seconds(0);
  act_at_.reset();
  out.push_back(std::move(request));
}

void Registration::unbind(Actions& out) {
  if (binding_.uri().empty()) return end(out);
  send_first(out);
}

void Registration::end(Actions& out) {
  state_ = State::Unregistered;
  in_flight_ = false;
  purpose_ = Purpose::Bind;
  contact_.reset();
  binding_.reset();
  flow_ = {};
  act_at_.reset();
  stop_at_.reset();
  out.push_back(Unregistered{});
}

}  // namespace offhook::inline v0::sip::registration
