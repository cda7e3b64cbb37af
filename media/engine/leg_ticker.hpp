#pragma once

#include <offhook/base/time.hpp>
#include <offhook/media/detect/voice_bank.hpp>
#include <offhook/media/engine/arrival_clock.hpp>
#include <offhook/media/engine/datagrams.hpp>
#include <offhook/media/engine/leg_rows.hpp>
#include <offhook/media/engine/voice_request_queue.hpp>
#include <offhook/media/send/sendout.hpp>
#include <offhook/media/stream/stream.hpp>
#include <offhook/rtp/ntp.hpp>

#include <cstdint>
#include <span>
#include <vector>

namespace offhook::inline v0::media {

/// Ticks the legs of one worker, row by row: lets them receive, hear, speak and send. All functions belong to the worker's thread.
class LegTicker {
 public:
  /// `datagrams` and `voice` are borrowed, and must outlive the ticker. `voice` may be null.
  LegTicker(Datagrams* datagrams, VoiceFeed* voice);

  /// Call it at the start of a phase of the worker; `phase` is its number in the tick.
  void begin_phase(std::uint64_t phase);
  /// Returns the time of the tick with this number, which is due at `due`.
  [[nodiscard]] TickTime time_of(std::uint64_t tick, base::TimePoint due) const;

  /// Call it when a leg has got its place in a row.
  void begin(Leg& leg);
  /// Prefetches the data of the rows' legs.
  static void prefetch(std::span<LegRow* const> rows);
  /// Reads the datagrams of the rows' legs.
  void receive(std::span<LegRow* const> rows);
  /// Ticks a row, and prefetches the data of `later`, a row that is read soon, or null.
  void run_row(LegRow& row, const TickTime& time, const LegRow* later);
  /// Tick a row of conferences, in two halves: hear_row() passes the legs' audio to their conferences. After these are mixed, answer_row() sends the mix.
  void hear_row(LegRow& row, const TickTime& time);
  void answer_row(LegRow& row, const TickTime& time);
  /// Sends the last datagrams of a leg.
  void finish(Leg& leg, base::TimePoint now);

  static void note_statistics(Leg& leg);

 private:
  [[nodiscard]] bool apply(Leg& leg, base::TimePoint now);
  void hear_voice(LegRow& row, std::size_t lane, std::span<const std::int16_t> heard);
  void say_to_conference(Leg& leg, const TickTime& time, std::span<const std::int16_t> heard, const HeardVoice& voice);
  [[nodiscard]] bool catch_up(Leg& leg, const TickTime& time);
  void speak(Leg& leg, const TickTime& time, std::span<const std::int16_t> heard, const HeardVoice& voice);
  void send(Leg& leg, const TickTime& time);

  Datagrams* datagrams_;
  VoiceFeed* voice_;
  ArrivalClock clock_;
  std::vector<Leg*> due_;            // legs whose datagrams are read
  Sendout sendout_;
  VoiceBank alone_{1};               // bank for a leg that is ticked without its neighbours
};

}  // namespace offhook::inline v0::media
