#pragma once

#include <offhook/agent/providers/session_chain.hpp>
#include <offhook/agent/tools/call_tool_box.hpp>
#include <offhook/tests/agent/calls/virtual_net.hpp>
#include <offhook/tests/agent/calls/virtual_services.hpp>
#include <offhook/tests/agent/calls/virtual_talk.hpp>

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace offhook::inline v0::agent::test {

/// A speaker that never fails: it plays a tone of 1/15 s for each octet of the text. It speaks Offhook's own sentences, and is the last
/// speaker of a cascade.
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
  unsigned turns = 3;                                 ///< turns of the caller, before the caller hangs up
  std::string greeting = "Good morning, how can I help you?";
  std::optional<RecordedSpeech> recorded_greeting{};
  ConversationOptions options;
  tools::ToolRules rules;
  std::uint32_t rate_hz = 8000;
};

/// A whole call with sessions that this class builds itself, against the simulated OpenAI.
class VirtualCall : public VirtualTalk {
 public:
  explicit VirtualCall(CallScript script);
  ~VirtualCall() { let_go(); }
  VirtualCall(const VirtualCall&) = delete;
  VirtualCall& operator=(const VirtualCall&) = delete;

  [[nodiscard]] unsigned faults() const { return faults_; }                ///< faults that the simulator carried out

 private:
  [[nodiscard]] std::unique_ptr<VoiceSession> make_session();

  CallScript script_;
  services::openai::SimWorld world_;
  OpenAiService service_;
  VirtualNet net_;
  std::shared_ptr<Breakers> breakers_ = std::make_shared<Breakers>();
  unsigned faults_ = 0;
};

}  // namespace offhook::inline v0::agent::test
