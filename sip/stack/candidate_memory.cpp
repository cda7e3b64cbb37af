#include <offhook/sip/stack/candidate_memory.hpp>

#include <algorithm>

namespace offhook::inline v0::sip {

namespace {

std::pair<Transport, base::SocketAddress> key(const Route& route) { return {route.transport, route.remote}; }

}  // namespace

void CandidateMemory::on_failure(const Route& route, std::optional<std::chrono::seconds> retry_after, base::TimePoint now) {
  if (failed_.size() >= kMaxFailed && !failed_.contains(key(route))) {
    failed_.erase(std::min_element(failed_.begin(), failed_.end(), [](const auto& a, const auto& b) { return a.second < b.second; }));
  }
  failed_[key(route)] = now + (retry_after ? base::Duration(std::min(*retry_after, kMaxRetryAfter)) : kPassOver);
  std::erase_if(preferred_, [&](const auto& entry) { return entry.second.route == key(route); });
}

void CandidateMemory::on_answer(const Hop& hop, const Route& route, base::TimePoint now) {
  failed_.erase(key(route));
  const auto known = preferred_.find(hop);
  // Do not extend the time; otherwise a primary server that is back would never be tried.
  if (known != preferred_.end() && known->second.route == key(route) && known->second.until > now) return;
  if (known == preferred_.end() && preferred_.size() >= kMaxHops) {
    preferred_.erase(std::min_element(preferred_.begin(), preferred_.end(),
                                      [](const auto& a, const auto& b) { return a.second.until < b.second.until; }));
  }
  preferred_[hop] = {key(route), now + kPrefer};
}

bool CandidateMemory::is_passed_over(Transport transport, const base::SocketAddress& remote, base::TimePoint now) const {
  const auto failed = failed_.find({transport, remote});
  return failed != failed_.end() && failed->second > now;
}

void CandidateMemory::arrange(const Hop& hop, std::vector<Route>& routes, base::TimePoint now) const {
  if (routes.size() < 2) return;
  const auto preferred = preferred_.find(hop);
  const bool prefers = preferred != preferred_.end() && preferred->second.until > now;
  const auto rank = [&](const Route& route) -> base::TimePoint {
    const auto failed = failed_.find(key(route));
    if (failed != failed_.end() && failed->second > now) return failed->second;
    return prefers && preferred->second.route == key(route) ? base::TimePoint::min() : now;
  };
  std::stable_sort(routes.begin(), routes.end(), [&](const Route& a, const Route& b) { return rank(a) < rank(b); });
}

}  // namespace offhook::inline v0::sip
