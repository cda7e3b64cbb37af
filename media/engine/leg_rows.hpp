#pragma once

#include <offhook/media/engine/voice_desk.hpp>
#include <offhook/media/voice_bank.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace offhook::inline v0::media {

struct Leg;

inline constexpr std::size_t kPhases = 10;              ///< of a tick, 2 ms each
inline constexpr std::size_t kMaxLegsPerWorker = 4096;

/// Legs that are ticked side by side. Made by the signalling thread; what is in it belongs to the worker.
struct LegRow {
  static constexpr std::size_t kLanes = 8;
  explicit LegRow(std::uint8_t in_phase) : phase(in_phase) {}

  const std::uint8_t phase;
  std::array<Leg*, kLanes> legs{};   // null where there is none
  std::size_t count = 0;             // of them
  VoiceBank voice{kLanes};
  using ModelCalls = std::array<ModelCall, kLanes>;
  std::unique_ptr<ModelCalls> model;   // null where no model helps; made before the row's first leg is its worker's
};

/// Where a leg is ticked.
struct LegPlace {
  LegRow* row = nullptr;
  std::uint8_t lane = 0;
};

/// Gives each leg of a worker its place: rows are filled before another one is begun, and rows spread over the phases of a tick, so that
/// little work comes in one piece and much of it in ten. On the signalling thread. Rows stay for the worker's life: as many as it had
/// legs at once.
class LegRows {
 public:
  [[nodiscard]] bool full() const { return free_.empty() && rows_.size() * LegRow::kLanes >= kMaxLegsPerWorker; }
  /// Not when full().
  [[nodiscard]] LegPlace take();
  /// The worker has let go of it.
  void give_back(LegPlace place) { free_.push_back(place); }

 private:
  std::vector<std::unique_ptr<LegRow>> rows_;
  std::vector<LegPlace> free_;   // The last one that came back is taken first: it is in the cache.
};

}  // namespace offhook::inline v0::media
