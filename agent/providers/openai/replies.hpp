#pragma once

#include <offhook/agent/conversation/history.hpp>
#include <offhook/agent/conversation/parts.hpp>
#include <offhook/agent/conversation/tool.hpp>
#include <offhook/agent/providers/openai/realtime_options.hpp>
#include <offhook/agent/providers/openai/realtime_wire.hpp>
#include <offhook/agent/providers/openai/reply_items.hpp>
#include <offhook/agent/providers/reply_ledger.hpp>
#include <offhook/base/time.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace offhook::inline v0::agent::openai::realtime {

inline constexpr std::size_t kMaxReplyItems = 32;                ///< most items of a reply; further items are dropped
inline constexpr std::size_t kMaxOpenCalls = 64;                 ///< most function calls without a result; a further call removes the oldest
inline constexpr std::size_t kMaxOutput = 64U << 10U;            ///< longest result of a function, in octets; the rest is cut off
inline constexpr base::Duration kCancelWithin = std::chrono::seconds(2);     ///< longest wait for the end of a cancelled response, which then counts as ended
inline constexpr base::Duration kBusyPause = std::chrono::milliseconds(500); ///< wait after conversation_already_has_active_response
inline constexpr unsigned kMaxBusy = 6;                          ///< most waits of kBusyPause for one reply

/// The agent's side of a session: one response of the server at a time, its items and its function calls. Pure.
///
/// A reply is the answer that the conversation requested for a turn. It consists of one response, or of several if it contains function
/// calls. The next reply waits until the server has ended a cancelled response.
class Replies {
 public:
  Replies(Wire& wire, RealtimeEvents& events, RealtimeCounters& counters, const RealtimeOptions& options);
  Replies(const Replies&) = delete;
  Replies& operator=(const Replies&) = delete;

  // --- requests of the conversation
  /// Requests a reply. `as_sound`: the server has the turn as audio, so that no text is sent.
  void respond(const TurnInput& input, bool as_sound, std::string opening_instructions, base::TimePoint now);
  void on_tool(const ToolOutcome& outcome, base::TimePoint now);
  void cancel(std::uint32_t turn, base::TimePoint now);
  /// Makes the model forget the part of an item that the caller did not hear: the part after `heard_ms`.
  void cut(std::uint32_t item, std::uint64_t heard_ms);
  /// Ends the reports about the items of `turn`: no cut() may follow.
  void settle(std::uint32_t turn);
  /// Adds a fixed sentence that the caller heard to the conversation, as a message of the model.
  void on_own_words(std::uint32_t turn, std::string_view text);
  enum class Retry : std::uint8_t { No, Again, OnNewSocket };
  /// Prepares a second request for a reply that failed or takes too long. Returns whether this is possible, and whether it needs a new socket; advance()
  /// or adopt() then sends the request. `said`: the words of the reply whose audio has come.
  [[nodiscard]] Retry try_again(std::string_view said);
  /// Returns the turn of the present reply, also after the reply failed.
  [[nodiscard]] std::uint32_t turn() const { return reply_.input.turn; }

  // --- messages of the server
  void on_limits(const RateLimits& event) { limit_wait_s_ = event.wait_s; }
  void on_response_created(const ResponseCreated& event, base::TimePoint now);
  void on_audio(const AudioDelta& event, std::vector<std::uint8_t>& octets);
  void on_words(std::string_view response_id, std::string_view item_id, std::string_view text);
  void on_all_words(const TranscriptDone& event);
  void on_written(const TextDelta& event);
  void on_item_done(const OutputItemDone& event);
  void on_response_done(const ResponseDone& event, base::TimePoint now);
  /// Returns true if the error is about a request of this class.
  [[nodiscard]] bool on_error(const ErrorInfo& error, base::TimePoint now);

  // --- the socket
  void on_lost(const Fault& fault);
  void on_given_up(const Fault& fault);
  /// Continues on a new socket, after the history was sent to it.
  void adopt(const History* history);
  [[nodiscard]] bool is_open_call(std::string_view call_id) const;

  /// Sends the requests that can be sent now.
  void advance(base::TimePoint now);
  void on_time(base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const;
  /// Returns true if no reply is requested or in progress, and no report about heard audio is missing.
  [[nodiscard]] bool is_quiet() const;
  /// Returns true once after each reply that ended, successfully or not.
  [[nodiscard]] bool take_replied() { return std::exchange(replied_, false); }
  [[nodiscard]] bool waits() const { return reply_.phase == Reply::Phase::Waiting; }
  [[nodiscard]] ReplyItems& items() { return items_; }
  [[nodiscard]] bool is_consistent() const;

 private:
  struct Reply {
    enum class Phase : std::uint8_t { None, Waiting, Running, Tools, Broken };
    Phase phase = Phase::None;
    TurnInput input;
    bool as_sound = false;
    bool follow_up = false;            // true: the reply continues after function calls, without a new input
    bool leaving = false;              // true: a function ends the conversation, so no text follows
    std::string opening_instructions;
    std::uint32_t told_socket = 0;     // socket that has got the input; 0: none
    ReplyLedger ledger;
    std::size_t items = 0;
    unsigned busy = 0;
    std::optional<base::TimePoint> not_before;
    Fault fault;                       // set in the phase Broken
  };
  struct OwnedCall { std::string item_id, call_id, name, arguments; };
  struct Response {
    enum class Phase : std::uint8_t { None, Requested, Running };
    Phase phase = Phase::None;
    bool wanted = false;
    std::uint32_t turn = 0;
    std::string id, event_id;
    std::vector<OwnedCall> calls;      // complete function calls, for a server whose response.done does not list them
    bool sounded = false;
    std::optional<base::TimePoint> cancel_by;
  };
  struct OpenCall { std::string call_id, name, arguments; std::uint32_t turn = 0; };
  struct WaitingOutput { OpenCall call; std::string output; };

  [[nodiscard]] bool is_current(std::string_view response_id) const;
  [[nodiscard]] ReplyItem* item_for(std::string_view response_id, std::string_view item_id);
  void note_unwanted(std::string_view item_id);
  void begin_item(ReplyItem& item);
  void end_item(ReplyItem& item, bool whole);
  void drop_items(std::uint32_t turn);
  void cancel_response(base::TimePoint now);
  void send_input();
  void send_open_calls();
  void send_response(base::TimePoint now);
  [[nodiscard]] std::vector<OwnedCall> calls_of(const ResponseDone& event);
  void finish_completed(std::vector<OwnedCall> calls);
  void delete_unheard(const std::vector<OwnedCall>& calls);
  void delete_item(std::string_view item_id);
  void end_reply();
  void fail(const Fault& fault);
  void on_outputs(bool leaving, base::TimePoint now);
  [[nodiscard]] bool has_open_calls(std::uint32_t turn) const;
  void retell_calls(const History* history);
  [[nodiscard]] std::string_view bounded_words(std::string_view text);

  Wire& wire_;
  RealtimeEvents& events_;
  RealtimeCounters& counters_;
  const RealtimeOptions& options_;
  Reply reply_;
  Response response_;
  ReplyItems items_;
  std::vector<OpenCall> calls_;
  std::vector<WaitingOutput> outputs_;   // results that came while no socket was ready
  std::uint32_t asked_ = 0;              // number of responses that were requested, for the event ids
  double limit_wait_s_ = 0;              // time until the server's limits are reset
  bool replied_ = false;
};

}  // namespace offhook::inline v0::agent::openai::realtime
