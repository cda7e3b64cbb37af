#include <offhook/media/engine/leg_rows.hpp>

namespace offhook::inline v0::media {

LegPlace LegRows::take() {
  if (free_.empty()) {
    rows_.push_back(std::make_unique<LegRow>(static_cast<std::uint8_t>(rows_.size() % kPhases)));
    for (std::size_t lane = LegRow::kLanes; lane > 0; --lane) free_.push_back({rows_.back().get(), static_cast<std::uint8_t>(lane - 1)});
  }
  const LegPlace place = free_.back();
  free_.pop_back();
  return place;
}

}  // namespace offhook::inline v0::media
