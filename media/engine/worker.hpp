#pragma once

#include <offhook/base/time.hpp>
#include <offhook/media/detect/voice_bank.hpp>
#include <offhook/media/engine/arrival_clock.hpp>
#include <offhook/media/engine/worker_conference.hpp>
#include <offhook/media/engine/datagrams.hpp>
#include <offhook/media/engine/inbox.hpp>
#include <offhook/media/engine/lateness_watch.hpp>
#include <offhook/media/engine/leg.hpp>
#include <offhook/media/engine/leg_rows.hpp>
#include <offhook/media/engine/paced_queue.hpp>
#include <offhook/media/engine/relay_order.hpp>
#include <offhook/media/engine/scheduling.hpp>
#include <offhook/media/engine/tick_histogram.hpp>
#include <offhook/media/send/sendout.hpp>

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
inline constexpr base::Duration kLate = 2 * kPhase;   ///< a phase that is done this long after its time shows too much work: EngineStatus::late
inline constexpr std::uint64_t kMaxCatchUpTicks = 10;  ///< more ticks than these are left out, because a burst of seconds has no use

/// The recent load of a worker.
struct WorkerLoad {
  float share = 0;           ///< processor time, 0..1
  std::size_t legs = 0;      ///< number of its legs at that time
  float late = 0;            ///< share of its phases in the last second that were done more than kLate after their time

  /// Returns the estimated load with `count` legs.
  [[nodiscard]] float with(std::size_t count) const {
    return legs < kFew || count <= legs ? share : share * static_cast<float>(count) / static_cast<float>(legs);
  }
  /// Returns whether another leg would do no harm. For a worker with few legs, only the processor time counts: its lateness mostly comes from other
  /// programs, and a refusal would not help.
  [[nodiscard]] bool has_time_for(std::size_t count, float most, float most_late) const {
    return with(count) <= most && (legs < kFew || late <= most_late);
  }

  static constexpr std::size_t kFew = 8;  // with fewer legs, an estimate is not possible
};

/// One media thread. It ticks a leg of phase p at origin + k x 20 ms + p x 1 ms, and reads the leg's RTP then, because it is not needed earlier. No
/// lock and, once running, no allocation. All public functions belong to the signalling thread, unless their comment says otherwise.
class Worker {
 public:
  /// `voice`, if there is a model, must outlive the worker.
  Worker(base::TimePoint origin, DatagramPath wanted, VoiceFeed* voice = nullptr, bool before_others = false);
  ~Worker();  ///< stops and joins
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Ends the thread; join() and the destructor wait for that. It sends BYE for its legs.
  void stop() { stop_.store(true, std::memory_order_relaxed); }  // noticed within a tick
  /// Call it after stop(). The owner of several workers joins all of them before it destroys any, because they may be passing legs to each other.
  void join();
  [[nodiscard]] bool works() const { return works_; }
  [[nodiscard]] Scheduling scheduling() const { return scheduling_; }
  /// Returns Best if it does not work.
  [[nodiscard]] DatagramPath path() const { return works() ? datagrams_->path() : DatagramPath::Best; }
  /// Returns why the wanted path, or a better one, is not used; "" if there is no reason.
  [[nodiscard]] const std::string& path_refused() const { return refused_; }

  /// Any thread. Adds a leg, at its `slot`, from the next tick on. It belongs to the worker until that slot is `left`, or, after an order to
  /// close, until take_gone() returns it.
  void add(Leg& leg) { arriving_.push(leg); }
  /// Returns the closed legs as a chain by `next_arriving`; the worker does not use them any more. Null if there are none.
  [[nodiscard]] Leg* take_gone() { return gone_.take_all(); }
  /// Adds a conference. It belongs to the worker until it is `ending` and the worker has set `gone`.
  void add(WorkerConference& room) { conferences_.add(room); }

  /// Any thread. Carries out the order before the next packet is read, and then sets its `done`. Its legs must have been added before.
  void order(RelayOrder& order) { relay_orders_.push(order); }

  [[nodiscard]] base::Duration take_worst_lateness();
  [[nodiscard]] const TickHistogram& tick_histogram() const { return tick_histogram_; }  ///< any thread
  /// Any thread.
  [[nodiscard]] WorkerLoad load() const {
    return {load_.load(std::memory_order_relaxed), loaded_legs_.load(std::memory_order_relaxed), late_.load(std::memory_order_relaxed)};
  }
  /// Any thread. Returns the number of phases left out because they were over 200 ms late.
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
  void take_slot(Leg& leg, LegSlot& next);
  void leave_conference(Leg& leg);
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
    return rows_[at].empty() && conference_rows_[at].empty() && conferences_.empty(at);
  }
  /// Returns whether each phase has work, even without legs to tick.
  [[nodiscard]] bool is_awake() const { return !closing_.empty() || !leaving_.empty() || !released_.empty() || relayed_ != 0; }
  template <class Visit>
  void for_each_leg(const Visit& visit);

  base::TimePoint origin_;
  std::string refused_;
  std::unique_ptr<Datagrams> datagrams_;
  VoiceFeed* voice_;
  bool works_ = false;
  Scheduling scheduling_ = Scheduling::Usual;  // belongs to the thread until it has started
  std::atomic<bool> stop_{false};
  std::atomic<base::Duration::rep> worst_lateness_{0};
  std::atomic<float> load_{0}, late_{0};
  std::atomic<std::size_t> loaded_legs_{0};
  std::atomic<std::uint64_t> left_out_{0};
  TickHistogram tick_histogram_;
  Inbox<Leg> arriving_, gone_;
  WorkerConferences conferences_;
  Inbox<RelayOrder> relay_orders_;

  // The members below belong to the thread.
  std::array<Rows, kPhases> rows_;   // rows with at least one leg
  std::array<Rows, kPhases> conference_rows_;
  Legs due_;                         // legs of the present phase
  Legs departing_;                   // legs that leave at the end of the present phase
  PacedQueue<Leg> closing_{kMaxLegsPerWorker};   // removed from their rows; BYE is not sent yet
  Legs leaving_;                     // legs for which the kernel still has requests
  PacedQueue<Leg> released_{kMaxLegsPerWorker};  // the kernel has no request for them; their sockets must be closed
  std::size_t relayed_ = 0;          // number of relayed legs: while there are any, no phase is skipped
  std::uint64_t next_phase_ = 0;     // counted from origin_
  ArrivalClock clock_;
  base::TimePoint load_since_{};
  base::Duration worked_{};          // processor time of this thread at load_since_
  LatenessWatch lateness_{kLate};
  Sendout sendout_;
  VoiceBank alone_{1};               // bank for a leg that is ticked without its neighbours
  std::thread thread_;               // last, because it uses all members above
};

}  // namespace offhook::inline v0::media
