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

/// Speaks fixed sentences, which the caller must always hear, with two voices. If the first voice fails or sends no sample in time, the second voice
/// speaks the rest of the utterance, even from the middle of a sentence. If the first sample of an utterance does not come in time, the first voice is
/// not used again.
class FallbackSpeaker final : public Speaker {
 public:
  static constexpr base::Duration kPatience = std::chrono::milliseconds(2500);

  /// `patience` is the longest wait for the next sample of the first voice. It must be shorter than the conversation's own
  /// deadline, or the conversation gives up on both voices. `report_failure` gets each failure of the first voice, without the name of a
  /// service; no SpeakEvent reports it.
  FallbackSpeaker(std::unique_ptr<Speaker> first, std::unique_ptr<Speaker> second, base::Duration patience = kPatience, ReportFailure report_failure = {})
      : first_(std::move(first)), second_(std::move(second)), patience_(patience), report_failure_(std::move(report_failure)) {}

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
  ReportFailure report_failure_;
  std::deque<HalfSpoken> waiting_;  // utterances that are not complete, in the order of speak()
  std::optional<SpeakEvent> own_;
  bool failed_ = false;          // true: second_ speaks all utterances that wait
  bool is_slow_ = false;         // true: second_ speaks all later utterances too
  bool speaks_ = false;          // true: first_ has returned samples of the first waiting utterance
  base::TimePoint now_{}, heard_until_{};  // heard_until_: end of the playout of all returned audio
  std::optional<base::TimePoint> silent_since_;  // start of the wait for audio of the first waiting utterance from first_
};

}  // namespace offhook::inline v0::agent
