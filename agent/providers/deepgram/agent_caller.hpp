#pragma once

#include <offhook/agent/providers/caller_audio.hpp>
#include <offhook/agent/providers/deepgram/agent_wire.hpp>
#include <offhook/agent/providers/voice_format.hpp>
#include <offhook/base/time.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace offhook::inline v0::agent::deepgram {

/// The caller's side of a Voice Agent. Sends audio in turns, and assigns the server's words to these turns. Pure.
///
/// The conversation decides when a turn ends. If Flux listens, ForceEndTurn then ends the server's turn. If Flux itself ends turns, ForceEndTurn
/// follows only if Flux does not end the turn within `force_after`; if the caller speaks again before that, the same turn continues. Other models end
/// a turn in the silence after it, or earlier. After each turn, this class sends silence until the words of the turn come. While the caller hears a
/// reply, it holds the beginning of a turn back, because a cough would silence the server.
class AgentCaller {
 public:
  static constexpr std::size_t kFrameMs = 80;   ///< audio in one message, as Flux prefers it
  static constexpr std::size_t kPieceMs = 1000;  ///< longest audio in one message
  static constexpr std::size_t kHoldMs = 1000;  ///< longest audio that is held back; a cough is shorter
  static constexpr std::size_t kNoiseMs = 2000;  ///< a shorter turn for which the server sends no message at all counts as noise
  static constexpr base::Duration kTextWait = std::chrono::seconds(2);       ///< longest wait from the end of a turn to its words
  static constexpr base::Duration kSilenceStep = std::chrono::milliseconds(100);
  static constexpr base::Duration kForceAgain = std::chrono::milliseconds(500);

  /// `force_after`: longest wait for Flux's own end of a turn. Zero: ForceEndTurn ends the turn at once.
  AgentCaller(AgentWire& wire, AgentCoreEvents& events, AgentCounters& counters, AudioFormat format, bool forces_end,
              base::Duration force_after = base::Duration::zero())
      : wire_(wire), events_(events), counters_(counters), format_(format), force_after_(force_after), forces_end_(forces_end), audio_(format) {}
  AgentCaller(const AgentCaller&) = delete;
  AgentCaller& operator=(const AgentCaller&) = delete;

  // --- commands of the conversation
  /// Begins a turn. `hold`: true if the caller hears a reply; the beginning of the turn is then held back.
  void begin(std::uint32_t turn, bool hold);
  void add(std::span<const std::uint8_t> octets);
  /// Sends the audio that was held back. Call it when the caller interrupts the reply.
  void release();
  void end(base::TimePoint now);
  void abandon();
  /// Prepares to send the turn again on another socket, because its words do not come. Returns false if this turn was already sent again.
  [[nodiscard]] bool try_again();

  // --- messages of the server
  void on_user_started() { noticed_ = true; }
  enum class Words : std::uint8_t {
    Taken,    ///< words of the present turn, which needs a reply
    Earlier,  ///< words of an ended turn after which the caller continued
    More,     ///< further words of the turn whose words were Taken before
    Unasked,  ///< words for audio in which Offhook detected no turn
  };
  [[nodiscard]] Words on_user_text(std::string_view text);
  /// Stops the use of ForceEndTurn in this call. Call it when the server has refused ForceEndTurn.
  void on_force_refused() { forces_end_ = false; }

  // --- the socket
  void on_lost();
  void on_given_up(const RequestFailure& failure);
  void adopt(base::TimePoint now);

  [[nodiscard]] std::uint32_t turn() const { return turn_; }
  [[nodiscard]] bool waits() const { return phase_ == Phase::Awaiting; }
  void on_time(base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const;
  [[nodiscard]] bool is_consistent() const;

 private:
  enum class Phase : std::uint8_t { None, Open, Taken, Awaiting };  // Taken: the server ended the turn before end() was called
  void send(bool all);
  void go_on_as(std::uint32_t turn);
  void await_words(base::TimePoint now);
  [[nodiscard]] bool server_ends_turns() const { return force_after_ > base::Duration::zero(); }
  void settle();

  AgentWire& wire_;
  AgentCoreEvents& events_;
  AgentCounters& counters_;
  const AudioFormat format_;
  const base::Duration force_after_;
  bool forces_end_;
  Phase phase_ = Phase::None;
  std::uint32_t turn_ = 0;
  std::optional<std::uint32_t> earlier_;  // an ended turn whose words had not come when the caller began the next turn
  CallerAudio audio_;
  std::size_t unsent_ = 0;                // octets at the end of audio_ that were not sent yet
  bool hold_ = false, noticed_ = false, retried_ = false;
  std::uint32_t taken_ = 0;               // the turn whose words were Taken last
  std::string words_;                     // words of the turn taken_
  std::optional<base::TimePoint> text_by_, silence_at_;
  base::TimePoint force_again_at_{};
};

}  // namespace offhook::inline v0::agent::deepgram
