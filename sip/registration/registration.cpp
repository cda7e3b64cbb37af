#include <offhook/sip/registration/registration.hpp>

#include <offhook/sip/model/host_port.hpp>
#include <offhook/sip/model/transport_kinds.hpp>
#include <offhook/sip/registration/binding.hpp>

#include <algorithm>
#include <cassert>
#include <utility>

namespace offhook::inline v0::sip::registration {

using std::chrono::seconds;

namespace {

/// Removes the user part: the Request-URI of a REGISTER names a server, not a user: RFC 3261 section 10.2.
std::string without_user(const std::string& text) {
  const auto uri = parse_uri(text);
  if (!uri || uri->user.empty()) return text;
  const std::size_t scheme = uri->scheme_text.size() + 1;
  return text.substr(0, scheme) + text.substr(static_cast<std::size_t>(uri->host.data() - uri->text.data()));
}

}  // namespace

std::string_view to_string(Why why) {
  switch (why) {
    case Why::None: return "none";
    case Why::WrongCredentials: return "wrong credentials";
    case Why::Refused: return "refused";
    case Why::NoAnswer: return "no answer";
    case Why::Unresolvable: return "unresolvable";
    case Why::Unreachable: return "unreachable";
  }
  return "";
}

Registration::Registration(Options options, DigestClient& digest, base::Random& random)
    : options_(std::move(options)),
      digest_(digest),
      random_(random),
      call_id_(random.token()),
      asked_(std::clamp(options_.expires, seconds(1), kMaxExpires)),
      redirections_({}, 0) {}

void Registration::start(base::TimePoint, Actions& out) {
  if (state_ != State::Unregistered) return;
  state_ = State::Registering;
  failures_ = 0;
  stale_ = options_.stale == StaleBinding::RemovedFirst && options_.reg_id == 0;
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
      if (!in_flight_) remove(out);  // Otherwise wait for the pending response: RFC 3261 section 10.2 allows one REGISTER at a time.
      break;
  }
  assert(is_consistent());
}

std::string Registration::on_route(Transport transport, const base::SocketAddress& local, std::string_view nowhere) {
  listens_ = local.port != 0 && own_end_ != local;
  if (listens_) own_end_.reset();
  const base::SocketAddress from = own_end_.value_or(local);
  if (transport != transport_ || local_ != from) learnt_.reset();  // The learnt address belonged to another local address.
  transport_ = transport;
  local_ = from;
  if (removing_ && !registered_.empty()) return binding(registered_, seconds(0));

  contact_address_ = learnt_.value_or(from);
  contact_ = contact_uri(options_.user, nowhere.empty() ? host_port(*contact_address_) : std::string(nowhere), transport);
  if (removing_ || clearing_) return binding(contact_, seconds(0));
  std::string value = binding(contact_, asked_);
  // With a reg-id, the new binding replaces the old one: RFC 5626 section 6.
  if (!registered_.empty() && registered_ != contact_ && options_.reg_id == 0) value += ", " + binding(registered_, seconds(0));
  return value;
}

std::string Registration::binding(const std::string& uri, seconds expires) const {
  const bool push = !options_.push_params.empty() && expires > seconds(0);  // Not in a removal: RFC 8599 section 4.1.2.
  std::string value = "<" + uri + (push ? options_.push_params : std::string()) + ">";
  if (push) value += ";+sip.pnsreg";  // We refresh by our own timer: RFC 8599 section 4.1.4.
  if (!options_.instance.empty() && (expires > seconds(0) || options_.reg_id != 0)) {
    value += ";+sip.instance=\"<" + options_.instance + ">\"";
    if (options_.reg_id != 0) value += ";reg-id=" + std::to_string(options_.reg_id);
  }
  return value + ";expires=" + std::to_string(expires.count());
}

void Registration::on_connected(const base::SocketAddress& own_end) {
  if (listens_ || own_end.port == 0) return;
  own_end_ = own_end;
  local_ = own_end;
}

void Registration::on_response(const Message& response, base::TimePoint now, Actions& out) {
  const int status = response.status();
  if (!in_flight_ || status < 200 || response.cseq().number != cseq_) return;
  in_flight_ = false;
  if (status < 300) {
    on_accepted(response, now, out);
  } else if (status < 400) {
    on_redirected(response, now, out);
  } else if (status == 401 || status == 407) {
    on_challenged(response, now, out);
  } else if (clearing_ && status >= 400 && status < 500 && status != 403 && status != 408) {
    // There is nothing to remove, or the registrar refuses removals. Register anyway.
    on_cleared(response, out);
  } else if (status == 439 && options_.reg_id != 0 && state_ == State::Registering) {
    options_.reg_id = 0;  // The first hop does not support outbound: RFC 5626 section 4.2.1.
    send_first(out);
  } else if (status == 555 && !options_.push_params.empty() && state_ == State::Registering) {
    // The registrar supports no push notifications (RFC 8599 section 4.1.5). Report it and register without: we are reachable
    // while awake.
    out.push_back(Failed{Why::Refused, status, std::string(response.reason()), {}});
    options_.push_params.clear();
    send_first(out);
  } else if (status == 423) {
    on_interval_too_brief(response, now, out);
  } else if (status == 403) {
    // Some registrars answer a wrong password with 403. A quick retry could get us banned.
    refuse(Why::Refused, response, now, out, kCredentialsRetry);
  } else {
    refuse(status == 408 || status == 504 ? Why::NoAnswer : Why::Refused, response, now, out);
  }
  assert(is_consistent());
}

void Registration::on_accepted(const Message& response, base::TimePoint now, Actions& out) {
  digest_.on_success(response, attempt_);
  if (removing_) return end(out);
  if (clearing_) return on_cleared(response, out);
  const seconds expires = granted_expires(response, contact_, kMaxBindings).value_or(asked_);
  // The registrar accepted the request but registered nothing.
  if (expires == seconds::zero()) return refuse(Why::Refused, response, now, out);

  stale_ = false;
  clearings_failed_ = 0;
  registered_ = contact_;
  accepted_at_ = now;
  forget_gruus();
  if (!options_.instance.empty()) {
    gruu_ = granted_gruu(response, contact_, "pub-gruu", kMaxBindings);
    temp_gruu_ = granted_gruu(response, contact_, "temp-gruu", kMaxBindings);
  }
  outbound_ = options_.reg_id != 0 && response.lists(HeaderName::Require, "outbound");
  if (state_ == State::Unregistering) return remove(out);
  if (!outbound_) flow_proven_ = true;  // The server has not promised to answer our pings.
  if (flow_proven_) failures_ = 0;
  state_ = State::Registered;
  out.push_back(Registered{expires, contact_});
  if (learn(response) && !relearnt_) {
    // Follow a learnt address at once only the first time. A NAT that maps each packet anew would show yet another address for
    // this REGISTER, without end. The next refresh uses that other address.
    state_ = State::Registering;
    send_first(out);
    relearnt_ = true;
    return;
  }
  act_at_ = now + refresh_after(expires, push_margin(response));
}

/// Also removes the binding of a learnt address, which the first removal could not name. Then registers.
void Registration::on_cleared(const Message& response, Actions& out) {
  clearing_ = false;
  if (state_ == State::Unregistering) return remove(out);
  const bool again = learn(response) && !relearnt_;
  stale_ = again;
  send_first(out);
  relearnt_ = again;
}

/// Follows a 3xx: RFC 3261 section 8.1.3.4. The next refresh goes to the registrar itself again, which may then choose another
/// server.
void Registration::on_redirected(const Message& response, base::TimePoint now, Actions& out) {
  if (state_ == State::Unregistering && !removing_) return remove(out);
  redirections_.on_moved(response);
  const auto target = redirections_.next();
  if (!target) return refuse(Why::Refused, response, now, out);
  target_ = without_user(*target);
  attempt_ = AuthAttempt{};
  send(digest_.preempt({"REGISTER", target_}, random_, attempt_), out);
}

void Registration::on_challenged(const Message& response, base::TimePoint now, Actions& out) {
  if (state_ == State::Unregistering && !removing_) return remove(out);
  (void)learn(response);  // The request with credentials then has the right Contact at once.
  auto authorizations = digest_.answer(response, {"REGISTER", target_}, random_, attempt_);
  if (authorizations) return send(std::move(*authorizations), out);
  const bool wrong = authorizations.error() == AuthError::WrongCredentials;
  refuse(wrong ? Why::WrongCredentials : Why::Refused, response, now, out, kCredentialsRetry);
}

void Registration::on_interval_too_brief(const Message& response, base::TimePoint now, Actions& out) {
  if (state_ == State::Unregistering) return refuse(Why::Refused, response, now, out);
  const auto min = response.number(HeaderName::MinExpires);
  const bool sane = min && seconds(*min) > asked_ && seconds(*min) <= kMaxExpires;
  if (!sane || interval_retries_ >= kMaxIntervalRetries) return refuse(Why::Refused, response, now, out);
  ++interval_retries_;
  asked_ = seconds(*min);
  attempt_ = AuthAttempt{};
  send(digest_.preempt({"REGISTER", target_}, random_, attempt_), out);
}

void Registration::refuse(Why why, const Message& response, base::TimePoint now, Actions& out, base::Duration at_least) {
  Failed failed{why, response.status(), std::string(response.reason()), at_least};
  if (at_least > base::Duration::zero()) failed.retry_in = uniform(at_least, at_least + at_least / 5);
  if (const auto after = response.number(HeaderName::RetryAfter)) {
    const base::Duration wait = std::min(seconds(*after), kRetryAfterMax);
    // Spread the retries, so that not all clients return at the same moment.
    failed.retry_in = std::max(failed.retry_in, uniform(wait, wait + wait / 10));
  }
  fail(std::move(failed), now, out);
}

void Registration::on_failure(Failure failure, base::TimePoint now, Actions& out) {
  if (!in_flight_) return;
  in_flight_ = clearing_ = false;
  switch (failure) {
    case Failure::Timeout: fail(Failed{Why::NoAnswer, 0, {}, {}}, now, out); break;
    case Failure::Transport:
      forget_connection();
      fail(Failed{Why::Unreachable, 0, {}, {}}, now, out);
      break;
    case Failure::Unresolvable: fail(Failed{Why::Unresolvable, 0, {}, {}}, now, out); break;
  }
  assert(is_consistent());
}

// `retry_in` is passed in as the shortest wait; the back-off may make it longer.
void Registration::fail(Failed failed, base::TimePoint now, Actions& out) {
  if (state_ == State::Unregistering) return removing_ ? end(out) : remove(out);
  state_ = State::Waiting;
  const bool refused = failed.status != 0;  // A registrar responded, and apparently does not remove the binding.
  if (std::exchange(clearing_, false) && refused) ++clearings_failed_;
  const bool outage = failed.why == Why::NoAnswer || failed.why == Why::Unreachable;
  stale_ = stale_ || (outage && options_.stale != StaleBinding::Kept && options_.reg_id == 0);
  forget_gruus();
  failed.retry_in = std::max(failed.retry_in, backoff());
  act_at_ = now + failed.retry_in;
  out.push_back(std::move(failed));
}

void Registration::on_flow_lost(base::TimePoint now, Actions& out) {
  const bool proven = std::exchange(flow_proven_, false);
  if (state_ != State::Registered) return;  // A pending REGISTER fails by itself; a failed one already has a retry planned.
  forget_connection();
  // Otherwise a proxy that accepts registrations and then drops connections would get a REGISTER every second.
  if (outbound_ && !proven) return fail(Failed{Why::Unreachable, 0, {}, {}}, now, out);
  act_at_ = std::min(*act_at_, now + after_lost_flow(now));
  assert(is_consistent());
}

/// Returns a random wait, because after a registrar's restart all its clients return. The wait grows if the registrar repeatedly
/// accepts registrations and closes connections.
base::Duration Registration::after_lost_flow(base::TimePoint now) {
  if (const auto accepted = std::exchange(accepted_at_, std::nullopt))
    lost_early_ = now - *accepted < kFlowStands ? lost_early_ + 1 : 0;
  if (lost_early_ <= 1) return uniform(base::Duration::zero(), kFlowLostDelay);
  return doubled(kFlowLostDelay, lost_early_ - 1, kBackoffMax);
}

void Registration::on_flow_proven() {
  flow_proven_ = true;
  if (state_ == State::Registered) failures_ = 0;
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
    case State::Unregistered: return !in_flight_ && !act_at_ && !stop_at_ && registered_.empty() && !clearing_;
    case State::Registering: return in_flight_ && !removing_ && !act_at_ && !stop_at_;
    case State::Registered: return !in_flight_ && act_at_ && !stop_at_ && !registered_.empty() && !clearing_ && !stale_;
    case State::Waiting: return !in_flight_ && act_at_ && !stop_at_;
    case State::Unregistering: return in_flight_ && !act_at_ && stop_at_;
  }
  return false;
}

void Registration::send_first(Actions& out) {
  attempt_ = AuthAttempt{};
  redirections_ = session::Redirections(options_.registrar, session::kMaxRedirections, options_.secure);
  target_ = options_.registrar;
  interval_retries_ = 0;
  relearnt_ = false;
  send(digest_.preempt({"REGISTER", target_}, random_, attempt_), out);
}

void Registration::send(Authorizations authorizations, Actions& out) {
  in_flight_ = true;
  removing_ = state_ == State::Unregistering;
  clearing_ = stale_ && !removing_ && clearings_failed_ < kMaxClearings;
  act_at_.reset();
  out.push_back(SendRegister{call_id_, ++cseq_, removing_ || clearing_ ? seconds(0) : asked_, std::move(authorizations), target_});
}

void Registration::remove(Actions& out) {
  if (registered_.empty()) return end(out);
  send_first(out);
}

void Registration::end(Actions& out) {
  state_ = State::Unregistered;
  in_flight_ = false;
  removing_ = clearing_ = stale_ = false;
  registered_.clear();
  forget_gruus();
  flow_proven_ = outbound_ = false;
  accepted_at_.reset();
  lost_early_ = 0;
  learnt_.reset();
  own_end_.reset();
  act_at_.reset();
  stop_at_.reset();
  out.push_back(Unregistered{});
}

/// A temporary GRUU ends with the registration, and a call must not use a GRUU that is no longer valid: RFC 5627 section 4.2.
void Registration::forget_gruus() {
  gruu_.clear();
  temp_gruu_.clear();
}

// The learnt address was that of the lost connection.
void Registration::forget_connection() {
  if (!is_reliable(transport_)) return;
  learnt_.reset();
  own_end_.reset();
}

// Returns true if the next Contact differs from the one that this response answers.
bool Registration::learn(const Message& response) {
  if (!local_ || local_->port == 0 || is_web_socket(transport_)) return false;  // Not useful over WebSocket: RFC 7118 section 5.3.
  auto seen = options_.learn_contact ? observed_address(response.top_via(), local_->port) : std::nullopt;
  if (seen && seen->ip.is_v6() != local_->ip.is_v6()) seen.reset();
  if (!seen && listens_) return false;
  // Without a NAT, the registrar sees the port of our end of the connection, which is not our listening port.
  if (!seen || (listens_ && is_reliable(transport_) && seen->ip == local_->ip)) seen = local_;
  learnt_ = *seen == *local_ ? std::nullopt : seen;
  return *seen != contact_address_;
}

base::Duration Registration::backoff() {
  const bool flow = options_.reg_id != 0;
  const base::Duration most = flow ? kFlowBackoffMax : kBackoffMax;
  const base::Duration first = others_hold_ ? kFlowBackoffBaseOthersHold : kFlowBackoffBase;
  return doubled(flow ? first : kBackoffBase, ++failures_, most);
}

/// Returns `wait` doubled `times` times, at most `most`, and randomly reduced by up to half.
base::Duration Registration::doubled(base::Duration wait, int times, base::Duration most) {
  for (int i = 0; i < times && wait < most; ++i) wait *= 2;
  wait = std::min(wait, most);
  return uniform(wait / 2, wait);
}

/// Deviation: RFC 8599 section 4.1.4 wants a binding with push but without sip.pnsreg to be refreshed only after a notification.
/// Refresh it while awake, so that a lost notification costs no calls. Limit the margin so that at least a quarter of the time
/// remains; a larger one would cause constant refreshes.
base::Duration Registration::refresh_after(seconds granted, base::Duration margin) {
  const base::Duration expires = std::min(granted, kMaxExpires);
  const base::Duration spread = uniform(expires / 2, expires * 85 / 100);
  const base::Duration latest = std::max(expires / 2, expires - kRefreshMargin);
  const base::Duration wanted = std::max(expires / 4, expires - margin);
  const base::Duration due = std::max(std::min({spread, latest, wanted}), kMinRefresh);
  if (options_.refresh_within == seconds::zero()) return due;
  const base::Duration within = std::max(options_.refresh_within, kMinRefreshWithin);
  return std::min(due, uniform(within * 4 / 5, within));
}

base::Duration Registration::uniform(base::Duration low, base::Duration high) {
  const auto span = static_cast<std::uint64_t>((high - low).count());
  return low + base::Duration(static_cast<base::Duration::rep>(random_.below(span + 1)));
}

}  // namespace offhook::inline v0::sip::registration
