#include <offhook/media/engine/conference_registry.hpp>

#include <doctest/doctest.h>

using namespace offhook;

TEST_CASE("A conference gets the phase with the least to tick, counting both promised slots and legs that stay after a conference") {
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
  CHECK(open(20) == 0);  // This phase has 20 slots and 30 legs, the others 40 slots. Legs and slots are not added, because the legs may take the slots.
}

TEST_CASE("A phase promises 500 slots and not one more, however many legs stay there") {
  media::ConferenceRegistry registry(1);
  media::LegRows rows;
  for (std::uint8_t phase = 0; phase < media::kPhases; ++phase) {
    for (int i = 0; i < 150; ++i) static_cast<void>(rows.take_among_conferences(phase));
    static_cast<void>(registry.open({.max_members = 200}, 0, phase));
  }
  CHECK(registry.find_phase(0, 300, rows));
  CHECK_FALSE(registry.find_phase(0, 301, rows));
}

TEST_CASE("A worker promises 5,000 slots and not one more, whatever phases are free") {
  media::ConferenceRegistry registry(2);
  const media::LegRows rows;
  for (std::uint8_t phase = 0; phase < 10; ++phase) static_cast<void>(registry.open({.max_members = phase == 0 ? 498U : 500U}, 0, phase));
  CHECK(registry.promised(0) == media::ConferenceRegistry::kMaxSlotsPerWorker - 2);
  CHECK(registry.find_phase(0, 2, rows));
  CHECK_FALSE(registry.find_phase(0, 3, rows));
  CHECK(registry.find_phase(1, 500, rows));
}

TEST_CASE("A leg counts among the conferences of a phase from taking a place there until it gives the place back") {
  media::LegRows rows;
  static_cast<void>(rows.take());
  CHECK(rows.taken_among_conferences(3) == 0);
  const auto place = rows.take_among_conferences(3);
  CHECK(rows.taken_among_conferences(3) == 1);
  CHECK(rows.taken_among_conferences(0) == 0);
  rows.give_back(place);
  CHECK(rows.taken_among_conferences(3) == 0);
}
