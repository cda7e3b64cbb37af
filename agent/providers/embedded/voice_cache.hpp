#pragma once

#include <offhook/agent/conversation/parts.hpp>
#include <offhook/agent/ops/work_pool.hpp>
#include <offhook/agent/providers/embedded/flite_voice.hpp>

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace offhook::inline v0::agent::embedded {

struct SpokenSentence {
  std::vector<std::int16_t> pcm;
  std::vector<SpokenWord> words;
};

/// A voice and what it has said: sentences that come again, the greeting above all, are there at once. Bounded by bytes; what was
/// used longest ago goes first. Thread-safe. Synthesis runs on one strand of the pool, as flite wants it.
class VoiceCache : public std::enable_shared_from_this<VoiceCache> {
 public:
  VoiceCache(FliteVoice voice, WorkPool& pool, std::size_t max_bytes);

  [[nodiscard]] std::shared_ptr<const SpokenSentence> find(std::string_view sentence);
  /// Synthesises them on the pool, one after the other, so that what a call wants meanwhile waits for one of them at most. A full
  /// pool leaves the rest undone. `done` is called once: on the pool behind the last sentence, or here when the pool is full.
  void prepare(std::vector<std::string> sentences, Job done = {});
  /// Blocking: only in a job. Gives the sentence to `sink` piece by piece, or at once from the cache, and keeps it if complete.
  [[nodiscard]] bool speak(std::string_view sentence, const FliteVoice::Sink& sink);
  [[nodiscard]] bool try_post(Job job) { return strand_.try_post(std::move(job)); }
  [[nodiscard]] std::size_t bytes() const;
  [[nodiscard]] const std::string& voice() const { return voice_.name(); }

 private:
  struct Entry {
    std::string sentence;
    std::shared_ptr<const SpokenSentence> spoken;
  };
  void keep(std::string_view sentence, std::shared_ptr<const SpokenSentence> spoken);

  const FliteVoice voice_;
  const std::size_t max_bytes_;
  mutable std::mutex mutex_;
  std::list<Entry> entries_;  // Latest use first.
  std::unordered_map<std::string_view, std::list<Entry>::iterator> index_;  // Keys borrow from the entries.
  std::size_t bytes_ = 0;
  Strand strand_;
};

}  // namespace offhook::inline v0::agent::embedded
