#pragma once

#include <offhook/base/result.hpp>
#include <offhook/base/time.hpp>
#include <offhook/media/engine/engine.hpp>
#include <offhook/media/engine/leg_rows.hpp>
#include <offhook/media/engine/leg_slot.hpp>
#include <offhook/media/engine/tick_histogram.hpp>
#include <offhook/media/engine/voice_thread.hpp>
#include <offhook/media/engine/worker.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace offhook::inline v0::media {

/// The workers of an engine, each with its rows and the number of its legs, and the voice model that helps them. One thread at a time may call the
/// functions that are not const.
class WorkerPool {
 public:
  /// Returns the number of workers.
  [[nodiscard]] static unsigned count(const EngineOptions& options);
  /// Starts the workers.
  explicit WorkerPool(const EngineOptions& options);
  ~WorkerPool();  ///< joins the workers; the legs and the conferences must still exist
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  [[nodiscard]] std::size_t size() const { return workers_.size(); }
  [[nodiscard]] Worker& operator[](std::size_t worker) { return *workers_[worker]; }
  [[nodiscard]] const LegRows& rows(std::size_t worker) const { return rows_[worker]; }
  /// Returns the number of legs of a worker, including legs on their way there.
  [[nodiscard]] std::size_t legs(std::size_t worker) const { return legs_[worker]; }

  /// Returns the worker with the fewest legs among those with space and time. Errors: Busy, NoSocket (no worker works).
  [[nodiscard]] base::Result<std::size_t, EngineError> choose() const;
  [[nodiscard]] bool has_time_for_more(std::size_t worker) const;
  [[nodiscard]] bool has_room(std::size_t worker) const { return !rows_[worker].full() && has_time_for_more(worker); }

  /// Both functions take a place for another leg of a worker whose rows are not full.
  [[nodiscard]] std::unique_ptr<LegSlot> take_slot(std::size_t worker);
  [[nodiscard]] std::unique_ptr<LegSlot> take_slot_among_conferences(std::size_t worker, std::uint8_t phase);
  /// Frees the place of a slot.
  void give_back(const LegSlot& slot);

  [[nodiscard]] base::Duration take_worst_lateness();
  [[nodiscard]] TickHistogram::Counts tick_counts() const;
  /// Sets all of `status` except the fields about legs.
  void fill(EngineStatus& status) const;

 private:
  [[nodiscard]] std::unique_ptr<LegSlot> slot_at(std::size_t worker, LegPlace place);

  std::shared_ptr<PacketTaps> taps_;              // outlives the workers
  float load_limit_, late_limit_;
  std::vector<std::size_t> legs_;                 // one item per worker
  std::vector<LegRows> rows_;
  std::unique_ptr<VoiceThread> voice_;            // joined after the workers that feed it, and before the rows into which it writes are freed
  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace offhook::inline v0::media
