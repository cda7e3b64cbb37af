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
  base::Duration confirm_interruption;  ///< shorter voice interrupts nothing
  base::Duration longest_cough;         ///< shorter voice is an interruption only when the listener makes words of it
  base::Duration shortest_speech;       ///< a turn that is shorter is brief
  base::Duration listen_deadline;       ///< for the transcript, after the turn's end
};

/// The caller's side of a conversation: their turn, from its first voiced frame until its words are known or its sound is taken. Pure.
///
/// A caller who goes on before that has one turn still. The listener then hears it as several turns (its numbers), and the words of the earlier
/// ones are held until those of the last one come.
class CallerFloor {
 public:
  using State = CallerTurn::State;

  explicit CallerFloor(CallerTimes times) : times_(times), turn_(times.end_of_turn) {}

  [[nodiscard]] bool is_quiet() const { return turn_.state() == State::Quiet; }
  [[nodiscard]] bool is_speaking() const { return turn_.speaking(); }
  [[nodiscard]] bool is_recognising() const { return turn_.state() == State::Recognising; }
  [[nodiscard]] bool goes_on() const { return goes_on_; }                       ///< the turn began before the words of its first part had come
  [[nodiscard]] bool is_brief() const { return !goes_on_ && turn_.spoken_for() < times_.shortest_speech; }
  [[nodiscard]] std::uint32_t listen_turn() const { return listen_turn_; }      ///< the last one that the listener was given
  [[nodiscard]] base::TimePoint began() const { return began_; }                ///< the turn's first part

  // --- voice
  /// Returns false when it is no new turn for the listener.
  [[nodiscard]] bool on_speech_started(base::TimePoint now);
  void on_speech_stopped(base::Duration silent_for, base::TimePoint now);
  /// Forgets the turn and all words that it held. Returns true when the listener has to be told.
  [[nodiscard]] bool abandon();

  // --- an interruption of the agent
  /// A voice over the agent's. The worker pauses the agent meanwhile.
  enum class Interruption : std::uint8_t {
    None,
    Doubtful,  ///< shorter than confirm_interruption so far
    Likely,    ///< shorter than longest_cough so far, or over before that: the listener says what it was
  };
  void watch_interruption(base::TimePoint now);
  [[nodiscard]] Interruption interruption() const { return interruption_; }
  Interruption end_interruption();
  /// The turn cut the agent off in its words.
  void on_cut_off() { cut_off_ = true; }
  [[nodiscard]] bool has_cut_off() const { return cut_off_; }

  // --- what the listener makes of the turn
  void await_transcript(base::TimePoint now) { listen_at_ = now + times_.listen_deadline; }
  /// Words of an earlier part of the turn.
  void hold(const Transcript& earlier);
  /// The whole turn, with the words that were held; the turn is over. `brief` and `after_cut_off` say what the turn was like.
  struct Heard {
    TurnInput input;
    bool whole = true;          ///< false: an earlier part of it may be missing
    bool brief = false;
    bool after_cut_off = false;
    bool had_words = false;     ///< the listener understood some of it
  };
  [[nodiscard]] Heard on_transcript(const Transcript& transcript);
  /// The turn was taken as sound, and is over. Its transcript may follow, for the record: as a part of `turn`, or as an `answer` to a tool's
  /// question.
  void on_taken(std::uint32_t turn, bool answer);
  struct Taken {
    std::uint32_t listen_turn = 0, turn = 0;
    bool answer = false;
    base::TimePoint began{};
  };
  /// Of a turn that was taken as sound: what on_taken() said of it. With `forget` it is returned once.
  [[nodiscard]] std::optional<Taken> find_taken(std::uint32_t listen_turn, bool forget);

  // --- failures and time
  /// The listener tries once more to understand the turn.
  void try_again(base::TimePoint now);
  [[nodiscard]] unsigned attempts() const { return attempts_; }
  /// Returns true when the turn has ended.
  [[nodiscard]] bool on_time(base::TimePoint now) { return turn_.on_time(now) == CallerTurn::Step::Ended; }
  [[nodiscard]] bool take_confirm_due(base::TimePoint now);
  [[nodiscard]] bool take_cut_off_due(base::TimePoint now);
  [[nodiscard]] bool take_listen_due(base::TimePoint now) { return take_due(listen_at_, now); }
  [[nodiscard]] Deadline next_deadline() const { return earliest({confirm_at_, cut_off_at_, listen_at_, turn_.next_deadline()}); }
  void stop();
  [[nodiscard]] bool is_consistent() const;

 private:
  static constexpr std::size_t kMaxTaken = 8;

  CallerTimes times_;
  CallerTurn turn_;
  std::uint32_t listen_turn_ = 0;
  base::TimePoint began_{};
  bool goes_on_ = false;
  Interruption interruption_ = Interruption::None;
  bool cut_off_ = false;
  std::string held_text_;
  double held_confidence_ = 0;
  unsigned attempts_ = 0;
  std::array<Taken, kMaxTaken> taken_{};  // whose transcripts may still come
  std::size_t next_taken_ = 0;
  Deadline listen_at_, confirm_at_, cut_off_at_;
};

}  // namespace offhook::inline v0::agent
