#pragma once

#include <offhook/agent/providers/caller_audio.hpp>
#include <offhook/agent/providers/openai/realtime_options.hpp>
#include <offhook/agent/providers/openai/realtime_wire.hpp>
#include <offhook/base/time.hpp>

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace offhook::inline v0::agent::openai::realtime {

inline constexpr std::size_t kLeastCommitMs = 100;  ///< shortest audio that the server accepts in a commit; shorter audio gets silence at its end
inline constexpr std::size_t kMaxOpenItems = 64;    ///< most items of the caller that wait for a transcript; a further item removes the oldest
inline constexpr base::Duration kServerVadWait = std::chrono::seconds(2);    ///< longest wait for the server's end of a turn, after Offhook's own end
inline constexpr base::Duration kSemanticWait = std::chrono::seconds(8);     ///< the same with semantic detection, for each eagerness

/// The caller's side of a session: sends audio, commits turns, and assigns late transcripts to them. Pure.
class CallerTurns {
 public:
  CallerTurns(Wire& wire, RealtimeEvents& events, RealtimeCounters& counters, const RealtimeOptions& options);
  CallerTurns(const CallerTurns&) = delete;
  CallerTurns& operator=(const CallerTurns&) = delete;

  void begin(std::uint32_t turn);
  void add(std::span<const std::uint8_t> octets);
  void end(base::TimePoint now);
  void abandon();
  /// Drops the audio of the last turn. Call it when the turn has a reply.
  void on_replied();

  void on_committed(std::string_view item_id);
  void on_text(std::string_view item_id, std::string_view text);
  void on_no_text(std::string_view item_id);
  /// Returns true if the error with this event id is about a commit of this class.
  [[nodiscard]] bool on_error(std::string_view event_id);
  /// Sends the present turn to a new socket, or the last turn if it has neither a reply nor a transcript.
  void adopt();

  [[nodiscard]] bool is_open() const { return open_; }
  /// Returns true if the last turn is over and has neither a reply nor a transcript.
  [[nodiscard]] bool is_pending() const { return pending_; }
  /// Returns true, once for each turn, if the server has the audio of the turn: the request for the reply then needs no text.
  [[nodiscard]] bool take_sound() { return std::exchange(sound_, false); }
  /// Commits the turn if the server has not detected its end in time. Returns false if the server has detected it.
  [[nodiscard]] bool force();
  void on_time(base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const { return commit_by_; }
  [[nodiscard]] bool is_consistent() const;

 private:
  [[nodiscard]] bool ours() const { return options_.turn_detection.kind == TurnDetection::Kind::Ours; }
  void append(std::span<const std::uint8_t> octets);
  void commit();
  void take();

  Wire& wire_;
  RealtimeEvents& events_;
  RealtimeCounters& counters_;
  const RealtimeOptions& options_;
  struct Commit { std::string event_id; std::uint32_t turn = 0; bool discard = false; };
  struct Item { std::string id; std::uint32_t turn = 0; };
  std::uint32_t turn_ = 0;
  bool open_ = false;
  bool taken_ = false;          // true: TurnIsTaken was sent for turn_
  bool pending_ = false;        // true: turn_ is over and has audio, but neither a reply nor a transcript
  bool sound_ = false;          // true: turn_ was taken, and take_sound() has not returned it yet
  CallerAudio audio_;
  std::uint64_t uncommitted_ = 0;  // octets that were sent, but not committed
  std::uint32_t commits_ = 0;
  std::deque<Commit> awaited_;
  std::deque<Item> items_;
  std::optional<base::TimePoint> commit_by_;  // end of the wait for the server's end of the turn; set only after Offhook's own end
};

}  // namespace offhook::inline v0::agent::openai::realtime
