#include <offhook/sip/registration/waits.hpp>

#include <offhook/sip/registration/options.hpp>

#include <algorithm>

namespace offhook::inline v0::sip::registration {

using std::chrono::seconds;

base::Duration Waits::after_failure(bool flow) {
  const base::Duration most = flow ? kFlowBackoffMax : kBackoffMax;
  const base::Duration first = others_hold_ ? kFlowBackoffBaseOthersHold : kFlowBackoffBase;
  return doubled(flow ? first : kBackoffBase, ++failures_, most);
}

base::Duration Waits::after_refusal(const Message& response, base::Duration at_least) {
  base::Duration wait{};
  if (at_least > base::Duration::zero()) wait = uniform(at_least, at_least + at_least / 5);
  if (const auto after = response.number(HeaderName::RetryAfter)) {
    const base::Duration wanted = std::min(seconds(*after), kRetryAfterMax);
    // Spread the retries, so that not all clients return at the same moment.
    wait = std::max(wait, uniform(wanted, wanted + wanted / 10));
  }
  return wait;
}

base::Duration Waits::after_lost_flow(int lost_early) {
  if (lost_early <= 1) return uniform(base::Duration::zero(), kFlowLostDelay);
  return doubled(kFlowLostDelay, lost_early - 1, kBackoffMax);
}

/// Returns `wait` doubled `times` times, at most `most`, and randomly reduced by up to half.
base::Duration Waits::doubled(base::Duration wait, int times, base::Duration most) {
  for (int i = 0; i < times && wait < most; ++i) wait *= 2;
  wait = std::min(wait, most);
  return uniform(wait / 2, wait);
}

/// Deviation: RFC 8599 section 4.1.4 wants a binding with push but without sip.pnsreg to be refreshed only after a notification.
/// Refresh it while the application runs, so that a lost notification costs no calls. Limit the margin so that at least a quarter
/// of the time remains; a larger margin would cause constant refreshes.
base::Duration Waits::until_refresh(seconds granted, base::Duration margin, seconds within) {
  const base::Duration expires = std::min(granted, kMaxExpires);
  const base::Duration spread = uniform(expires / 2, expires * 85 / 100);
  const base::Duration latest = std::max(expires / 2, expires - kRefreshMargin);
  const base::Duration wanted = std::max(expires / 4, expires - margin);
  const base::Duration due = std::max(std::min({spread, latest, wanted}), kMinRefresh);
  if (within == seconds::zero()) return due;
  const base::Duration limit = std::max(within, kMinRefreshWithin);
  return std::min(due, uniform(limit * 4 / 5, limit));
}

base::Duration Waits::uniform(base::Duration low, base::Duration high) {
  const auto span = static_cast<std::uint64_t>((high - low).count());
  return low + base::Duration(static_cast<base::Duration::rep>(random_.below(span + 1)));
}

}  // namespace offhook::inline v0::sip::registration
