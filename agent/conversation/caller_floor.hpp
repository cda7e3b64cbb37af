#pragma once

#include <offhook/agent/conversation/deadline.hpp>
#include <offhook/agent/conversation/parts.hpp>
#include <offhook/agent/conversation/turns.hpp>
#include <offhook/base/time.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace offhook::inline v0::agent {

struct CallerTimes {
  base::Duration end_of_turn;           ///< silence that ends the caller's turn
  base::Duration confirm_interruption;  ///< shorter speech over the agent's voice does not interrupt the agent
  base::Duration longest_cough;         ///< shorter speech interrupts the agent only if its transcript has words
  base::Duration shortest_speech;       ///< a turn with less speech is brief
  base::Duration listen_deadline;       ///< time for the transcript after the turn's end
};

/// The caller's side of a conversation: a turn, from its first voiced frame until its transcript comes or the session takes
/// its audio. Pure: no I/O, no clock.
///
/// If the caller speaks again before the transcript comes, CallerFloor still counts one turn, but the listener gets each part as a turn with its
/// own number. CallerFloor holds the words of the earlier parts until the words of the last part come.
class CallerFloor {
 public:
  using State = CallerTurn::State;

  explicit CallerFloor(CallerTimes times) : times_(times), turn_(times.end_of_turn) {}

  [[nodiscard]] bool is_quiet() const { return turn_.state() == State::Quiet; }
  [[nodiscard]] bool is_speaking() const { return turn_.speaking(); }
  [[nodiscard]] bool is_recognising() const { return turn_.state() == State::Recognising; }
  [[nodiscard]] bool goes_on() const { return goes_on_; }                       ///< the turn continues an earlier part whose words have not come yet
  [[nodiscard]] bool is_brief() const { return !goes_on_ && turn_.spoken_for() < times_.shortest_speech; }
  [[nodiscard]] std::uint32_t listen_turn() const { return listen_turn_; }      ///< the last turn that the listener got
  [[nodiscard]] base::TimePoint began() const { return began_; }                ///< time of the turn's first part

  // --- voice
  /// Returns true if the listener must begin a new turn, whose number is listen_turn().
  [[nodiscard]] bool on_speech_started(MediaTime at, base::TimePoint now);
  void on_speech_stopped(MediaTime at, base::Duration silent_for, base::TimePoint now);
  /// Forgets the turn and all held words. Returns true if the listener must forget the turn too.
  [[nodiscard]] bool abandon();

  // --- an interruption of the agent
  /// The caller's voice while the agent speaks. The worker pauses or ducks the agent's voice meanwhile.
  enum class Interruption : std::uint8_t {
    None,
    Doubtful,  ///< the voice is shorter than confirm_interruption so far
    Likely,    ///< the voice is shorter than longest_cough so far, or already over; the transcript decides
  };
  void watch_interruption(base::TimePoint now);
  /// The caller's voice lasted until `at`. Makes due each deadline that the voice has reached, because a late thread reads the end of the voice
  /// before it checks these deadlines.
  void on_voice_until(MediaTime at, base::TimePoint now);
  [[nodiscard]] Interruption interruption() const { return interruption_; }
  Interruption end_interruption();
  /// The turn interrupted the agent's words.
  void on_cut_off() { cut_off_ = true; }
  [[nodiscard]] bool has_cut_off() const { return cut_off_; }

  // --- the transcript of the turn
  void await_transcript(base::TimePoint now) { listen_at_ = now + times_.listen_deadline; }
  /// Holds the words of an earlier part of the turn.
  void hold(const Transcript& earlier);
  /// The result of a turn that is over. `input` has the held words and the last words.
  struct Heard {
    TurnInput input;
    bool whole = true;          ///< false: the words of an earlier part of the turn may be missing
    bool brief = false;
    bool after_cut_off = false;
    bool had_words = false;     ///< the listener understood at least some words of the turn
  };
  [[nodiscard]] Heard on_transcript(const Transcript& transcript);
  /// The session took the turn's audio, and the turn is over. The turn's transcript may follow for the record: it belongs to `turn`, and is
  /// the answer to a tool's question if `answer` is true.
  void on_taken(std::uint32_t turn, bool answer);
  struct Taken {
    std::uint32_t listen_turn = 0, turn = 0;
    bool answer = false;
    base::TimePoint began{};
  };
  /// Returns the values that on_taken() stored for `listen_turn`; nullopt if the session did not take that turn as audio. If `forget` is true,
  /// also removes the values.
  [[nodiscard]] std::optional<Taken> find_taken(std::uint32_t listen_turn, bool forget);

  // --- failures and time
  /// Sets a new deadline for the transcript, because the listener repeats the recognition of the turn.
  void try_again(base::TimePoint now);
  /// Returns true once, when the turn ends.
  [[nodiscard]] bool on_time(base::TimePoint now) { return turn_.on_time(now) == CallerTurn::Step::Ended; }
  [[nodiscard]] bool take_confirm_due(base::TimePoint now);
  [[nodiscard]] bool take_cut_off_due(base::TimePoint now);
  [[nodiscard]] bool take_listen_due(base::TimePoint now) { return take_due(listen_at_, now); }
  [[nodiscard]] Deadline next_deadline() const { return earliest({confirm_at_, cut_off_at_, listen_at_, turn_.next_deadline()}); }
  void stop();
  [[nodiscard]] bool is_consistent() const;

 private:
  void cut_off_after(base::Duration voice, base::TimePoint now);

  static constexpr std::size_t kMaxTaken = 8;

  CallerTimes times_;
  CallerTurn turn_;
  std::uint32_t listen_turn_ = 0;
  base::TimePoint began_{};
  bool goes_on_ = false;
  Interruption interruption_ = Interruption::None;
  MediaTime voice_at_{};             // start of the caller's voice after the last pause
  base::Duration cut_off_after_{};   // length at which this voice interrupts the agent
  bool cut_off_ = false;
  std::string held_text_;
  double held_confidence_ = 0;
  std::array<Taken, kMaxTaken> taken_{};  // turns whose transcripts may still come
  std::size_t next_taken_ = 0;
  Deadline listen_at_, confirm_at_, cut_off_at_;
};

}  // namespace offhook::inline v0::agent
