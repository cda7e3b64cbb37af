#include <offhook/sip/subscription/usage.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::sip::subscription {

using std::chrono::seconds;

HeaderList subscribe_fields(const SubscriberOptions& options, seconds expires) {
  HeaderList fields{{"Event", to_string(options.event)}, {"Expires", std::to_string(expires.count())}};
  if (!options.accept.empty()) fields.emplace_back("Accept", options.accept);
  return fields;
}

base::Duration uniform(base::Random& random, base::Duration low, base::Duration high) {
  const auto span = static_cast<std::uint64_t>(std::max(high - low, base::Duration::zero()).count());
  return low + base::Duration(static_cast<base::Duration::rep>(random.below(span + 1)));
}

void Usage::end(Why why, int status) {
  state_ = State::Terminated;
  why_ = leaving_ ? Why::Unsubscribed : why;
  status_ = leaving_ ? 0 : status;
  expire_at_.reset();
  refresh_at_.reset();
  give_up_at_.reset();
}

void Usage::set_expiry(seconds expires, base::TimePoint now) {
  expires = std::min(expires, kMaxExpires);
  expire_at_ = now + expires;
  refresh_at_.reset();
  if (leaving_ || in_flight_ || !shared_.options->refer_to.empty()) return;
  const base::Duration whole = expires;
  const base::Duration latest = std::max(whole / 2, whole - kRefreshMargin);
  const base::Duration spread = uniform(*shared_.random, whole / 2, whole * 85 / 100);
  refresh_at_ = now + std::max(std::min(spread, latest), kMinRefresh);
}

void Usage::on_notify(const SubscriptionState& told, std::optional<seconds> granted, base::TimePoint now) {
  if (!leaving_) give_up_at_.reset();  // While leaving, only the last NOTIFY stops Timer N.
  switch (told.phase) {
    case Phase::Pending: state_ = State::Pending; break;
    case Phase::Active: state_ = State::Active; break;
    case Phase::Other: break;  // An unknown word: keep the state.
    case Phase::Terminated:
      retry_after_ = told.retry_after;
      return end(told.reason);
  }
  const auto expires = told.expires ? told.expires : expire_at_ ? std::nullopt : granted;
  if (told.expires) told_expiry_ = true;
  if (expires) set_expiry(*expires, now);
}

void Usage::grant(seconds granted, base::TimePoint now) {
  if (state_ != State::Terminated && !expire_at_) set_expiry(granted, now);
}

void Usage::send(seconds expires, base::TimePoint now, Actions& out) {
  in_flight_ = true;
  again_ = false;
  told_expiry_ = false;
  refresh_at_.reset();
  give_up_at_ = now + 64 * shared_.timers.t1;
  out.push_back(Send{dialog_.request(Method::Subscribe), shared_.options->headers, shared_.options->body,
                     subscribe_fields(*shared_.options, expires)});
}

void Usage::send_next(base::TimePoint now, Actions& out) { send(leaving_ ? seconds(0) : asked_, now, out); }

void Usage::refresh(base::TimePoint now, Actions& out) {
  if (state_ == State::Terminated) return;
  again_ = in_flight_;
  if (!in_flight_) send_next(now, out);
}

void Usage::leave(base::TimePoint now, Actions& out) {
  if (std::exchange(leaving_, true)) return;
  refresh(now, out);
}

void Usage::retry_later(base::Duration at_least, base::TimePoint now) {
  give_up_at_.reset();
  again_ = false;
  const base::TimePoint again = now + std::max({at_least, kMinRetry, left(now) / 2});
  if (expire_at_ && again < *expire_at_) refresh_at_ = again;
}

void Usage::on_response(const Message& response, base::TimePoint now, Actions& out) {
  const int status = response.status();
  if (status < 200 || state_ == State::Terminated) return;
  in_flight_ = false;
  const auto least = response.number(HeaderName::MinExpires);
  if (status == 423 && !leaving_ && least && seconds(*least) > asked_ && seconds(*least) <= kMaxExpires &&
      interval_retries_ < kMaxIntervalRetries) {
    ++interval_retries_;
    asked_ = seconds(*least);
    return send_next(now, out);
  }
  if (status < 300) {
    interval_retries_ = 0;
    dialog_.refresh_target(response);
    const auto granted = response.number(HeaderName::Expires);
    if (again_) return send_next(now, out);
    if (leaving_) return;  // The last NOTIFY or Timer N ends the subscription.
    // RFC 6665 section 4.1.2.2: no NOTIFY will follow.
    if (status == 204) give_up_at_.reset();
    const auto own = std::min(seconds(granted.value_or(kMaxExpires.count())), asked_);
    // The expiry in a NOTIFY has priority: RFC 6665 section 4.1.3.
    return set_expiry(told_expiry_ ? std::chrono::duration_cast<seconds>(left(now)) : own, now);
  }
  if (leaving_ || ends_subscription(status)) return end(Why::Refused, status);
  const auto wait = response.number(HeaderName::RetryAfter);
  retry_later(seconds(wait.value_or(0)), now);
}

void Usage::on_failure(Failure failure, base::TimePoint now, Actions&) {
  if (state_ == State::Terminated) return;
  in_flight_ = false;
  if (leaving_ || failure == Failure::Timeout) return end(Why::NoAnswer);
  retry_later({}, now);
}

void Usage::on_time(base::TimePoint now, Actions& out) {
  if (state_ == State::Terminated) return;
  if (give_up_at_ && *give_up_at_ <= now) return end(Why::NoAnswer);
  if (expire_at_ && *expire_at_ <= now) return end(Why::Timeout);
  if (refresh_at_ && *refresh_at_ <= now) send_next(now, out);
}

std::optional<base::TimePoint> Usage::next_deadline() const {
  std::optional<base::TimePoint> first;
  for (const auto& due : {expire_at_, refresh_at_, give_up_at_}) {
    if (due && (!first || *due < *first)) first = due;
  }
  return first;
}

base::Duration Usage::left(base::TimePoint now) const {
  return expire_at_ && *expire_at_ > now ? *expire_at_ - now : base::Duration::zero();
}

bool Usage::is_consistent() const {
  if (state_ == State::Terminated) return !next_deadline() && why_ != Why::None;
  if (in_flight_ && refresh_at_) return false;
  return !again_ || in_flight_;
}

}  // namespace offhook::inline v0::sip::subscription
