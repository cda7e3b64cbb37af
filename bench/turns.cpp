#include <offhook/bench/turns.hpp>

#include <offhook/agent/demo/prepare_lines.hpp>
#include <offhook/bench/ai_callers.hpp>
#include <offhook/bench/thread_times.hpp>
#include <offhook/bench/turn_times.hpp>
#include <offhook/bench/yes_registrar.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <stdexcept>

namespace offhook::bench {

namespace {

using namespace std::chrono_literals;
using Json = nlohmann::json;
using caller::Step;

constexpr std::size_t kFrame = 320;  // 20 ms at 16 kHz
constexpr std::uint32_t kInterruptAfterMs = 300;

std::int64_t microseconds(base::TimePoint when) {
  return std::chrono::duration_cast<std::chrono::microseconds>(when.time_since_epoch()).count();
}

double percentile(std::vector<double> values, double part) {
  if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
  std::sort(values.begin(), values.end());
  const auto rank = static_cast<std::size_t>(std::ceil(part * static_cast<double>(values.size())));
  return values[std::max<std::size_t>(rank, 1) - 1];
}

/// Ends in the midst of a loud sound and with a whole packet, so that all who listen agree which one is the last voiced.
void end_sharply(std::vector<std::int16_t>& pcm) {
  const auto loudness = [&pcm](std::size_t begin, std::size_t end) {
    double energy = 0;
    for (std::size_t i = begin; i < end; ++i) energy += static_cast<double>(pcm[i]) * pcm[i];
    return std::sqrt(energy / static_cast<double>(end - begin));
  };
  constexpr double kLoud = 2000;
  pcm.resize(pcm.size() / kFrame * kFrame);
  while (pcm.size() > 20 * kFrame && (loudness(pcm.size() - kFrame, pcm.size()) < kLoud || loudness(pcm.size() - kFrame / 4, pcm.size()) < kLoud)) {
    pcm.resize(pcm.size() - kFrame);
  }
}

/// One scripted caller: greeted first; every so many-th turn cuts into the reply to the one before.
struct Caller {
  std::unique_ptr<caller::StepCaller> script;
  std::atomic<bool> connected{false};
  bool told = false;

  Caller(const TurnsOptions& options, const std::vector<agent::demo::Line>& lines, std::size_t first) {
    std::vector<Step> steps = {{Step::What::Wait, {}, 8000}};
    std::vector<agent::demo::Line> said;
    for (std::size_t k = 1; k <= options.turns; ++k) {
      const bool interrupts = k % options.interrupt_every == 0;
      const auto& line = lines[(first + k) % lines.size()];
      if (interrupts) steps.pop_back();  // It does not wait for the reply's end.
      steps.push_back({interrupts ? Step::What::Interrupt : Step::What::Say, line.text, interrupts ? kInterruptAfterMs : 0});
      steps.push_back({Step::What::Wait, {}, 12000});
      said.push_back(line);
    }
    script = std::make_unique<caller::StepCaller>(std::move(steps), std::move(said));
  }
};

struct Measured {
  std::vector<double> added, recorded_added, whole, model, up, down, compute, greeting, interrupt, buffered;
  std::size_t turns = 0, unmatched = 0;
  double cpu_ms = 0, seconds = 0;
  std::map<std::string, double> threads_ms;
};

Json scenario() {
  // Words of many letters are long beeps: nothing but the caller makes a pause that could be taken for an end.
  // Models take now more, now less: the agent's tick shall be met at any point of it.
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

/// Calls, waits until all scripts are done, hangs up; tick 0 of the callers' engine is returned in microseconds.
std::int64_t hold_calls(const TurnsOptions& options, std::vector<std::unique_ptr<Caller>>& callers, const AiAgent& agent, std::uint16_t registrar_port,
                        Measured& measured) {
  std::int64_t origin_us = std::numeric_limits<std::int64_t>::max();
  std::atomic<std::size_t> done{0};
  AiCallers phone(options.calls, registrar_port, [&] {
    std::size_t finished = 0;
    for (auto& each : callers) {
      if (each->connected && !std::exchange(each->told, true)) each->script->on_connected();
      const auto before = each->script->newest_tick();
      each->script->poll();
      const auto tick = each->script->newest_tick();
      if (tick != before) origin_us = std::min(origin_us, microseconds(base::Clock::now()) - static_cast<std::int64_t>(tick) * 20'000);
      if (each->script->done()) ++finished;
    }
    done = finished;
  });
  for (auto& each : callers) {
    phone.dial(agent.sip_port(), each->script->port(), [&each] { each->connected = true; });
    std::this_thread::sleep_for(230ms);  // Not all in one instant, and not all in step.
  }
  const auto limit = base::Clock::now() + std::chrono::seconds(30 + 12 * options.turns);
  while (done < callers.size() && phone.ended() < callers.size() && base::Clock::now() < limit) std::this_thread::sleep_for(50ms);
  phone.hang_up();
  phone.stop_polling();
  measured.buffered = phone.buffered_ms();
  return origin_us;
}

void collect(const TurnsOptions& options, const std::vector<std::unique_ptr<Caller>>& callers, std::int64_t origin_us, const std::vector<SimTurn>& model,
             const TimeWatch& watch, Measured& m) {
  for (const auto& each : callers) {
    if (const auto greeting = each->script->greeting_ms()) m.greeting.push_back(*greeting);
    for (const auto& done : each->script->report()) {
      if (done.silenced_ms) m.interrupt.push_back(*done.silenced_ms);
    }
    for (const auto& turn : heard_turns(*each->script, origin_us, model)) {
      ++m.turns;
      if (!turn.model) {
        ++m.unmatched;
        continue;
      }
      m.added.push_back(turn.whole_ms() - turn.model_ms());
      m.recorded_added.push_back(turn.recorded_ms - turn.model_ms());
      m.whole.push_back(turn.whole_ms());
      m.model.push_back(turn.model_ms());
      m.up.push_back(turn.up_ms());
      m.down.push_back(turn.down_ms());
      const auto at = [](std::int64_t us) { return base::TimePoint(std::chrono::microseconds(us)); };
      m.compute.push_back(watch.between(at(turn.last_voiced_us), at(turn.first_voiced_us)) / static_cast<double>(options.calls));
    }
  }
}

std::vector<Result> results_of(const Measured& m) {
  std::vector<Result> results;
  const auto add = [&results](std::string name, const std::vector<double>& values, double part) {
    results.push_back({std::move(name), "ms", percentile(values, part), {}});
  };
  for (const auto& [name, values] : {std::pair{"turn.added_ms", &m.added}, {"turn.recorded_added_ms", &m.recorded_added}, {"turn.up_ms", &m.up},
                                     {"turn.down_ms", &m.down}, {"turn.compute_ms", &m.compute}, {"turn.model_ms", &m.model}, {"turn.whole_ms", &m.whole},
                                     {"turn.caller_buffer_ms", &m.buffered}, {"greeting_ms", &m.greeting}, {"interrupt_ms", &m.interrupt}}) {
    add(std::string(name) + ".p50", *values, 0.50);
    add(std::string(name) + ".p95", *values, 0.95);
  }
  results.push_back({"turn.n", "turns", static_cast<double>(m.added.size()), {}});
  results.push_back({"turn.unmatched", "turns", static_cast<double>(m.unmatched), {}});
  results.push_back({"turn.interruptions", "", static_cast<double>(m.interrupt.size()), {}});
  results.push_back({"turn.cpu_ms_per_turn", "ms", m.cpu_ms / static_cast<double>(std::max<std::size_t>(m.turns, 1)), {}});
  return results;
}

void write(const std::string& path, const std::vector<Result>& results, const Measured& m) {
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
  auto lines = agent::demo::prepare_lines({"How are you today?", "What time is it now?", "Tell me more about it."}, "rms");
  if (!lines) throw std::runtime_error(lines.error().detail);
  for (auto& line : *lines) end_sharply(line.pcm);
  const YesRegistrar registrar;
  const Simulator simulator(options.programs, "turns", scenario());
  Json settings = {{"provider", "openai"}, {"sessions", Json::array({{{"kind", "realtime"}}})}};
  if (options.interruption_ms != 0) settings["limits"] = {{"interruption_ms", options.interruption_ms}};
  AiAgent agent(options.programs, "turns", simulator, registrar.port(), options.calls, settings);
  std::this_thread::sleep_for(1s);  // What is made ready behind the registration.
  std::vector<std::unique_ptr<Caller>> callers;
  for (std::size_t i = 0; i < options.calls; ++i) callers.push_back(std::make_unique<Caller>(options, *lines, i));

  Measured measured;
  const auto before = thread_times_ms(agent.pid());
  TimeWatch watch(agent.pid());
  const auto origin_us = hold_calls(options, callers, agent, registrar.port(), measured);
  watch.stop();
  for (const auto& [name, ms] : thread_times_ms(agent.pid())) {
    measured.threads_ms[name] = ms - (before.contains(name) ? before.at(name) : 0);
    measured.cpu_ms += measured.threads_ms[name];
  }
  agent.end();
  collect(options, callers, origin_us, sim_turns(simulator.log()), watch, measured);
  auto results = results_of(measured);
  write(options.programs.out + "/turns.json", results, measured);
  return results;
}

}  // namespace offhook::bench
