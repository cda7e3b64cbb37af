#pragma once

#include <offhook/media/engine/leg_rows.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace offhook::inline v0::media {

/// The rows of a worker that have at least one leg, by phase. A phase may be any number; only its remainder modulo kPhases counts. Only the
/// constructor allocates.
class WorkerRows {
 public:
  using Rows = std::vector<LegRow*>;

  WorkerRows() {
    for (auto* const all : {&plain_, &of_conferences_}) {
      for (auto& rows : *all) rows.reserve(kMaxLegsPerWorker / LegRow::kLanes);
    }
  }
  [[nodiscard]] Rows& plain(std::uint64_t phase) { return plain_[phase % kPhases]; }
  [[nodiscard]] Rows& of_conferences(std::uint64_t phase) { return of_conferences_[phase % kPhases]; }
  [[nodiscard]] bool empty(std::uint64_t phase) const { return plain_[phase % kPhases].empty() && of_conferences_[phase % kPhases].empty(); }
  /// Adds a row that got its first leg.
  void add(LegRow& row) { (row.kept ? of_conferences(row.phase) : plain(row.phase)).push_back(&row); }
  /// Removes the rows of a phase that have no leg any more.
  void remove_empty(std::uint64_t phase) {
    for (auto* const rows : {&plain(phase), &of_conferences(phase)}) std::erase_if(*rows, [](const LegRow* row) { return row->count == 0; });
  }
  /// Returns the number of legs.
  [[nodiscard]] std::size_t legs() const {
    std::size_t count = 0;
    for_each_row([&](const LegRow& row) { count += row.count; });
    return count;
  }
  template <class Visit>
  void for_each_leg(const Visit& visit) const {
    for_each_row([&](const LegRow& row) {
      for (Leg* const leg : row.legs) {
        if (leg != nullptr) visit(*leg);
      }
    });
  }

 private:
  template <class Visit>
  void for_each_row(const Visit& visit) const {
    for (const auto* const all : {&plain_, &of_conferences_}) {
      for (const auto& rows : *all) {
        for (const LegRow* const row : rows) visit(*row);
      }
    }
  }

  std::array<Rows, kPhases> plain_, of_conferences_;
};

}  // namespace offhook::inline v0::media
