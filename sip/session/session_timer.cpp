#include <offhook/sip/session/session_timer.hpp>

#include <algorithm>
#include <chrono>
#include <limits>
#include <string>

namespace offhook::inline v0::sip::session {

namespace {

constexpr std::string_view kTimer = "timer";

std::uint32_t whole_seconds(std::chrono::seconds value, std::uint32_t least) {
  constexpr std::chrono::seconds::rep kMost = std::numeric_limits<std::int32_t>::max();
  return std::max(least, static_cast<std::uint32_t>(std::clamp<std::chrono::seconds::rep>(value.count(), 0, kMost)));
}

std::uint32_t minimum_of(const SessionTimerOptions& options) {
  return whole_seconds(options.minimum, SessionTimer::kLeastMinSe);
}
std::uint32_t interval_of(const SessionTimerOptions& options) { return whole_seconds(options.interval, minimum_of(options)); }

}  // namespace

SessionTimer::SessionTimer(const SessionTimerOptions& options) : options_(options) {}

SessionTimer::Asked SessionTimer::asked_by(const Message& request) {
  Asked asked;
  asked.supports = request.lists(HeaderName::Supported, kTimer) || request.lists(HeaderName::Require, kTimer);
  if (const auto expires = request.session_expires()) asked.expires = *expires;
  asked.min_se = request.min_se().value_or(0);
  return asked;
}

std::optional<std::uint32_t> SessionTimer::too_short(const SessionTimerOptions& options, const Asked& asked) {
  if (options.use == SessionTimerOptions::Use::Off || !asked.supports || !asked.expires) return std::nullopt;
  const std::uint32_t minimum = minimum_of(options);
  return asked.expires->seconds < minimum ? std::optional(minimum) : std::nullopt;
}

void SessionTimer::write_request(HeaderList& headers) {
  asked_for_ = 0;
  if (is_off()) return;
  const std::uint32_t own = options_.minimum.count() > kLeastMinSe ? minimum_of(options_) : 0;
  const std::uint32_t min_se = std::max(min_se_, options_.use == SessionTimerOptions::Use::Ask ? own : 0);
  const std::uint32_t least = std::max(min_se, kLeastMinSe);
  if (is_on()) {
    asked_for_ = std::max(interval_, least);  // RFC 4028 section 7.4
  } else if (options_.use == SessionTimerOptions::Use::Ask || insisted_) {
    asked_for_ = std::max(interval_of(options_), least);
  }
  if (asked_for_ != 0) {
    using Wish = SessionTimerOptions::Refresher;
    const bool us = is_on() ? refresher_ == Refresher::Us : options_.refresher == Wish::Us;
    const bool said = is_on() || options_.refresher != Wish::Either;
    const char* role = !said ? "" : us ? ";refresher=uac" : ";refresher=uas";
    headers.emplace_back(to_string(HeaderName::SessionExpires), std::to_string(asked_for_) + role);
  }
  if (min_se != 0) headers.emplace_back(to_string(HeaderName::MinSe), std::to_string(min_se));
}

void SessionTimer::on_accepted(const Message& ok, base::TimePoint now) {
  too_small_ = 0;
  if (is_off()) return;
  if (const auto expires = ok.session_expires()) {
    alone_ = false;
    // The 2xx must name the refresher. If it does not, refresh: two refreshers do less harm than none.
    return start(expires->seconds, expires->refresher == SessionExpires::Refresher::Uas ? Refresher::Them : Refresher::Us, now);
  }
  alone_ = options_.use == SessionTimerOptions::Use::Ask && asked_for_ != 0 && !ok.lists(HeaderName::Supported, kTimer);
  // A 2xx without Session-Expires turns the timer off, even in an established call: RFC 4028 section 7.2.
  if (!alone_) return stop();
  start(asked_for_, Refresher::Us, now);
}

bool SessionTimer::on_too_small(const Message& response) {
  const auto wanted = response.min_se();
  if (is_off() || !wanted || *wanted <= std::max(min_se_, asked_for_) || too_small_ >= kMaxTooSmall) return false;
  ++too_small_;
  min_se_ = *wanted;
  insisted_ = true;
  return true;
}

void SessionTimer::postpone(base::TimePoint now) {
  if (is_ours()) refresh_at_ = now + kPostponement;
}

void SessionTimer::on_refused(int status, base::TimePoint now, std::optional<std::uint32_t> retry_after) {
  if (!is_ours()) return;
  if (alone_ && !is_of_a_proxy(status)) return start(interval_, Refresher::Us, now);
  if (refused_++ >= kMaxRetries || *gives_up_at_ <= now) return;
  refresh_at_ = now + (*gives_up_at_ - now) / 2;
  if (!retry_after) return;
  // Wait as long as the peer requests, unless the session would expire first. In that case, leave just enough time for a
  // response.
  const base::Duration wanted = std::chrono::seconds(std::min(*retry_after, interval_));
  const base::TimePoint latest = *gives_up_at_ - std::min<base::Duration>(kTimeForAnswer, (*gives_up_at_ - now) / 2);
  refresh_at_ = std::min(now + std::max<base::Duration>(wanted, kPostponement), latest);
}

void SessionTimer::accept(const Asked& asked, base::TimePoint now, HeaderList& headers) {
  if (is_off()) return;
  min_se_ = std::max(min_se_, asked.min_se);
  const bool asks = options_.use == SessionTimerOptions::Use::Ask;
  const std::uint32_t ours = std::max(interval_of(options_), std::max(asked.min_se, kLeastMinSe));
  alone_ = asks && !asked.expires && !asked.supports;
  // Write no Session-Expires: the refresh is for our own benefit.
  if (alone_) return start(ours, Refresher::Us, now);
  if (!asked.expires && !asks) return stop();
  // RFC 4028 section 9, table 2. If we have the choice, the side that wants the timer refreshes.
  auto refresher = Refresher::Us;
  std::uint32_t seconds = ours;
  if (asked.expires) {
    // The interval is never longer than the peer requested.
    seconds = asks ? std::min(asked.expires->seconds, ours) : asked.expires->seconds;
    const bool open = asked.expires->refresher == SessionExpires::Refresher::Unsaid;
    const bool wanted = open && options_.refresher == SessionTimerOptions::Refresher::Us;
    if (asked.supports && asked.expires->refresher != SessionExpires::Refresher::Uas && !wanted) refresher = Refresher::Them;
  }
  if (!asked.expires && options_.refresher == SessionTimerOptions::Refresher::Them) refresher = Refresher::Them;
  headers.emplace_back(to_string(HeaderName::SessionExpires),
                       std::to_string(seconds) + (refresher == Refresher::Us ? ";refresher=uas" : ";refresher=uac"));
  if (asked.supports) headers.emplace_back(to_string(HeaderName::Require), kTimer);
  start(seconds, refresher, now);
}

void SessionTimer::start(std::uint32_t seconds, Refresher refresher, base::TimePoint now) {
  interval_ = seconds;
  refresher_ = refresher;
  refused_ = 0;
  const base::Duration interval = std::chrono::seconds(std::max(seconds, kShortest));
  // RFC 4028 section 10: send BYE a little before the end, because a firewall or NAT may then drop the session. Refresh at half time.
  gives_up_at_ = now + interval - std::min<base::Duration>(std::chrono::seconds(32), interval / 3);
  refresh_at_.reset();
  if (refresher == Refresher::Us) refresh_at_ = now + interval / 2;
}

void SessionTimer::stop() {
  refresh_at_.reset();
  gives_up_at_.reset();
}

SessionTimer::Due SessionTimer::on_time(base::TimePoint now) {
  if (gives_up_at_ && now >= *gives_up_at_) {
    stop();
    return Due::Expired;
  }
  if (!refresh_at_ || now < *refresh_at_) return Due::Nothing;
  refresh_at_.reset();
  return Due::Refresh;
}

std::optional<base::TimePoint> SessionTimer::next_deadline() const {
  if (!refresh_at_) return gives_up_at_;
  return std::min(*refresh_at_, *gives_up_at_);
}

}  // namespace offhook::inline v0::sip::session
