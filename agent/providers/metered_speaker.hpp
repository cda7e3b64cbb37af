#pragma once

#include <offhook/agent/conversation/parts.hpp>
#include <offhook/agent/conversation/service_use.hpp>
#include <offhook/agent/providers/service_failure.hpp>

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace offhook::inline v0::agent {

/// Counts the characters of each text for which a provider's voice sends audio. Reports the voice's first failure, because in a rehearsal no conversation
/// reads the voice's events.
class MeteredSpeaker final : public Speaker {
 public:
  MeteredSpeaker(std::unique_ptr<Speaker> inner, ReportUse report_use, ReportFailure report_failure = {})
      : inner_(std::move(inner)), report_use_(std::move(report_use)), report_failure_(std::move(report_failure)) {}

  void open(const SessionContext& context) override { inner_->open(context); }
  void tick(base::TimePoint now) override { inner_->tick(now); }
  [[nodiscard]] std::uint32_t rate_hz() const override { return inner_->rate_hz(); }
  void speak(std::uint32_t utterance, std::string_view text) override;
  void cancel() override;
  [[nodiscard]] std::optional<SpeakEvent> poll() override;
  [[nodiscard]] bool is_preparing() const override { return inner_->is_preparing(); }
  [[nodiscard]] ModelAndVoice asked() const override { return inner_->asked(); }
  [[nodiscard]] std::vector<Retry> take_retries() override { return inner_->take_retries(); }

 private:
  struct Asked { std::uint32_t utterance = 0; std::uint64_t untold_characters = 0; };

  std::unique_ptr<Speaker> inner_;
  ReportUse report_use_;
  ReportFailure report_failure_;  // empty after the first failure
  std::deque<Asked> asked_;       // in the order of speak()
};

}  // namespace offhook::inline v0::agent
