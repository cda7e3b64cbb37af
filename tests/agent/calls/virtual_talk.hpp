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

/// What the caller does next, when the agent has been silent for a moment.
struct CallerMove {
  enum class What : std::uint8_t {
    Speak,
    Key,    ///< one is pressed
    Wait,   ///< they say nothing until the agent does
  };
  What what = What::Speak;
  base::Duration after = std::chrono::milliseconds(700);    ///< the agent's last sound
  base::Duration length = std::chrono::milliseconds(1200);  ///< of what is said
  bool interrupts = false;                                  ///< as soon as the agent has spoken for `after`, if it does
};

/// What a talk is made of. `net` carries the session's sockets, and is told the time first.
struct TalkParts {
  std::unique_ptr<VoiceSession> session;
  std::unique_ptr<ToolBox> tools;
  ConversationOptions options;
  SessionContext context;
  std::vector<CallerMove> caller;                ///< then they hang up
  std::optional<base::Duration> hangs_up_after;  ///< the answer, whatever is being said
  std::function<void(base::TimePoint)> net;
};

/// One whole call on virtual time: the caller, the media worker and the bridge, with whatever session. It runs as fast as the machine can.
class VirtualTalk {
 public:
  VirtualTalk(std::uint32_t rate_hz, base::TimePoint start);

  /// Until it is over, or `limit` has passed.
  void run(base::Duration limit = std::chrono::minutes(5));
  void advance(base::Duration by);

  [[nodiscard]] base::TimePoint now() const { return now_; }
  [[nodiscard]] bool over() const { return over_; }
  [[nodiscard]] const std::string& ended_by() const { return ended_by_; }  ///< "caller", or the agent's reason
  /// That the caller heard while it was not for them to speak.
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
  /// The sessions go before the services that they talk to.
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
  bool connected_ = false, over_ = false, waits_for_reply_ = true;  // for the greeting first
  bool pauses_ = false;
  std::size_t said_ = 0;
  unsigned answered_ = 0;
  std::string ended_by_;
  base::Duration longest_silence_{};
  std::size_t most_queued_ = 0;
  std::vector<ConversationAction> seen_;
};

}  // namespace offhook::inline v0::agent::test
