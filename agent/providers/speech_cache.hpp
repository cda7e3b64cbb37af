#pragma once

#include <offhook/agent/conversation/parts.hpp>

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace offhook::inline v0::agent {

/// Holds sentences that were spoken once, for all calls of the process. The result of find() stays valid while a call holds it.
/// When the cache is full, it removes the sentence that was used least recently. Thread-safe.
class SpeechCache {
 public:
  struct Spoken {
    std::vector<std::int16_t> pcm;
    std::vector<SpokenWord> words;
    std::uint32_t rate_hz = 0;
  };
  static constexpr std::size_t kMaxSamples = 24000U * 30U;            ///< most samples of one sentence; keep() refuses a longer sentence
  static constexpr std::size_t kMaxOctets = 32U << 20U;               ///< most octets of all sentences together
  static constexpr std::size_t kMaxSentences = 1000;

  [[nodiscard]] std::shared_ptr<const Spoken> find(const std::string& key);
  /// Stores a sentence. Returns false if it is empty or too long.
  bool keep(const std::string& key, Spoken spoken);
  /// The right to prepare one sentence. While a claim exists, claim() returns null for the same key.
  using Claim = std::shared_ptr<const void>;
  [[nodiscard]] Claim claim(const std::string& key);
  [[nodiscard]] std::size_t sentences() const;

 private:
  struct Entry {
    std::string key;
    std::shared_ptr<const Spoken> spoken;
  };
  void drop_oldest();

  mutable std::mutex mutex_;
  std::list<Entry> entries_;  // most recently used first
  std::map<std::string, std::list<Entry>::iterator, std::less<>> by_key_;
  std::map<std::string, std::weak_ptr<const void>, std::less<>> claimed_;
  std::size_t octets_ = 0;
};

}  // namespace offhook::inline v0::agent
