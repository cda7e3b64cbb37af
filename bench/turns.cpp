#include <offhook/bench/turns.hpp>

#include <offhook/bench/yes_registrar.hpp>

#include <chrono>
#include <cmath>
#include <fstream>
#include <stdexcept>
#include <thread>

namespace offhook::bench {

namespace {

using namespace std::chrono_literals;
using Json = nlohmann::json;

Json scenario() {
  // The simulator speaks a long word as a long beep. Therefore no pause within a reply is as long as the silence after it. The time of the
  // model varies, so that replies arrive at all phases of the agent's tick.
  Json replies = Json::array();
  for (int k = 0; k < 21; ++k) {
    replies.push_back({{"text", k % 2 == 0 ? "extraordinarily comprehensible straightforward explanations" : "unquestionably satisfactory circumstances"},
                       {"response_ms", 300 + k * 8 % 21}});
  }
  return {{"voice", "tone"},
          {"loop", true},
          {"heard", {"how are you today"}},
          {"replies", replies}};
}

void write(const std::string& path, const std::vector<Result>& results, const TurnFigures& m) {
  auto json = nlohmann::ordered_json::object();
  for (const auto& result : results) json[result.name] = std::round(result.ours * 100) / 100;
  json["n"] = m.added.size();
  double load = 0;
  std::ifstream("/proc/loadavg") >> load;
  json["load"] = load;
  json["cores"] = std::thread::hardware_concurrency();
  for (const auto& [name, ms] : m.threads_ms) json["cpu_ms_by_thread"][name] = std::round(ms);
  if (!(std::ofstream(path) << json.dump(2) << "\n")) throw std::runtime_error("cannot write " + path);
}

}  // namespace

std::vector<Result> measure_turns(const TurnsOptions& options) {
  const YesRegistrar registrar;
  const Simulator simulator(options.programs, "openai", "turns", scenario());
  Json settings = {{"provider", "openai"}, {"sessions", Json::array({{{"kind", "realtime"}}})}};
  if (options.interruption_ms != 0) settings["limits"] = {{"interruption_ms", options.interruption_ms}};
  AiAgent agent(options.programs, "turns", {{"openai", openai_at(simulator)}}, registrar.port(), options.plan.calls, settings);
  std::this_thread::sleep_for(1s);  // The agent continues its preparations for some time after the registration.
  const auto figures = hold_turns(options.plan, agent, registrar.port(), [&simulator] { return sim_turns(simulator.log()); });
  auto results = rows_of(figures, "");
  write(options.programs.out + "/turns.json", results, figures);
  return results;
}

}  // namespace offhook::bench
