#pragma once

#include <offhook/agent/conversation/parts.hpp>
#include <offhook/agent/conversation/tool.hpp>
#include <offhook/agent/providers/deepgram/agent_messages.hpp>
#include <offhook/agent/providers/deepgram/agent_wire.hpp>
#include <offhook/agent/providers/voice_format.hpp>
#include <offhook/base/time.hpp>

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace offhook::inline v0::agent::deepgram {

/// The agent's side of a Voice Agent. Pure.
///
/// The server answers by itself whatever it takes for the caller's turn, gives its answers no names, and takes no order to stop. So we
/// know whom it is talking to: nobody (Quiet), us (Ours), or somebody who does not listen any more (Foreign), and what it says then is
/// dropped. What it says of a turn that was just taken waits until the conversation wants it (Pending). A text is put to it when it is
/// Quiet; one that goes on for too long in front of nobody is left for another socket.
class AgentReplies {
 public:
  static constexpr std::size_t kMaxReplySeconds = 180;        ///< of audio; what is beyond is dropped
  static constexpr std::size_t kMaxReplyText = 64U << 10U;    ///< octets of its words; what is beyond is dropped
  static constexpr std::size_t kMaxOpenCalls = 32;            ///< functions without a result; more are refused
  static constexpr std::size_t kMaxOutput = 64U << 10U;       ///< of a function's result; the rest is cut off
  static constexpr std::size_t kMaxPending = 1024;            ///< messages that wait for the conversation; more are dropped
  static constexpr std::size_t kMaxPendingOctets = 1U << 20U;
  static constexpr std::size_t kMaxEchoes = 8;
  static constexpr unsigned kMaxRetries = 1;                  ///< of one reply without a sound of it
  static constexpr base::Duration kQuietWait = std::chrono::milliseconds(1500);  ///< for who talks to nobody
  static constexpr base::Duration kPendingWait = std::chrono::milliseconds(100);  ///< for who wants the answer to a turn, before another question
  static constexpr base::Duration kSettle = std::chrono::milliseconds(400);      ///< from the end of audio to the end of a reply
  static constexpr base::Duration kMoreWait = std::chrono::seconds(6);           ///< for words after a function's result

  AgentReplies(AgentWire& wire, AgentCoreEvents& events, AgentCounters& counters, AudioFormat format)
      : wire_(wire), events_(events), counters_(counters), format_(format) {}
  AgentReplies(const AgentReplies&) = delete;
  AgentReplies& operator=(const AgentReplies&) = delete;

  // --- what the conversation wants
  void respond(const TurnInput& input, std::string_view taken_words, base::TimePoint now);
  /// What the model can no longer be told as a result, in words; else "".
  [[nodiscard]] std::string on_tool(const ToolOutcome& outcome, base::TimePoint now);
  void cancel(std::uint32_t turn, base::TimePoint now);
  enum class Retry : std::uint8_t { No, Again, OnNewSocket };
  /// The reply failed or takes too long: whether to ask again, and on which socket. advance() or adopt() then does. `said`: what there
  /// is to hear of it already, in words.
  [[nodiscard]] Retry try_again(std::string_view said);
  /// Of the reply that is being made, or was broken off.
  [[nodiscard]] std::uint32_t turn() const { return reply_.input.turn; }
  [[nodiscard]] bool is_open() const { return reply_.phase != Reply::Phase::None; }
  [[nodiscard]] bool waits() const { return reply_.phase == Reply::Phase::Waiting; }

  // --- what the server says
  /// The words of a turn of the caller. True: we put them there ourselves.
  [[nodiscard]] bool take_echo(std::string_view text);
  void on_turn_taken(base::TimePoint now);  ///< and it is answering
  void on_more_words();  ///< it is answering anew
  void on_foreign_turn();
  void on_user_started(base::TimePoint now);
  void on_agent_text(std::string_view text, base::TimePoint now);
  void on_audio(std::string_view octets, base::TimePoint now);
  void on_audio_done(base::TimePoint now);
  void on_functions(const std::vector<FunctionAsked>& functions, base::TimePoint now);
  void on_functions_cancelled(const std::vector<FunctionAsked>& functions);

  // --- the socket
  void on_lost(const RequestFailure& failure);
  void on_given_up(const RequestFailure& failure);
  void adopt(base::TimePoint now);
  /// The server talks to nobody, and somebody waits: another socket is wanted.
  [[nodiscard]] bool is_stuck(base::TimePoint now) const { return quiet_by_ && now >= *quiet_by_; }

  void advance(base::TimePoint now);
  void on_time(base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const;
  [[nodiscard]] bool is_consistent() const;

 private:
  enum class Floor : std::uint8_t { Quiet, Ours, Foreign, Pending };
  struct Reply {
    /// Waiting: the input was not put to the server yet. Tools: functions are without a result. Broken: until it is asked again.
    enum class Phase : std::uint8_t { None, Waiting, Running, Tools, Broken };
    Phase phase = Phase::None;
    TurnInput input;
    std::string results;     // of functions, which the server takes only as a text
    std::string said;        // of it by another provider
    std::string voiced;      // of it in this voice, when it was broken off
    bool resumed = false;    // broken off after these
    bool told = false;       // this socket knows the input
    bool leaving = false;    // a function ends the conversation: there is nothing to add
    bool sounded = false;
    std::uint64_t octets = 0;
    std::size_t text_octets = 0;
    unsigned retries = 0;
    bool in_vain = false;    // Broken: and so it will be
    bool lost = false;       // Broken: with its socket
  };
  struct OpenCall {
    FunctionAsked call;
    std::uint32_t turn = 0;
    bool is_known = true;  // false: the server took it back, or another one asked
  };
  struct AudioDone {};
  struct Sound { std::string octets; };
  using Pending = std::variant<std::string, Sound, AudioDone, std::vector<FunctionAsked>>;

  [[nodiscard]] bool is_ours();
  /// True when it waits until somebody wants it.
  [[nodiscard]] bool wait_in_line(Pending pending, std::size_t octets = 0);
  void replay_pending(base::TimePoint now);
  void leave_pending();
  std::uint32_t item();
  void end_item(bool whole);
  void ask();
  void go_on_with_results(base::TimePoint now);
  void refuse(const FunctionAsked& call);
  void finish();
  void end_reply();
  void fail(const RequestFailure& failure);
  [[nodiscard]] bool has_open_calls(std::uint32_t turn) const;

  AgentWire& wire_;
  AgentCoreEvents& events_;
  AgentCounters& counters_;
  const AudioFormat format_;
  Floor floor_ = Floor::Quiet;
  Reply reply_;
  std::uint32_t last_item_ = 0, item_ = 0;  // item_: the one that goes on, 0: none
  bool item_began_ = false, item_has_text_ = false;
  std::deque<Pending> pending_;
  std::size_t pending_octets_ = 0;
  std::deque<std::string> echoes_;   // put to the server as the caller's words, and not repeated by it yet
  std::vector<OpenCall> calls_;
  base::TimePoint pending_until_{};
  std::optional<base::TimePoint> quiet_by_, settle_at_, more_by_;
};

}  // namespace offhook::inline v0::agent::deepgram
