#pragma once

#include <offhook/tests/services/openai/scenario.hpp>

#include <string>
#include <string_view>
#include <vector>

/// The words, answers and faults of the simulated Deepgram, read from one JSON file (tests/services/deepgram/README.md describes it).
namespace offhook::services::deepgram {

using openai::Endpoint;
using openai::Fault;
using std::chrono::milliseconds;

/// The reply of the Voice Agent's model to one turn. If `call` is set, the agent requests this function, and speaks `then` after it gets the result.
struct SimReply { std::string say, call, arguments = "{}", then; };

struct Scenario {
  std::string voice = "slt";                   ///< "slt", "rms", or "tone": beeps, made without delay
  std::string key;                             ///< the valid API key; "": any
  std::vector<std::string> heard;              ///< the words of the k-th stretch of voice, counted over all sockets and requests
  std::vector<SimReply> replies;               ///< replies of the Voice Agent, in order; after the last one it says "I have nothing more to say."
  bool loop = false;                           ///< true: `heard` and `replies` start again after their last entry
  milliseconds result{150};                    ///< time from the audio or the request to the transcript or the answer
  bool answers_finalize = true;                ///< false: Finalize gets no answer, as can happen at Deepgram if little audio is left
  bool forces_end = true;                      ///< false: Flux refuses ForceEndTurn, as a Flux in a private cloud does
  bool clear_jumps_ahead = false;              ///< true: Cleared precedes the Flushed of the interrupted utterance
  double speed = 8;                            ///< sending rate of audio, as a multiple of real time
  std::vector<int> chunk_ms{40, 100, 60, 80};  ///< lengths of the pieces of audio, repeatedly
  int vad_rms = 300;                           ///< louder audio counts as voice; full scale is 32768
  Endpoint listen, flux, speak, agent;         ///< the WebSockets
  Endpoint turn, speech;                       ///< the same services over HTTP
};

/// The result of read_scenario(). `error` names the invalid member. It is "" if the scenario is valid.
struct ScenarioRead {
  Scenario scenario;
  std::string error;
};
[[nodiscard]] ScenarioRead read_scenario(std::string_view json);

}  // namespace offhook::services::deepgram
