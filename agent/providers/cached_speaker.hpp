#pragma once

#include <offhook/agent/conversation/parts.hpp>
#include <offhook/agent/providers/speech_cache.hpp>

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::agent {

/// Speaks through an inner speaker. It caches two kinds of sentences: those that are the same in every telephone call (greeting, apologies, fillers), and
/// the tool questions that prepare() adds. The inner speaker speaks each of them once, and later telephone calls get the audio from the cache. The inner
/// speaker also speaks all other text, which is not cached.
class CachedSpeaker final : public Speaker {
 public:
  static constexpr std::size_t kMaxPrepared = 100;  ///< most fixed and prepared sentences; further sentences count as other text, and are not cached
  static constexpr base::Duration kLookAgain = std::chrono::seconds(1);  ///< time until the next check whether another call has prepared a sentence

  /// `voice` names everything except the text that determines the sound: provider, model, voice, style. `prepare_every` is the
  /// shortest interval between two preparations, for a service that limits the requests per minute.
  CachedSpeaker(std::unique_ptr<Speaker> inner, std::shared_ptr<SpeechCache> cache, std::string voice, Wake wake,
                base::Duration prepare_every = base::Duration::zero());

  /// Marks `text` as a fixed sentence, which is cached at its first use. If `ahead` is true, it is prepared: the inner speaker speaks
  /// it into the cache in advance, while no utterance is requested. If several calls prepare the same sentence, only one speaks it.
  void add_fixed(std::string_view text, bool ahead = true);
  /// Does the same as add_fixed(), but prepares `text` before all other sentences that wait for their preparation.
  void prepare(std::string_view text) override;

  void open(const SessionContext& context) override {
    opened_ = true;
    inner_->open(context);
  }
  void tick(base::TimePoint now) override;
  [[nodiscard]] std::uint32_t rate_hz() const override { return inner_->rate_hz(); }
  void speak(std::uint32_t utterance, std::string_view text) override;
  void cancel() override;
  [[nodiscard]] std::optional<SpeakEvent> poll() override;
  [[nodiscard]] ModelAndVoice asked() const override { return inner_->asked(); }
  [[nodiscard]] std::vector<Retry> take_retries() override;
  [[nodiscard]] bool is_preparing() const override { return !jobs_.empty() || !wanted_.empty(); }

 private:
  /// An utterance, or the preparation of a sentence.
  struct Job {
    std::uint32_t utterance = 0;
    std::string text;
    std::shared_ptr<const SpeechCache::Spoken> known;  // the cached sentence; null if the cache lacks it
    bool told = false;                                 // true: poll() has returned audio of this job
    bool silent = false;                               // true: the job is a preparation, which the caller does not hear
    bool keeps = false;                                // true: the audio goes into the cache when it is complete
    SpeechCache::Spoken so_far;
    SpeechCache::Claim claim;                          // held by a preparation
  };
  [[nodiscard]] std::string key_of(std::string_view text) const { return voice_ + '\n' + std::string(text); }
  [[nodiscard]] std::optional<SpeakEvent> poll_known(Job& job);
  [[nodiscard]] bool may_keep(std::string_view text);
  void collect(Job& job, const SpeechAudio& audio);
  void end(Job& job, bool whole);
  void prepare_next();
  void collect_prepared();

  std::unique_ptr<Speaker> inner_;
  std::shared_ptr<SpeechCache> cache_;
  std::string voice_;
  Wake wake_;
  base::Duration prepare_every_;
  bool opened_ = false;
  base::TimePoint now_{};
  std::optional<base::TimePoint> prepared_at_, look_again_at_;
  std::set<std::string, std::less<>> fixed_;
  std::deque<std::string> wanted_;  // sentences that wait for their preparation
  std::deque<Job> jobs_;            // in the order in which the caller hears them
  Retries retries_;
};

}  // namespace offhook::inline v0::agent
