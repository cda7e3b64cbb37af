#include <offhook/sip/subscription/subscriber.hpp>

#include <offhook/base/text.hpp>
#include <offhook/sip/session/confirmed_call.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::sip::subscription {

using std::chrono::seconds;

namespace {

/// Returns true for refusals of a first SUBSCRIBE that may be temporary: RFC 3261 sections 21.4 to 21.6.
bool may_change(int status) {
  switch (status) {
    case 401:
    case 407:
    case 408:
    case 423:
    case 480:
    case 481:
    case 486:
    case 491:
    case 500:
    case 502:
    case 503:
    case 504:
    case 600: return true;
    default: return false;
  }
}

seconds retry_after_of(const Message& response) {
  return std::min(seconds(response.number(HeaderName::RetryAfter).value_or(0)), Subscriber::kRetryAfterMax);
}

HeaderFields carried(const Message& notify) {
  return {notify, [](HeaderName name) {
            return name == HeaderName::Event || name == HeaderName::SubscriptionState || name == HeaderName::Other;
          }};
}

}  // namespace

Subscriber::Subscriber(Setup setup, base::Random& random)
    : id_(setup.id),
      timers_(setup.timers),
      options_(std::move(setup.options)),
      random_(random),
      head_(std::move(setup.head)),
      from_(head_.from),
      target_(head_.request_uri),
      straight_(head_.next_hop == head_.request_uri),
      redirections_(target_, 0),
      asked_(std::min(options_.expires, kMaxExpires)) {}

void Subscriber::start(base::TimePoint now, Actions& out) {
  if (state_ == State::Init) attempt(now, out);
}

void Subscriber::attempt(base::TimePoint now, Actions& out) {
  state_ = State::NotifyWait;
  retry_at_.reset();
  settled_since_.reset();
  granted_.reset();
  answered_ = false;
  ending_ = {};
  tag_ = random_.token();
  head_.call_id = random_.token();
  head_.from = from_ + ";tag=" + tag_;
  head_.cseq = 0;
  redirections_ = session::Redirections(target_, session::kMaxRedirections);
  aim_at(target_);
  send_first(now, out);
}

void Subscriber::aim_at(const std::string& target) {
  head_.request_uri = target;
  if (straight_) head_.next_hop = target;
}

/// Follows the targets of 3xx responses one after the other: RFC 3261 section 8.1.3.4.
bool Subscriber::follow(const Message& response, base::TimePoint now, Actions& out) {
  if (leaving_ || is_refer() || answered_ || response.status() >= 600) return false;
  if (response.status() < 400) redirections_.on_moved(response);
  const auto target = redirections_.next();
  if (!target) return false;
  aim_at(*target);
  send_first(now, out);
  return true;
}

void Subscriber::send_first(base::TimePoint now, Actions& out) {
  in_flight_ = true;
  window_until_ = now + 64 * timers_.t1;
  head_.method = is_refer() ? Method::Refer : Method::Subscribe;
  ++head_.cseq;
  auto own = is_refer() ? HeaderList{{"Refer-To", "<" + options_.refer_to + ">"}} : subscribe_fields(options_, asked_);
  out.push_back(Send{head_, options_.headers, options_.body, std::move(own)});
}

Usage* Subscriber::find(std::string_view remote_tag) {
  const auto at = std::find_if(usages_.begin(), usages_.end(),
                               [&](const auto& usage) { return usage->dialog().id().remote_tag == remote_tag; });
  return at == usages_.end() ? nullptr : at->get();
}

Usage* Subscriber::find_party(const RequestHead& sent) {
  if (sent.call_id != head_.call_id) return nullptr;
  const auto at =
      std::find_if(usages_.begin(), usages_.end(), [&](const auto& usage) { return usage->dialog().remote() == sent.to; });
  return at == usages_.end() ? nullptr : at->get();
}

bool Subscriber::takes_new_dialogs() const {
  if (!window_until_ || usages_.size() >= kMaxForks) return false;
  // RFC 6665 section 5.4.9: if the package allows no forks, only the first dialog is used, and the others get 481.
  return options_.forks || !answered_;
}

void Subscriber::on_notify(TransactionId request, const Message& notify, base::TimePoint now, Actions& out) {
  const auto reply = [&](int status) { out.push_back(Respond{request, status, {}, {}}); };
  const auto event = event_of(notify);
  if (!event) return reply(event.error() == ParseError::MissingHeader ? 489 : 400);
  // The id of a REFER's subscription is its CSeq, and may be omitted: RFC 3515 section 2.4.6.
  const bool ours = is_refer() ? event->package == options_.event.package : *event == options_.event;
  if (!ours || is_over()) return reply(481);
  const auto told = parse_subscription_state(notify.find(HeaderName::SubscriptionState).value_or(""));
  if (!told) return reply(400);  // The field is mandatory: RFC 6665 section 4.1.3.
  Usage* usage = find(notify.from().tag().value_or(""));
  if (usage == nullptr) {
    if (!takes_new_dialogs()) return reply(481);
    if (told->phase == Phase::Terminated) {
      reply(200);
      return on_last_without_dialog(notify, *told, now, out);
    }
    auto dialog = Dialog::as_subscriber(head_, notify);
    if (!dialog) return reply(400);
    usages_.push_back(std::make_unique<Usage>(Usage::Shared{&options_, timers_, &random_}, std::move(*dialog), asked_));
    usage = usages_.back().get();
    usage->on_notify(*told, granted_ ? granted_ : in_flight_ ? std::nullopt : std::optional(asked_), now);
    if (!settled_since_) settled_since_ = now;
    state_ = State::Subscribed;
    answered_ = true;
    emit(*usage, now, out);
  } else {
    // Refuse a NOTIFY whose CSeq is out of order: RFC 3261 section 12.2.2.
    if (!usage->dialog().accept_sequence(notify)) return reply(500);
    usage->dialog().refresh_target(notify);
    const auto before = usage->state();
    usage->on_notify(*told, granted_, now);
    if (usage->state() != before && usage->state() != Usage::State::Terminated) emit(*usage, now, out);
  }
  reply(200);
  out.push_back(Emit{Notified{id_, usage->dialog().id().remote_tag, session::body_of(notify), carried(notify),
                              usage->state() == Usage::State::Terminated}});
  // Unsubscribe if our owner is ending the subscription, or if the notifier made a subscription of a fetch.
  if (leaving_ || (options_.expires == seconds(0) && !is_refer())) usage->leave(now, out);
  sweep(now, out);
}

/// Processes a NOTIFY that creates no dialog, because it answers a fetch or its notifier has nothing to report
/// (RFC 6665 section 4.4.1).
void Subscriber::on_last_without_dialog(const Message& notify, const SubscriptionState& told, base::TimePoint now,
                                        Actions& out) {
  answered_ = true;
  const bool fetched = options_.expires == seconds(0) && told.reason == Why::Timeout;
  ending_ = {fetched || leaving_ ? Why::Unsubscribed : told.reason, 0, told.retry_after.value_or(seconds(0))};
  out.push_back(Emit{Notified{id_, std::string(notify.from().tag().value_or("")), session::body_of(notify), carried(notify), true}});
  sweep(now, out);
}

void Subscriber::on_response(const RequestHead& sent, const Message& response, base::TimePoint now, Actions& out) {
  if (Usage* usage = find_party(sent)) {
    usage->on_response(response, now, out);
  } else if (in_flight_ && sent.call_id == head_.call_id && sent.to == head_.to && response.status() >= 200) {
    on_first_response(response, now, out);
  }
  sweep(now, out);
}

void Subscriber::on_first_response(const Message& response, base::TimePoint now, Actions& out) {
  in_flight_ = false;
  if (response.status() >= 300) return on_refused(response, now, out);
  interval_retries_ = 0;
  const auto expires = response.number(HeaderName::Expires);
  granted_ = expires ? std::min(seconds(*expires), asked_) : asked_;
  for (auto& usage : usages_) usage->grant(*granted_, now);
  const auto refer_sub = response.find("Refer-Sub");
  base::TextCursor word(refer_sub.value_or(""));
  if (!is_refer() || !base::iequals(base::trim(word.take_until(';')), "false") || !usages_.empty()) return;
  window_until_.reset();  // RFC 4488 section 4: accepted without notifications.
  ending_ = {Why::Unsubscribed, response.status(), {}};
}

void Subscriber::on_refused(const Message& response, base::TimePoint now, Actions& out) {
  const auto least = response.number(HeaderName::MinExpires);
  if (response.status() == 423 && least && seconds(*least) > asked_ && seconds(*least) <= kMaxExpires &&
      asked_ > seconds(0) && interval_retries_ < kMaxIntervalRetries && !leaving_ && !is_refer()) {
    ++interval_retries_;
    asked_ = seconds(*least);
    return send_first(now, out);
  }
  if (follow(response, now, out)) return;
  window_until_.reset();
  for (auto& usage : usages_) usage->grant(asked_, now);
  if (usages_.empty() && !answered_) ending_ = {Why::Refused, response.status(), retry_after_of(response)};
}

void Subscriber::on_failure(const RequestHead& sent, Failure failure, base::TimePoint now, Actions& out) {
  if (Usage* usage = find_party(sent)) {
    usage->on_failure(failure, now, out);
  } else if (in_flight_ && sent.call_id == head_.call_id && sent.to == head_.to) {
    in_flight_ = false;
    window_until_.reset();
    for (auto& made : usages_) made->grant(asked_, now);
    if (usages_.empty() && !answered_) {
      ending_ = {failure == Failure::Timeout ? Why::NoAnswer : failure == Failure::Transport ? Why::Unreachable : Why::Unresolvable,
                 0,
                 {}};
    }
  }
  sweep(now, out);
}

/// Removes dialogs that have ended. The attempt ends with the last dialog.
void Subscriber::sweep(base::TimePoint now, Actions& out) {
  for (auto& usage : usages_) {
    if (usage->state() != Usage::State::Terminated) continue;
    ending_ = {usage->why(), usage->status(), usage->retry_after().value_or(seconds(0))};
    if (!options_.forks) continue;
    SubscriptionChanged event;
    event.state = SubscriptionChanged::State::Ended;
    event.why = usage->why();
    event.status = usage->status();
    event.branch_tag = usage->dialog().id().remote_tag;
    emit(std::move(event), out);
  }
  std::erase_if(usages_, [](const auto& usage) { return usage->state() == Usage::State::Terminated; });
  const bool running = state_ == State::NotifyWait || state_ == State::Subscribed;
  const bool may_grow = window_until_ && (options_.forks || !answered_);
  if (running && usages_.empty() && !may_grow) end_attempt(now, out);
}

void Subscriber::end_attempt(base::TimePoint now, Actions& out) {
  in_flight_ = false;
  window_until_.reset();
  if (ending_.why == Why::None) ending_.why = Why::NoAnswer;
  if (leaving_) ending_.why = Why::Unsubscribed;
  const auto wait = retry_in(now);
  if (!wait) return end(out);
  SubscriptionChanged event;
  event.state = SubscriptionChanged::State::Waiting;
  event.why = ending_.why;
  event.status = ending_.status;
  event.retry_in = *wait;
  emit(std::move(event), out);
  if (*wait == base::Duration::zero()) return attempt(now, out);
  state_ = State::Waiting;
  retry_at_ = now + *wait;
}

/// Returns the time to the next attempt, or nullopt if no attempt may follow. RFC 6665 section 4.1.3 defines the notifier's
/// reasons.
std::optional<base::Duration> Subscriber::retry_in(base::TimePoint now) {
  if (leaving_ || !options_.persists || is_refer() || options_.expires == seconds(0)) return std::nullopt;
  if (settled_since_ && now - *settled_since_ >= kSettled) failures_ = 0;
  const base::Duration told = std::min(std::chrono::ceil<seconds>(ending_.retry_after), kRetryAfterMax);
  const bool first = failures_ == 0;
  switch (ending_.why) {
    case Why::Rejected:
    case Why::NoResource:
    case Why::Invariant:
    case Why::Unsubscribed: return std::nullopt;
    case Why::Refused:
      if (!may_change(ending_.status)) return std::nullopt;
      if (ending_.status == 401 || ending_.status == 407) return std::max(backoff(), kCredentialsRetry);
      return std::max(backoff(), told);
    case Why::Deactivated:
    // Retry at once, but not repeatedly with a notifier that always sends this reason.
    case Why::Timeout: {
      const auto wait = backoff();
      return first ? base::Duration::zero() : wait;
    }
    case Why::Probation:
    case Why::GiveUp: return std::max(backoff(), ending_.retry_after > base::Duration::zero() ? told : kLater);
    case Why::None:
    case Why::NoAnswer:
    case Why::Unreachable:
    case Why::Unresolvable:
    case Why::Terminated: return std::max(backoff(), told);
  }
  return std::nullopt;
}

base::Duration Subscriber::backoff() {
  base::Duration limit = kBackoffBase;
  for (int i = 0; i < failures_ && limit < kBackoffMax; ++i) limit *= 2;
  limit = std::min(limit, kBackoffMax);
  ++failures_;
  return uniform(random_, limit / 2, limit);
}

void Subscriber::end(Actions& out) {
  state_ = State::Terminated;
  retry_at_.reset();
  SubscriptionChanged event;
  event.state = SubscriptionChanged::State::Ended;
  event.why = ending_.why;
  event.status = ending_.status;
  emit(std::move(event), out);
}

void Subscriber::emit(const Usage& usage, base::TimePoint now, Actions& out) const {
  SubscriptionChanged event;
  event.state = usage.state() == Usage::State::Active ? SubscriptionChanged::State::Active : SubscriptionChanged::State::Pending;
  event.expires = usage.left(now);
  event.branch_tag = usage.dialog().id().remote_tag;
  emit(std::move(event), out);
}

void Subscriber::emit(SubscriptionChanged event, Actions& out) const {
  event.subscription = id_;
  out.push_back(Emit{std::move(event)});
}

bool Subscriber::refresh(base::TimePoint now, Actions& out) {
  if (leaving_ || is_over() || is_refer()) return false;
  if (state_ == State::Waiting) attempt(now, out);
  for (auto& usage : usages_) usage->refresh(now, out);
  return true;
}

bool Subscriber::unsubscribe(base::TimePoint now, Actions& out) {
  if (is_over() || std::exchange(leaving_, true)) return false;
  for (auto& usage : usages_) usage->leave(now, out);
  if (state_ == State::Waiting) {
    ending_ = {Why::Unsubscribed, 0, {}};
    end(out);
  }
  return true;
}

std::optional<std::uint32_t> Subscriber::take_cseq(const RequestHead& sent) {
  if (Usage* usage = find_party(sent)) return usage->dialog().take_cseq();
  if (!in_flight_ || sent.call_id != head_.call_id) return std::nullopt;
  return ++head_.cseq;
}

void Subscriber::on_time(base::TimePoint now, Actions& out) {
  for (auto& usage : usages_) usage->on_time(now, out);
  if (window_until_ && *window_until_ <= now) window_until_.reset();
  sweep(now, out);
  if (retry_at_ && *retry_at_ <= now) attempt(now, out);
}

std::optional<base::TimePoint> Subscriber::next_deadline() const {
  auto first = retry_at_;
  const auto consider = [&](const std::optional<base::TimePoint>& due) {
    if (due && (!first || *due < *first)) first = due;
  };
  consider(window_until_);
  for (const auto& usage : usages_) consider(usage->next_deadline());
  return first;
}

bool Subscriber::is_consistent() const {
  if (usages_.size() > kMaxForks || retry_at_.has_value() != (state_ == State::Waiting)) return false;
  if (window_until_ && state_ != State::NotifyWait && state_ != State::Subscribed) return false;
  if (state_ == State::Terminated && (!usages_.empty() || next_deadline())) return false;
  return std::all_of(usages_.begin(), usages_.end(), [](const auto& usage) {
    return usage->is_consistent() && usage->state() != Usage::State::Terminated;
  });
}

}  // namespace offhook::inline v0::sip::subscription
