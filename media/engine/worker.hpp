#pragma once

#include <offhook/base/spsc_ring.hpp>
#include <offhook/base/time.hpp>
#include <offhook/media/engine/leg.hpp>
#include <offhook/media/sendout.hpp>

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

namespace offhook::inline v0::media {

inline constexpr base::Duration kTick = std::chrono::milliseconds(20);
inline constexpr std::size_t kMaxLegsPerWorker = 4096;
inline constexpr std::size_t kMaxCommands = 256;     ///< on their way to a worker or back
inline constexpr std::uint64_t kMaxCatchUpTicks = 10;  ///< later ticks are left out: a burst of seconds helps nobody

/// One media thread: its sockets on epoll, its legs ticked at origin + k x 20 ms. No lock and, once running, no allocation.
/// All public functions but take_worst_lateness() belong to the signalling thread.
class Worker {
 public:
  explicit Worker(base::TimePoint origin);
  ~Worker();  ///< stops and joins
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  struct Command {
    enum class Kind : std::uint8_t { Add, Start, Remove } kind{};
    Leg* leg = nullptr;
    StartOrder* order = nullptr;   // Start: owned by whoever holds the command
  };
  /// False when kMaxCommands are under way, or the thread could not be set up. Takes effect at the next tick.
  [[nodiscard]] bool post(const Command& command);
  /// Commands that were carried out: the signalling thread frees what they carry.
  [[nodiscard]] bool reclaim(Command& done);
  [[nodiscard]] bool works() const { return epoll_ >= 0 && timer_ >= 0; }

  [[nodiscard]] base::Duration take_worst_lateness();

 private:
  void run();
  [[nodiscard]] bool wait_and_receive();
  void receive(Leg& leg, Channel channel);
  void run_due_ticks();
  void tick(base::TimePoint due);
  void obey(const Command& command, base::TimePoint now);
  void add(Leg& leg);
  void remove(Leg& leg, base::TimePoint now);
  void send(Leg& leg);

  base::TimePoint origin_;
  int epoll_ = -1, timer_ = -1;
  std::atomic<bool> stop_{false};
  std::atomic<base::Duration::rep> worst_lateness_{0};
  base::SpscRing<Command, kMaxCommands> commands_;
  base::SpscRing<Command, kMaxCommands> done_;   // Never full: no more commands are under way than it holds.
  std::size_t under_way_ = 0;                    // Signalling thread.

  // The rest belongs to the thread.
  std::vector<Leg*> legs_;
  std::uint64_t next_tick_ = 0;
  ReceiveBatch batch_;
  Sendout sendout_;
  std::thread thread_;                           // Last: it sees everything above complete.
};

}  // namespace offhook::inline v0::media
