#pragma once

#include <offhook/agent/conversation/history.hpp>
#include <offhook/agent/conversation/parts.hpp>
#include <offhook/agent/conversation/tool.hpp>
#include <offhook/agent/providers/openai/realtime_options.hpp>
#include <offhook/agent/providers/openai/realtime_wire.hpp>
#include <offhook/agent/providers/openai/reply_items.hpp>
#include <offhook/base/time.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace offhook::inline v0::agent::openai::realtime {

inline constexpr std::size_t kMaxReplySeconds = 180;             ///< of audio; what is beyond is dropped
inline constexpr std::size_t kMaxReplyText = 64U << 10U;         ///< octets of its words; what is beyond is dropped
inline constexpr std::size_t kMaxReplyItems = 32;                ///< a reply of more pieces is dropped from there on
inline constexpr std::size_t kMaxOpenCalls = 64;                 ///< function calls without a result; the oldest is forgotten
inline constexpr std::size_t kMaxOutput = 64U << 10U;            ///< of a function's result; the rest is cut off
inline constexpr base::Duration kCancelWithin = std::chrono::seconds(2);     ///< a cancelled response that has not ended by then has
inline constexpr base::Duration kBusyPause = std::chrono::milliseconds(500); ///< after conversation_already_has_active_response
inline constexpr unsigned kMaxBusy = 6;                          ///< of those for one reply
inline constexpr unsigned kMaxRetries = 1;                       ///< of one reply without a sound of it

/// The agent's side of a session: one response of the server's at a time, its items, its function calls. Pure.
///
/// A reply is what the conversation asked for with a turn; it takes one response or, with function calls in it, several. A cancelled
/// response may still be ending while the next reply waits for it.
class Replies {
 public:
  Replies(Wire& wire, RealtimeEvents& events, RealtimeCounters& counters, const RealtimeOptions& options);
  Replies(const Replies&) = delete;
  Replies& operator=(const Replies&) = delete;

  // --- what the conversation wants
  /// `as_sound`: the turn was committed as sound, and needs no words.
  void respond(const TurnInput& input, bool as_sound, std::string opening_instructions, base::TimePoint now);
  void on_tool(const ToolOutcome& outcome, base::TimePoint now);
  void cancel(std::uint32_t turn, base::TimePoint now);
  /// How much of an item was heard, of one that was broken off.
  void cut(std::uint32_t item, std::uint64_t heard_ms);
  /// Nothing of this turn's items will be cut from now on.
  void settle(std::uint32_t turn);
  /// What was heard in words of our own: the model must know that it was said, and by whom, as if it had said it.
  void on_own_words(std::uint32_t turn, std::string_view text);
  enum class Retry : std::uint8_t { No, Again, OnNewSocket };
  /// The reply failed or takes too long: whether to ask again, and on which socket. advance() or adopt() then does.
  /// `said`: what there is to hear of it already, in words.
  [[nodiscard]] Retry try_again(std::string_view said);
  /// Of the reply that is being made, or was broken off.
  [[nodiscard]] std::uint32_t turn() const { return reply_.input.turn; }

  // --- what the server says
  void on_limits(const RateLimits& event) { limit_wait_s_ = event.wait_s; }
  void on_response_created(const ResponseCreated& event, base::TimePoint now);
  void on_audio(const AudioDelta& event, std::vector<std::uint8_t>& octets);
  void on_words(std::string_view response_id, std::string_view item_id, std::string_view text);
  void on_all_words(const TranscriptDone& event);
  void on_written(const TextDelta& event);
  void on_item_done(const OutputItemDone& event);
  void on_response_done(const ResponseDone& event, base::TimePoint now);
  /// True when it was about what this asked for.
  [[nodiscard]] bool on_error(const ErrorInfo& error, base::TimePoint now);

  // --- the socket
  void on_lost(const Fault& fault);
  void on_given_up(const Fault& fault);
  /// After the history was told on a new socket.
  void adopt(const History* history);
  [[nodiscard]] bool is_open_call(std::string_view call_id) const;

  /// Sends what can be sent now.
  void advance(base::TimePoint now);
  void on_time(base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const;
  /// Nothing is asked, running, or still to be heard.
  [[nodiscard]] bool is_quiet() const;
  /// Once after each reply that ended, well or not.
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
    bool follow_up = false;            // after function calls: nothing new to tell
    bool resumed = false;              // broken off after `said`
    bool leaving = false;              // a function ends the conversation: there is nothing to add
    std::string opening_instructions;
    std::uint32_t told_socket = 0;     // there the input is known
    std::string said;                  // of it by another provider, and in writing
    std::string voiced;                // of it in the model's voice, when it was broken off
    std::uint64_t octets = 0;
    std::size_t text_octets = 0, items = 0;
    bool sounded = false;              // anything of it was given on
    unsigned retries = 0, busy = 0;
    std::optional<base::TimePoint> not_before;
    Fault fault;                       // Broken: why
  };
  struct OwnedCall { std::string item_id, call_id, name, arguments; };
  struct Response {
    enum class Phase : std::uint8_t { None, Requested, Running };
    Phase phase = Phase::None;
    bool wanted = false;
    std::uint32_t turn = 0;
    std::string id, event_id;
    std::vector<OwnedCall> calls;      // whole ones, in case that response.done does not list them
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
  void tell_input();
  void tell_open_calls();
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
  std::vector<WaitingOutput> outputs_;   // that came while there was no socket
  std::uint32_t asked_ = 0;              // counts event ids
  double limit_wait_s_ = 0;              // until the server's limits are reset
  bool replied_ = false;
};

}  // namespace offhook::inline v0::agent::openai::realtime
