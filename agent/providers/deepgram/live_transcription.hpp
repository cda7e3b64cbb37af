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

/// Live listening by /v1/listen: audio goes up while the caller speaks, Finalize ends the turn, and results come back for windows of the
/// audio. Where a window lies on the socket's audio says which turn it is of. Who speaks when is ours to find out. Pure: frames, turns,
/// audio and time in; frames and events out. Knows one socket at a time, and opens another in mid-turn when one breaks.
class LiveTranscription {
 public:
  static constexpr std::size_t kFrameMs = 60;         ///< audio in one frame: 20 to 100 are advised
  static constexpr std::size_t kPrimeMs = 20;         ///< of silence first of all: KeepAlive alone does not keep a fresh socket
  static constexpr std::size_t kMaxText = 16U << 10U;  ///< octets of a turn; later windows are left out, and counted
  static constexpr std::size_t kNearlyAllMs = 500;    ///< so little without an answer may never get one
  static constexpr std::size_t kMaxGuessMs = 1'500;   ///< behind an interim text: of more nobody knows what was said
  static constexpr base::Duration kKeepAlive = std::chrono::seconds(4);           ///< the socket closes after 10 s of nothing
  static constexpr base::Duration kAnswerWait = std::chrono::seconds(2);          ///< for the answer to Finalize
  static constexpr base::Duration kShortAnswerWait = std::chrono::milliseconds(400);  ///< the same, when nearly all was answered before

  LiveTranscription(std::string whom, Sound sound) : whom_(std::move(whom)), uplink_(sound, kFrameMs) {}

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
    std::uint64_t late = 0;           ///< windows of turns that nobody waits for
    std::uint64_t unanswered = 0;     ///< turns that ended without an answer to Finalize
    std::uint64_t reconnects = 0;     ///< in mid-turn
    std::uint64_t unheard_octets = 0; ///< beyond TurnUplink::kMaxTurnMs
    std::uint64_t text_left_out = 0;  ///< windows beyond kMaxText
  };
  [[nodiscard]] const Counters& counters() const { return counters_; }

 private:
  enum class Phase : std::uint8_t { Idle, Hearing, Waiting };  // for the answer to Finalize
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
  base::TimePoint sent_at_{};            // the last frame, of whatever kind

  Phase phase_ = Phase::Idle;
  std::uint32_t turn_ = 0;
  std::size_t interim_to_ = 0;           // on this socket's audio: where the window of interim_ ends
  bool finalized_ = false, reconnected_ = false;
  bool answered_ = false;                // a text came for this turn, or a window that does not change
  std::optional<base::TimePoint> wait_until_;
  std::string text_, interim_, told_;
  std::string turn_language_, heard_language_;  // of this turn so far; of the last one with words
  double confidence_sum_ = 0;
  std::size_t confidence_count_ = 0;

  std::deque<SocketOut> out_;
  std::deque<ListenEvent> events_;
  Retries retries_;
  Counters counters_;
};

}  // namespace offhook::inline v0::agent::deepgram
