#pragma once

#include <offhook/agent/conversation/parts.hpp>
#include <offhook/agent/providers/embedded/flite_voice.hpp>
#include <offhook/agent/support/work_pool.hpp>

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

/// A voice with a cache of its sentences, so that a sentence that is said again, above all the greeting, needs no synthesis. The size of
/// the cache is bounded in octets; it removes the sentence that was used least recently. Thread-safe. Synthesis runs on one strand of
/// the pool, because flite can only synthesise one sentence at a time.
class VoiceCache : public std::enable_shared_from_this<VoiceCache> {
 public:
  VoiceCache(FliteVoice voice, WorkPool& pool, std::size_t max_bytes);

  [[nodiscard]] std::shared_ptr<const SpokenSentence> find(std::string_view sentence);
  /// Synthesises `sentences` on the pool, one job for each, so that a call waits for at most one of them. If the pool is full, the remaining sentences
  /// are omitted. Invokes `done` once: on the pool after the last sentence, or directly if the pool is full.
  void prepare(std::vector<std::string> sentences, Job done = {});
  /// Passes the sentence to `sink`: whole from the cache, or in pieces from the synthesis. Stores it if the synthesis completes. It
  /// blocks, so only a job may call it.
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
  std::list<Entry> entries_;  // most recently used first
  std::unordered_map<std::string_view, std::list<Entry>::iterator> index_;  // keys borrow from the entries
  std::size_t bytes_ = 0;
  Strand strand_;
};

}  // namespace offhook::inline v0::agent::embedded
