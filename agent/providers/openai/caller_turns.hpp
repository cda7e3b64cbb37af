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

inline constexpr std::size_t kLeastCommitMs = 100;  ///< less is refused: silence is put behind it
inline constexpr std::size_t kMaxOpenItems = 64;    ///< of the caller's whose words are awaited; the oldest is forgotten
inline constexpr base::Duration kServerVadWait = std::chrono::seconds(2);    ///< beyond our own end of the turn
inline constexpr base::Duration kSemanticWait = std::chrono::seconds(8);     ///< the longest that its eagerness makes

/// The caller's side of a session: audio up, turns committed, words that come late. Pure.
class CallerTurns {
 public:
  CallerTurns(Wire& wire, RealtimeEvents& events, RealtimeCounters& counters, const RealtimeOptions& options);
  CallerTurns(const CallerTurns&) = delete;
  CallerTurns& operator=(const CallerTurns&) = delete;

  void begin(std::uint32_t turn);
  void add(std::span<const std::uint8_t> octets);
  void end(base::TimePoint now);
  void abandon();
  /// The last turn was replied to: it is not sent again.
  void on_replied();

  void on_committed(std::string_view item_id);
  void on_text(std::string_view item_id, std::string_view text);
  void on_no_text(std::string_view item_id);
  /// True when it was about a commit of ours.
  [[nodiscard]] bool on_error(std::string_view event_id);
  /// A new socket knows nothing of the turn that is being spoken, nor of the last one as long as it is not known in words.
  void adopt();

  [[nodiscard]] bool is_open() const { return open_; }
  /// The last turn is over, and neither replied to nor known in words.
  [[nodiscard]] bool is_pending() const { return pending_; }
  /// Once: the turn that is to be replied to reached the server as sound, or will.
  [[nodiscard]] bool take_sound() { return std::exchange(sound_, false); }
  /// The turn is over, whatever the server thinks. False when it knows that already.
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
  bool taken_ = false;          // TurnIsTaken was said of turn_
  bool pending_ = false;        // turn_ is over, has sound, and is neither replied to nor known in words
  bool sound_ = false;          // turn_ was taken, and take_sound() was not asked yet
  CallerAudio audio_;
  std::uint64_t uncommitted_ = 0;  // octets in the server's buffer
  std::uint32_t commits_ = 0;
  std::deque<Commit> awaited_;
  std::deque<Item> items_;
  std::optional<base::TimePoint> commit_by_;  // we said that the turn is over, and the server did not yet
};

}  // namespace offhook::inline v0::agent::openai::realtime
