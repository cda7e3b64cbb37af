#pragma once

#include <offhook/agent/conversation/parts.hpp>
#include <offhook/agent/providers/voice_format.hpp>
#include <offhook/agent/providers/openai/realtime_events.hpp>
#include <offhook/agent/providers/openai/realtime_fault.hpp>
#include <offhook/agent/conversation/service_use.hpp>

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace offhook::inline v0::agent::openai {

struct LiveShape {
  std::string model = "gpt-4o-mini-transcribe";
  std::string language;  ///< ISO 639-1; "" selects detection
  std::string prompt;    ///< names and words that callers are likely to say
  AudioFormat format = AudioFormat::Pcm24k;
};

/// A Realtime session that only transcribes. Audio is sent while the caller speaks, a commit ends the turn, and its text comes
/// back. Offhook itself detects when the caller speaks. Pure: frames, turns and audio in; frames and events out. Uses one socket at
/// a time.
class LiveTranscription {
 public:
  static constexpr std::size_t kFrameMs = 60;       ///< audio in one frame
  static constexpr std::size_t kMinMs = 100;        ///< the service refuses less; shorter audio counts as silence
  static constexpr std::size_t kMaxTurnMs = 120'000;  ///< longest turn; later audio is dropped and counted
  static constexpr std::size_t kMaxCommits = 16;    ///< turns whose item is awaited; with one more, the socket is given up

  explicit LiveTranscription(LiveShape shape) : shape_(std::move(shape)) {}

  /// Starts the frames for a new socket with the parameters of the session.
  void on_connecting();
  void on_frame(std::string_view frame);
  void on_closed(const realtime::Fault& fault);

  void begin(std::uint32_t turn);
  void feed(std::span<const std::int16_t> pcm);
  void end();
  void abandon();

  [[nodiscard]] std::optional<std::string> poll_frame();
  [[nodiscard]] std::optional<ListenEvent> poll_event();
  [[nodiscard]] std::vector<Retry> take_retries() { return retries_.take(); }
  /// Returns true if the session has no more use: the owner opens another one before the next turn.
  [[nodiscard]] bool is_spent() const { return spent_; }
  [[nodiscard]] bool is_idle() const { return phase_ == Phase::Idle; }

  struct Counters {
    std::uint64_t garbage = 0;        ///< frames that could not be parsed
    std::uint64_t errors_passed = 0;  ///< `error` events that need no action
    std::uint64_t late = 0;           ///< texts of abandoned turns
    std::uint64_t unheard_octets = 0; ///< octets beyond kMaxTurnMs
  };
  [[nodiscard]] const Counters& counters() const { return counters_; }
  /// Returns the use of the model since the last call. Includes texts of abandoned turns.
  [[nodiscard]] ServiceUse take_use() { return std::exchange(use_, {}); }

 private:
  enum class Phase : std::uint8_t { Idle, Hearing, Waiting };  // Waiting: for the text

  void on_event(const realtime::ServerEvent& event);
  void on_error(const realtime::ErrorInfo& error);
  void on_committed(std::string_view item_id);
  void on_text(const realtime::UserTranscript& transcript);
  void send_audio(std::size_t octets);
  void finish(std::string text);
  void fail(const realtime::Fault& fault);
  [[nodiscard]] std::string commit_id() const { return "commit_" + std::to_string(turn_); }

  LiveShape shape_;
  realtime::EventParser parser_;
  std::vector<std::uint8_t> no_audio_;
  Phase phase_ = Phase::Idle;
  bool spent_ = false;
  std::uint32_t turn_ = 0;
  std::vector<std::uint8_t> unsent_;     // octets of the turn that were not sent
  std::size_t turn_octets_ = 0;          // all octets of the turn
  bool uncommitted_ = false;             // the server holds audio of a turn that has not ended
  std::deque<std::uint32_t> commits_;    // turns in the order of their commits; 0: abandoned
  std::string item_id_;                  // item of the turn, once it is committed
  std::string text_;                     // text of the turn so far
  std::deque<std::string> frames_;
  std::deque<ListenEvent> events_;
  Retries retries_;
  Counters counters_;
  ServiceUse use_;
};

}  // namespace offhook::inline v0::agent::openai
