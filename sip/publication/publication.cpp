#include <offhook/sip/publication/publication.hpp>

#include <offhook/base/text.hpp>

#include <algorithm>
#include <cassert>
#include <utility>

namespace offhook::inline v0::sip::publication {

using std::chrono::seconds;
using Changed = PublicationChanged;

namespace {

/// Returns true for a status that the server would send again for the same request: RFC 3903 section 6, RFC 3261 section 21.
bool is_final(int status) {
  switch (status) {
    case 400:
    case 403:
    case 404:
    case 405:
    case 410:
    case 413:
    case 415:
    case 416:
    case 420:
    case 484:
    case 485:
    case 489:
    case 501:
    case 505:
    case 513:
    case 603:
    case 604:
    case 606: return true;
    // 401 and 407: the password is wrong. Under 400: nothing follows redirections here.
    default: return status == 401 || status == 407 || status < 400;
  }
}

Changed changed(Changed::State state, Changed::Why why, int status = 0, std::string reason = {}) {
  Changed event;
  event.state = state;
  event.why = why;
  event.status = status;
  event.reason = std::move(reason);
  return event;
}

}  // namespace

Publication::Publication(Body state, seconds expires, base::Random& random, Actions& out)
    : random_(random), body_(std::move(state)), asked_(std::clamp(expires, seconds(1), kMaxExpires)) {
  send(out);
}

void Publication::modify(Body state, Actions& out) {
  if (state_ == State::Removing || state_ == State::Ended) return;
  body_ = std::move(state);
  is_told_ = false;
  retries_ = 0;
  if (state_ == State::Published) send(out);
  assert(is_consistent());
}

void Publication::remove(base::TimePoint now, Actions& out) {
  if (state_ == State::Removing || state_ == State::Ended) return;
  state_ = State::Removing;
  stop_at_ = now + kRemoveLimit;
  act_at_.reset();
  if (!in_flight_) send(out);
  assert(is_consistent());
}

/// Sends the PUBLISH that is due: the state if the server lacks it, a refresh, or the removal.
void Publication::send(Actions& out) {
  removing_ = state_ == State::Removing;
  if (removing_ && etag_.empty()) return end(changed(Changed::State::Ended, Changed::Why::Removed), out);
  if (!removing_) state_ = State::Publishing;
  const bool has_body = !removing_ && (!is_told_ || etag_.empty());  // A refresh or removal has no body: RFC 3903 sections 4.3 and 4.5.
  is_told_ = true;
  in_flight_ = true;
  act_at_.reset();
  out.push_back(SendPublish{etag_, removing_ ? seconds(0) : asked_, has_body});
}

void Publication::on_response(const Message& response, base::TimePoint now, Actions& out) {
  const int status = response.status();
  if (!in_flight_ || status < 200) return;
  in_flight_ = false;
  if (status < 300) {
    on_accepted(response, now, out);
  } else if (status == 412 && !etag_.empty()) {
    // The server has lost the state and gets it again: RFC 3903 section 5.
    etag_.clear();
    is_told_ = false;
    send(out);
  } else if (state_ == State::Removing) {
    if (removing_) end(changed(Changed::State::Ended, Changed::Why::Removed, status, std::string(response.reason())), out);
    else send(out);
  } else if (status == 423) {
    const auto least = response.number(HeaderName::MinExpires);
    const bool is_sane = least && seconds(*least) > asked_ && seconds(*least) <= kMaxExpires;
    if (!is_sane || ++retries_ > kMaxRetries) return refuse(response, now, out);
    asked_ = seconds(*least);
    is_told_ = false;
    send(out);
  } else {
    refuse(response, now, out);
  }
  assert(is_consistent());
}

void Publication::on_accepted(const Message& response, base::TimePoint now, Actions& out) {
  if (removing_) return end(changed(Changed::State::Ended, Changed::Why::Removed, response.status()), out);
  etag_ = std::string(base::trim(response.find("SIP-ETag").value_or("")));
  retries_ = failures_ = 0;
  if (state_ == State::Removing || !is_told_) return send(out);
  const auto granted = response.number(HeaderName::Expires);
  const seconds expires = std::min(granted ? seconds(*granted) : asked_, kMaxExpires);
  if (expires == seconds::zero()) return refuse(response, now, out);  // The server accepted the request but stores nothing.
  state_ = State::Published;
  act_at_ = now + refresh_after(expires);
  Changed event = changed(Changed::State::Published, Changed::Why::None, response.status());
  event.expires = expires;
  out.push_back(std::move(event));
}

void Publication::refuse(const Message& response, base::TimePoint now, Actions& out) {
  const auto after = response.number(HeaderName::RetryAfter);
  const auto why = response.status() == 408 || response.status() == 504 ? Changed::Why::NoAnswer : Changed::Why::Refused;
  Changed event = changed(Changed::State::Waiting, why, response.status(), std::string(response.reason()));
  if (is_final(response.status()) && !after && response.status() >= 300) {
    event.state = Changed::State::Ended;
    return end(std::move(event), out);
  }
  const base::Duration least = after ? base::Duration(std::min(seconds(*after), kRetryAfterMax)) : base::Duration::zero();
  // Spread the retries, so that not all clients return at the same moment.
  wait(std::move(event), uniform(least, least + least / 10), now, out);
}

void Publication::on_failure(Changed::Why why, const std::string& reason, base::TimePoint now, Actions& out) {
  if (!in_flight_) return;
  in_flight_ = false;
  if (state_ != State::Removing) wait(changed(Changed::State::Waiting, why, 0, reason), {}, now, out);
  else if (removing_) end(changed(Changed::State::Ended, why, 0, reason), out);
  else send(out);
  assert(is_consistent());
}

void Publication::wait(Changed event, base::Duration at_least, base::TimePoint now, Actions& out) {
  state_ = State::Waiting;
  is_told_ = false;  // The server's state is unknown, so send the complete state next.
  base::Duration backoff = kBackoffBase;
  ++failures_;
  for (int i = 0; i < failures_ && backoff < kBackoffMax; ++i) backoff *= 2;
  backoff = std::min(backoff, kBackoffMax);
  event.retry_in = std::max(at_least, uniform(backoff / 2, backoff));
  act_at_ = now + *event.retry_in;
  retries_ = 0;
  out.push_back(std::move(event));
}

void Publication::end(Changed event, Actions& out) {
  state_ = State::Ended;
  in_flight_ = removing_ = false;
  etag_.clear();
  act_at_.reset();
  stop_at_.reset();
  out.push_back(std::move(event));
}

void Publication::on_time(base::TimePoint now, Actions& out) {
  if (stop_at_ && *stop_at_ <= now) end(changed(Changed::State::Ended, Changed::Why::NoAnswer), out);
  else if (act_at_ && *act_at_ <= now) send(out);
  assert(is_consistent());
}

std::optional<base::TimePoint> Publication::next_deadline() const { return stop_at_ ? stop_at_ : act_at_; }

bool Publication::is_consistent() const {
  switch (state_) {
    case State::Publishing: return in_flight_ && !removing_ && !act_at_ && !stop_at_;
    case State::Published: return !in_flight_ && is_told_ && act_at_ && !stop_at_;
    case State::Waiting: return !in_flight_ && act_at_ && !stop_at_;
    case State::Removing: return in_flight_ && !act_at_ && stop_at_;
    case State::Ended: return !in_flight_ && !act_at_ && !stop_at_;
  }
  return false;
}

base::Duration Publication::refresh_after(base::Duration granted) {
  const base::Duration latest = std::max(granted / 2, granted - kRefreshMargin);
  return std::max(std::min(uniform(granted / 2, granted * 85 / 100), latest), kMinRefresh);
}

base::Duration Publication::uniform(base::Duration low, base::Duration high) {
  const auto span = static_cast<std::uint64_t>((high - low).count());
  return low + base::Duration(static_cast<base::Duration::rep>(random_.below(span + 1)));
}

}  // namespace offhook::inline v0::sip::publication
