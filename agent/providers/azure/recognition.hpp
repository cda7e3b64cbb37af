#pragma once

#include <offhook/agent/conversation/parts.hpp>
#include <offhook/agent/providers/azure/recognition_messages.hpp>
#include <offhook/agent/providers/azure/unsettled_audio.hpp>
#include <offhook/agent/providers/azure/usp_core.hpp>
#include <offhook/base/random.hpp>
#include <offhook/base/time.hpp>

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>

namespace offhook::inline v0::agent::azure {

/// Azure's speech recognition over the Unified Speech Protocol. Sends audio while the caller speaks. At the end of the caller's
/// turn it sends the end of the audio at once, so that the last phrase comes without the service's own wait for silence. Each turn
/// of the caller is one turn of the service, or several if the service ends one by itself. Pure: messages, turns, audio and time
/// in; messages and events out.
class Recognition final : public UspCore {
 public:
  static constexpr std::size_t kPieceMs = 100;         ///< audio in one message
  static constexpr std::size_t kMinMs = 100;           ///< shorter audio counts as silence, and is not sent
  static constexpr std::size_t kMaxTurnMs = 120'000;   ///< longest turn; later audio is dropped and counted
  static constexpr std::size_t kMaxBehindMs = 6'000;   ///< largest rest to send after the end of a turn; with more, the turn fails
  static constexpr std::size_t kFreeMs = 5'000;        ///< audio of a service turn that is sent at once; the rest at twice real time at most
  static constexpr std::size_t kMaxSilentMs = 1'500;   ///< longest end of a turn without text that counts as silence; a longer one was not recognised
  static constexpr unsigned kMaxReconnects = 2;        ///< reconnections in one turn of the caller
  static constexpr unsigned kMaxServiceTurns = 16;     ///< turns of the service in one turn of the caller; with more, the caller's turn fails
  static constexpr base::Duration kReopenAfter = std::chrono::milliseconds(500);  ///< wait before the second reconnection
  static constexpr base::Duration kSettleWithin = std::chrono::seconds(1);        ///< wait for the end of an abandoned turn

  /// `final_within`: wait for the final text; then the last hypothesis is the final text. `random` must outlive this object.
  Recognition(RecognitionShape shape, base::Duration final_within, base::Random& random);

  void on_connecting() override;
  void on_open() override;
  void on_message(const UspMessage& message) override;
  void on_garbage() override { ++counters_.garbage; }
  void on_closed(const SocketFault& fault) override;
  [[nodiscard]] bool wants_socket() const override;
  [[nodiscard]] bool has_socket() const override { return link_ != Link::None; }
  [[nodiscard]] std::optional<UspOutgoing> poll_message() override;

  void begin(std::uint32_t turn);
  void feed(std::span<const std::int16_t> pcm);
  void end();
  void abandon();
  void on_time(base::TimePoint now);

  [[nodiscard]] std::optional<ListenEvent> poll_event();
  [[nodiscard]] std::vector<Retry> take_retries() { return retries_.take(); }

  /// Returns the candidate that was detected in the last turn with words; "" before such a turn.
  [[nodiscard]] const std::string& heard_language() const { return heard_language_; }

  struct Counters {
    std::uint64_t garbage = 0;          ///< messages that could not be parsed
    std::uint64_t late = 0;             ///< messages of abandoned turns
    std::uint64_t unheard_samples = 0;  ///< samples beyond kMaxTurnMs
    std::uint64_t reconnects = 0;       ///< reconnections during a turn
    std::uint64_t guesses = 0;          ///< hypotheses that became a final text
  };
  [[nodiscard]] const Counters& counters() const { return counters_; }
  [[nodiscard]] std::uint64_t forgotten_samples() const { return audio_.forgotten(); }

 private:
  enum class Phase : std::uint8_t { Idle, Hearing, Waiting };  // Waiting: for the final text
  struct ServiceTurn {
    std::string id;
    std::uint64_t first = 0;      // number of the caller's sample with which its audio began
    base::TimePoint begun{};
    bool wanted = true;           // false: abandoned, only its end is expected
    bool ended = false;           // the end of the audio was sent
  };

  void pump();
  void start_service_turn();
  [[nodiscard]] bool may_send() const;
  void send_audio(std::size_t samples);
  void send_end_of_audio();
  void on_hypothesis(std::string_view body);
  void on_phrase(std::string_view body);
  void note_language(const Recognised& heard);
  void on_turn_end();
  void on_final_overdue();
  [[nodiscard]] bool has_heard_it() const;
  void give_up_socket();
  void tell_so_far();
  void finish();
  void leave_to_others();
  void fail(const SocketFault& fault);
  void reset_turn();
  void send(bool binary, std::string path, std::string content_type, std::string body);
  [[nodiscard]] std::string text_so_far() const;
  [[nodiscard]] std::uint64_t place_of(std::uint64_t ticks) const;
  [[nodiscard]] std::size_t samples_of(std::size_t ms) const { return ms * shape_.rate_hz / 1000; }

  RecognitionShape shape_;
  base::Duration final_within_;
  base::Random& random_;
  Link link_ = Link::None;
  Phase phase_ = Phase::Idle;
  base::TimePoint now_{};
  std::uint32_t turn_ = 0;
  std::optional<ServiceTurn> service_;
  unsigned service_turns_ = 0, reconnects_ = 0;             // counts in the caller's present turn
  std::optional<base::TimePoint> answer_by_, settle_by_, reopen_at_;
  UnsettledAudio audio_;
  Spare spare_;
  bool asked_again_ = false;          // audio of the present turn was sent again, because the service had ended its turn before it
  std::string phrases_, hypothesis_;
  std::uint64_t hypothesis_to_ = 0;   // number of the caller's sample at which hypothesis_ ends
  double confidence_ = 1;
  std::string turn_language_;         // detected in the present turn so far
  std::string heard_language_;
  RecognitionReader reader_;
  std::deque<UspOutgoing> messages_;
  std::deque<ListenEvent> events_;
  Retries retries_;
  Counters counters_;
};

}  // namespace offhook::inline v0::agent::azure
