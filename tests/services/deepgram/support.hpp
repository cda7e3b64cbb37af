#pragma once

#include <offhook/tests/services/deepgram/scenario.hpp>
#include <offhook/tests/services/deepgram/sim_world.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

/// Helpers that the tests of the simulated services share.
namespace offhook::services::deepgram {

/// Returns a world with the scenario of this JSON text. Its voice is a tone. The lengths of its chunks are those of `chunk_ms`, repeatedly.
inline SimWorld world_of(const std::string& scenario, std::vector<int> chunk_ms = {40}) {
  const auto read = read_scenario(scenario);
  REQUIRE(read.error == "");
  return {read.scenario, *openai::RecordedVoices::make("tone", std::move(chunk_ms)), {}, 0};
}

/// Returns a tone at 8 kHz, in which the simulated services detect a voice.
inline std::vector<std::int16_t> tone(std::size_t ms) {
  std::vector<std::int16_t> pcm(ms * 8);
  for (std::size_t i = 0; i < pcm.size(); ++i) pcm[i] = static_cast<std::int16_t>(8000 * std::sin(static_cast<double>(i) / 5));
  return pcm;
}

}  // namespace offhook::services::deepgram
