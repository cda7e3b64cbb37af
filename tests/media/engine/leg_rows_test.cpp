#include <offhook/media/engine/leg_rows.hpp>

#include <doctest/doctest.h>

#include <map>
#include <set>
#include <vector>

using namespace offhook;

TEST_CASE("LegRows fills a row before it starts another one, distributes the rows over the phases, and is full with kMaxLegsPerWorker legs") {
  media::LegRows rows;
  std::map<const media::LegRow*, std::set<int>> lanes;
  std::map<int, std::size_t> phases;
  std::vector<media::LegPlace> places;
  for (std::size_t i = 0; i < media::kMaxLegsPerWorker; ++i) {
    REQUIRE_FALSE(rows.full());
    const auto place = rows.take();
    CHECK(lanes[place.row].insert(place.lane).second);  // No place is given twice.
    CHECK(lanes.size() == i / media::LegRow::kLanes + 1);
    if (place.lane == 0) ++phases[place.row->phase];
    places.push_back(place);
  }
  CHECK(rows.full());
  CHECK(phases.size() == media::kPhases);
  for (const auto& [phase, count] : phases) CHECK(count >= media::kMaxLegsPerWorker / media::LegRow::kLanes / media::kPhases);
  rows.give_back(places[77]);
  CHECK_FALSE(rows.full());
  const auto again = rows.take();
  CHECK(again.row == places[77].row);
  CHECK(again.lane == places[77].lane);
  CHECK(rows.full());
}

TEST_CASE("LegRows keeps separate rows for the conferences of each phase. Their legs count towards the worker's limit") {
  media::LegRows rows;
  std::vector<media::LegPlace> places;
  for (std::size_t i = 0; i < media::kMaxLegsPerWorker; ++i) {
    REQUIRE_FALSE(rows.full());
    places.push_back(i % 2 == 0 ? rows.take() : rows.take_among_conferences(7));
    CHECK((places.back().row->kept != nullptr) == (i % 2 != 0));
    if (i % 2 != 0) CHECK(places.back().row->phase == 7);
  }
  CHECK(rows.full());
  rows.give_back(places[1]);
  CHECK_FALSE(rows.full());
  CHECK_FALSE(rows.take_among_conferences(3) == places[1]);
  rows.give_back(places[3]);
  CHECK(rows.take_among_conferences(7) == places[3]);
  CHECK(rows.full());
}
