#include <offhook/media/engine/leg_rows.hpp>

namespace offhook::inline v0::media {

LegPlace LegRows::take() {
  if (free_.empty()) return take_from(free_, static_cast<std::uint8_t>(plain_rows_++ % kPhases), false);
  return take_from(free_, 0, false);
}

LegPlace LegRows::take_among_conferences(std::uint8_t phase) {
  ++taken_among_conferences_[phase];
  return take_from(free_among_conferences_[phase], phase, true);
}

LegPlace LegRows::take_from(Places& free, std::uint8_t phase, bool of_conferences) {
  if (free.empty()) {
    rows_.push_back(std::make_unique<LegRow>(phase, of_conferences));
    for (std::size_t lane = LegRow::kLanes; lane > 0; --lane) free.push_back({rows_.back().get(), static_cast<std::uint8_t>(lane - 1)});
  }
  const LegPlace place = free.back();
  free.pop_back();
  ++taken_;
  return place;
}

void LegRows::give_back(LegPlace place) {
  if (place.row->kept) --taken_among_conferences_[place.row->phase];
  (place.row->kept ? free_among_conferences_[place.row->phase] : free_).push_back(place);
  --taken_;
}

}  // namespace offhook::inline v0::media
