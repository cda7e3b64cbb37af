#include <offhook/sip/admission/refusals.hpp>

#include <algorithm>
#include <functional>

namespace offhook::inline v0::sip {

void Refusals::remember(const transaction::Key& key, int status, base::TimePoint now) {
  refused_[next_] = {std::hash<transaction::Key>{}(key), status, now + kept_};
  next_ = (next_ + 1) % kMax;
}

std::optional<int> Refusals::find(const transaction::Key& key, base::TimePoint now) const {
  const std::size_t wanted = std::hash<transaction::Key>{}(key);
  const auto at = std::find_if(refused_.begin(), refused_.end(), [&](const Refused& one) {
    return one.status != 0 && one.hash == wanted && one.until > now;
  });
  return at == refused_.end() ? std::nullopt : std::optional(at->status);
}

}  // namespace offhook::inline v0::sip
