#include <offhook/bench/turn_calls.hpp>

#include <offhook/agent/demo/prepare_lines.hpp>
#include <offhook/bench/ai_callers.hpp>
#include <offhook/bench/thread_times.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <limits>
#include <memory>
#include <stdexcept>
#include <thread>
#include <utility>

namespace offhook::bench {

namespace {

using namespace std::chrono_literals;
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

/// Cuts the audio so that it ends within a loud sound and with a whole packet. Then all detectors find the same last voiced packet.
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

/// One scripted caller. The agent greets it first. If the number of a turn is a multiple of interrupt_every, this turn interrupts the reply
/// before it.
struct Caller {
  std::unique_ptr<caller::StepCaller> script;
  std::atomic<bool> connected{false};
  bool told = false;

  Caller(const TurnsPlan& plan, const std::vector<agent::demo::Line>& lines, std::size_t first) {
    std::vector<Step> steps = {{Step::What::Wait, {}, 8000}};
    std::vector<agent::demo::Line> said;
    for (std::size_t k = 1; k <= plan.turns; ++k) {
      const bool interrupts = k % plan.interrupt_every == 0;
      const auto& line = lines[(first + k) % lines.size()];
      if (interrupts) steps.pop_back();  // The caller does not wait for the end of the reply.
      steps.push_back({interrupts ? Step::What::Interrupt : Step::What::Say, line.text, interrupts ? kInterruptAfterMs : 0});
      steps.push_back({Step::What::Wait, {}, 12000});
      said.push_back(line);
    }
    script = std::make_unique<caller::StepCaller>(std::move(steps), std::move(said));
  }
};

/// Makes the calls, waits until all scripts have ended, and hangs up. Returns the time of tick 0 of the callers' engine in microseconds.
std::int64_t hold_calls(const TurnsPlan& plan, std::vector<std::unique_ptr<Caller>>& callers, const AiAgent& agent, std::uint16_t registrar_port,
                        TurnFigures& figures) {
  std::int64_t origin_us = std::numeric_limits<std::int64_t>::max();
  std::atomic<std::size_t> done{0};
  AiCallers phone(plan.calls, registrar_port, [&] {
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
    std::this_thread::sleep_for(230ms);  // Calls do not start at the same instant. Therefore their ticks have different phases.
  }
  const auto limit = base::Clock::now() + std::chrono::seconds(30 + 12 * plan.turns);
  while (done < callers.size() && phone.ended() < callers.size() && base::Clock::now() < limit) std::this_thread::sleep_for(50ms);
  phone.hang_up();
  phone.stop_polling();
  figures.buffered = phone.buffered_ms();
  return origin_us;
}

void collect(const std::vector<std::unique_ptr<Caller>>& callers, const std::vector<std::vector<HeardTurn>>& heard, const TimeWatch& watch, TurnFigures& m) {
  for (const auto& each : callers) {
    if (const auto greeting = each->script->greeting_ms()) m.greeting.push_back(*greeting);
    for (const auto& done : each->script->report()) {
      if (done.silenced_ms) m.interrupt.push_back(*done.silenced_ms);
    }
  }
  for (const auto& turns : heard) {
    for (const auto& turn : turns) {
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
      m.between.push_back(turn.between_ms());
      m.down.push_back(turn.down_ms());
      const auto at = [](std::int64_t us) { return base::TimePoint(std::chrono::microseconds(us)); };
      m.compute.push_back(watch.between(at(turn.last_voiced_us), at(turn.first_voiced_us)) / static_cast<double>(callers.size()));
    }
  }
}

}  // namespace

TurnFigures hold_turns(const TurnsPlan& plan, AiAgent& agent, std::uint16_t registrar_port, const std::function<std::vector<SimTurn>()>& model,
                       std::int64_t farthest_us) {
  auto lines = agent::demo::prepare_lines({"How are you today?", "What time is it now?", "Tell me more about it."}, "rms");
  if (!lines) throw std::runtime_error(lines.error().detail);
  for (auto& line : *lines) end_sharply(line.pcm);
  std::vector<std::unique_ptr<Caller>> callers;
  for (std::size_t i = 0; i < plan.calls; ++i) callers.push_back(std::make_unique<Caller>(plan, *lines, i));

  TurnFigures figures;
  const auto before = thread_times_ms(agent.pid());
  TimeWatch watch(agent.pid());
  const auto origin_us = hold_calls(plan, callers, agent, registrar_port, figures);
  watch.stop();
  for (const auto& [name, ms] : thread_times_ms(agent.pid())) {
    figures.threads_ms[name] = ms - (before.contains(name) ? before.at(name) : 0);
    figures.cpu_ms += figures.threads_ms[name];
  }
  agent.end();
  const auto noted = model();
  std::vector<std::vector<HeardTurn>> heard;
  for (const auto& each : callers) heard.push_back(heard_turns(*each->script, origin_us, noted, farthest_us));
  collect(callers, heard, watch, figures);
  return figures;
}

void add_rows(std::vector<Result>& rows, const std::string& name, const std::vector<double>& values) {
  if (values.empty()) {
    rows.push_back(Result::failed(name, "no turn has this measured time"));
    return;
  }
  rows.push_back({name + ".p50", "ms", percentile(values, 0.50), {}});
  rows.push_back({name + ".p95", "ms", percentile(values, 0.95), {}});
}

std::vector<Result> rows_of(const TurnFigures& m, const std::string& prefix) {
  std::vector<Result> rows;
  for (const auto& [name, values] : {std::pair{"turn.added_ms", &m.added}, {"turn.recorded_added_ms", &m.recorded_added}, {"turn.up_ms", &m.up},
                                     {"turn.down_ms", &m.down}, {"turn.compute_ms", &m.compute}, {"turn.model_ms", &m.model},
                                     {"turn.whole_ms", &m.whole}, {"turn.caller_buffer_ms", &m.buffered}, {"greeting_ms", &m.greeting},
                                     {"interrupt_ms", &m.interrupt}}) {
    add_rows(rows, prefix + name, *values);
  }
  rows.push_back({prefix + "turn.n", "turns", static_cast<double>(m.added.size()), {}});
  rows.push_back({prefix + "turn.unmatched", "turns", static_cast<double>(m.unmatched), {}});
  rows.push_back({prefix + "turn.interruptions", "", static_cast<double>(m.interrupt.size()), {}});
  rows.push_back({prefix + "turn.cpu_ms_per_turn", "ms", m.cpu_ms / static_cast<double>(std::max<std::size_t>(m.turns, 1)), {}});
  return rows;
}

}  // namespace offhook::bench
