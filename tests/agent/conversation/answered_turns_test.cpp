#include "simulated_conversation.hpp"

using namespace offhook_test;

// OFFHOOK_SIM_TURNS=1000000 in the environment runs a million turns.
TEST_CASE("Each understood turn gets a reply, despite random noises, keys and losses of audio") {
  const std::size_t turns = simulated_turns();
  for (const bool takes_sound : {false, true}) {
    CAPTURE(takes_sound);
    SimulatedParts parts;
    parts.takes_sound = takes_sound;
    const auto seen = simulate_turns(parts, turns, 1);
    CHECK(seen.answered > turns / 4);
    CHECK(seen.coughs > turns / 4);
    CHECK(seen.joined > turns / 200);
    CHECK(seen.longest_wait < 4s);  // The model takes at most 1.5 s, and the speech synthesis at most 0.3 s.
  }
}

TEST_CASE("If the caller speaks before or after pressing keys, both the words and the keys get a reply") {
  const std::size_t turns = simulated_turns();
  for (const bool takes_sound : {false, true}) {
    CAPTURE(takes_sound);
    SimulatedParts parts;
    parts.takes_sound = takes_sound;
    parts.keys_together = true;
    const auto seen = simulate_turns(parts, turns, 4);
    CHECK(seen.answered > turns / 4);
    // A model that takes audio does not get speech that overlaps its reply and is shorter than confirm_interruption.
    CHECK(seen.words_lost <= (takes_sound ? seen.answered / 500 : 0));
    CHECK(seen.longest_wait < 8s);  // A reply waits 3 s for another key.
  }
}

TEST_CASE("If parts of the session fail or stop responding, each understood turn still gets a reply or a spoken apology") {
  const std::size_t turns = simulated_turns();
  SimulatedParts parts;
  parts.fails_one_in = 6;
  const auto seen = simulate_turns(parts, turns, 2);
  CHECK(seen.answered > turns / 4);
  CHECK(seen.failures > turns / 40);
  CHECK(seen.longest_wait < 30s);  // The model and the speech synthesis may each need a second attempt.
}

TEST_CASE("A tool that the model calls runs once, and the agent speaks the tool's result, whatever the caller does") {
  const std::size_t turns = simulated_turns();
  SimulatedParts parts;
  parts.calls_tool_one_in = 3;
  const auto seen = simulate_turns(parts, turns, 3);
  CHECK(seen.tools > turns / 10);
  CHECK(seen.late_results > turns / 40);
  CHECK(seen.results_told > turns / 200);
  CHECK(seen.longest_silent_result < 1s);
  CHECK(seen.longest_wait < 8s);  // The tool takes 3 s at most.
}
