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

/// Sentences that were spoken once, for all calls of the process. Whoever found one keeps it as long as they hold it. Safe from
/// any thread; the one that was used least recently goes first when there is no room.
class SpeechCache {
 public:
  struct Spoken {
    std::vector<std::int16_t> pcm;
    std::vector<SpokenWord> words;
    std::uint32_t rate_hz = 0;
  };
  static constexpr std::size_t kMaxSamples = 24000U * 30U;            ///< of one sentence; a longer one is not kept
  static constexpr std::size_t kMaxOctets = 32U << 20U;               ///< of all of them
  static constexpr std::size_t kMaxSentences = 1000;

  [[nodiscard]] std::shared_ptr<const Spoken> find(const std::string& key);
  /// False when it is too long to be kept, or empty.
  bool keep(const std::string& key, Spoken spoken);
  /// Of who has a sentence spoken ahead: so long as it is held nobody else gets one for that.
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
  std::list<Entry> entries_;  // used last in front
  std::map<std::string, std::list<Entry>::iterator, std::less<>> by_key_;
  std::map<std::string, std::weak_ptr<const void>, std::less<>> claimed_;
  std::size_t octets_ = 0;
};

}  // namespace offhook::inline v0::agent
