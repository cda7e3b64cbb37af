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

/// Transcribes live by /v2/listen, whose server has turns of its own. Pure: frames, turns, audio and time in; frames and events
/// out. Uses one socket at a time, and opens another one during a turn if it breaks.
///
/// If Offhook ends turns, audio is sent while the caller speaks. When the caller's turn is over and its last words are decoded,
/// ForceEndTurn ends the server's turn. Turns that the server ends earlier are parts of the caller's turn. If the server has just
/// ended one at the end of the caller's turn, there is no wait.
///
/// If Flux ends turns (`ends_within`), the final Transcript comes with the server's end of a turn that has words, before or after
/// end(). After end() the server gets silence until then. A begin() before that continues the turn under its new number.
class FluxTranscription {
 public:
  static constexpr std::size_t kFrameMs = 80;          ///< audio in one frame, as Deepgram recommends
  static constexpr std::size_t kTailMs = 320;          ///< silence after a turn; the server reports on each quarter of a second of audio
  static constexpr std::size_t kMaxText = 16U << 10U;  ///< longest text of a turn, in octets; later turns of the server are left out and counted
  static constexpr std::size_t kSettledMs = 500;       ///< so little audio after a turn that the server has ended counts as silence
  static constexpr std::size_t kNearlyAllMs = 1'000;   ///< so little audio may lack a result if the server stops answering
  static constexpr base::Duration kKeepAlive = std::chrono::seconds(4);            ///< interval of silent frames; KeepAlive is not documented
  static constexpr base::Duration kDecodeWait = std::chrono::milliseconds(600);    ///< wait for the words at the end of the audio
  static constexpr base::Duration kAnswerWait = std::chrono::milliseconds(1'500);  ///< wait for the answer to ForceEndTurn

  /// `ends_within`: the longest silence after which Flux ends a turn. nullopt: Offhook ends turns.
  FluxTranscription(std::string whom, Sound sound, std::optional<base::Duration> ends_within = {})
      : whom_(std::move(whom)), ends_within_(ends_within), uplink_(sound, kFrameMs) {}

  void connect();
  void on_open();
  void on_frame(std::string_view frame);
  void on_closed(const RequestFailure& failure);
  void tick(base::TimePoint now);
  /// Ends the stream in order at the end of the call.
  void close();

  void begin(std::uint32_t turn);
  void feed(std::span<const std::int16_t> pcm);
  void end();
  void abandon();

  [[nodiscard]] std::optional<SocketOut> poll_out();
  [[nodiscard]] std::optional<ListenEvent> poll_event();
  [[nodiscard]] std::vector<Retry> take_retries() { return retries_.take(); }
  /// Returns the language of the last turn with words, as the service sent it (BCP 47); "" if it sent none. The owner compares it
  /// with the expected languages.
  [[nodiscard]] const std::string& heard_language() const { return heard_language_; }
  /// Returns true if the bounds hold, and the phase agrees with the other values.
  [[nodiscard]] bool is_consistent() const;

  struct Counters {
    std::uint64_t garbage = 0;        ///< frames that could not be parsed
    std::uint64_t late = 0;           ///< messages of turns that are over or abandoned
    std::uint64_t at_once = 0;        ///< turns that the server had already ended
    std::uint64_t ended_there = 0;    ///< turns that ended because Flux ended them
    std::uint64_t unanswered = 0;     ///< turns that ended without an answer to ForceEndTurn
    std::uint64_t reconnects = 0;     ///< reconnections during a turn
    std::uint64_t unheard_octets = 0; ///< octets beyond TurnUplink::kMaxTurnMs
    std::uint64_t text_left_out = 0;  ///< turns of the server beyond kMaxText
  };
  [[nodiscard]] const Counters& counters() const { return counters_; }

 private:
  /// Ending: waits for the last words. Waiting: waits for the answer to ForceEndTurn.
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
  base::TimePoint sent_at_{};            // time of the last frame of any kind
  std::size_t answers_owed_ = 0;         // answers to ForceEndTurn that have not come; they come in order

  Phase phase_ = Phase::Idle;
  std::uint32_t turn_ = 0;
  std::size_t padded_ms_ = 0;            // silence after the caller's turn
  base::TimePoint silence_at_{};         // time of the next silent frame, if Flux ends turns
  bool reconnected_ = false;
  std::optional<base::TimePoint> wait_until_;
  std::size_t heard_to_ = 0;             // place up to which the server has sent results
  bool answered_ = false;                // the server has sent a result for this turn
  bool active_ = false;                  // a turn of the server is in progress: index_, with the text current_
  std::uint64_t index_ = 0, next_index_ = 0;  // turns before next_index_ are over or abandoned
  struct Told { std::uint64_t index = 0; std::string text; } eager_;  // an eager end returned this text of that turn of the server
  std::string text_, current_, told_;
  std::string turn_language_, heard_language_;  // language of this turn so far; language of the last turn with words
  double current_confidence_ = 0, confidence_sum_ = 0;
  std::size_t confidence_count_ = 0;

  std::deque<SocketOut> out_;
  std::deque<ListenEvent> events_;
  Retries retries_;
  Counters counters_;
};

}  // namespace offhook::inline v0::agent::deepgram
