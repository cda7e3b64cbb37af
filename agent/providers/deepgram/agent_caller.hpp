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

/// The caller's side of a Voice Agent: audio up in turns, and the words that the server makes of them. Pure.
///
/// A turn ends where the conversation says: ForceEndTurn, where the model that listens is Flux. Where Flux ends turns, ForceEndTurn follows only
/// when it has not ended one within `force_after`; a caller who goes on before has one turn. Other models end turns by the silence behind them, or
/// by themselves before that. Silence is sent behind each turn until its words come. While a reply is being heard, the beginning of
/// a turn is held back: the server would fall silent for a cough.
class AgentCaller {
 public:
  static constexpr std::size_t kFrameMs = 80;   ///< of one message, as Flux likes it
  static constexpr std::size_t kPieceMs = 1000;  ///< of one message at most, when there is a lot
  static constexpr std::size_t kHoldMs = 1000;  ///< longer than this nobody coughs
  static constexpr std::size_t kNoiseMs = 2000;  ///< a turn so short of which the server says nothing at all was a noise
  static constexpr base::Duration kTextWait = std::chrono::seconds(2);       ///< from the end of a turn to its words
  static constexpr base::Duration kSilenceStep = std::chrono::milliseconds(100);
  static constexpr base::Duration kForceAgain = std::chrono::milliseconds(500);

  /// `force_after`: zero: at once, when the conversation says that a turn is over.
  AgentCaller(AgentWire& wire, AgentCoreEvents& events, AgentCounters& counters, AudioFormat format, bool forces_end,
              base::Duration force_after = base::Duration::zero())
      : wire_(wire), events_(events), counters_(counters), format_(format), force_after_(force_after), forces_end_(forces_end), audio_(format) {}
  AgentCaller(const AgentCaller&) = delete;
  AgentCaller& operator=(const AgentCaller&) = delete;

  // --- what the conversation says
  /// `hold`: a reply is being heard.
  void begin(std::uint32_t turn, bool hold);
  void add(std::span<const std::uint8_t> octets);
  /// What was held back goes up: the caller interrupts.
  void release();
  void end(base::TimePoint now);
  void abandon();
  /// The words of the turn do not come: on another socket they may. False when that was tried.
  [[nodiscard]] bool try_again();

  // --- what the server says
  void on_user_started() { noticed_ = true; }
  enum class Words : std::uint8_t {
    Taken,    ///< of the turn that is to be replied to
    Earlier,  ///< of one that the caller went on after
    More,     ///< of one that was taken before
    Unasked,  ///< of nothing that we heard
  };
  [[nodiscard]] Words on_user_text(std::string_view text);
  /// It takes no order to end a turn, whatever its model is called.
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
  enum class Phase : std::uint8_t { None, Open, Taken, Awaiting };  // Taken: by the server, before our own end of it
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
  std::optional<std::uint32_t> earlier_;  // ended, and the caller went on before its words came
  CallerAudio audio_;
  std::size_t unsent_ = 0;                // octets, the last ones of audio_
  bool hold_ = false, noticed_ = false, retried_ = false;
  std::uint32_t taken_ = 0;               // the turn that was taken last
  std::string words_;                     // of it
  std::optional<base::TimePoint> text_by_, silence_at_;
  base::TimePoint force_again_at_{};
};

}  // namespace offhook::inline v0::agent::deepgram
