#include <offhook/agent/providers/openai/realtime_connection.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace offhook::inline v0::agent::openai::realtime {

using base::TimePoint;
using Change = RealtimeConnection::Change;

RealtimeConnection::Link RealtimeConnection::open_link(TimePoint now) {
  Link link;
  link.socket = ++last_socket_;
  link.deadline = now + kOpenWithin;
  wire_.out.open(link.socket);
  return link;
}

void RealtimeConnection::open_current(TimePoint now) {
  reopen_at_.reset();
  given_up_ = false;
  current_ = open_link(now);
}

RealtimeConnection::Link* RealtimeConnection::find(std::uint32_t socket) {
  if (current_ && current_->socket == socket) return &*current_;
  if (next_ && next_->socket == socket) return &*next_;
  return nullptr;
}

Change RealtimeConnection::on_open(std::uint32_t socket, TimePoint) {
  Link* const link = find(socket);
  if (link != nullptr && link->phase == Phase::Opening) link->phase = Phase::AwaitingSession;  // The deadline stays the same.
  return Change::None;
}

Change RealtimeConnection::on_session_created(std::uint32_t socket, TimePoint now) {
  Link* const link = find(socket);
  if (link == nullptr || (link->phase != Phase::AwaitingSession && link->phase != Phase::Opening)) return Change::None;
  link->phase = Phase::Configuring;
  link->deadline = now + kConfigureWithin;
  return Change::Configure;
}

Change RealtimeConnection::on_session_updated(std::uint32_t socket, TimePoint now) {
  Link* const link = find(socket);
  if (link == nullptr || link->phase != Phase::Configuring) return Change::None;
  link->phase = Phase::Ready;
  link->deadline.reset();
  link->ready_at = now;
  return current_ && current_->socket == socket ? Change::Ready : Change::NextReady;
}

Change RealtimeConnection::on_closed(std::uint32_t socket, const Fault& fault, TimePoint now) {
  return find(socket) != nullptr ? lose(socket, fault, now) : Change::None;
}

Change RealtimeConnection::drop(std::uint32_t socket, const Fault& fault, TimePoint now) {
  if (find(socket) == nullptr) return Change::None;
  wire_.out.close(socket);
  return lose(socket, fault, now);
}

Change RealtimeConnection::lose(std::uint32_t socket, const Fault& fault, TimePoint now) {
  if (next_ && next_->socket == socket) {  // The present socket stays in use, and a second socket opens later.
    next_.reset();
    renew_not_before_ = now + kRenewRetry;
    wire_.retries.add(fault.why, "keeps the socket that it has, and opens another later");
    return Change::None;
  }
  if (current_->phase == Phase::Ready && now - current_->ready_at >= kSettled) attempts_ = 0;
  current_.reset();
  renew_not_before_.reset();
  lost_ = fault;
  if (fault.retry_after) refused_until_ = now + *fault.retry_after;
  return Change::Lost;
}

std::optional<base::Duration> RealtimeConnection::back_off() const {
  // The pauses are short, because the caller waits, and another provider may be able to continue.
  constexpr std::array<std::chrono::milliseconds, kMaxReconnects> kPauses{std::chrono::milliseconds(0), std::chrono::milliseconds(250), std::chrono::milliseconds(500)};
  if (lost_.fatal || attempts_ >= kMaxReconnects) return std::nullopt;
  if (lost_.retry_after) return *lost_.retry_after <= kLongestBackOff ? lost_.retry_after : std::nullopt;
  if (!lost_.reconnect) return std::nullopt;
  return kPauses[attempts_];
}

Change RealtimeConnection::recover(TimePoint now) {
  if (lost_.fatal) fatal_ = true;
  if (next_ && !fatal_) {
    current_ = std::exchange(next_, std::nullopt);
    ++counters_.reconnects;
    wire_.retries.add(lost_.why, "goes on with the other socket");
    return current_->phase == Phase::Ready ? Change::Ready : Change::None;
  }
  const auto pause = back_off();
  if (!pause) return give_up();
  ++attempts_;
  ++counters_.reconnects;
  wire_.retries.add(lost_.why, kConnectsAgain);
  if (*pause == base::Duration::zero()) {
    open_current(now);
  } else {
    reopen_at_ = now + *pause;
  }
  return Change::None;
}

Change RealtimeConnection::give_up() {
  if (next_) wire_.out.close(std::exchange(next_, std::nullopt)->socket);
  wire_.retries.add(lost_.why, fatal_ ? kConnectsNoMore : kConnectsLater);
  given_up_ = true;
  return Change::GivenUp;
}

bool RealtimeConnection::want(TimePoint now) {
  if (fatal_) return false;
  if (!given_up_) return true;
  if (refused_until_ && now < *refused_until_) return false;
  attempts_ = kMaxReconnects;  // Each invocation of want() allows one attempt.
  ++counters_.reconnects;
  wire_.retries.add(lost_.why, kConnectsAgain);
  open_current(now);
  return true;
}

void RealtimeConnection::renew_if_due(bool quiet, TimePoint now) {
  if (!current_ || current_->phase != Phase::Ready || next_) return;
  const auto age = now - current_->ready_at;
  looked_for_quiet_ = age >= kRenewFrom;
  if (age < kRenewFrom || (renew_not_before_ && now < *renew_not_before_)) return;
  renew_not_before_.reset();
  if (age < kRenewAt && !quiet) return;
  next_ = open_link(now);
}

void RealtimeConnection::switch_over(TimePoint) {
  wire_.out.close(current_->socket);
  current_ = std::exchange(next_, std::nullopt);
  ++counters_.renewals;
}

void RealtimeConnection::close() {
  if (current_) wire_.out.close(current_->socket);
  if (next_) wire_.out.close(next_->socket);
  current_.reset();
  next_.reset();
  reopen_at_.reset();
  given_up_ = fatal_ = true;
}

Change RealtimeConnection::on_time(TimePoint now) {
  const Fault late{FailureKind::Timeout, "the realtime server did not open a session in time"};
  if (next_ && next_->deadline && now >= *next_->deadline) return drop(next_->socket, late, now);
  if (current_ && current_->deadline && now >= *current_->deadline) return drop(current_->socket, late, now);
  if (reopen_at_ && now >= *reopen_at_) open_current(now);
  return Change::None;
}

std::optional<TimePoint> RealtimeConnection::next_deadline() const {
  std::optional<TimePoint> next = reopen_at_;
  const auto sooner = [&next](std::optional<TimePoint> at) {
    if (at && (!next || *at < *next)) next = at;
  };
  if (current_) sooner(current_->deadline);
  if (next_) sooner(next_->deadline);
  if (current_ && current_->phase == Phase::Ready && !next_) {
    sooner(renew_not_before_ ? *renew_not_before_ : current_->ready_at + (looked_for_quiet_ ? kRenewAt : kRenewFrom));
  }
  return next;
}

RealtimeConnection::Phase RealtimeConnection::phase() const {
  if (current_) return current_->phase;
  if (given_up_) return Phase::GivenUp;
  return reopen_at_ ? Phase::BackingOff : Phase::Idle;
}

bool RealtimeConnection::is_configuring(std::uint32_t socket) const {
  return (current_ && current_->socket == socket && current_->phase == Phase::Configuring) ||
         (next_ && next_->socket == socket && next_->phase == Phase::Configuring);
}

bool RealtimeConnection::is_consistent() const {
  if (next_ && !current_) return false;                            // recover() makes next_ the current socket when that is lost.
  if (current_ && (reopen_at_ || given_up_)) return false;
  if (given_up_ && reopen_at_) return false;
  const auto timed = [](const std::optional<Link>& link) { return !link || (link->phase == Phase::Ready) == !link->deadline; };
  return timed(current_) && timed(next_) && attempts_ <= kMaxReconnects;
}

}  // namespace offhook::inline v0::agent::openai::realtime
