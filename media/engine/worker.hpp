#pragma once

#include <offhook/base/time.hpp>
#include <offhook/media/engine/datagrams.hpp>
#include <offhook/media/engine/inbox.hpp>
#include <offhook/media/engine/leg.hpp>
#include <offhook/media/engine/leg_departures.hpp>
#include <offhook/media/engine/leg_ticker.hpp>
#include <offhook/media/engine/load_meter.hpp>
#include <offhook/media/engine/relays.hpp>
#include <offhook/media/engine/scheduling.hpp>
#include <offhook/media/engine/worker_conference.hpp>
#include <offhook/media/engine/worker_rows.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>

namespace offhook::inline v0::media {

/// One media thread. It ticks a leg of phase p at origin + k x 20 ms + p x 1 ms, and reads the leg's RTP only then, because earlier reads would have no use. It
/// uses no lock, and allocates nothing after its start. Only the signalling thread may call a public function, unless its comment says otherwise.
class Worker {
 public:
  /// `voice`, if there is a model, and `tap`, if datagrams are captured, must outlive the worker.
  Worker(base::TimePoint origin, DatagramPath wanted, VoiceFeed* voice = nullptr, bool before_others = false, PacketTap* tap = nullptr);
  ~Worker();  ///< stops and joins
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Ends the thread; join() and the destructor wait for that. Before it ends, the thread sends BYE for its legs.
  void stop() { stop_.store(true, std::memory_order_relaxed); }  // noticed within a tick
  /// Call it after stop(). The owner of several workers joins all of them before it destroys any, because they may be passing legs to each other.
  void join();
  [[nodiscard]] bool works() const { return works_; }
  [[nodiscard]] Scheduling scheduling() const { return scheduling_; }
  /// Returns Best if the worker does not work.
  [[nodiscard]] DatagramPath path() const { return works() ? datagrams_->path() : DatagramPath::Best; }
  /// Returns why the wanted or a better path is not in use; "" if there is no reason.
  [[nodiscard]] const std::string& path_refused() const { return refused_; }

  /// Any thread. Adds a leg, at its `slot`, from the next tick on. It belongs to the worker until that slot is `left`, or, after an order to
  /// close, until take_gone() returns it.
  void add(Leg& leg) { arriving_.push(leg); }
  /// Returns the closed legs as a chain by `next_arriving`; the worker does not use them any more. Null if there are none.
  [[nodiscard]] Leg* take_gone() { return departures_.take_gone(); }
  /// Adds a conference. It belongs to the worker until it is `ending` and the worker has set `gone`.
  void add(WorkerConference& room) { conferences_.add(room); }

  /// Any thread. Carries out the order before the next packet is read, and then sets its `done`. Its legs must have been added before.
  void order(RelayOrder& order) { relays_.order(order); }

  [[nodiscard]] LoadMeter& load_meter() { return load_meter_; }

 private:
  void run();
  void sleep_until_next();
  void run_due_phases();
  void run_phase(base::TimePoint due);
  void run_rows(const TickTime& time);
  void run_conferences(const TickTime& time);
  void begin_arriving();
  void begin(Leg& leg);
  void end_all();
  [[nodiscard]] base::TimePoint due(std::uint64_t phase) const { return origin_ + static_cast<std::int64_t>(phase) * kPhase; }
  [[nodiscard]] bool is_idle(std::uint64_t phase) const { return rows_.empty(phase) && conferences_.empty(phase % kPhases); }
  /// Returns true if each phase has work, even without legs to tick.
  [[nodiscard]] bool is_awake() const { return !departures_.empty() || !relays_.empty(); }

  base::TimePoint origin_;
  std::string refused_;
  std::unique_ptr<Datagrams> datagrams_;
  bool works_ = false;
  Scheduling scheduling_ = Scheduling::Usual;  // belongs to the thread until it has started
  std::atomic<bool> stop_{false};
  LoadMeter load_meter_;
  Inbox<Leg> arriving_;
  WorkerConferences conferences_;

  // The members below belong to the thread, except for the inboxes of relays and departures.
  WorkerRows rows_;
  LegTicker ticker_;
  Relays relays_;
  LegDepartures departures_;
  std::uint64_t next_phase_ = 0;     // number of the next phase, counted from origin_
  std::thread thread_;               // last, because it uses all members above
};

}  // namespace offhook::inline v0::media
