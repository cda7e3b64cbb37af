#pragma once

#include <offhook/agent/providers/deepgram/listen_options.hpp>
#include <offhook/base/time.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace offhook::inline v0::agent::deepgram {

/// The audio of a turn that goes to a server over a socket. Cuts it into frames, keeps it until the server has answered it, and
/// sends it again on another socket at a pace that the server accepts. Places count the octets of all audio on the present socket.
/// Pure.
class TurnUplink {
 public:
  static constexpr std::size_t kMinMs = 100;          ///< a shorter turn counts as silence
  static constexpr std::size_t kMaxTurnMs = 120'000;  ///< longest turn; later audio is dropped
  static constexpr std::size_t kMaxResendMs = 4'000;  ///< longest audio without an answer that a new socket gets; with more, the turn fails

  TurnUplink(Sound sound, std::size_t frame_ms) : sound_(sound), frame_(sound.octets_of(frame_ms)) {}

  /// Starts a new socket, whose audio begins at 0.
  void connect();
  /// Starts a new socket during a turn. It gets the audio that has no answer, and the audio that was not sent yet.
  void connect_again(base::TimePoint now);
  /// Returns silence to send between two turns.
  [[nodiscard]] std::string silence(std::size_t ms);

  /// Begins a turn at the present place.
  void begin_turn();
  /// Ends the turn and drops its audio.
  void end_turn();
  /// Adds audio to the turn. Returns false if the turn is too long for it.
  [[nodiscard]] bool feed(std::span<const std::int16_t> pcm);
  /// Adds silence at the end of the turn.
  void pad(std::size_t ms);

  /// Returns the next frame that may be sent now; "" if there is none. The owner must not send an empty frame, because it would end
  /// the stream.
  [[nodiscard]] std::string next_frame(base::TimePoint now);
  /// Returns true if less than a frame is left to send.
  [[nodiscard]] bool has_caught_up() const { return unsent_.size() < frame_; }
  /// Returns that rest; "" if there is none.
  [[nodiscard]] std::string last_frame() { return take(unsent_.size()); }

  /// Marks the audio before `place` as final. A place beyond the sent audio counts as the end of the sent audio.
  void answer_to(std::size_t place);
  /// Returns true if the audio without an answer can be sent again: all of it is stored, and it is short enough.
  [[nodiscard]] bool may_connect_again() const;

  [[nodiscard]] std::size_t sent() const { return sent_; }
  /// Returns the place at which the turn's audio ends when all of it is sent.
  [[nodiscard]] std::size_t end() const { return sent_ + unsent_.size(); }
  [[nodiscard]] std::size_t turn_begin() const { return turn_begin_; }
  /// Returns the place before which results are final. At the beginning of a turn, that is the turn's own beginning.
  [[nodiscard]] std::size_t answered_to() const { return answered_to_; }
  [[nodiscard]] std::size_t without_answer() const { return sent_ - answered_to_; }
  [[nodiscard]] bool is_too_short() const { return turn_octets_ < octets_of(kMinMs); }
  [[nodiscard]] std::size_t octets_of(std::size_t ms) const { return sound_.octets_of(ms); }
  [[nodiscard]] std::size_t octets_per_sample() const { return sound_.octets_per_sample(); }
  [[nodiscard]] std::size_t place_of(double seconds) const;
  /// Returns true if no audio of a turn is stored.
  [[nodiscard]] bool is_quiet() const { return !pace_ && unsent_.empty() && unanswered_.empty() && turn_octets_ == 0; }
  [[nodiscard]] bool is_consistent() const;

 private:
  [[nodiscard]] std::size_t may_send(base::TimePoint now) const;
  [[nodiscard]] std::string take(std::size_t octets);

  Sound sound_;
  std::size_t frame_;
  std::size_t sent_ = 0, turn_begin_ = 0, answered_to_ = 0;  // places
  std::size_t turn_octets_ = 0;                              // octets of the turn, on all its sockets
  std::vector<std::uint8_t> unsent_;
  std::vector<std::uint8_t> unanswered_;  // sent audio from answered_to_ on; at most the last kMaxResendMs of it
  struct Pace { base::TimePoint from; std::size_t sent = 0; };
  std::optional<Pace> pace_;              // set while audio is sent again
};

}  // namespace offhook::inline v0::agent::deepgram
