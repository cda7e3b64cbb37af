#include <offhook/bench/stall.hpp>

#include <offhook/bench/ai_callers.hpp>
#include <offhook/bench/key_callers.hpp>
#include <offhook/bench/proc_usage.hpp>
#include <offhook/bench/stopped_thread.hpp>
#include <offhook/bench/thread_times.hpp>
#include <offhook/bench/yes_registrar.hpp>

#include <fmt/format.h>

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <stdexcept>
#include <thread>

namespace offhook::bench {

namespace {

using namespace std::chrono_literals;
using Json = nlohmann::json;

constexpr const char* kConversations = "offhook-calls";  // the name of each conversation thread

/// Returns a scenario with short replies in real time. The calls mostly wait, because many calls share few cores.
Json scenario() {
  return {{"voice", "tone"}, {"loop", true}, {"speed", 1}, {"response_ms", 200}, {"replies", {"straightforward explanations"}}};
}

double at_rank(std::vector<double> values, double part) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[std::min(values.size() - 1, static_cast<std::size_t>(part * static_cast<double>(values.size())))];
}

/// Returns the value of a gauge from the agent's page of metrics. Throws std::runtime_error if the gauge is missing.
double gauge(const std::string& page, const std::string& name) {
  const auto line = page.find("\n" + name + " ");
  if (line == std::string::npos) throw std::runtime_error("the agent's metrics lack " + name);
  return std::stod(page.substr(line + name.size() + 2));
}

/// Owns the services, the agent and the callers of one measurement.
class Trial {
 public:
  explicit Trial(const StallOptions& options)
      : options_(options), name_(fmt::format("stall.{}", options.calls)), simulator_(options.programs, "openai", name_, scenario()),
        agent_(options.programs, name_, {{"openai", openai_at(simulator_)}}, registrar_.port(), options.calls,
               {{"provider", "openai"}, {"sessions", Json::array({{{"kind", "realtime"}}})}, {"limits", {{"silence_seconds", 600}}}}),
        phone_(options.calls, registrar_.port(), [this, turn = 0]() mutable {
          if (++turn % 10 == 0) callers_.poll(base::Clock::now());  // This is true once in ten milliseconds.
        }) {
    std::this_thread::sleep_for(2s);  // The agent prepares its voices after the registration.
    idle_kb_ = usage_of(agent_.pid()).rss_kb;
  }

  void bring_up(std::size_t calls) {
    for (std::size_t i = 0; i < calls; ++i) {
      phone_.dial(agent_.sip_port(), callers_.add(), {});
      std::this_thread::sleep_for(40ms);  // In reality, callers do not start their calls at the same instant.
    }
    for (const auto end = base::Clock::now() + 20s; phone_.up() + phone_.ended() < calls && base::Clock::now() < end;) std::this_thread::sleep_for(50ms);
    if (phone_.up() == 0) throw std::runtime_error("no call was established: see " + agent_.log());
    std::this_thread::sleep_for(5s);  // After this, all greetings have ended.
  }

  /// Lets each caller press a key and wait for the answer. Also starts `new_calls` new calls during the measurement. Each of them presses a
  /// key in the same way.
  void measure(const std::string& stretch, std::size_t new_calls = 0) {
    const auto begin = base::Clock::now();
    const auto end = begin + std::chrono::seconds(options_.seconds);
    const double cpu_before = usage_of(agent_.pid()).cpu_seconds;
    const auto threads_before = thread_times_ms(agent_.pid());
    double most_kb = 0;
    callers_.ask(begin, end - begin - 6s);  // The last caller waits five seconds for its answer.
    for (auto now = begin; now < end; std::this_thread::sleep_for(200ms), now = base::Clock::now()) {
      most_kb = std::max(most_kb, usage_of(agent_.pid()).rss_kb);
      if (new_calls == 0 || now < begin + 5s) continue;
      --new_calls;
      phone_.dial(agent_.sip_port(), callers_.add(now + 6s), {});  // The new caller presses its key after the greeting.
    }
    const double seconds = std::chrono::duration<double>(base::Clock::now() - begin).count();
    const double calls = std::max(static_cast<double>(phone_.up()), 1.0);
    const auto answers = callers_.answers();
    add(stretch, "cpu_percent_per_call", "%", 100 * (usage_of(agent_.pid()).cpu_seconds - cpu_before) / seconds / calls);
    auto threads = thread_times_ms(agent_.pid());
    for (const char* thread : {kConversations, "offhook-media"}) {
      const auto before = threads_before.find(thread);
      add(stretch, fmt::format("thread.{}", thread), "% per call", (threads[thread] - (before == threads_before.end() ? 0 : before->second)) / seconds / 10 / calls);
    }
    add(stretch, "rss_kb_per_call", "kB", (most_kb - idle_kb_) / calls);
    add(stretch, "calls_up", "calls", calls);
    add(stretch, "asked", "keys", static_cast<double>(answers.asked));
    add(stretch, "unanswered", "keys", static_cast<double>(answers.asked - answers.ms.size()));
    add(stretch, "answer_ms", "ms", at_rank(answers.ms, 0.5));
    add(stretch, "answer_ms_99", "ms", at_rank(answers.ms, 0.99));
    add(stretch, "threads_stalled", "threads", gauge(agent_.metrics(), "offhook_conversation_threads_stalled"));
  }

  [[nodiscard]] pid_t agent() const { return agent_.pid(); }

  std::vector<Result> finish() {
    if (const std::string not_up = phone_.not_up(); !not_up.empty()) fmt::print(stderr, "some calls were not established: {}\n", not_up);
    add("", "threads", "threads", gauge(agent_.metrics(), "offhook_conversation_threads"));
    add("", "idle_kb", "kB", idle_kb_);
    add("", "tick_p99_ms", "ms", agent_.tick_p99_ms());
    add("", "ended", "calls", static_cast<double>(phone_.ended()));
    phone_.hang_up();
    phone_.stop_polling();
    agent_.end();
    return std::move(results_);
  }

 private:
  void add(const std::string& stretch, const std::string& what, const std::string& unit, double value) {
    results_.push_back({name_ + (stretch.empty() ? "" : "." + stretch) + "." + what, unit, value, {}});
  }

  StallOptions options_;
  std::string name_;
  YesRegistrar registrar_;
  Simulator simulator_;
  AiAgent agent_;
  KeyCallers callers_;
  AiCallers phone_;
  double idle_kb_ = 0;
  std::vector<Result> results_;
};

}  // namespace

std::vector<Result> measure_stall(const StallOptions& options) {
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  (void)::setrlimit(RLIMIT_NOFILE, &files);  // Each caller needs two sockets.
  const std::size_t later = options.calls / 50;
  Trial trial(options);
  trial.bring_up(options.calls - later);
  trial.measure("before");
  {
    const StoppedThread stopped(trial.agent(), kConversations);
    trial.measure("stalled", later);
  }
  std::this_thread::sleep_for(5s);  // After this, the answers to the keys of the stalled part have ended.
  trial.measure("after");
  return trial.finish();
}

}  // namespace offhook::bench
