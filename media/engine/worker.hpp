#pragma once

#include <offhook/base/spsc_ring.hpp>
#include <offhook/base/time.hpp>
#include <offhook/media/engine/leg.hpp>
#include <offhook/media/engine/tick_histogram.hpp>
#include <offhook/media/sendout.hpp>

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

namespace offhook::inline v0::media {

inline constexpr base::Duration kTick = std::chrono::milliseconds(20);
inline constexpr std::size_t kMaxLegsPerWorker = 4096;
inline constexpr std::size_t kMaxNewLegs = 256;      ///< on their way to a worker, within one tick
inline constexpr std::size_t kMaxBatchesPerTick = 32;  ///< of one RTP socket: 512 datagrams, twice what the kernel keeps for it
inline constexpr std::uint64_t kMaxCatchUpTicks = 10;  ///< later ticks are left out: a burst of seconds helps nobody

/// One media thread: its legs ticked at origin + k x 20 ms. What came by RTP is read at the tick, which alone has a use for it; to be
/// woken by each packet would cost as much again as all the rest. No lock and, once running, no allocation.
/// All public functions but take_worst_lateness() belong to the signalling thread.
class Worker {
 public:
  explicit Worker(base::TimePoint origin);
  ~Worker();  ///< stops and joins
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// From the next tick on the leg is ours, until it is `closing` and we say that it is `gone`. False when kMaxNewLegs are under
  /// way, or the thread could not be set up.
  [[nodiscard]] bool add(Leg& leg);
  [[nodiscard]] bool works() const { return epoll_ >= 0 && timer_ >= 0; }

  [[nodiscard]] base::Duration take_worst_lateness();
  [[nodiscard]] const TickHistogram& tick_histogram() const { return tick_histogram_; }  ///< read by anybody

 private:
  void run();
  [[nodiscard]] bool wait();
  void receive_reports(Leg& leg);
  void receive_audio(Leg& leg);
  void look_at_clocks();
  void run_due_ticks();
  void tick(base::TimePoint due);
  void begin(Leg& leg);
  void obey(Leg& leg, base::TimePoint now);
  void tick(Leg& leg, const TickTime& time);
  void remove(Leg& leg, base::TimePoint now);
  void send(Leg& leg);

  base::TimePoint origin_;
  int epoll_ = -1, timer_ = -1;
  std::atomic<bool> stop_{false};
  std::atomic<base::Duration::rep> worst_lateness_{0};
  TickHistogram tick_histogram_;
  base::SpscRing<Leg*, kMaxNewLegs> new_legs_;

  // The rest belongs to the thread.
  std::vector<Leg*> legs_;
  std::uint64_t next_tick_ = 0;
  base::TimePoint reading_{}, read_before_{};  // the sockets, in this tick and in the one before
  base::Duration wall_ahead_{};                // of the steady clock
  ReceiveBatch batch_;
  Sendout sendout_;
  std::thread thread_;                           // Last: it sees everything above complete.
};

}  // namespace offhook::inline v0::media
