#pragma once

#include <offhook/base/random.hpp>
#include <offhook/media/engine/conference_registry.hpp>
#include <offhook/media/engine/engine.hpp>
#include <offhook/media/engine/worker_pool.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

namespace offhook::inline v0::media {

/// Holds the legs and their places. engine.cpp opens, relays and closes legs; engine_conferences.cpp moves them. The workers below have their own
/// data; no function here runs on a worker's thread.
class Engine::Impl {
 public:
  explicit Impl(EngineOptions options);
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  base::Result<OpenLeg, EngineError> open(const base::IpAddress& local, std::shared_ptr<AudioPort> port, LegId beside, std::unique_ptr<PacketPath> path);
  base::Result<void, EngineError> relay(LegId a, LegId b);
  base::Result<void, EngineError> end_relay(LegId either);
  base::Result<void, EngineError> start(LegId id, const MediaPlan& plan, bool relearn);
  base::Result<void, EngineError> close(LegId id);
  base::Result<ConferenceId, EngineError> confer(const ConferenceOptions& options);
  base::Result<void, EngineError> join(LegId id, ConferenceId conference, float gain);
  base::Result<LegId, EngineError> attend(ConferenceId conference, std::shared_ptr<AudioPort> port, float gain);
  base::Result<void, EngineError> set_gain(LegId member, float gain);
  base::Result<void, EngineError> leave(LegId member);
  base::Result<void, EngineError> end(ConferenceId id);
  std::optional<ConferenceStatistics> conference(ConferenceId id) const {
    const std::lock_guard lock(mutex_);
    return registry_.statistics(id);
  }
  std::optional<LegStatistics> statistics(LegId id) const;
  std::size_t legs() const {
    const std::lock_guard lock(mutex_);
    return open_legs_;
  }
  WorkerPool& workers() { return workers_; }
  EngineStatus status() const;

 private:
  struct Entry {
    std::unique_ptr<Leg> leg;
    std::vector<std::unique_ptr<LegSlot>> slots;  // the slots from the leg's present place to the last ordered place
    std::optional<MediaPlan> plan;    // the last ordered plan
    std::optional<MediaPlan> plan_of_chain;  // the plan for which the chain was made; the chain also works for all plans ordered since
    ConferenceId conference;          // the conference of the last order to join, or none
    LegId relayed_with{};             // the other leg of the last relay order, or none
    std::uint32_t relay_clock_hz = 0; // clock of the leg's translator; 0 if the leg has no translator
    std::size_t relay_orders = 0;     // relay orders that may still use the leg
    bool closing = false;
    bool gone = false;                // true if its worker has returned the leg
  };
  [[nodiscard]] base::Result<std::size_t, EngineError> worker_of(LegId beside);
  void order_relay(RelayOrder::What what, std::array<Entry*, 2> entries);
  void collect_relay_orders();
  base::Result<Entry*, EngineError> find_open(LegId id);
  base::Result<Entry*, EngineError> find_member(LegId id);
  void collect();
  void collect_stations();
  void collect_gone(LegId id);
  void forget_closed();
  base::Result<std::unique_ptr<LegSlot>, EngineError> find_place(const Entry& entry, std::size_t worker, std::uint8_t phase);
  void send_to(Entry& entry, std::unique_ptr<LegSlot> slot);
  void forget(Entry& entry, std::size_t slot);
  void leave(Entry& entry);
  void leave_conference_slot(Entry& entry);

  mutable std::mutex mutex_;  // locked by the threads that use the engine; no worker ever locks it
  EngineOptions options_;
  base::SystemRandom random_;
  std::unordered_map<LegId, Entry> entries_;
  std::vector<std::unique_ptr<RelayOrder>> relay_orders_;  // kept until their worker is done with them
  ConferenceRegistry registry_;
  WorkerPool workers_;                            // its threads are joined before the legs and the conferences above are freed
  std::vector<LegId> moving_;                     // legs with more than one slot
  std::size_t open_legs_ = 0;
  std::vector<LegId> gone_;                       // legs that their worker has returned, until the next open()
  std::uint64_t last_id_ = 0;
};

}  // namespace offhook::inline v0::media
