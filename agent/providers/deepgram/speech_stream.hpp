#pragma once

#include <offhook/agent/conversation/parts.hpp>
#include <offhook/agent/providers/deepgram/socket_out.hpp>
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

/// Speaking by /v1/speak: each utterance is a Speak and a Flush, and the audio until its Flushed is its own. Clear cuts off what is under
/// way; nothing is asked for until that is answered, so that what still comes is nobody's. What the server would not take within its minute
/// fails, so that another way of speaking takes over. Pure: frames, texts and time in; frames and events out. Knows one socket at a time,
/// and opens another when one breaks.
class SpeechStream {
 public:
  static constexpr std::size_t kMaxJobs = 256;       ///< utterances that are not over yet; one more fails
  static constexpr std::size_t kMaxSeconds = 300;    ///< of one utterance's audio; a server that sends more is given up
  static constexpr std::size_t kMaxFlushes = 20;     ///< within kWindow: the server flushes no more
  static constexpr std::size_t kMaxCharsInWindow = 2400;
  static constexpr base::Duration kWindow = std::chrono::seconds(60);
  static constexpr base::Duration kLongestHold = std::chrono::seconds(1);  ///< for room within kWindow: a caller is waiting
  static constexpr std::size_t kAhead = 2;            ///< utterances asked for at once: those that are cut off were flushed for nothing
  static constexpr base::Duration kStallWait = std::chrono::seconds(4);   ///< for audio or Flushed: less than a conversation waits for them
  static constexpr base::Duration kClearWait = std::chrono::seconds(2);   ///< for Cleared; then another socket is opened
  static constexpr base::Duration kRenewAfter = std::chrono::minutes(50);  ///< of the 60 that a socket lasts

  SpeechStream(std::string whom, std::uint32_t rate_hz);
  ~SpeechStream();

  /// A socket ahead of the first utterance, unless there is one.
  void open();
  void connect();
  void on_open();
  void on_text(std::string_view frame);
  void on_audio(std::string_view bytes);
  void on_closed(const RequestFailure& failure);
  void tick(base::TimePoint now);
  /// The call is over.
  void close();

  void speak(std::uint32_t utterance, std::string_view text);
  void cancel();

  [[nodiscard]] std::optional<SocketOut> poll_out();
  [[nodiscard]] std::optional<SpeakEvent> poll_event();
  [[nodiscard]] std::vector<Retry> take_retries() { return retries_.take(); }
  [[nodiscard]] bool is_consistent() const;

  struct Counters {
    std::uint64_t garbage = 0;       ///< frames that could not be understood
    std::uint64_t warnings = 0;
    std::uint64_t stray_octets = 0;  ///< audio of nothing that was asked for, or of what was cut off
    std::uint64_t reconnects = 0;    ///< with utterances under way
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
  bool clearing_ = false;                      // until Cleared nothing is asked for, and nothing that comes is wanted
  std::optional<base::TimePoint> clear_until_;
  std::size_t lost_flushes_ = 0;               // cut off: their Flushed may come behind Cleared, or never
  std::deque<Asked> asked_;                    // within kWindow
  std::deque<Job> jobs_;                       // in the order of speak(); the front one is being heard
  std::deque<SocketOut> out_;
  Retries retries_;
  Counters counters_;
};

}  // namespace offhook::inline v0::agent::deepgram
