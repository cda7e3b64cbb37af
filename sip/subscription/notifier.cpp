#include <offhook/sip/subscription/notifier.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::sip::subscription {

using std::chrono::seconds;

Grant grant_of(const Message& subscribe, const GrantOptions& options) {
  const auto asked = subscribe.number(HeaderName::Expires);
  if (!asked) return {std::min(options.usual, options.most), false};
  const seconds wanted(*asked);
  if (wanted > seconds(0) && wanted < std::min<seconds>(options.least, std::chrono::hours(1))) return {wanted, true};
  return {std::min(wanted, options.most), false};
}

Notifier::Notifier(Setup setup, Dialog dialog) : setup_(std::move(setup)), dialog_(std::move(dialog)) { dialog_.confirm(); }

void Notifier::tell(SubscriptionChanged::State state, Why why, int status, Actions& out) const {
  SubscriptionChanged event;
  event.subscription = setup_.id;
  event.state = state;
  event.why = why;
  event.status = status;
  out.push_back(Tell{std::move(event)});
}

void Notifier::ok(TransactionId request, seconds granted, Actions& out) const {
  out.push_back(Respond{request, 200, {}, {}, {{"Expires", std::to_string(granted.count())}}});
}

void Notifier::start(TransactionId request, seconds granted, base::TimePoint now, Actions& out) {
  ok(request, granted, out);
  fetch_ = granted == seconds(0);
  expire_at_ = now + (fetch_ ? kFetchLimit : base::Duration(granted));
  if (!fetch_) changed(now, out);  // RFC 6665 section 4.2.1.2; a fetch has one answer only.
}

void Notifier::on_subscribe(TransactionId request, const Message& subscribe, base::TimePoint now, Actions& out) {
  const auto refuse = [&](int status, HeaderList own = {}) { out.push_back(Respond{request, status, {}, {}, std::move(own)}); };
  if (state_ == State::Leaving || state_ == State::Terminated || fetch_) return refuse(481);
  const auto event = event_of(subscribe);
  if (!event || *event != setup_.event) return refuse(481);  // Another subscription of one dialog: RFC 6665 section 4.5.2.
  if (!dialog_.accept_sequence(subscribe)) return refuse(500);
  const Grant grant = grant_of(subscribe, setup_.grant);
  if (grant.too_brief) return refuse(423, {{"Min-Expires", std::to_string(setup_.grant.least.count())}});
  dialog_.refresh_target(subscribe);
  ok(request, grant.expires, out);
  if (grant.expires == seconds(0)) return leave(Why::Timeout, Why::Unsubscribed, now, out);
  expire_at_ = now + grant.expires;
  changed(now, out);
}

void Notifier::changed(base::TimePoint now, Actions& out) {
  dirty_ = true;
  if (!in_flight_) send(now, out);
}

void Notifier::send(base::TimePoint now, Actions& out) {
  dirty_ = false;
  in_flight_ = true;
  SubscriptionState told;
  told.phase = state_ == State::Leaving ? Phase::Terminated : state_ == State::Active ? Phase::Active : Phase::Pending;
  told.reason = reason_;
  told.retry_after = retry_after_;
  if (expire_at_) told.expires = std::chrono::ceil<seconds>(std::max(*expire_at_ - now, base::Duration::zero()));
  HeaderList own{{"Event", to_string(setup_.event)}, {"Subscription-State", to_string(told)}};
  out.push_back(Send{dialog_.request(Method::Notify), {}, body_, std::move(own)});
}

bool Notifier::accept(Body state, base::TimePoint now, Actions& out) {
  if (state_ != State::Pending) return false;
  state_ = State::Active;
  body_ = std::move(state);
  if (fetch_) {
    leave(Why::Timeout, Why::Unsubscribed, now, out);
  } else {
    changed(now, out);
  }
  return true;
}

bool Notifier::notify(Body state, base::TimePoint now, Actions& out) {
  if (state_ != State::Active) return false;
  body_ = std::move(state);
  changed(now, out);
  return true;
}

bool Notifier::end(Why reason, std::optional<seconds> retry_after, base::TimePoint now, Actions& out) {
  if (state_ != State::Pending && state_ != State::Active) return false;
  retry_after_ = retry_after;
  if (reason == Why::Rejected || reason == Why::NoResource) body_ = {};  // Who may not see it gets none of it.
  leave(reason, reason, now, out);
  return true;
}

/// `reason` goes to the subscriber, `told` to the owner.
void Notifier::leave(Why reason, Why told, base::TimePoint now, Actions& out) {
  state_ = State::Leaving;
  reason_ = reason;
  expire_at_.reset();
  tell(SubscriptionChanged::State::Ended, told, 0, out);
  changed(now, out);
}

void Notifier::over(Why why, int status, Actions& out) {
  if (state_ != State::Leaving) tell(SubscriptionChanged::State::Ended, why, status, out);
  state_ = State::Terminated;
  dirty_ = in_flight_ = false;
  expire_at_.reset();
}

void Notifier::on_response(const Message& response, base::TimePoint now, Actions& out) {
  const int status = response.status();
  if (status < 200 || !in_flight_) return;
  in_flight_ = false;
  if (ends_subscription(status)) return over(Why::Refused, status, out);  // RFC 6665 section 4.2.2
  if (status < 300) dialog_.refresh_target(response);
  if (dirty_) return send(now, out);
  if (state_ == State::Leaving) over(Why::None, 0, out);
}

void Notifier::on_failure(Failure failure, base::TimePoint, Actions& out) {
  if (!in_flight_) return;
  over(failure == Failure::Timeout ? Why::NoAnswer : failure == Failure::Transport ? Why::Unreachable : Why::Unresolvable, 0, out);
}

void Notifier::on_time(base::TimePoint now, Actions& out) {
  if (expire_at_ && *expire_at_ <= now) leave(Why::Timeout, Why::Timeout, now, out);
}

std::optional<base::TimePoint> Notifier::next_deadline() const { return expire_at_; }

bool Notifier::is_consistent() const {
  switch (state_) {
    case State::Pending: return expire_at_ && body_.empty() && (!dirty_ || in_flight_);
    case State::Active: return expire_at_ && (!dirty_ || in_flight_);
    case State::Leaving: return !expire_at_ && in_flight_;
    case State::Terminated: return !expire_at_ && !in_flight_ && !dirty_;
  }
  return false;
}

}  // namespace offhook::inline v0::sip::subscription
