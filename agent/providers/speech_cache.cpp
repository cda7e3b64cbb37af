#include <offhook/agent/providers/speech_cache.hpp>

#include <utility>

namespace offhook::inline v0::agent {

namespace {
std::size_t octets_of(const SpeechCache::Spoken& spoken) { return spoken.pcm.size() * sizeof(std::int16_t); }
}  // namespace

std::shared_ptr<const SpeechCache::Spoken> SpeechCache::find(const std::string& key) {
  const std::lock_guard lock(mutex_);
  const auto known = by_key_.find(key);
  if (known == by_key_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, known->second);
  return known->second->spoken;
}

bool SpeechCache::keep(const std::string& key, Spoken spoken) {
  if (spoken.pcm.empty() || spoken.pcm.size() > kMaxSamples) return false;
  auto kept = std::make_shared<const Spoken>(std::move(spoken));
  const std::lock_guard lock(mutex_);
  if (by_key_.contains(key)) return true;  // Another call has stored it first.
  octets_ += octets_of(*kept);
  entries_.push_front({key, std::move(kept)});
  by_key_[key] = entries_.begin();
  while (octets_ > kMaxOctets || entries_.size() > kMaxSentences) drop_oldest();
  return true;
}

SpeechCache::Claim SpeechCache::claim(const std::string& key) {
  const std::lock_guard lock(mutex_);
  std::erase_if(claimed_, [](const auto& each) { return each.second.expired(); });
  if (claimed_.contains(key)) return nullptr;
  const Claim claim = std::make_shared<const std::string>(key);
  claimed_.emplace(key, claim);
  return claim;
}

void SpeechCache::drop_oldest() {
  octets_ -= octets_of(*entries_.back().spoken);
  by_key_.erase(entries_.back().key);
  entries_.pop_back();
}

std::size_t SpeechCache::sentences() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

}  // namespace offhook::inline v0::agent
