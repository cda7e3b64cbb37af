#include <offhook/media/engine/conference_registry.hpp>

#include <doctest/doctest.h>

using namespace offhook;

TEST_CASE("find_phase returns the phase with the least work, which is the larger of its promised slots and of the legs that stay there") {
  media::ConferenceRegistry registry(1);
  media::LegRows rows;
  const auto open = [&](std::size_t slots) {
    const auto phase = registry.find_phase(0, slots, rows);
    REQUIRE(phase);
    static_cast<void>(registry.open({.max_members = slots}, 0, *phase));
    return *phase;
  };
  for (int i = 0; i < 30; ++i) static_cast<void>(rows.take_among_conferences(0));
  CHECK(open(20) == 1);
  for (std::uint8_t phase = 2; phase < media::kPhases; ++phase) CHECK(open(40) == phase);
  CHECK(open(20) == 1);
  CHECK(open(20) == 0);  // Phase 0 counts as 30 here, because its 30 legs may take its 20 slots. The other phases count as 40.
}

TEST_CASE("find_phase promises at most 500 slots of one phase, however many legs stay there") {
  media::ConferenceRegistry registry(1);
  media::LegRows rows;
  for (std::uint8_t phase = 0; phase < media::kPhases; ++phase) {
    for (int i = 0; i < 150; ++i) static_cast<void>(rows.take_among_conferences(phase));
    static_cast<void>(registry.open({.max_members = 200}, 0, phase));
  }
  CHECK(registry.find_phase(0, 300, rows));
  CHECK_FALSE(registry.find_phase(0, 301, rows));
}

TEST_CASE("find_phase promises at most 5,000 slots of one worker, even if phases are free") {
  media::ConferenceRegistry registry(2);
  const media::LegRows rows;
  for (std::uint8_t phase = 0; phase < 10; ++phase) static_cast<void>(registry.open({.max_members = phase == 0 ? 498U : 500U}, 0, phase));
  CHECK(registry.promised(0) == media::ConferenceRegistry::kMaxSlotsPerWorker - 2);
  CHECK(registry.find_phase(0, 2, rows));
  CHECK_FALSE(registry.find_phase(0, 3, rows));
  CHECK(registry.find_phase(1, 500, rows));
}

TEST_CASE("LegRows counts a leg among the conferences of a phase from take_among_conferences() until give_back()") {
  media::LegRows rows;
  static_cast<void>(rows.take());
  CHECK(rows.taken_among_conferences(3) == 0);
  const auto place = rows.take_among_conferences(3);
  CHECK(rows.taken_among_conferences(3) == 1);
  CHECK(rows.taken_among_conferences(0) == 0);
  rows.give_back(place);
  CHECK(rows.taken_among_conferences(3) == 0);
}
