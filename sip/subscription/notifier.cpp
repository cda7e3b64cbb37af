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

void Notifier::emit(SubscriptionChanged::State state, Why why, int status, Actions& out) const {
  SubscriptionChanged event;
  event.subscription = setup_.id;
  event.state = state;
  event.why = why;
  event.status = status;
  out.push_back(Emit{std::move(event)});
}

void Notifier::ok(TransactionId request, seconds granted, Actions& out) const {
  out.push_back(Respond{request, 200, {}, {}, {{"Expires", std::to_string(granted.count())}}});
}

void Notifier::start(TransactionId request, seconds granted, base::TimePoint now, Actions& out) {
  asked_ = request;
  granted_ = granted;
  fetch_ = granted == seconds(0);
  if (setup_.notify.patience > base::Duration::zero()) {
    state_ = State::Asked;
    expire_at_ = now + setup_.notify.patience;
    return;
  }
  answer(now, out);
  if (!fetch_) changed(now, out);  // RFC 6665 section 4.2.1.2; a fetch gets one NOTIFY only.
}

void Notifier::answer(base::TimePoint now, Actions& out) {
  state_ = State::Pending;
  ok(asked_, granted_, out);
  expire_at_ = now + (fetch_ ? kFetchLimit : base::Duration(granted_));
}

/// Refuses the waiting SUBSCRIBE: RFC 6665 section 4.2.1.3. 403 means that this subscriber may not subscribe.
void Notifier::refuse(Why reason, Actions& out) {
  const int status = reason == Why::Rejected ? 403 : reason == Why::NoResource ? 404 : 503;
  HeaderList own;
  if (retry_after_) own.emplace_back("Retry-After", std::to_string(retry_after_->count()));
  out.push_back(Respond{asked_, status, {}, {}, std::move(own)});
  emit(SubscriptionChanged::State::Ended, reason, status, out);
  state_ = State::Terminated;
  expire_at_.reset();
}

void Notifier::on_subscribe(TransactionId request, const Message& subscribe, base::TimePoint now, Actions& out) {
  const auto refuse = [&](int status, HeaderList own = {}) { out.push_back(Respond{request, status, {}, {}, std::move(own)}); };
  if ((state_ != State::Pending && state_ != State::Active) || fetch_) return refuse(481);
  const auto event = event_of(subscribe);
  // The SUBSCRIBE is for another subscription of the dialog: RFC 6665 section 4.5.2.
  if (!event || *event != setup_.event) return refuse(481);
  if (!dialog_.accept_sequence(subscribe)) return refuse(500);
  const Grant grant = grant_of(subscribe, setup_.grant);
  if (grant.too_brief) return refuse(423, {{"Min-Expires", std::to_string(setup_.grant.least.count())}});
  dialog_.refresh_target(subscribe);
  ok(request, grant.expires, out);
  if (grant.expires == seconds(0)) return leave(Why::Timeout, Why::Unsubscribed, now, out);
  expire_at_ = now + grant.expires;
  changed(now, out);
}

/// Sends a NOTIFY without waiting for NotifyOptions::pace, because the subscriber expects it.
void Notifier::changed(base::TimePoint now, Actions& out) {
  dirty_ = urgent_ = true;
  if (!in_flight_) send(now, out);
}

void Notifier::send_in_time(base::TimePoint now, Actions& out) {
  if (urgent_ || !not_before_ || *not_before_ <= now) return send(now, out);
  send_at_ = not_before_;
}

void Notifier::send(base::TimePoint now, Actions& out) {
  dirty_ = urgent_ = false;
  in_flight_ = true;
  send_at_.reset();
  not_before_ = now + setup_.notify.pace;
  SubscriptionState told;
  told.phase = state_ == State::Leaving ? Phase::Terminated : state_ == State::Active ? Phase::Active : Phase::Pending;
  told.reason = reason_;
  told.retry_after = retry_after_;
  if (expire_at_) told.expires = std::chrono::ceil<seconds>(std::max(*expire_at_ - now, base::Duration::zero()));
  HeaderList own{{"Event", to_string(setup_.event)}, {"Subscription-State", to_string(told)}};
  Body body = body_;
  const auto mark = setup_.notify.counts ? body.data.find(kVersionMark) : std::string::npos;
  if (mark != std::string::npos) body.data.replace(mark, kVersionMark.size(), std::to_string(documents_++));
  out.push_back(Send{dialog_.request(Method::Notify), {}, std::move(body), std::move(own)});
}

bool Notifier::accept(Body state, base::TimePoint now, Actions& out) {
  if (state_ == State::Asked) answer(now, out);
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
  dirty_ = true;
  if (!in_flight_) send_in_time(now, out);
  return true;
}

bool Notifier::end(Why reason, std::optional<seconds> retry_after, base::TimePoint now, Actions& out) {
  if (state_ == State::Leaving || state_ == State::Terminated) return false;
  retry_after_ = retry_after;
  if (state_ == State::Asked) {
    refuse(reason, out);
    return true;
  }
  // A rejected subscriber must not get the state.
  if (reason == Why::Rejected || reason == Why::NoResource) body_ = {};
  leave(reason, reason, now, out);
  return true;
}

/// Ends the subscription. The subscriber gets `reason`, the owner gets `told`.
void Notifier::leave(Why reason, Why told, base::TimePoint now, Actions& out) {
  state_ = State::Leaving;
  reason_ = reason;
  expire_at_.reset();
  emit(SubscriptionChanged::State::Ended, told, 0, out);
  changed(now, out);
}

void Notifier::over(Why why, int status, Actions& out) {
  if (state_ != State::Leaving) emit(SubscriptionChanged::State::Ended, why, status, out);
  state_ = State::Terminated;
  dirty_ = urgent_ = in_flight_ = false;
  expire_at_.reset();
  send_at_.reset();
}

void Notifier::on_response(const Message& response, base::TimePoint now, Actions& out) {
  const int status = response.status();
  if (status < 200 || !in_flight_) return;
  in_flight_ = false;
  if (ends_subscription(status)) return over(Why::Refused, status, out);  // RFC 6665 section 4.2.2
  if (status < 300) dialog_.refresh_target(response);
  if (dirty_) return send_in_time(now, out);
  if (state_ == State::Leaving) over(Why::None, 0, out);
}

void Notifier::on_failure(Failure failure, base::TimePoint, Actions& out) {
  if (!in_flight_) return;
  over(failure == Failure::Timeout ? Why::NoAnswer : failure == Failure::Transport ? Why::Unreachable : Why::Unresolvable, 0, out);
}

void Notifier::on_time(base::TimePoint now, Actions& out) {
  if (expire_at_ && *expire_at_ <= now) {
    if (state_ != State::Asked) return leave(Why::Timeout, Why::Timeout, now, out);
    answer(now, out);
    if (!fetch_) changed(now, out);
  }
  if (send_at_ && *send_at_ <= now) send(now, out);
}

std::optional<base::TimePoint> Notifier::next_deadline() const {
  return expire_at_ && send_at_ ? std::min(expire_at_, send_at_) : expire_at_ ? expire_at_ : send_at_;
}

bool Notifier::is_consistent() const {
  if (send_at_ && (state_ != State::Active || in_flight_ || !dirty_)) return false;
  switch (state_) {
    case State::Asked: return expire_at_ && body_.empty() && !in_flight_ && !dirty_;
    case State::Pending: return expire_at_ && body_.empty() && (!dirty_ || in_flight_);
    case State::Active: return expire_at_ && (!dirty_ || in_flight_ || send_at_);
    case State::Leaving: return !expire_at_ && in_flight_;
    case State::Terminated: return !expire_at_ && !in_flight_ && !dirty_;
  }
  return false;
}

}  // namespace offhook::inline v0::sip::subscription
