#include <offhook/agent/providers/circuit_breaker.hpp>

#include <algorithm>

namespace offhook::inline v0::agent {

bool CircuitBreaker::try_ask(base::TimePoint now) {
  if (!open_until_) return true;
  if (now < *open_until_ || (trial_until_ && now < *trial_until_)) return false;
  trial_until_ = now + kTrialLimit;
  return true;
}

void CircuitBreaker::on_success() { *this = {}; }

std::optional<base::Duration> CircuitBreaker::on_failure(FailureKind kind, base::TimePoint now) {
  if (kind == FailureKind::Local || kind == FailureKind::Filtered) return std::nullopt;  // Offhook or the caller caused it, not the provider.
  if (kind == FailureKind::Loading) {  // A pause, but no failure: kFailuresToOpen does not count it.
    trial_until_.reset();
    if (open_until_ >= now + kFirstPause) return std::nullopt;
    open_until_ = now + kFirstPause;
    return kFirstPause;
  }
  ++failures_;
  trial_until_.reset();
  std::optional<base::Duration> pause;
  if (kind == FailureKind::Auth) {
    pause = kPauseAfterRefusedKey;
  } else if (open_until_ || failures_ >= kFailuresToOpen || kind == FailureKind::RateLimited) {
    pause = pause_;
    pause_ = std::min(pause_ * 2, kLongestPause);
  }
  if (pause) open_until_ = now + *pause;
  return pause;
}

CircuitBreaker* Breakers::find(std::string_view name) {
  if (const auto known = breakers_.find(name); known != breakers_.end()) return &known->second;
  if (breakers_.size() == kMaxNames) return nullptr;
  return &breakers_[std::string(name)];
}

bool Breakers::try_ask(std::string_view name, base::TimePoint now) {
  const std::lock_guard lock(mutex_);
  CircuitBreaker* const breaker = find(name);
  return breaker == nullptr || breaker->try_ask(now);
}

void Breakers::on_success(std::string_view name) {
  bool was_paused = false;
  {
    const std::lock_guard lock(mutex_);
    CircuitBreaker* const breaker = find(name);
    if (breaker == nullptr) return;
    was_paused = breaker->was_paused();
    breaker->on_success();
  }
  if (was_paused && watch_.on_back) watch_.on_back(name);
}

void Breakers::on_failure(std::string_view name, FailureKind kind, base::TimePoint now) {
  if (watch_.on_failed) watch_.on_failed(name, kind);
  std::optional<base::Duration> pause;
  {
    const std::lock_guard lock(mutex_);
    if (CircuitBreaker* const breaker = find(name)) pause = breaker->on_failure(kind, now);
  }
  if (pause && watch_.on_paused) watch_.on_paused(name, kind, *pause);
}

bool Breakers::is_open(std::string_view name, base::TimePoint now) const {
  const std::lock_guard lock(mutex_);
  const auto known = breakers_.find(name);
  return known != breakers_.end() && known->second.is_open(now);
}

std::vector<std::pair<std::string, bool>> Breakers::states(base::TimePoint now) const {
  const std::lock_guard lock(mutex_);
  std::vector<std::pair<std::string, bool>> all;
  for (const auto& [name, breaker] : breakers_) all.emplace_back(name, breaker.is_open(now));
  return all;
}

}  // namespace offhook::inline v0::agent
