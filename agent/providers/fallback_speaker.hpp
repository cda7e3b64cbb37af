#pragma once

#include <offhook/agent/conversation/parts.hpp>
#include <offhook/agent/providers/half_spoken.hpp>
#include <offhook/agent/providers/service_failure.hpp>

#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace offhook::inline v0::agent {

/// A voice, and another one for what it cannot say: for sentences of our own, which the caller must hear whatever is broken. What
/// fails, or has no sample in time, is said by the other voice, in the middle of a sentence from there on. A voice that let the caller wait for
/// its first sample is not asked again.
class FallbackSpeaker final : public Speaker {
 public:
  static constexpr base::Duration kPatience = std::chrono::milliseconds(2500);

  /// `patience`: with the first voice for a sample. Shorter than the conversation's own, or it gives up on both. `tell`: of each
  /// failure of the first voice, without a service; no SpeakEvent tells of it.
  FallbackSpeaker(std::unique_ptr<Speaker> first, std::unique_ptr<Speaker> second, base::Duration patience = kPatience, TellFailure tell = {})
      : first_(std::move(first)), second_(std::move(second)), patience_(patience), tell_(std::move(tell)) {}

  void open(const SessionContext& context) override;
  void tick(base::TimePoint now) override;
  [[nodiscard]] std::uint32_t rate_hz() const override { return first_->rate_hz(); }
  void speak(std::uint32_t utterance, std::string_view text) override;
  void prepare(std::string_view text) override { (is_slow_ ? second_ : first_)->prepare(text); }
  void cancel() override;
  [[nodiscard]] std::optional<SpeakEvent> poll() override;
  [[nodiscard]] ModelAndVoice asked() const override { return first_->asked(); }
  [[nodiscard]] std::vector<Retry> take_retries() override;

 private:
  [[nodiscard]] std::optional<SpeakEvent> note(SpeakEvent event, const Speaker& from);
  void pass_on(std::string why, FailureKind kind);
  [[nodiscard]] base::Duration still_heard() const;

  std::unique_ptr<Speaker> first_, second_;
  base::Duration patience_;
  TellFailure tell_;
  std::deque<HalfSpoken> waiting_;  // in the order of speak()
  std::optional<SpeakEvent> own_;
  bool failed_ = false;          // all that still waits is with second_
  bool is_slow_ = false;         // so is all that follows
  bool speaks_ = false;          // first_ has given samples of the first of those that wait
  base::TimePoint now_{}, heard_until_{};  // when the last of what was given will have been played
  std::optional<base::TimePoint> silent_since_;  // first_, which has to say more of the first of those that wait
};

}  // namespace offhook::inline v0::agent
