#pragma once

#include <offhook/agent/conversation/parts.hpp>
#include <offhook/agent/conversation/service_use.hpp>
#include <offhook/agent/providers/http_failure.hpp>
#include <offhook/agent/providers/socket_out.hpp>
#include <offhook/agent/providers/spare_socket.hpp>
#include <offhook/agent/providers/transcription/transcription_protocol.hpp>
#include <offhook/agent/providers/transcription/turn_text.hpp>
#include <offhook/agent/providers/transcription/turn_uplink.hpp>
#include <offhook/base/time.hpp>

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace offhook::inline v0::agent {

/// Transcribes a telephone call live over a WebSocket, for any service. Sends audio while Offhook detects that the caller speaks. Uses one socket at
/// a time. If it breaks during a turn, opens another one, as far as the service's traits allow. Pure: its inputs are frames, turns, audio and the
/// time; its outputs are frames and events.
class LiveTranscription {
 public:
  explicit LiveTranscription(std::unique_ptr<TranscriptionProtocol> protocol);

  // --- the owner's side
  /// Requests the first socket. `language` is the language of the call.
  void connect(std::string_view language = {});
  void on_open();
  void on_text(std::string_view frame) { protocol_->on_text(*this, frame); }
  void on_binary(std::string_view frame) { protocol_->on_binary(*this, frame); }
  void on_closed(const RequestFailure& failure) { lose(failure); }
  void tick(base::TimePoint now);
  /// Ends the stream as the protocol requires, at the end of the call.
  void close();

  void begin(std::uint32_t turn);
  void feed(std::span<const std::int16_t> pcm);
  void end();
  void abandon();

  [[nodiscard]] std::optional<SocketOut> poll_out();
  [[nodiscard]] std::optional<ListenEvent> poll_event();
  void share_retries(TurnRetries* turn) { retries_.share(turn, Stage::Listen); }
  [[nodiscard]] std::vector<Retry> take_retries() { return retries_.take(); }
  /// Returns the chargeable use since the last invocation, without audio for a socket that is not open yet.
  [[nodiscard]] ServiceUse take_use() { return std::exchange(use_, {}); }
  [[nodiscard]] const TranscriptionTraits& traits() const { return traits_; }
  /// Returns the language of the last turn with words, as the service sent it (BCP 47); "" if it sent none. The owner compares it
  /// with the expected languages.
  [[nodiscard]] const std::string& heard_language() const { return heard_language_; }
  /// Returns true if all values are within their bounds and agree with the phase. For tests.
  [[nodiscard]] bool is_consistent() const;

  struct Counters {
    std::uint64_t garbage = 0;        ///< frames that could not be parsed
    std::uint64_t late = 0;           ///< messages of turns that are over or abandoned
    std::uint64_t passed_errors = 0;  ///< errors of the service that need no action
    std::uint64_t at_once = 0;        ///< turns whose text was already complete when the caller's turn ended
    std::uint64_t ended_there = 0;    ///< turns that the service ended
    std::uint64_t unanswered = 0;     ///< turns whose last words did not come in time
    std::uint64_t reconnects = 0;     ///< reconnections during a turn
    std::uint64_t unheard_octets = 0; ///< octets of audio that were dropped, because the turn was longer than TurnUplink::kMaxTurnMs
    std::uint64_t text_left_out = 0;  ///< texts that were dropped, because the turn's text was longer than TranscriptionTraits::max_text
  };
  [[nodiscard]] const Counters& counters() const { return counters_; }

  // --- the protocol's side
  void send_text(std::string frame) { send(SocketOut::What::Text, std::move(frame)); }
  void send_binary(std::string frame) { send(SocketOut::What::Binary, std::move(frame)); }
  /// Sends silence between two turns.
  void send_silence(std::size_t ms) { send_piece(uplink_.silence(ms)); }
  void count(std::uint64_t Counters::* which) { ++(counters_.*which); }
  void add_use(const ServiceUse& use) { use_.add(use); }
  /// Notes that the service has sent a result for the turn.
  void note_answer() { has_answer_ = true; }
  /// Waits at most `limit` for the last words of the turn.
  void wait(base::Duration limit) { wait_until_ = now_ + limit; }
  /// Sends what can be sent now.
  void pump();
  /// Sends the audio without an answer again, in a new stream on the same socket.
  void resend();
  /// Appends final words to the text of the turn.
  void add_words(std::string_view words, double confidence);
  /// Queues the text so far, if it is new.
  void report_so_far();
  /// Ends the turn with its text. If `confidence` is nullopt, uses the mean confidence of the words.
  void finish(std::optional<double> confidence = {});
  /// Ends the turn with a failure, and keeps the socket.
  void fail(FailureKind kind, std::string why);
  /// Gives up the socket because of a failure. Between turns, the next turn connects again; during a turn, reconnects or fails the turn.
  void lose(const RequestFailure& failure);
  /// Replaces the socket. If a turn is in progress, it continues on the new socket.
  void replace_socket();

  [[nodiscard]] TurnUplink& uplink() { return uplink_; }
  [[nodiscard]] const TurnUplink& uplink() const { return uplink_; }
  [[nodiscard]] TurnText& text() { return text_; }
  [[nodiscard]] const TurnText& text() const { return text_; }
  [[nodiscard]] base::TimePoint now() const { return now_; }
  [[nodiscard]] std::uint32_t turn() const { return turn_; }
  [[nodiscard]] bool is_open() const { return line_ == Line::Open; }
  [[nodiscard]] bool is_idle() const { return phase_ == Phase::Idle; }
  [[nodiscard]] bool is_hearing() const { return phase_ == Phase::Hearing; }
  /// Returns true if all audio of an ended turn was sent.
  [[nodiscard]] bool is_all_sent() const { return all_sent_; }
  [[nodiscard]] bool has_answer() const { return has_answer_; }
  /// Returns true if audio of the present turn was sent on this socket.
  [[nodiscard]] bool has_sent() const { return uplink_.sent() > uplink_.turn_begin(); }

 private:
  enum class Phase : std::uint8_t { Idle, Hearing, Ended };  // Ended: the caller's turn is over, but its text is not complete
  enum class Line : std::uint8_t { None, Opening, Open };

  void open_line();
  void drop_line();
  [[nodiscard]] bool may_open() const { return line_ == Line::None && (!reopen_at_ || now_ >= *reopen_at_); }
  void reconnect(const RequestFailure& failure);
  void request_spare() {
    if (traits_.keeps_spare) spare_.request();
  }
  void send(SocketOut::What what, std::string frame);
  void send_turn();
  void send_piece(std::string octets);
  void on_wait_over();
  void charge(std::uint64_t octets);
  void rest();

  std::unique_ptr<TranscriptionProtocol> protocol_;
  const TranscriptionTraits traits_;
  TurnUplink uplink_;
  TurnText text_;
  std::string heard_language_;
  base::TimePoint now_{};

  Line line_ = Line::None;
  base::TimePoint sent_at_{};                   // time of the last frame of any kind
  std::optional<base::TimePoint> opened_at_;    // nullopt until the first tick() sets it
  std::optional<base::TimePoint> reopen_at_;    // no socket is requested before this time
  SpareSocket spare_;

  Phase phase_ = Phase::Idle;
  std::uint32_t turn_ = 0;
  bool all_sent_ = false, has_answer_ = false;
  unsigned reconnects_ = 0;                     // reconnections in this turn
  std::optional<base::TimePoint> wait_until_;

  ServiceUse use_;
  std::uint64_t uncharged_octets_ = 0;          // for SentAudio: octets for a socket that is not open yet; for HeardAudio: octets of the present turn
  std::deque<SocketOut> out_;
  std::deque<ListenEvent> events_;
  Retries retries_;
  Counters counters_;
};

}  // namespace offhook::inline v0::agent
