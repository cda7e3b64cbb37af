#include <offhook/agent/providers/embedded/voice_cache.hpp>

#include <utility>

namespace offhook::inline v0::agent::embedded {
namespace {

std::size_t bytes_of(std::string_view sentence, const SpokenSentence& spoken) {
  return sentence.size() + spoken.pcm.size() * sizeof(std::int16_t) + spoken.words.size() * sizeof(SpokenWord);
}

}  // namespace

VoiceCache::VoiceCache(FliteVoice voice, WorkPool& pool, std::size_t max_bytes)
    : voice_(std::move(voice)), max_bytes_(max_bytes), strand_(pool) {}

std::shared_ptr<const SpokenSentence> VoiceCache::find(std::string_view sentence) {
  const std::lock_guard lock(mutex_);
  const auto found = index_.find(sentence);
  if (found == index_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, found->second);
  return found->second->spoken;
}

void VoiceCache::prepare(std::vector<std::string> sentences, Job done) {
  if (sentences.empty()) return done ? done() : void();
  const bool posted = try_post([self = weak_from_this(), rest = std::move(sentences), done]() mutable {
    const auto cache = self.lock();
    if (!cache) return;
    const std::string sentence = std::move(rest.front());
    rest.erase(rest.begin());
    if (!cache->find(sentence)) static_cast<void>(cache->speak(sentence, [](auto, auto) { return true; }));
    cache->prepare(std::move(rest), std::move(done));
  });
  if (!posted && done) done();
}

bool VoiceCache::speak(std::string_view sentence, const FliteVoice::Sink& sink) {
  if (const auto known = find(sentence)) return sink(known->pcm, known->words);
  auto spoken = std::make_shared<SpokenSentence>();
  const bool complete = voice_.synthesise(sentence, [&](std::span<const std::int16_t> pcm, std::vector<SpokenWord> words) {
    spoken->pcm.insert(spoken->pcm.end(), pcm.begin(), pcm.end());
    spoken->words.insert(spoken->words.end(), words.begin(), words.end());
    return sink(pcm, std::move(words));
  });
  if (complete) keep(sentence, std::move(spoken));
  return complete;
}

std::size_t VoiceCache::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

void VoiceCache::keep(std::string_view sentence, std::shared_ptr<const SpokenSentence> spoken) {
  const std::size_t size = bytes_of(sentence, *spoken);
  const std::lock_guard lock(mutex_);
  if (size > max_bytes_ || index_.contains(sentence)) return;
  while (bytes_ + size > max_bytes_) {
    const Entry& oldest = entries_.back();
    bytes_ -= bytes_of(oldest.sentence, *oldest.spoken);
    index_.erase(oldest.sentence);
    entries_.pop_back();
  }
  entries_.push_front({std::string(sentence), std::move(spoken)});
  index_.emplace(entries_.front().sentence, entries_.begin());
  bytes_ += size;
}

}  // namespace offhook::inline v0::agent::embedded
