#pragma once

#include <offhook/base/time.hpp>
#include <offhook/media/engine/arrival_clock.hpp>
#include <offhook/media/engine/conference_room.hpp>
#include <offhook/media/engine/datagrams.hpp>
#include <offhook/media/engine/inbox.hpp>
#include <offhook/media/engine/lateness_watch.hpp>
#include <offhook/media/engine/leg.hpp>
#include <offhook/media/engine/leg_rows.hpp>
#include <offhook/media/engine/paced_queue.hpp>
#include <offhook/media/engine/relay_order.hpp>
#include <offhook/media/engine/scheduling.hpp>
#include <offhook/media/engine/tick_histogram.hpp>
#include <offhook/media/sendout.hpp>
#include <offhook/media/voice_bank.hpp>

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <thread>
#include <vector>

namespace offhook::inline v0::media {

inline constexpr base::Duration kTick = std::chrono::milliseconds(20);
inline constexpr base::Duration kPhase = kTick / kPhases;
inline constexpr base::Duration kLate = 2 * kPhase;   ///< done so long after its time, a phase tells of too much work: EngineStatus::late
inline constexpr std::uint64_t kMaxCatchUpTicks = 10;  ///< later ticks are left out: a burst of seconds helps nobody

/// What a worker took of its core of late.
struct WorkerLoad {
  float share = 0;           ///< processor time, 0..1
  std::size_t legs = 0;      ///< that it had then
  float late = 0;            ///< of its phases in the last second: those that were done more than a phase after their time

  /// What it will take with `count` legs, as far as that can be told by what it had.
  [[nodiscard]] float with(std::size_t count) const {
    return legs < kFew || count <= legs ? share : share * static_cast<float>(count) / static_cast<float>(legs);
  }
  /// Whether a leg more would hurt nobody. A worker with a few is asked for its processor time alone: what makes these late is
  /// mostly a moment of somebody else's, and refusing would help nobody.
  [[nodiscard]] bool has_time_for(std::size_t count, float most, float most_late) const {
    return with(count) <= most && (legs < kFew || late <= most_late);
  }

  static constexpr std::size_t kFew = 8;  // Of fewer legs nothing can be told.
};

/// One media thread: a leg of phase p is ticked at origin + k x 20 ms + p x 1 ms. What came by RTP is taken then, when alone there is a use
/// for it. No lock and, once running, no allocation. All public functions but those that say so belong to the signalling thread.
class Worker {
 public:
  /// `voice`, where there is a model, outlives the worker.
  Worker(base::TimePoint origin, DatagramPath wanted, VoiceFeed* voice = nullptr, bool before_others = false);
  ~Worker();  ///< stops and joins
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Lets the thread end; join() and the destructor wait for that. Its legs say goodbye.
  void stop() { stop_.store(true, std::memory_order_relaxed); }  // Seen within a tick.
  /// After stop(). Who has other workers joins them all before one is destroyed: they may be handing legs to each other.
  void join();
  [[nodiscard]] bool works() const { return works_; }
  [[nodiscard]] Scheduling scheduling() const { return scheduling_; }
  /// Best when it does not work.
  [[nodiscard]] DatagramPath path() const { return works() ? datagrams_->path() : DatagramPath::Best; }
  /// Why a path that was wanted, or a better one, is not used; "" when there is nothing to say.
  [[nodiscard]] const std::string& path_refused() const { return refused_; }

  /// From the next tick on the leg is ours, at its `station`, until that is `left`, or it was to close and is handed out by take_gone(). Any
  /// thread.
  void add(Leg& leg) { arriving_.push(leg); }
  /// Those that were to close, as a chain by `next_arriving`: we touch them no more. Null when there is none.
  [[nodiscard]] Leg* take_gone() { return gone_.take_all(); }
  /// The same with a conference, until it is `ending` and we say that it is `gone`.
  void add(ConferenceRoom& room) { hall_.add(room); }

  /// Carried out before the next packet is read; back by its `done`. Its legs were added before. Any thread.
  void order(RelayOrder& order) { relay_orders_.push(order); }

  [[nodiscard]] base::Duration take_worst_lateness();
  [[nodiscard]] const TickHistogram& tick_histogram() const { return tick_histogram_; }  ///< read by anybody
  /// Anybody.
  [[nodiscard]] WorkerLoad load() const {
    return {load_.load(std::memory_order_relaxed), loaded_legs_.load(std::memory_order_relaxed), late_.load(std::memory_order_relaxed)};
  }
  /// Phases that were left out, for they were over 200 ms late. Anybody.
  [[nodiscard]] std::uint64_t left_out() const { return left_out_.load(std::memory_order_relaxed); }

 private:
  using Legs = std::vector<Leg*>;
  using Rows = std::vector<LegRow*>;

  void run();
  void sleep_until_next();
  void run_due_phases();
  void run_phase(base::TimePoint due);
  void run_row(LegRow& row, const TickTime& time, const LegRow* later);
  static void prefetch(std::span<LegRow* const> rows);
  void receive(std::span<LegRow* const> rows);
  void run_conferences(const TickTime& time);
  void hear_row(LegRow& row, const TickTime& time);
  void answer_row(LegRow& row, const TickTime& time);
  [[nodiscard]] bool catch_up(Leg& leg, const TickTime& time);
  void take_seat(Leg& leg, Station& next);
  void leave_seat(Leg& leg);
  void depart(Leg& leg, std::uint64_t tick);
  static void hand_over(Leg& leg);
  void begin_voice(LegRow& row, std::size_t lane);
  void hear_voice(LegRow& row, std::size_t lane, std::span<const std::int16_t> heard);
  [[nodiscard]] static HeardVoice judge_voice(LegRow& row, std::size_t lane);
  void begin(Leg& leg);
  void heed_all(LegRow& row, base::TimePoint now);
  void heed(Leg& leg, std::uint8_t wishes, base::TimePoint now);
  void obey_relay_orders(base::TimePoint now, RelayOrder* newest);
  void join(Leg& a, Leg& b, base::TimePoint now);
  void part(Leg& leg, base::TimePoint now);
  [[nodiscard]] bool obey(Leg& leg, base::TimePoint now);
  void speak(Leg& leg, const TickTime& time, std::span<const std::int16_t> heard, const HeardVoice& voice);
  void close(Leg& leg, base::TimePoint now);
  void end_some(base::TimePoint now);
  void say_goodbye(Leg& leg, base::TimePoint now);
  void take_out(Leg& leg);
  void remove(Leg& leg);
  void let_go();
  void send(Leg& leg, const TickTime& time);
  [[nodiscard]] rtp::NtpTime wall_at(base::TimePoint time) const;
  void note_statistics(Leg& leg);
  void note_lateness(base::Duration late);
  void measure_load(base::TimePoint now);
  void end_all();
  [[nodiscard]] base::TimePoint due(std::uint64_t phase) const { return origin_ + static_cast<std::int64_t>(phase) * kPhase; }
  [[nodiscard]] Rows& rows_of(std::uint64_t phase) { return rows_[phase % kPhases]; }
  [[nodiscard]] Rows& rows_of_conferences(std::uint64_t phase) { return conference_rows_[phase % kPhases]; }
  [[nodiscard]] bool is_idle(std::uint64_t phase) const {
    const auto at = phase % kPhases;
    return rows_[at].empty() && conference_rows_[at].empty() && hall_.empty(at);
  }
  /// Something is to be done in each phase, though nobody may be ticked in it.
  [[nodiscard]] bool is_awake() const { return !closing_.empty() || !leaving_.empty() || !released_.empty() || relayed_ != 0; }
  template <class Visit>
  void for_each_leg(const Visit& visit);

  base::TimePoint origin_;
  std::string refused_;
  std::unique_ptr<Datagrams> datagrams_;
  VoiceFeed* voice_;
  bool works_ = false;
  Scheduling scheduling_ = Scheduling::Usual;  // the thread's own, until it has begun
  std::atomic<bool> stop_{false};
  std::atomic<base::Duration::rep> worst_lateness_{0};
  std::atomic<float> load_{0}, late_{0};
  std::atomic<std::size_t> loaded_legs_{0};
  std::atomic<std::uint64_t> left_out_{0};
  TickHistogram tick_histogram_;
  Inbox<Leg> arriving_, gone_;
  ConferenceHall hall_;
  Inbox<RelayOrder> relay_orders_;

  // The rest belongs to the thread.
  std::array<Rows, kPhases> rows_;   // those that hold any leg
  std::array<Rows, kPhases> conference_rows_;
  Legs due_;                         // of the phase that runs
  Legs departing_;                   // at the end of the phase that runs
  PacedQueue<Leg> closing_{kMaxLegsPerWorker};   // out of their rows, and not told goodbye yet
  Legs leaving_;                     // until nothing of the kernel's points at them any more
  PacedQueue<Leg> released_{kMaxLegsPerWorker};  // nothing does, and their sockets are to be closed
  std::size_t relayed_ = 0;          // legs: while there are any, no phase is slept through
  std::uint64_t next_phase_ = 0;     // counted from origin_
  ArrivalClock clock_;
  base::TimePoint load_since_{};
  base::Duration worked_{};          // processor time of this thread at load_since_
  LatenessWatch lateness_{kLate};
  Sendout sendout_;
  VoiceBank alone_{1};               // of a leg that is ticked without its neighbours
  std::thread thread_;               // Last: it sees everything above complete.
};

}  // namespace offhook::inline v0::media
