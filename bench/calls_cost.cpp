#include <offhook/bench/calls_cost.hpp>

#include <offhook/agent/demo/prepare_lines.hpp>
#include <offhook/bench/ai_callers.hpp>
#include <offhook/bench/load_caller.hpp>
#include <offhook/bench/proc_usage.hpp>
#include <offhook/bench/thread_times.hpp>
#include <offhook/bench/yes_registrar.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <stdexcept>

namespace offhook::bench {

namespace {

using namespace std::chrono_literals;
using Json = nlohmann::json;

/// Returns the scenario of a model that streams its speech in real time, in pieces of 40 to 100 ms.
Json scenario() {
  return {{"voice", "tone"},
          {"loop", true},
          {"speed", 1},
          {"response_ms", 200},
          {"heard", {"how are you today"}},
          {"replies",
           {"extraordinarily comprehensible straightforward explanations notwithstanding", "unquestionably satisfactory circumstances everywhere today"}}};
}

struct Window {
  double seconds = 0, cpu_percent = 0, mean_up = 0, most_up = 0, most_kb = 0, up_kbit = 0, down_kbit = 0;
  std::map<std::string, double> threads_percent;
};

Window watch(const AiCallers& phone, pid_t agent, int seconds) {
  Window window;
  const auto begin = base::Clock::now();
  const auto before = thread_times_ms(agent);
  const double cpu_before = usage_of(agent).cpu_seconds;
  double sum = 0;
  std::size_t samples = 0;
  for (; base::Clock::now() < begin + std::chrono::seconds(seconds); std::this_thread::sleep_for(200ms), ++samples) {
    const auto up = static_cast<double>(phone.up());
    sum += up;
    window.most_up = std::max(window.most_up, up);
    window.most_kb = std::max(window.most_kb, usage_of(agent).rss_kb);
  }
  window.seconds = std::chrono::duration<double>(base::Clock::now() - begin).count();
  window.cpu_percent = 100 * (usage_of(agent).cpu_seconds - cpu_before) / window.seconds;
  window.mean_up = sum / static_cast<double>(std::max<std::size_t>(samples, 1));
  for (const auto& [name, ms] : thread_times_ms(agent)) {
    window.threads_percent[name] = (ms - (before.contains(name) ? before.at(name) : 0)) / window.seconds / 10;
  }
  return window;
}

/// Returns the scenario of `service` for the same conversation. Each reply has a new text, so that the agent cannot take its speech from a cache.
Json scenario_of(const std::string& service) {
  constexpr int kReplies = 1000;
  Json replies = Json::array();
  for (int k = 0; k < kReplies; ++k) replies.push_back(std::string("extraordinarily comprehensible straightforward explanations ") + std::string(1 + static_cast<std::size_t>(k % 8), 'a') + std::to_string(k));
  if (service == "azure") return {{"voice", "tone"}, {"loop", true}, {"speed", 1}, {"response_ms", 200}, {"heard", {"how are you today"}}};
  if (service == "deepgram") return {{"voice", "tone"}, {"loop", true}, {"speed", 1}, {"result_ms", 200}, {"heard", {"how are you today"}}, {"replies", replies}};
  Json scenario = {{"voice", "tone"}, {"loop", true}, {"speed", 1}, {"response_ms", 200}, {"replies", replies}};
  if (service != "ollama") scenario["heard"] = Json::array({"how are you today"});
  return scenario;
}

/// If $OFFHOOK_BENCH_PROFILE names a file, starts perf(1) on the agent, whose data go to this file. Call it while all calls are up. Returns
/// null otherwise.
std::unique_ptr<Process> profile(pid_t agent, int seconds, const std::string& out) {
  const char* file = std::getenv("OFFHOOK_BENCH_PROFILE");
  if (file == nullptr) return nullptr;
  return std::make_unique<Process>(std::vector<std::string>{"perf", "record", "-o", file, "-F", "499", "-g", "-p", std::to_string(agent), "--", "sleep",
                                                            std::to_string(seconds)},
                                   out + "/perf.log");
}

/// Measures the cost of calls to an agent that is ready, and then ends the agent. `simulators` returns the processor time in seconds that
/// the simulators have used so far.
std::vector<Result> cost_of(const std::string& name, AiAgent& agent, const CallsCostOptions& options, std::uint16_t registrar_port,
                            const std::function<double()>& simulators) {
  auto lines = agent::demo::prepare_lines({"How are you today? Tell me more about all of it, and then more.", "What time is it now, and where are you?"}, "rms");
  if (!lines) throw std::runtime_error(lines.error().detail);
  std::this_thread::sleep_for(2s);  // The agent continues its preparations for some time after the registration.
  const double idle_kb = usage_of(agent.pid()).rss_kb;

  std::vector<std::unique_ptr<LoadCaller>> callers;
  for (std::size_t i = 0; i < options.calls; ++i) callers.push_back(std::make_unique<LoadCaller>(*lines, i));
  AiCallers phone(options.calls, registrar_port, [&callers, turn = 0]() mutable {
    if (++turn % 10 == 0) {  // This is true every ten milliseconds.
      for (auto& each : callers) each->poll();
    }
  });
  for (auto& each : callers) {
    phone.dial(agent.sip_port(), each->port(), {});
    std::this_thread::sleep_for(100ms);  // In reality, callers do not start their calls at the same instant.
  }
  for (const auto end = base::Clock::now() + 20s; phone.up() + phone.ended() < options.calls && base::Clock::now() < end;) std::this_thread::sleep_for(50ms);
  if (const std::string not_up = phone.not_up(); !not_up.empty()) fmt::print(stderr, "of {} calls, some were not established: {}\n", options.calls, not_up);
  if (phone.up() == 0) throw std::runtime_error("no call was established: see " + agent.log());
  const auto profiler = profile(agent.pid(), options.seconds, options.programs.out);
  const double simulator_before = simulators();
  const Window window = watch(phone, agent.pid(), options.seconds);
  const double simulator_percent = 100 * (simulators() - simulator_before) / window.seconds;
  const double p99_ms = agent.tick_p99_ms();
  phone.hang_up();
  phone.stop_polling();
  agent.end();

  std::uint64_t asked = 0, answered = 0;
  for (const auto& each : callers) {
    for (const auto& count : each->counts()) {
      asked += count.asked;
      answered += count.answered;
    }
  }
  const double calls = std::max(window.mean_up, 1.0);
  std::vector<Result> results = {{name + ".cpu_percent_per_call", "%", window.cpu_percent / calls, {}},
                                 {name + ".rss_kb_per_call", "kB", (window.most_kb - idle_kb) / std::max(window.most_up, 1.0), {}},
                                 {name + ".idle_kb", "kB", idle_kb, {}},
                                 {name + ".tick_p99_ms", "ms", p99_ms, {}},
                                 {name + ".calls_up", "calls", window.mean_up, {}},
                                 {name + ".asked", "questions", static_cast<double>(asked), {}},
                                 {name + ".answered_percent", "%", asked == 0 ? 0 : 100.0 * static_cast<double>(answered) / static_cast<double>(asked), {}},
                                 {name + ".simulator_cpu_percent_per_call", "%", simulator_percent / calls, {}}};
  for (const auto& [thread, percent] : window.threads_percent) results.push_back({name + ".thread." + thread, "% per call", percent / calls, {}});
  return results;
}

}  // namespace

std::vector<Result> measure_calls_cost(const CallsCostOptions& options) {
  const std::string name = fmt::format("cost.{}", options.calls);
  const YesRegistrar registrar;
  const Simulator simulator(options.programs, "openai", name, scenario());
  AiAgent agent(options.programs, name, {{"openai", openai_at(simulator)}}, registrar.port(), options.calls,
                {{"provider", "openai"}, {"sessions", Json::array({{{"kind", "realtime"}}})}});
  return cost_of(name, agent, options, registrar.port(), [&simulator] { return usage_of(simulator.pid()).cpu_seconds; });
}

std::vector<Result> measure_line_up_cost(const LineUp& line_up, const CallsCostOptions& options) {
  const std::string name = fmt::format("services.{}.cost.{}", line_up.name, options.calls);
  const YesRegistrar registrar;
  const LineUpServices services(options.programs, line_up, name, scenario_of);
  AiAgent agent(options.programs, name, services.providers(), registrar.port(), options.calls,
                {{"prompt", "You are helpful."}, {"language", "en"}, {"greeting", line_up.greeting}, {"sessions", Json::array({line_up.session})}});
  return cost_of(name, agent, options, registrar.port(), [&services] { return services.cpu_seconds(); });
}

}  // namespace offhook::bench
