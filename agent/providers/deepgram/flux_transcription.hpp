#pragma once

#include <offhook/agent/conversation/parts.hpp>
#include <offhook/agent/providers/deepgram/flux_messages.hpp>
#include <offhook/agent/providers/deepgram/socket_out.hpp>
#include <offhook/agent/providers/deepgram/turn_uplink.hpp>
#include <offhook/agent/providers/http_failure.hpp>
#include <offhook/base/time.hpp>

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::deepgram {

/// Live listening by /v2/listen, whose server has turns of its own. Pure: frames, turns, audio and time in; frames and events out. Knows one
/// socket at a time, and opens another in mid-turn when one breaks.
///
/// Where Offhook ends turns, audio goes up while the caller speaks, and when our turn is over and its last words are decoded, ForceEndTurn
/// ends the server's. Turns that it ends by itself before are parts of ours; when it has ended one just where ours ends, nothing is waited for.
///
/// Where Flux ends turns (`ends_within`), the final Transcript comes with the server's end of a turn that has words: before end(), or after
/// it. After end() the server hears silence until then. A begin() before that goes on with the turn, by its new number.
class FluxTranscription {
 public:
  static constexpr std::size_t kFrameMs = 80;          ///< audio in one frame, as is advised
  static constexpr std::size_t kTailMs = 320;          ///< of silence behind a turn: its end is told of within a quarter of a second of audio
  static constexpr std::size_t kMaxText = 16U << 10U;  ///< octets of a turn; later turns of the server are left out, and counted
  static constexpr std::size_t kSettledMs = 500;       ///< so little, behind a turn that the server has ended, is silence
  static constexpr std::size_t kNearlyAllMs = 1'000;   ///< so little may be missing of what a server that falls silent has told
  static constexpr base::Duration kKeepAlive = std::chrono::seconds(4);            ///< then a frame of silence: nobody says that KeepAlive is taken
  static constexpr base::Duration kDecodeWait = std::chrono::milliseconds(600);    ///< for the words at the end of the audio
  static constexpr base::Duration kAnswerWait = std::chrono::milliseconds(1'500);  ///< for the answer to ForceEndTurn

  /// `ends_within`: Flux ends turns, after so much silence at the latest; nothing: Offhook ends them.
  FluxTranscription(std::string whom, Sound sound, std::optional<base::Duration> ends_within = {})
      : whom_(std::move(whom)), ends_within_(ends_within), uplink_(sound, kFrameMs) {}

  void connect();
  void on_open();
  void on_frame(std::string_view frame);
  void on_closed(const RequestFailure& failure);
  void tick(base::TimePoint now);
  /// The call is over: what was said before it ends in order.
  void close();

  void begin(std::uint32_t turn);
  void feed(std::span<const std::int16_t> pcm);
  void end();
  void abandon();

  [[nodiscard]] std::optional<SocketOut> poll_out();
  [[nodiscard]] std::optional<ListenEvent> poll_event();
  [[nodiscard]] std::vector<Retry> take_retries() { return retries_.take(); }
  /// BCP 47, as the service has it: of the last turn that had words; "": not told. To be held against what is expected.
  [[nodiscard]] const std::string& heard_language() const { return heard_language_; }
  /// Its bounds hold, and its phase and its sums agree.
  [[nodiscard]] bool is_consistent() const;

  struct Counters {
    std::uint64_t garbage = 0;        ///< frames that could not be understood
    std::uint64_t late = 0;           ///< of turns that nobody waits for
    std::uint64_t at_once = 0;        ///< turns that the server had ended already
    std::uint64_t ended_there = 0;    ///< turns that ended because Flux ended them
    std::uint64_t unanswered = 0;     ///< turns that ended without an answer to ForceEndTurn
    std::uint64_t reconnects = 0;     ///< in mid-turn
    std::uint64_t unheard_octets = 0; ///< beyond TurnUplink::kMaxTurnMs
    std::uint64_t text_left_out = 0;  ///< turns of the server beyond kMaxText
  };
  [[nodiscard]] const Counters& counters() const { return counters_; }

 private:
  /// Ending: for the last words; Waiting: for the answer to ForceEndTurn.
  enum class Phase : std::uint8_t { Idle, Hearing, Ending, Waiting };
  enum class Line : std::uint8_t { None, Opening, Open };

  [[nodiscard]] bool goes_on() const { return ends_within_ && (phase_ == Phase::Ending || phase_ == Phase::Waiting); }
  void go_on_as(std::uint32_t turn);
  void pad(std::size_t ms);
  void send_silence();
  void pump();
  void send_audio(std::string octets);
  void force_end();
  void send_end();
  void on_turn_info(const TurnInfo& info);
  void take(const TurnInfo& info, std::size_t place);
  [[nodiscard]] std::string_view untold(const TurnInfo& info) const;
  [[nodiscard]] bool ends_ours(const TurnInfo& info) const;
  void end_there(const TurnInfo& info);
  void go_on();
  void on_error(const FluxError& error);
  void on_no_answer();
  void lose(const RequestFailure& failure);
  void reconnect();
  void open_line();
  void leave_turn();
  void rest();
  void tell_so_far();
  void finish();
  void fail(FailureKind kind, std::string why);
  [[nodiscard]] bool is_settled() const;
  [[nodiscard]] bool has_heard_to_the_end(std::size_t but_ms) const;
  [[nodiscard]] std::string text_so_far() const;

  std::string whom_;
  std::optional<base::Duration> ends_within_;
  TurnUplink uplink_;
  FluxReader reader_;
  base::TimePoint now_{};
  Line line_ = Line::None;
  base::TimePoint sent_at_{};            // the last frame, of whatever kind
  std::size_t answers_owed_ = 0;         // to ForceEndTurn: each has one, in their order

  Phase phase_ = Phase::Idle;
  std::uint32_t turn_ = 0;
  std::size_t padded_ms_ = 0;            // of silence behind our turn
  base::TimePoint silence_at_{};         // the next of it, where Flux ends turns
  bool reconnected_ = false;
  std::optional<base::TimePoint> wait_until_;
  std::size_t heard_to_ = 0;             // a place: so far the server has told
  bool answered_ = false;                // it has told anything of this turn
  bool active_ = false;                  // a turn of the server is under way: index_, whose text is current_
  std::uint64_t index_ = 0, next_index_ = 0;  // before next_index_: turns that are over, or that nobody wants
  struct Told { std::uint64_t index = 0; std::string text; } eager_;  // an eager end gave out this text of that turn of the server
  std::string text_, current_, told_;
  std::string turn_language_, heard_language_;  // of this turn so far; of the last one with words
  double current_confidence_ = 0, confidence_sum_ = 0;
  std::size_t confidence_count_ = 0;

  std::deque<SocketOut> out_;
  std::deque<ListenEvent> events_;
  Retries retries_;
  Counters counters_;
};

}  // namespace offhook::inline v0::agent::deepgram
