#pragma once

#include <offhook/agent/conversation/parts.hpp>
#include <offhook/agent/providers/deepgram/listen_options.hpp>
#include <offhook/agent/providers/deepgram/live_results.hpp>
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

/// Transcribes live by /v1/listen. Audio is sent while the caller speaks, Finalize ends the turn, and results come for windows of
/// the audio. The position of a window in the socket's audio shows its turn. Offhook itself detects when the caller speaks. Pure:
/// frames, turns, audio and time in; frames and events out. Uses one socket at a time, and opens another one during a turn if it
/// breaks.
class LiveTranscription {
 public:
  static constexpr std::size_t kFrameMs = 60;         ///< audio in one frame; Deepgram recommends 20 to 100
  static constexpr std::size_t kPrimeMs = 20;         ///< silence at the beginning of a socket; KeepAlive alone does not keep a new socket open
  static constexpr std::size_t kMaxText = 16U << 10U;  ///< longest text of a turn, in octets; later windows are left out and counted
  static constexpr std::size_t kNearlyAllMs = 500;    ///< so little audio without an answer may never get one
  static constexpr std::size_t kMaxGuessMs = 1'500;   ///< longest audio after an interim text for which the text still counts as complete
  /// Interval of KeepAlive: the server closes a socket on which no frame comes for 10 s.
  static constexpr base::Duration kKeepAlive = std::chrono::seconds(4);
  static constexpr base::Duration kAnswerWait = std::chrono::seconds(2);          ///< wait for the answer to Finalize
  static constexpr base::Duration kShortAnswerWait = std::chrono::milliseconds(400);  ///< the same wait, if nearly all audio has an answer

  LiveTranscription(std::string whom, Sound sound) : whom_(std::move(whom)), uplink_(sound, kFrameMs) {}

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
    std::uint64_t late = 0;           ///< windows of turns that are over or abandoned
    std::uint64_t unanswered = 0;     ///< turns that ended without an answer to Finalize
    std::uint64_t reconnects = 0;     ///< reconnections during a turn
    std::uint64_t unheard_octets = 0; ///< octets beyond TurnUplink::kMaxTurnMs
    std::uint64_t text_left_out = 0;  ///< windows beyond kMaxText
  };
  [[nodiscard]] const Counters& counters() const { return counters_; }

 private:
  enum class Phase : std::uint8_t { Idle, Hearing, Waiting };  // Waiting: for the answer to Finalize
  enum class Line : std::uint8_t { None, Opening, Open };

  void prime();
  void pump();
  void send_audio(std::string octets);
  void send_text(std::string_view text);
  void finalize();
  void await_answer();
  [[nodiscard]] bool has_heard_it() const;
  void on_results(const Results& results);
  void take(const Results& results, std::size_t end);
  [[nodiscard]] std::string new_words(const Results& results) const;
  [[nodiscard]] bool is_old_finalize(std::size_t end) const;
  [[nodiscard]] std::string text_so_far() const;
  void tell_so_far();
  void on_no_answer();
  void finish();
  void fail(FailureKind kind, std::string why);
  void rest();
  [[nodiscard]] bool may_reconnect(const RequestFailure& failure) const;
  void reconnect();

  std::string whom_;
  TurnUplink uplink_;
  LiveReader reader_;
  base::TimePoint now_{};
  Line line_ = Line::None;
  base::TimePoint sent_at_{};            // time of the last frame of any kind

  Phase phase_ = Phase::Idle;
  std::uint32_t turn_ = 0;
  std::size_t interim_to_ = 0;           // place on this socket at which the window of interim_ ends
  bool finalized_ = false, reconnected_ = false;
  bool answered_ = false;                // a text or a final window came for this turn
  std::optional<base::TimePoint> wait_until_;
  std::string text_, interim_, told_;
  std::string turn_language_, heard_language_;  // language of this turn so far; language of the last turn with words
  double confidence_sum_ = 0;
  std::size_t confidence_count_ = 0;

  std::deque<SocketOut> out_;
  std::deque<ListenEvent> events_;
  Retries retries_;
  Counters counters_;
};

}  // namespace offhook::inline v0::agent::deepgram
