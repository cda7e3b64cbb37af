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

/// A turn's audio on its way up a socket: cut into frames, kept until it is answered, and sent again on another socket no faster than a
/// server takes it. Places are octets of all audio on the present socket. Pure.
class TurnUplink {
 public:
  static constexpr std::size_t kMinMs = 100;          ///< a shorter turn is silence to us
  static constexpr std::size_t kMaxTurnMs = 120'000;  ///< what comes after is not heard
  static constexpr std::size_t kMaxResendMs = 4'000;  ///< of audio without an answer that a new socket is given; more: the turn fails

  TurnUplink(Sound sound, std::size_t frame_ms) : sound_(sound), frame_(sound.octets_of(frame_ms)) {}

  /// A new socket: its audio begins at 0.
  void connect();
  /// The same in mid-turn: what has no answer, and what was not sent yet, goes to the new one.
  void connect_again(base::TimePoint now);
  /// Silence between two turns, to be sent now.
  [[nodiscard]] std::string silence(std::size_t ms);

  /// A turn begins at the present place.
  void begin_turn();
  /// Nothing of the turn is kept.
  void end_turn();
  /// False when the turn is too long to take it.
  [[nodiscard]] bool feed(std::span<const std::int16_t> pcm);
  /// Silence at the end of the turn.
  void pad(std::size_t ms);

  /// What may be sent now, a frame at a time; "" when nothing may. Never an empty frame: it would end the stream.
  [[nodiscard]] std::string next_frame(base::TimePoint now);
  /// Less than a frame is left to be sent.
  [[nodiscard]] bool has_caught_up() const { return unsent_.size() < frame_; }
  /// That rest; "" when there is none.
  [[nodiscard]] std::string last_frame() { return take(unsent_.size()); }

  /// Before `place` nothing changes any more. Beyond what was sent there is nothing.
  void answer_to(std::size_t place);
  /// What has no answer can be sent again: it is all there, and little.
  [[nodiscard]] bool may_connect_again() const;

  [[nodiscard]] std::size_t sent() const { return sent_; }
  /// Where the turn's audio ends when all of it is sent.
  [[nodiscard]] std::size_t end() const { return sent_ + unsent_.size(); }
  [[nodiscard]] std::size_t turn_begin() const { return turn_begin_; }
  /// Before this place nothing changes any more. At the beginning of a turn it is the turn's own.
  [[nodiscard]] std::size_t answered_to() const { return answered_to_; }
  [[nodiscard]] std::size_t without_answer() const { return sent_ - answered_to_; }
  [[nodiscard]] bool is_too_short() const { return turn_octets_ < octets_of(kMinMs); }
  [[nodiscard]] std::size_t octets_of(std::size_t ms) const { return sound_.octets_of(ms); }
  [[nodiscard]] std::size_t octets_per_sample() const { return sound_.octets_per_sample(); }
  [[nodiscard]] std::size_t place_of(double seconds) const;
  /// Nothing of a turn is held.
  [[nodiscard]] bool is_quiet() const { return !pace_ && unsent_.empty() && unanswered_.empty() && turn_octets_ == 0; }
  [[nodiscard]] bool is_consistent() const;

 private:
  [[nodiscard]] std::size_t may_send(base::TimePoint now) const;
  [[nodiscard]] std::string take(std::size_t octets);

  Sound sound_;
  std::size_t frame_;
  std::size_t sent_ = 0, turn_begin_ = 0, answered_to_ = 0;  // places
  std::size_t turn_octets_ = 0;                              // of the turn, on all its sockets
  std::vector<std::uint8_t> unsent_;
  std::vector<std::uint8_t> unanswered_;  // the end of what was sent, from answered_to_ on: kMaxResendMs of it at most
  struct Pace { base::TimePoint from; std::size_t sent = 0; };
  std::optional<Pace> pace_;              // audio is being sent again
};

}  // namespace offhook::inline v0::agent::deepgram
