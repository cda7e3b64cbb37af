#include "simulated_conversation.hpp"

using namespace offhook_test;

// OFFHOOK_SIM_TURNS=1000000 in the environment runs a million turns.
TEST_CASE("Each turn that was understood gets a reply, whatever noises, keys and holds fall into it") {
  for (const bool takes_sound : {false, true}) {
    CAPTURE(takes_sound);
    SimulatedParts parts;
    parts.takes_sound = takes_sound;
    const auto seen = simulate_turns(parts, simulated_turns(20'000), 1);
    CHECK(seen.answered > 5'000);
    CHECK(seen.coughs > 5'000);
    CHECK(seen.joined > 100);
    CHECK(seen.longest_wait < 4s);  // The thinker takes 1.5 s at most, the speaker 0.3 s.
  }
}

TEST_CASE("Words that the caller says before or behind keys count as well as the keys") {
  for (const bool takes_sound : {false, true}) {
    CAPTURE(takes_sound);
    SimulatedParts parts;
    parts.takes_sound = takes_sound;
    parts.keys_together = true;
    const auto seen = simulate_turns(parts, simulated_turns(20'000), 4);
    CHECK(seen.answered > 5'000);
    // A model that hears gets no voice over its own words that is shorter than confirm_interruption.
    CHECK(seen.words_lost <= (takes_sound ? seen.answered / 500 : 0));
    CHECK(seen.longest_wait < 8s);  // A reply waits 3 s for another key.
  }
}

TEST_CASE("Each turn that was understood gets a reply or a spoken failure, though parts fail and fall silent") {
  SimulatedParts parts;
  parts.fails_one_in = 6;
  const auto seen = simulate_turns(parts, simulated_turns(20'000), 2);
  CHECK(seen.answered > 5'000);
  CHECK(seen.failures > 500);
  CHECK(seen.longest_wait < 30s);  // Thinker and speaker, with one attempt more each.
}

TEST_CASE("A tool that the model calls is run once, and its result is spoken, whatever the caller does meanwhile") {
  SimulatedParts parts;
  parts.calls_tool_one_in = 3;
  const auto seen = simulate_turns(parts, simulated_turns(20'000), 3);
  CHECK(seen.tools > 2'000);
  CHECK(seen.late_results > 500);
  CHECK(seen.results_told > 100);
  CHECK(seen.longest_silent_result < 1s);
  CHECK(seen.longest_wait < 8s);  // The tool takes 3 s at most.
}
