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

/// A speaker in front of another: sentences that are always the same (greeting, apologies, fillers) are spoken by that one once,
/// and come out of the cache from then on, in every call. So does the question of a tool, which prepare() adds. Other text is passed on and not kept.
class CachedSpeaker final : public Speaker {
 public:
  static constexpr std::size_t kMaxPrepared = 100;  ///< fixed sentences and prepared ones; more are passed on like any other text
  static constexpr base::Duration kLookAgain = std::chrono::seconds(1);  ///< whether what another call has spoken is there by now

  /// `voice` names everything that the sound depends on but the text: provider, model, voice, how to say it. `prepare_every`: no sooner
  /// than so long after the last one is another sentence prepared, for a service that takes but so many in a minute.
  CachedSpeaker(std::unique_ptr<Speaker> inner, std::shared_ptr<SpeechCache> cache, std::string voice, Wake wake,
                base::Duration prepare_every = base::Duration::zero());

  /// `text` is a fixed sentence: it is kept from its first use. `ahead`: and spoken into the cache now, when nothing else is
  /// asked for; speech that a caller waits for goes first. Of all the calls that want it ahead, one has it spoken.
  void add_fixed(std::string_view text, bool ahead = true);
  /// As add_fixed(), before all fixed sentences that are not spoken yet.
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
  /// One utterance, or a preparation.
  struct Job {
    std::uint32_t utterance = 0;
    std::string text;
    std::shared_ptr<const SpeechCache::Spoken> known;  // comes out of the cache
    bool told = false;                                 // ... and its audio was polled
    bool silent = false;                               // a preparation: nobody hears it
    bool keeps = false;                                // is to be kept when it is whole
    SpeechCache::Spoken so_far;
    SpeechCache::Claim claim;                          // of a preparation
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
  std::deque<std::string> wanted_;  // to be prepared
  std::deque<Job> jobs_;            // in the order in which they are heard
  Retries retries_;
};

}  // namespace offhook::inline v0::agent
