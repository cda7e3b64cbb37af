#pragma once

#include <offhook/agent/conversation/parts.hpp>
#include <offhook/agent/conversation/tool.hpp>
#include <offhook/agent/providers/deepgram/agent_messages.hpp>
#include <offhook/agent/providers/deepgram/agent_wire.hpp>
#include <offhook/agent/providers/reply_ledger.hpp>
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
/// The server answers everything that it takes for the caller's turn. Its answers have no ids, and no command stops them. Therefore
/// this class tracks whose answer the server speaks (Floor). Quiet: the server is silent. Ours: it speaks the present reply. Foreign:
/// it speaks an answer that was cancelled or not requested, which this class drops. Pending: it answers a turn that it has just
/// taken, and its messages wait until the conversation requests the reply. This class sends a text to the server only while the
/// floor is Quiet. If a Foreign answer lasts longer than kQuietWait, another socket replaces the present one.
class AgentReplies {
 public:
  static constexpr std::size_t kMaxOpenCalls = 32;            ///< functions without a result; further functions are refused
  static constexpr std::size_t kMaxOutput = 64U << 10U;       ///< longest result of a function, in octets; the rest is cut off
  static constexpr std::size_t kMaxPending = 1024;            ///< messages that wait for the conversation; further messages are dropped
  static constexpr std::size_t kMaxPendingOctets = 1U << 20U;
  static constexpr std::size_t kMaxEchoes = 8;
  static constexpr base::Duration kQuietWait = std::chrono::milliseconds(1500);  ///< longest wait for the end of a Foreign answer
  /// Longest time for which the answer to a turn waits for respond(), if another reply waits to be sent.
  static constexpr base::Duration kPendingWait = std::chrono::milliseconds(100);
  static constexpr base::Duration kSettle = std::chrono::milliseconds(400);      ///< wait after the audio, in which the server may still call a function
  static constexpr base::Duration kMoreWait = std::chrono::seconds(6);           ///< longest wait for words after a function's result

  AgentReplies(AgentWire& wire, AgentCoreEvents& events, AgentCounters& counters, AudioFormat format)
      : wire_(wire), events_(events), counters_(counters), format_(format) {}
  AgentReplies(const AgentReplies&) = delete;
  AgentReplies& operator=(const AgentReplies&) = delete;

  // --- requests of the conversation
  void respond(const TurnInput& input, std::string_view taken_words, base::TimePoint now);
  /// Takes the result of a function. If the reply was cancelled and the server no longer waits for the result, returns a note for the prompt; otherwise "".
  [[nodiscard]] std::string on_tool(const ToolOutcome& outcome, base::TimePoint now);
  void cancel(std::uint32_t turn, base::TimePoint now);
  enum class Retry : std::uint8_t { No, Again, OnNewSocket };
  /// Prepares a second request for a reply that failed or takes too long. Returns whether this is possible, and whether it needs a new socket; advance()
  /// or adopt() then sends the request. `said`: the words of the reply whose audio has come.
  [[nodiscard]] Retry try_again(std::string_view said);
  /// Returns the turn of the present reply, also after the reply failed.
  [[nodiscard]] std::uint32_t turn() const { return reply_.input.turn; }
  [[nodiscard]] bool is_open() const { return reply_.phase != Reply::Phase::None; }
  [[nodiscard]] bool waits() const { return reply_.phase == Reply::Phase::Waiting; }

  // --- messages of the server
  /// Returns true if `text`, which the server reports as the caller's words, is a text that this class has sent.
  [[nodiscard]] bool take_echo(std::string_view text);
  void on_turn_taken(base::TimePoint now);  ///< reports that the server has taken a turn, and answers it
  void on_more_words();  ///< reports more words of the taken turn: the server answers again
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
  /// Returns true if a reply has waited for too long while the server speaks a Foreign answer: another socket is needed.
  [[nodiscard]] bool is_stuck(base::TimePoint now) const { return quiet_by_ && now >= *quiet_by_; }

  void advance(base::TimePoint now);
  void on_time(base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const;
  [[nodiscard]] bool is_consistent() const;

 private:
  enum class Floor : std::uint8_t { Quiet, Ours, Foreign, Pending };
  struct Reply {
    /// Waiting: the input was not sent yet. Tools: functions have no result yet. Broken: the reply failed, and was not requested
    /// again.
    enum class Phase : std::uint8_t { None, Waiting, Running, Tools, Broken };
    Phase phase = Phase::None;
    TurnInput input;
    std::string results;     // results of functions that the server can only get as text
    ReplyLedger ledger;
    bool told = false;       // true: the server has got the input on this socket
    bool leaving = false;    // true: a function ends the conversation, so no text follows
    bool in_vain = false;    // true: Broken, and a retry would fail too
    bool lost = false;       // true: Broken because the socket was lost
  };
  struct OpenCall {
    FunctionAsked call;
    std::uint32_t turn = 0;
    bool is_known = true;  // false: the server cancelled the function, or an earlier socket requested it
  };
  struct AudioDone {};
  struct Sound { std::string octets; };
  using Pending = std::variant<std::string, Sound, AudioDone, std::vector<FunctionAsked>>;

  [[nodiscard]] bool is_ours();
  /// If the floor is Pending, stores the message (or drops it if there is no space), and returns true. Otherwise returns false.
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
  std::uint32_t last_item_ = 0, item_ = 0;  // item_: the present item; 0: there is none
  bool item_began_ = false, item_has_text_ = false;
  std::deque<Pending> pending_;
  std::size_t pending_octets_ = 0;
  std::deque<std::string> echoes_;   // texts sent as the caller's words, which the server has not repeated yet
  std::vector<OpenCall> calls_;
  base::TimePoint pending_until_{};
  std::optional<base::TimePoint> quiet_by_, settle_at_, more_by_;
};

}  // namespace offhook::inline v0::agent::deepgram
