#include <offhook/rtp/ice/detail/transactions.hpp>

#include <offhook/rtp/ice/limits.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::rtp {
namespace {

auto has_id(const StunId& id) {
  return [&id](const IceTransaction& one) { return one.id == id; };
}

/// Removes and returns the first check for which `is_wanted` is true.
template <class IsWanted>
std::optional<IceTransaction> take_first(std::vector<IceTransaction>& pending, IsWanted is_wanted) {
  const auto at = std::find_if(pending.begin(), pending.end(), is_wanted);
  if (at == pending.end()) return std::nullopt;
  auto taken = std::move(*at);
  pending.erase(at);
  return taken;
}

}  // namespace

void IceTransactions::begin(IceTransaction check, base::Duration rto, base::TimePoint now) {
  check.sent = 1;
  check.interval = rto;
  check.resend_at = now + rto;
  check.end_at = now + kLifetime;
  pending_.push_back(std::move(check));
}

void IceTransactions::cancel(IcePairId pair) {
  std::size_t cancelled = 0;
  for (auto& one : pending_) {
    if (one.pair == pair) {
      one.cancelled = true;
      one.resend_at.reset();
    }
    cancelled += one.cancelled ? 1 : 0;
  }
  if (cancelled <= kMaxCancelledChecks) return;
  pending_.erase(std::find_if(pending_.begin(), pending_.end(), [](const auto& one) { return one.cancelled; }));
}

const IceTransaction* IceTransactions::find(const StunId& id) const {
  const auto at = std::find_if(pending_.begin(), pending_.end(), has_id(id));
  return at == pending_.end() ? nullptr : &*at;
}

std::optional<IceTransaction> IceTransactions::take(const StunId& id) { return take_first(pending_, has_id(id)); }

const IceTransaction* IceTransactions::next_due(base::TimePoint now) {
  const auto at = std::find_if(pending_.begin(), pending_.end(), [&](const auto& one) { return one.resend_at && *one.resend_at <= now && one.end_at > now; });
  if (at == pending_.end()) return nullptr;
  ++at->sent;
  const bool is_widest = at->persists && at->sent > 3;  // The intervals are RTO, 2 RTO, 4 RTO, 4 RTO and so on.
  if (!is_widest) at->interval *= 2;
  at->resend_at = now + at->interval;
  if (at->sent == kMaxRequests && !at->persists) {
    at->resend_at.reset();
    at->end_at = std::min(at->end_at, now + kLastWait * (at->interval / (1 << (kMaxRequests - 1))));
  }
  return &*at;
}

std::optional<IceTransaction> IceTransactions::next_ended(base::TimePoint now) {
  return take_first(pending_, [now](const IceTransaction& one) { return one.end_at <= now; });
}

std::optional<base::TimePoint> IceTransactions::next_deadline() const {
  std::optional<base::TimePoint> first;
  for (const auto& one : pending_) {
    const auto due = one.resend_at ? std::min(*one.resend_at, one.end_at) : one.end_at;
    if (!first || due < *first) first = due;
  }
  return first;
}

}  // namespace offhook::inline v0::rtp
