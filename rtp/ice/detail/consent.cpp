#include <offhook/rtp/ice/detail/consent.hpp>

#include <offhook/rtp/ice/limits.hpp>

#include <algorithm>

namespace offhook::inline v0::rtp {
namespace {

/// Returns a random time of 0.8 to 1.2 intervals: RFC 7675 section 5.1.
base::Duration consent_interval(base::Random& random) {
  const auto tenth = IceConsent::kInterval / 10;
  return 8 * tenth + base::Duration(static_cast<base::Duration::rep>(random.below(static_cast<std::uint64_t>((4 * tenth).count()) + 1)));
}

}  // namespace

IceConsent::IceConsent(base::TimePoint now, base::Random& random) : ask_at_(now + consent_interval(random)), expire_at_(now + kExpiry) {}

void IceConsent::lose() {
  held_ = false;
  asked_.clear();
}

std::optional<StunId> IceConsent::on_time(base::TimePoint now, base::Random& random) {
  if (held_ && now >= expire_at_) lose();
  if (!held_ || now < ask_at_) return std::nullopt;
  ask_at_ = now + consent_interval(random);
  StunId id{};
  random.fill(id);
  asked_.push_back(id);
  if (asked_.size() > kMaxPendingConsent) asked_.pop_front();
  return id;
}

bool IceConsent::has_asked(const StunId& id) const { return std::find(asked_.begin(), asked_.end(), id) != asked_.end(); }

void IceConsent::on_success(const StunId& id, base::TimePoint now) {
  std::erase(asked_, id);
  if (held_) expire_at_ = now + kExpiry;
}

void IceConsent::on_error(const StunId& id, int code) {
  std::erase(asked_, id);
  if (code == 403) lose();
}

std::optional<base::TimePoint> IceConsent::next_deadline() const {
  if (!held_) return std::nullopt;
  return std::min(ask_at_, expire_at_);
}

}  // namespace offhook::inline v0::rtp
