#pragma once

#include <offhook/agent/conversation/bridge.hpp>
#include <offhook/agent/records/call_notes.hpp>
#include <offhook/tests/agent/calls/virtual_line.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace offhook::inline v0::agent::test {

/// The caller's next move after the agent has been silent for a moment.
struct CallerMove {
  enum class What : std::uint8_t {
    Speak,
    Key,    ///< presses one key
    Wait,   ///< says nothing until the agent speaks
  };
  What what = What::Speak;
  base::Duration after = std::chrono::milliseconds(700);    ///< delay after the agent's last sound
  base::Duration length = std::chrono::milliseconds(1200);  ///< length of the caller's speech
  bool interrupts = false;                                  ///< true: the caller speaks over the agent, once the agent has spoken for `after`
};

/// The parts and settings of a talk. Each step first calls `net` with the present time, which moves the data of the session's connections.
struct TalkParts {
  std::unique_ptr<VoiceSession> session;
  std::unique_ptr<ToolBox> tools;
  ConversationOptions options;
  SessionContext context;
  std::vector<CallerMove> caller;                ///< moves of the caller, who hangs up after the last one
  std::optional<base::Duration> hangs_up_after;  ///< the caller hangs up this long after the answer, in any state
  std::function<void(base::TimePoint)> net;
};

/// One whole call on virtual time: the caller, the media worker and the bridge, with any voice session. It runs as fast as the machine
/// allows.
class VirtualTalk {
 public:
  VirtualTalk(std::uint32_t rate_hz, base::TimePoint start);

  /// Runs until the call ends or `limit` has passed.
  void run(base::Duration limit = std::chrono::minutes(5));
  void advance(base::Duration by);

  [[nodiscard]] base::TimePoint now() const { return now_; }
  [[nodiscard]] bool over() const { return over_; }
  [[nodiscard]] const std::string& ended_by() const { return ended_by_; }  ///< "caller", or the agent's reason
  /// Returns the longest silence that the caller heard outside the caller's own turns.
  [[nodiscard]] base::Duration longest_silence() const { return longest_silence_; }
  [[nodiscard]] unsigned turns_said() const { return static_cast<unsigned>(said_); }
  [[nodiscard]] unsigned turns_answered() const { return answered_; }
  [[nodiscard]] const std::vector<ConversationAction>& seen() const { return seen_; }
  [[nodiscard]] records::CallRecord record();
  [[nodiscard]] std::size_t samples_queued() const { return bridge_->samples_queued(); }
  [[nodiscard]] std::size_t most_samples_queued() const { return most_queued_; }
  [[nodiscard]] Bridge::Overflow overflow() const { return bridge_->overflow(); }
  [[nodiscard]] VirtualLine& line() { return line_; }

 protected:
  void begin(TalkParts parts);
  /// Destroys the sessions before the services to which they are connected.
  void let_go() { bridge_.reset(); }

 private:
  void step();
  void play_caller();
  [[nodiscard]] bool is_callers_turn() const;
  void listen();
  void note(const ConversationAction& action);
  void end(const std::string& by);

  VirtualLine line_;
  records::CallNotes notes_;
  TalkParts parts_;
  std::unique_ptr<Bridge> bridge_;
  base::TimePoint now_, start_, connected_at_{}, began_to_speak_{}, quiet_until_{};
  bool connected_ = false, over_ = false, waits_for_reply_ = true;  // true at first, because the caller waits for the greeting
  bool pauses_ = false;
  std::size_t said_ = 0;
  unsigned answered_ = 0;
  std::string ended_by_;
  base::Duration longest_silence_{};
  std::size_t most_queued_ = 0;
  std::vector<ConversationAction> seen_;
};

}  // namespace offhook::inline v0::agent::test
