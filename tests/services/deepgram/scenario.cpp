#include <offhook/tests/services/deepgram/scenario.hpp>

#include <offhook/tests/services/openai/scenario_json.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <stdexcept>

namespace offhook::services::deepgram {

namespace {

using nlohmann::json;

/// Reads a reply: a text, or an object with a function call.
SimReply read_reply(const json& reply) {
  if (reply.is_string()) return {reply.get<std::string>(), {}, "{}", {}};
  openai::only(reply, "a reply", {"say", "call", "arguments", "then"});
  return {reply.value("say", ""), reply.value("call", ""), reply.value("arguments", json::object()).dump(), reply.value("then", "")};
}

Scenario read(const json& root) {
  openai::only(root, "the scenario", {"voice", "key", "heard", "replies", "loop", "result_ms", "answers_finalize", "forces_end", "clear_jumps_ahead", "speed", "chunk_ms",
                                      "vad_rms", "endpoints"});
  Scenario scenario;
  scenario.voice = root.value("voice", scenario.voice);
  scenario.key = root.value("key", "");
  scenario.heard = root.value("heard", scenario.heard);
  for (const json& each : root.value("replies", json::array())) scenario.replies.push_back(read_reply(each));
  scenario.loop = root.value("loop", false);
  scenario.result = milliseconds(root.value("result_ms", 150));
  scenario.answers_finalize = root.value("answers_finalize", true);
  scenario.forces_end = root.value("forces_end", true);
  scenario.clear_jumps_ahead = root.value("clear_jumps_ahead", false);
  scenario.speed = root.value("speed", scenario.speed);
  scenario.chunk_ms = root.value("chunk_ms", scenario.chunk_ms);
  scenario.vad_rms = root.value("vad_rms", scenario.vad_rms);
  const json endpoints = root.value("endpoints", json::object());
  openai::only(endpoints, "endpoints", {"listen", "flux", "speak", "agent", "turn", "speech"});
  scenario.listen = openai::read_endpoint(endpoints, "listen");
  scenario.flux = openai::read_endpoint(endpoints, "flux");
  scenario.speak = openai::read_endpoint(endpoints, "speak");
  scenario.agent = openai::read_endpoint(endpoints, "agent");
  scenario.turn = openai::read_endpoint(endpoints, "turn");
  scenario.speech = openai::read_endpoint(endpoints, "speech");
  if (scenario.speed <= 0) throw std::invalid_argument("\"speed\" is not more than 0");
  const bool cut_well = !scenario.chunk_ms.empty() && std::all_of(scenario.chunk_ms.begin(), scenario.chunk_ms.end(), [](int ms) { return ms >= 1 && ms <= 10000; });
  if (!cut_well) throw std::invalid_argument("\"chunk_ms\" is not a list of 1 to 10000 ms each");
  return scenario;
}

}  // namespace

ScenarioRead read_scenario(std::string_view text) {
  try {
    return {read(json::parse(text)), {}};
  } catch (const std::exception& error) {  // Catches the exceptions of nlohmann's library and of this file.
    return {{}, error.what()};
  }
}

}  // namespace offhook::services::deepgram
