#pragma once

#include <offhook/agent/conversation/bridge.hpp>
#include <offhook/agent/providers/session_chain.hpp>
#include <offhook/agent/records/call_notes.hpp>
#include <offhook/agent/tools/call_tool_box.hpp>
#include <offhook/tests/agent/calls/virtual_line.hpp>
#include <offhook/tests/agent/calls/virtual_net.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace offhook::inline v0::agent::test {

/// A voice that is always there: a tone for each letter. For sentences of our own, and as a cascade's last speaker.
class ToneVoice final : public Speaker {
 public:
  [[nodiscard]] std::uint32_t rate_hz() const override { return 16000; }
  void speak(std::uint32_t utterance, std::string_view text) override;
  void cancel() override { events_.clear(); }
  [[nodiscard]] std::optional<SpeakEvent> poll() override;

 private:
  std::deque<SpeakEvent> events_;
};

enum class Way : std::uint8_t { Realtime, Cascade };

struct CallScript {
  services::openai::Scenario scenario;
  std::vector<Way> ways{Way::Realtime, Way::Cascade};
  unsigned turns = 3;                                 ///< of the caller; then they hang up
  std::string greeting = "Good morning, how can I help you?";
  std::optional<RecordedSpeech> recorded_greeting{};
  ConversationOptions options;
  tools::ToolRules rules;
  std::uint32_t rate_hz = 8000;
};

/// One whole call on virtual time: caller, bridge, sessions and the simulated OpenAI. It runs as fast as the machine can.
class VirtualCall {
 public:
  explicit VirtualCall(CallScript script);

  /// Until it is over, or `limit` has passed.
  void run(base::Duration limit = std::chrono::minutes(5));
  void advance(base::Duration by);

  [[nodiscard]] base::TimePoint now() const { return now_; }
  [[nodiscard]] bool over() const { return over_; }
  [[nodiscard]] const std::string& ended_by() const { return ended_by_; }  ///< "caller", or the agent's reason
  [[nodiscard]] base::Duration longest_silence() const { return longest_silence_; }
  [[nodiscard]] unsigned turns_answered() const { return answered_; }
  [[nodiscard]] const std::vector<ConversationAction>& seen() const { return seen_; }
  [[nodiscard]] records::CallRecord record();
  [[nodiscard]] unsigned faults() const { return faults_; }                ///< that the simulator carried out
  [[nodiscard]] std::size_t samples_queued() const { return bridge_->samples_queued(); }
  [[nodiscard]] VirtualLine& line() { return line_; }

 private:
  [[nodiscard]] std::unique_ptr<VoiceSession> make_session();
  void step();
  void play_caller();

  CallScript script_;
  services::openai::SimWorld world_;
  VirtualNet net_;
  VirtualLine line_;
  std::shared_ptr<Breakers> breakers_ = std::make_shared<Breakers>();
  records::CallNotes notes_;
  std::unique_ptr<Bridge> bridge_;
  base::TimePoint now_{};
  base::TimePoint connected_at_{};
  bool connected_ = false, over_ = false, waits_for_reply_ = true;  // for the greeting first
  unsigned said_ = 0, answered_ = 0, faults_ = 0;
  std::string ended_by_;
  base::Duration longest_silence_{};
  std::vector<ConversationAction> seen_;
};

}  // namespace offhook::inline v0::agent::test
