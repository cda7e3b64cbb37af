#pragma once

#include <offhook/agent/conversation/parts.hpp>
#include <offhook/agent/providers/socket_out.hpp>
#include <offhook/agent/providers/http_failure.hpp>
#include <offhook/agent/providers/spoken_utterance.hpp>
#include <offhook/base/time.hpp>

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::deepgram {

/// Speaks by /v1/speak. An utterance is a Speak and a Flush; the audio until its Flushed belongs to it. Clear cancels the
/// utterances in progress. Until Cleared comes, this class requests nothing, and drops all audio. An utterance beyond the server's
/// limits for a minute fails, so that another speaker takes over. Pure: its inputs are frames, texts and the time; its outputs are
/// frames and events. Uses one socket at a time, and opens another one if it breaks.
class SpeechStream {
 public:
  static constexpr std::size_t kMaxJobs = 256;       ///< most utterances that are not over; a further utterance fails
  static constexpr std::size_t kMaxSeconds = 300;    ///< longest audio of one utterance; if there is more, the socket is given up
  static constexpr std::size_t kMaxFlushes = 20;     ///< the server's limit of flushes within kWindow
  static constexpr std::size_t kMaxCharsInWindow = 2400;
  static constexpr base::Duration kWindow = std::chrono::seconds(60);
  static constexpr base::Duration kLongestHold = std::chrono::seconds(1);  ///< longest wait for the server's limits; if it would be longer, an utterance fails
  static constexpr std::size_t kAhead = 2;            ///< most utterances that are requested at once; few, because a cancelled utterance has used up a flush
  static constexpr base::Duration kStallWait = std::chrono::seconds(4);   ///< wait for audio or Flushed; shorter than the conversation's deadline
  static constexpr base::Duration kClearWait = std::chrono::seconds(2);   ///< longest wait for Cleared; after it, another socket is opened
  static constexpr base::Duration kRenewAfter = std::chrono::minutes(50);  ///< age at which a socket is replaced; the server closes it after 60 minutes

  SpeechStream(std::string whom, std::uint32_t rate_hz);
  ~SpeechStream();

  /// Opens a socket, unless there is one. Call it before the first utterance.
  void open();
  void connect();
  void on_open();
  void on_text(std::string_view frame);
  void on_audio(std::string_view bytes);
  void on_closed(const RequestFailure& failure);
  void tick(base::TimePoint now);
  /// Ends the stream at the end of the call.
  void close();

  void speak(std::uint32_t utterance, std::string_view text);
  void cancel();

  [[nodiscard]] std::optional<SocketOut> poll_out();
  [[nodiscard]] std::optional<SpeakEvent> poll_event();
  void share_retries(TurnRetries* turn) { retries_.share(turn, Stage::Speak); }
  [[nodiscard]] std::vector<Retry> take_retries() { return retries_.take(); }
  [[nodiscard]] bool is_consistent() const;

  struct Counters {
    std::uint64_t garbage = 0;       ///< frames that could not be parsed
    std::uint64_t warnings = 0;
    std::uint64_t stray_octets = 0;  ///< octets of audio that was dropped, because its utterance was cancelled or not requested
    std::uint64_t reconnects = 0;    ///< reconnections with utterances in progress
  };
  [[nodiscard]] const Counters& counters() const { return counters_; }

 private:
  struct Reader;
  struct Job {
    SpokenUtterance speech;
    std::size_t chars = 0;
    bool asked = false, retried = false;
  };
  struct Asked { base::TimePoint at; std::size_t chars = 0; };
  enum class Line : std::uint8_t { None, Opening, Open };

  void on_first_tick(base::TimePoint now);
  void pump();
  void ask(Job& job);
  [[nodiscard]] base::TimePoint room_at(std::size_t chars);
  void refuse_rest();
  [[nodiscard]] Job* current();
  void on_flushed();
  void on_cleared();
  void lose(const RequestFailure& failure, bool again);
  void forget_clear();
  void send_text(std::string bytes);

  std::string whom_;
  std::uint32_t rate_hz_;
  std::unique_ptr<Reader> reader_;
  bool knows_time_ = false;
  base::TimePoint now_{};
  Line line_ = Line::None;
  base::TimePoint connected_at_{}, progress_at_{};
  bool clearing_ = false;                      // true until Cleared comes: nothing is requested, and all audio is dropped
  std::optional<base::TimePoint> clear_until_;
  std::size_t lost_flushes_ = 0;               // number of cancelled utterances whose Flushed may come after Cleared, or never
  std::deque<Asked> asked_;                    // requests of the last kWindow
  std::deque<Job> jobs_;                       // in the order of speak(); the caller hears the front one
  std::deque<SocketOut> out_;
  Retries retries_;
  Counters counters_;
};

}  // namespace offhook::inline v0::agent::deepgram
