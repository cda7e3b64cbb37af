#pragma once

#include <offhook/agent/conversation/parts.hpp>
#include <offhook/agent/providers/azure/ssml.hpp>
#include <offhook/agent/providers/azure/usp_frame.hpp>
#include <offhook/agent/providers/http_failure.hpp>
#include <offhook/agent/providers/spare_socket.hpp>
#include <offhook/base/random.hpp>
#include <offhook/base/time.hpp>

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace offhook::inline v0::agent::azure {

inline constexpr std::string_view kAzureVoice = "the voice of Azure";  ///< used as the subject of error texts

struct SynthesisShape {
  SsmlShape ssml;
  std::uint32_t rate_hz = 8000;  ///< sample rate of the audio: 8000, 16000 or 24000
};
/// Returns Azure's name for the output format at this rate: 16-bit mono samples without a header, such as "raw-16khz-16bit-mono-pcm".
[[nodiscard]] std::string_view output_format(std::uint32_t rate_hz);

/// Azure's speech synthesis over the Unified Speech Protocol. Sends one request for each utterance, one after the other, on a socket that
/// stays open. Pure: its inputs are messages, texts and the time, its outputs messages and audio. Its owner opens the socket.
class Synthesis final {
 public:
  static constexpr std::size_t kMaxSeconds = 600;  ///< longest audio of one utterance; the service stops there
  /// Longest wait for audio during a request; shorter than the conversation's deadline.
  static constexpr base::Duration kStallWait = std::chrono::seconds(4);
  static constexpr base::Duration kSettleWithin = std::chrono::seconds(1);  ///< wait for the end of a cancelled request

  /// `random` must outlive this object.
  Synthesis(SynthesisShape shape, base::Random& random);
  ~Synthesis();

  /// Call this when the owner opens a socket. The core then makes the first messages of a socket again.
  void on_connecting();
  void on_open();
  void on_message(const UspMessage& message);
  void on_garbage() { ++counters_.garbage; }  ///< reports a frame that is not a message
  void on_closed(const RequestFailure& failure);
  /// Returns true if the owner must open a socket now: for a request that waits, or in advance.
  [[nodiscard]] bool wants_socket() const;
  /// Returns false if the core does not use the owner's socket any more: the owner must close it.
  [[nodiscard]] bool has_socket() const { return link_ != Link::None; }
  [[nodiscard]] std::optional<UspOutgoing> poll_message();

  void on_time(base::TimePoint now);
  /// Sets the locale of the texts that are requested from now on.
  void set_language(std::string locale) { shape_.ssml.language = std::move(locale); }
  void speak(std::uint32_t utterance, std::string_view text);
  void cancel();
  [[nodiscard]] std::optional<SpeakEvent> poll_event();
  void share_retries(TurnRetries* turn) { retries_.share(turn, Stage::Speak); }
  [[nodiscard]] std::vector<Retry> take_retries() { return retries_.take(); }

  struct Counters {
    std::uint64_t garbage = 0;     ///< messages that could not be parsed
    std::uint64_t late = 0;        ///< messages of cancelled requests
    std::uint64_t reconnects = 0;  ///< reconnections for an utterance that had not begun
  };
  [[nodiscard]] const Counters& counters() const { return counters_; }

 private:
  struct Job;
  enum class Link : std::uint8_t { None, Opening, Open };
  struct Request {
    std::string id, stream_id;
    bool wanted = true;  // false: the request is cancelled, and only its end is expected
  };

  /// Returns the first job that is not over; null if there is none.
  [[nodiscard]] Job* running() const;
  void pump();
  void on_response(std::string_view body);
  void on_audio(const UspMessage& message);
  void on_turn_end();
  void give_up_socket();
  void fail_all(const RequestFailure& failure);
  void send(std::string path, std::string content_type, std::string body);

  SynthesisShape shape_;
  base::Random& random_;
  Link link_ = Link::None;
  base::TimePoint now_{}, progress_at_{};
  SpareSocket spare_;
  std::optional<Request> request_;
  std::optional<base::TimePoint> settle_by_, reopen_at_;
  std::deque<std::unique_ptr<Job>> jobs_;  // in the order of speak(); the caller hears the front one
  std::deque<UspOutgoing> messages_;
  Retries retries_;
  Counters counters_;
};

}  // namespace offhook::inline v0::agent::azure
