#include <offhook/bench/capacity.hpp>

#include <offhook/agent/demo/free_port.hpp>
#include <offhook/agent/demo/prepare_lines.hpp>
#include <offhook/agent/phone/endpoint.hpp>
#include <offhook/bench/callers_phone.hpp>
#include <offhook/bench/load_caller.hpp>
#include <offhook/bench/proc_usage.hpp>
#include <offhook/bench/process.hpp>
#include <offhook/bench/yes_registrar.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <map>
#include <stdexcept>
#include <thread>

namespace offhook::bench {

namespace {

using namespace std::chrono_literals;

constexpr std::string_view kHost = "127.0.0.1";

/// A question of the callers, and the intent that `offhook run` logs when it has understood this question (share/dialogues/receptionist.json).
struct Question {
  std::string text, intent;
};
const std::vector<Question> kQuestions = {{"When are you open?", "opening_hours"}, {"Where is your shop?", "address"}};

template <class Condition>
bool wait_for(Condition condition, base::Duration limit) {
  const auto end = base::Clock::now() + limit;
  while (!condition()) {
    if (base::Clock::now() > end) return false;
    std::this_thread::sleep_for(20ms);
  }
  return true;
}

/// All callers in this process, with one telephone and one media engine.
class Callers {
 public:
  Callers(const std::vector<agent::demo::Line>& lines, std::size_t count, std::uint16_t registrar_port) {
    for (std::size_t i = 0; i < count; ++i) callers_.push_back(std::make_unique<LoadCaller>(lines, i));
    auto endpoint = phone::Endpoint::open(callers_phone(count), engine_, [this](phone::PhoneEvent event) { on_event(event); });
    if (!endpoint) throw std::runtime_error("cannot open the callers' telephone: " + endpoint.error().detail);
    endpoint_ = std::move(*endpoint);
    endpoint_->post([this, registrar_port] {
      if (const auto added = endpoint_->add_account(callers_account(registrar_port))) account_ = *added;
    });
    thread_ = std::thread([this] {
      for (; !stop_; std::this_thread::sleep_for(10ms)) {
        for (auto& caller : callers_) caller->poll();
      }
    });
  }
  ~Callers() {
    stop_ = true;
    thread_.join();
    endpoint_.reset();
  }
  Callers(const Callers&) = delete;
  Callers& operator=(const Callers&) = delete;

  void dial(std::size_t index, std::uint16_t agent_port) {
    endpoint_->post([this, index, agent_port] {
      phone::DialOptions options{account_, fmt::format("sip:6001@{}:{}", kHost, agent_port), {}, false};
      if (auto call = endpoint_->dial(options, callers_[index]->port())) calls_.push_back(*call);
    });
  }
  void hang_up() {
    endpoint_->post([this] {
      for (const auto& call : calls_) (void)call->hang_up();
    });
    (void)wait_for([this] { return up_ == 0; }, 10s);
  }
  [[nodiscard]] std::size_t up() const { return up_; }
  [[nodiscard]] std::size_t ended() const { return ended_; }

  /// Stops polling. Returns for each question how often it was asked and answered.
  std::vector<LoadCaller::Count> stop_and_count() {
    stop_ = true;
    thread_.join();
    thread_ = std::thread([] {});
    std::vector<LoadCaller::Count> sum(kQuestions.size());
    for (const auto& caller : callers_) {
      for (std::size_t i = 0; i < sum.size(); ++i) {
        sum[i].asked += caller->counts()[i].asked;
        sum[i].answered += caller->counts()[i].answered;
      }
    }
    return sum;
  }

 private:
  void on_event(const phone::PhoneEvent& event) {
    if (std::holds_alternative<phone::CallConnected>(event)) ++up_;
    if (std::holds_alternative<phone::CallFinished>(event)) {
      ++ended_;
      if (up_ > 0) --up_;
    }
  }

  std::vector<std::unique_ptr<LoadCaller>> callers_;
  media::Engine engine_{{1, 24576, 32767, 10s, {}}};
  std::unique_ptr<phone::Endpoint> endpoint_;
  phone::Account account_;
  std::vector<phone::CallPtr> calls_;  // used on the signalling thread only
  std::atomic<std::size_t> up_{0}, ended_{0};
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

struct Agent {
  std::uint16_t sip_port = agent::demo::free_udp_port();
  std::uint16_t health_port = static_cast<std::uint16_t>(sip_port + 1);  // A TCP port does not conflict with a UDP port of the same number.
  std::string log;
  Process process;

  Agent(const CapacityOptions& options, std::uint16_t registrar_port)
      : log(fmt::format("{}/capacity.{}.log", options.out, options.calls)),
        process({options.agent, "run", "--config", settings(options, registrar_port)}, log) {
    if (!wait_for([&] { return http_get(health_port, "/readyz").find(" 200 ") != std::string::npos; }, 60s)) {
      throw std::runtime_error("the agent does not become ready: see " + log);
    }
  }

  std::string settings(const CapacityOptions& options, std::uint16_t registrar_port) const {
    const std::string path = options.out + "/capacity.json";
    std::ofstream(path) << nlohmann::json{{"sip",
                                           {{"extension", "6001"},
                                            {"password", "any"},
                                            {"host", kHost},
                                            {"port", registrar_port},
                                            {"bind_address", kHost},
                                            {"bind_port", sip_port}}},
                                          {"media", {{"codecs", {"PCMU"}}, {"first_port", 16384}, {"last_port", 24575}}},
                                          {"limits", {{"calls", options.calls}, {"drain_seconds", 0}}},
                                          {"log", {{"format", "json"}}},
                                          {"health", {{"port", health_port}}}};
    return path;
  }

  [[nodiscard]] double tick_p99_ms() const {
    const std::string answer = http_get(health_port, "/readyz");
    const auto body = answer.find("\r\n\r\n");
    const auto json = nlohmann::json::parse(body == std::string::npos ? "" : answer.substr(body), nullptr, false);
    if (json.is_discarded() || !json.contains("ticks")) throw std::runtime_error("the agent's health response has no member `ticks`");
    return json["ticks"]["p99_ms"].get<double>();
  }

  /// Returns for each intent how often the agent's log reports that it was understood.
  [[nodiscard]] std::map<std::string, std::uint64_t> understood() const {
    std::map<std::string, std::uint64_t> counts;
    std::ifstream file(log);
    for (std::string line; std::getline(file, line);) {
      if (line.find("call.understood") == std::string::npos) continue;
      const auto json = nlohmann::json::parse(line, nullptr, false);
      if (!json.is_discarded() && json.contains("intent")) ++counts[json["intent"].get<std::string>()];
    }
    return counts;
  }
};

void bring_up(Callers& callers, const Agent& agent, std::size_t calls) {
  for (std::size_t i = 0; i < calls; ++i) {
    callers.dial(i, agent.sip_port);
    std::this_thread::sleep_for(200ms);  // In reality, callers do not start their calls at the same instant.
  }
  (void)wait_for([&] { return callers.up() + callers.ended() >= calls; }, 30s);
  if (callers.up() == 0) throw std::runtime_error("no call was established: see " + agent.log);
}

/// The load of the agent while it serves the calls. Calls may end early. Therefore the cost is divided by the mean number of calls.
struct Watched {
  double cpu_percent = 0;  ///< in percent of one core
  double mean_up = 0, most_up = 0;
  double most_kb = 0;
};

Watched watch(const Callers& callers, pid_t agent, int seconds) {
  Watched watched;
  const auto begin = base::Clock::now();
  const double cpu_before = usage_of(agent).cpu_seconds;
  double sum = 0;
  std::size_t samples = 0;
  for (; base::Clock::now() < begin + std::chrono::seconds(seconds); std::this_thread::sleep_for(200ms)) {
    const auto up = static_cast<double>(callers.up());
    sum += up;
    ++samples;
    watched.most_up = std::max(watched.most_up, up);
    watched.most_kb = std::max(watched.most_kb, usage_of(agent).rss_kb);
  }
  const double passed = std::chrono::duration<double>(base::Clock::now() - begin).count();
  watched.cpu_percent = 100 * (usage_of(agent).cpu_seconds - cpu_before) / passed;
  watched.mean_up = sum / static_cast<double>(samples);
  return watched;
}

double percent(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

std::vector<Result> measure_capacity(const CapacityOptions& options) {
  std::vector<std::string> texts;
  for (const auto& question : kQuestions) texts.push_back(question.text);
  const auto lines = agent::demo::prepare_lines(texts, "rms");
  if (!lines) throw std::runtime_error(lines.error().detail);

  const YesRegistrar registrar;
  Agent agent(options, registrar.port());
  std::this_thread::sleep_for(3s);  // The agent prepares its greeting and its recogniser after the registration.
  const double idle_kb = usage_of(agent.process.pid()).rss_kb;
  Callers callers(*lines, options.calls, registrar.port());
  bring_up(callers, agent, options.calls);

  const Watched watched = watch(callers, agent.process.pid(), options.seconds);
  const double p99_ms = agent.tick_p99_ms();
  callers.hang_up();
  agent.process.terminate();
  (void)agent.process.wait();

  const auto counts = callers.stop_and_count();
  auto understood = agent.understood();
  std::uint64_t asked = 0, answered = 0, right = 0;
  for (std::size_t i = 0; i < kQuestions.size(); ++i) {
    asked += counts[i].asked;
    answered += counts[i].answered;
    right += std::min(counts[i].asked, understood[kQuestions[i].intent]);
  }
  const std::string prefix = fmt::format("capacity.{}.", options.calls);
  return {{prefix + "cpu_percent_per_call", "%", watched.cpu_percent / std::max(watched.mean_up, 1.0), {}},
          {prefix + "rss_kb_per_call", "kB", (watched.most_kb - idle_kb) / std::max(watched.most_up, 1.0), {}},
          {prefix + "tick_p99_ms", "ms", p99_ms, {}},
          {prefix + "calls_up", "calls", watched.mean_up, {}},
          {prefix + "questions", "questions", static_cast<double>(asked), {}},
          {prefix + "questions_answered", "%", percent(answered, asked), {}},
          {prefix + "questions_understood", "%", percent(right, asked), {}}};
}

}  // namespace offhook::bench
