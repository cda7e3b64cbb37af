#include <offhook/agent/providers/cached_speaker.hpp>

#include <algorithm>
#include <utility>
#include <variant>

namespace offhook::inline v0::agent {

CachedSpeaker::CachedSpeaker(std::unique_ptr<Speaker> inner, std::shared_ptr<SpeechCache> cache, std::string voice, Wake wake, base::Duration prepare_every)
    : inner_(std::move(inner)), cache_(std::move(cache)), voice_(std::move(voice)), wake_(std::move(wake)), prepare_every_(prepare_every) {}

bool CachedSpeaker::may_keep(std::string_view text) {
  if (text.empty() || (fixed_.size() >= kMaxPrepared && !fixed_.contains(text))) return false;
  fixed_.emplace(text);
  return true;
}

void CachedSpeaker::add_fixed(std::string_view text, bool ahead) {
  if (!may_keep(text) || !ahead || std::find(wanted_.begin(), wanted_.end(), text) != wanted_.end()) return;
  wanted_.emplace_back(text);  // tick() prepares it after open().
}

void CachedSpeaker::prepare(std::string_view text) {
  if (!may_keep(text)) return;
  std::erase(wanted_, text);
  wanted_.emplace_front(text);
}

void CachedSpeaker::tick(base::TimePoint now) {
  now_ = now;
  inner_->tick(now);
  collect_prepared();
  if (opened_) prepare_next();
}

/// Starts to prepare the next sentence, if no utterance and no other preparation is in progress.
void CachedSpeaker::prepare_next() {
  if (look_again_at_ && now_ < *look_again_at_) return;
  look_again_at_.reset();
  bool others_are_at_it = false;
  for (std::size_t left = wanted_.size(); left > 0 && jobs_.empty() && !wanted_.empty() && (!prepared_at_ || now_ - *prepared_at_ >= prepare_every_); --left) {
    std::string text = std::move(wanted_.front());
    wanted_.pop_front();
    const std::string key = key_of(text);
    auto claim = cache_->claim(key);
    if (cache_->find(key)) continue;  // Look up after the claim: the previous holder of the claim may have stored the sentence.
    if (!claim) {  // Another call prepares the sentence. Check again later, because that may fail.
      wanted_.push_back(std::move(text));
      others_are_at_it = true;
      continue;
    }
    prepared_at_ = now_;
    Job job;
    job.text = text;
    job.silent = job.keeps = true;
    job.claim = std::move(claim);
    jobs_.push_back(std::move(job));
    inner_->speak(0, text);
  }
  if (jobs_.empty() && others_are_at_it) look_again_at_ = now_ + kLookAgain;
}

/// Takes the audio of a preparation from the inner speaker. tick() calls this, because a session whose model speaks itself may never call poll().
void CachedSpeaker::collect_prepared() {
  if (!jobs_.empty() && jobs_.front().silent) (void)poll();  // It returns no event: the caller hears no preparation.
}

void CachedSpeaker::speak(std::uint32_t utterance, std::string_view text) {
  if (jobs_.size() == 1 && jobs_.front().silent) {
    Job& preparing = jobs_.front();
    if (preparing.text == text) {  // The sentence is in preparation: poll() returns the audio so far, and then the rest.
      preparing.utterance = utterance;
      preparing.silent = false;
      if (!preparing.so_far.pcm.empty() && wake_) wake_();
      return;
    }
    wanted_.push_back(std::move(preparing.text));
    jobs_.clear();
    inner_->cancel();
  }
  Job job;
  job.utterance = utterance;
  job.text = text;
  if (fixed_.contains(text)) {
    job.known = cache_->find(key_of(text));
    job.keeps = job.known == nullptr;
  }
  const bool known = job.known != nullptr;
  jobs_.push_back(std::move(job));
  if (!known) return inner_->speak(utterance, text);
  if (wake_) wake_();
}

void CachedSpeaker::cancel() {
  if (jobs_.size() == 1 && jobs_.front().silent) wanted_.push_back(std::move(jobs_.front().text));  // Prepare it again later.
  jobs_.clear();
  inner_->cancel();
}

std::optional<SpeakEvent> CachedSpeaker::poll_known(Job& job) {
  if (!std::exchange(job.told, true)) return SpeechAudio{job.utterance, job.known->pcm, job.known->words, job.known->rate_hz};
  const SpeechDone done{job.utterance};
  jobs_.pop_front();
  return done;
}

std::optional<SpeakEvent> CachedSpeaker::poll() {
  while (!jobs_.empty()) {
    Job& job = jobs_.front();
    if (job.known) return poll_known(job);
    // speak() requested this sentence while it was in preparation: first return the audio that came before.
    if (!job.silent && !job.told && !job.so_far.pcm.empty()) {
      job.told = true;
      return SpeechAudio{job.utterance, job.so_far.pcm, job.so_far.words, job.so_far.rate_hz};
    }
    auto event = inner_->poll();
    if (!event) return std::nullopt;
    if (auto* audio = std::get_if<SpeechAudio>(&*event)) {
      collect(job, *audio);
      if (job.silent) continue;
      job.told = true;
      audio->utterance = job.utterance;
      return event;
    }
    const bool whole = std::holds_alternative<SpeechDone>(*event), silent = job.silent;
    if (auto* failed = std::get_if<SpeakFailed>(&*event)) {
      failed->utterance = job.utterance;
      if (silent) retries_.add(failed->why, "speaks this sentence again when a call needs it");
    }
    if (whole) event = SpeechDone{job.utterance};
    end(job, whole);
    if (!silent) return event;
  }
  return std::nullopt;
}

std::vector<Retry> CachedSpeaker::take_retries() {
  std::vector<Retry> all = inner_->take_retries();
  for (Retry& retry : retries_.take()) all.push_back(std::move(retry));
  return all;
}

void CachedSpeaker::collect(Job& job, const SpeechAudio& audio) {
  if (!job.keeps) return;
  job.so_far.rate_hz = audio.rate_hz;
  job.so_far.pcm.insert(job.so_far.pcm.end(), audio.pcm.begin(), audio.pcm.end());
  job.so_far.words.insert(job.so_far.words.end(), audio.words.begin(), audio.words.end());
  if (job.so_far.pcm.size() <= SpeechCache::kMaxSamples) return;
  job.keeps = false;  // The sentence is too long for the cache.
}

void CachedSpeaker::end(Job& job, bool whole) {
  if (whole && job.keeps) (void)cache_->keep(key_of(job.text), std::move(job.so_far));
  jobs_.pop_front();
  prepare_next();
}

}  // namespace offhook::inline v0::agent
