#pragma once

#include <offhook/tests/services/openai/scenario.hpp>

#include <string>
#include <string_view>
#include <vector>

/// What the simulated Deepgram hears, says and breaks: one JSON file (tests/services/deepgram/README.md describes it).
namespace offhook::services::deepgram {

using openai::Endpoint;
using openai::Fault;
using std::chrono::milliseconds;

/// What the Voice Agent's model says to a turn. With a `call`, `then` is what it says with the result.
struct SimReply { std::string say, call, arguments = "{}", then; };

struct Scenario {
  std::string voice = "slt";                   ///< "slt", "rms", or "tone": quick, and nothing but beeps
  std::string key;                             ///< the API key that is right; "": any
  std::vector<std::string> heard;              ///< what the k-th stretch of voice says, over all sockets and requests
  std::vector<SimReply> replies;               ///< of the Voice Agent, in order; after the last one "I have nothing more to say."
  bool loop = false;                           ///< after the last one the first comes again, of both
  milliseconds result{150};                    ///< from the audio, or the request, to what is understood of it, or said
  bool answers_finalize = true;                ///< false: as Deepgram does at times, when little is left to answer
  bool forces_end = true;                      ///< false: ForceEndTurn is refused, as by a Flux of one's own
  bool clear_jumps_ahead = false;              ///< Cleared comes before the Flushed of what it cuts off
  double speed = 8;                            ///< of the audio that is sent, over real time
  std::vector<int> chunk_ms{40, 100, 60, 80};  ///< how it is cut, over and over
  int vad_rms = 300;                           ///< of full scale 32768: louder is voice
  Endpoint listen, flux, speak, agent;         ///< the WebSockets
  Endpoint turn, speech;                       ///< the same by HTTP
};

/// `error` names the member that is wrong; "" when all is well.
struct ScenarioRead {
  Scenario scenario;
  std::string error;
};
[[nodiscard]] ScenarioRead read_scenario(std::string_view json);

}  // namespace offhook::services::deepgram
