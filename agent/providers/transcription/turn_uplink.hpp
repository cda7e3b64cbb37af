#pragma once

#include <offhook/agent/providers/transcription/sound.hpp>
#include <offhook/base/time.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace offhook::inline v0::agent {

/// The audio of a turn that goes to a recogniser. Cuts it into frames, stores it until the service has answered it, and sends it again at a pace that
/// the service accepts. A stream is the audio to which the positions in the service's messages refer: that of a socket, or of a turn of the service. A
/// place is a number of octets from the beginning of the present stream. Pure.
class TurnUplink {
 public:
  static constexpr std::size_t kMinMs = 100;           ///< a shorter turn counts as silence
  static constexpr std::size_t kMaxTurnMs = 120'000;   ///< longest turn; later audio is dropped
  static constexpr std::size_t kMaxUnsentMs = 30'000;  ///< longest audio that waits for a socket; the beginning of longer audio is dropped and counted

  struct Shape {
    std::size_t frame_ms = 60;
    std::size_t max_resend_ms = 0;  ///< longest audio without an answer that another stream gets again
    bool resends_part = false;      ///< if more audio has no answer: true: another stream gets the end of it; false: the turn cannot continue on another stream
    std::size_t free_ms = 60;       ///< beginning of repeated audio that is sent at once; at least a frame
    unsigned pace_percent = 125;    ///< speed of later repeated audio, in percent of real time
  };

  TurnUplink(Sound sound, Shape shape) : sound_(sound), shape_(shape) {}

  /// Starts a new stream, whose audio begins at 0.
  void connect();
  /// Starts a new stream during a turn. The stream gets the audio without an answer again, and then the audio that was not sent yet.
  void restart(base::TimePoint now);
  /// Returns silence to send between two turns.
  [[nodiscard]] std::string silence(std::size_t ms);

  /// Begins a turn at the present place.
  void begin_turn();
  /// Ends the turn and drops its audio.
  void end_turn();
  /// Adds audio to the turn. Returns false if the turn would become too long.
  [[nodiscard]] bool feed(std::span<const std::int16_t> pcm);
  /// If more than kMaxUnsentMs of audio is not sent yet, drops the beginning of it.
  void bound_unsent();
  /// Adds silence at the end of the turn.
  void pad(std::size_t ms);

  /// Returns the next frame that may be sent now; "" if there is none. The owner must not send an empty frame, because it would end
  /// the stream.
  [[nodiscard]] std::string next_frame(base::TimePoint now);
  /// Returns true if less than a frame is left to send.
  [[nodiscard]] bool has_caught_up() const { return unsent_.size() < frame(); }
  /// Returns all audio that is left to send; "" if there is none.
  [[nodiscard]] std::string last_frame() { return take(unsent_.size()); }

  /// Notes that the service has answered the audio before `place`. A place beyond the sent audio counts as the end of the sent audio.
  void answer_to(std::size_t place);
  /// Returns true if another stream may continue the turn.
  [[nodiscard]] bool may_restart() const;

  [[nodiscard]] std::size_t sent() const { return sent_; }
  [[nodiscard]] std::size_t unsent() const { return unsent_.size(); }
  /// Returns the place of the end of the turn's audio, including the audio that is not sent yet.
  [[nodiscard]] std::size_t end() const { return sent_ + unsent_.size(); }
  [[nodiscard]] std::size_t turn_begin() const { return turn_begin_; }
  /// Returns the place before which results are final. At the beginning of a turn, that is the turn's own beginning.
  [[nodiscard]] std::size_t answered_to() const { return answered_to_; }
  [[nodiscard]] std::size_t without_answer() const { return sent_ - answered_to_; }
  [[nodiscard]] bool is_too_short() const { return turn_octets_ < octets_of(kMinMs); }
  [[nodiscard]] std::size_t octets_of(std::size_t ms) const { return sound_.octets_of(ms); }
  [[nodiscard]] const Sound& sound() const { return sound_; }
  [[nodiscard]] std::size_t place_of(double seconds) const;
  /// Returns the number of octets, over all turns, that were dropped before the service had answered them.
  [[nodiscard]] std::size_t forgotten() const { return forgotten_; }
  /// Returns true if no audio of a turn is stored.
  [[nodiscard]] bool is_quiet() const { return !pace_ && unsent_.empty() && unanswered_.empty() && turn_octets_ == 0; }
  [[nodiscard]] bool is_consistent() const;

 private:
  [[nodiscard]] std::size_t frame() const { return octets_of(shape_.frame_ms); }
  [[nodiscard]] std::size_t may_send(base::TimePoint now) const;
  [[nodiscard]] std::string take(std::size_t octets);

  Sound sound_;
  Shape shape_;
  std::size_t sent_ = 0, turn_begin_ = 0, answered_to_ = 0;  // places: end of the sent audio, beginning of the turn, end of the answered audio
  std::size_t turn_octets_ = 0;                              // octets of the turn, on all streams together
  std::vector<std::uint8_t> unsent_;
  std::vector<std::uint8_t> unanswered_;  // sent audio from answered_to_ on; at most the last max_resend_ms of it
  std::size_t forgotten_ = 0;
  struct Pace { base::TimePoint from; std::size_t sent = 0; };
  std::optional<Pace> pace_;              // set while audio is sent again
};

}  // namespace offhook::inline v0::agent
