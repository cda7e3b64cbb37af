#include <offhook/bench/ai_side.hpp>

#include <offhook/agent/demo/free_port.hpp>
#include <offhook/base/time.hpp>
#include <offhook/bench/proc_usage.hpp>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <stdexcept>
#include <thread>

namespace offhook::bench {

namespace {

using namespace std::chrono_literals;
using Json = nlohmann::json;

constexpr const char* kHost = "127.0.0.1";

bool wait_for(const std::function<bool()>& condition, base::Duration limit) {
  for (const auto end = base::Clock::now() + limit; !condition(); std::this_thread::sleep_for(20ms)) {
    if (base::Clock::now() > end) return false;
  }
  return true;
}

Json first_line(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return Json::parse(line, nullptr, false);
}

}  // namespace

Simulator::Simulator(const AiPrograms& programs, const std::string& service, const std::string& name, const Json& scenario)
    : log_(programs.out + "/" + name + ".simulator.jsonl"), certificate_(programs.out + "/" + name + ".simulator.pem") {
  const std::string program = std::filesystem::path(programs.simulator).replace_filename("offhook_" + service + "_sim").string();
  const std::string plan = programs.out + "/" + name + ".scenario.json", output = programs.out + "/" + name + ".simulator.log";
  std::ofstream(plan) << scenario;
  process_ = std::make_unique<Process>(
      std::vector<std::string>{program, "--scenario", plan, "--log", log_, "--certificate", certificate_}, output);
  const auto is_ready = [&] {
    const Json ports = first_line(output);
    if (!ports.is_object() || !ports.contains("https")) return false;
    port_ = ports["https"].get<std::uint16_t>();
    return true;
  };
  if (!wait_for(is_ready, 60s)) throw std::runtime_error(program + " does not start: see " + output);
}

std::vector<Json> Simulator::log() const {
  std::vector<Json> events;
  std::ifstream file(log_);
  for (std::string line; std::getline(file, line);) {
    if (auto event = Json::parse(line, nullptr, false); event.is_object()) events.push_back(std::move(event));
  }
  return events;
}

Json openai_at(const Simulator& simulator) {
  const std::string url = "https://" + std::string(kHost) + ":" + std::to_string(simulator.secure_port()) + "/v1";
  return {{"base_url", url}, {"api_key", "sk-bench"}, {"ca_file", std::filesystem::absolute(simulator.certificate())}};
}

AiAgent::AiAgent(const AiPrograms& programs, const std::string& name, const Json& providers, std::uint16_t registrar_port, std::size_t calls,
                 const Json& agent)
    : sip_port_(agent::demo::free_udp_port()),
      health_port_(static_cast<std::uint16_t>(sip_port_ + 1)),  // A TCP port does not conflict with a UDP port of the same number.
      log_(programs.out + "/" + name + ".log") {
  const std::string path = programs.out + "/" + name + ".json";
  std::ofstream(path) << Json{
      {"sip", {{"extension", "6001"}, {"password", "any"}, {"host", kHost}, {"port", registrar_port}, {"bind_address", kHost}, {"bind_port", sip_port_}}},
      {"agent", agent},
      {"providers", providers},
      {"media", {{"codecs", {"PCMU"}}, {"first_port", 16384}, {"last_port", 24575}}},
      {"limits", {{"calls", calls}, {"drain_seconds", 0}}},
      {"log", {{"format", "json"}}},
      {"records", {{"folder", std::filesystem::absolute(programs.out + "/" + name + ".records")}}},
      {"health", {{"port", health_port_}}}};
  process_ = std::make_unique<Process>(std::vector<std::string>{programs.agent, "run", "--config", path}, log_);
  if (!wait_for([&] { return http_get(health_port_, "/readyz").find(" 200 ") != std::string::npos; }, 60s)) {
    throw std::runtime_error("the agent does not become ready: see " + log_);
  }
}

double AiAgent::tick_p99_ms() const {
  const std::string answer = http_get(health_port_, "/readyz");
  const auto body = answer.find("\r\n\r\n");
  const Json json = Json::parse(body == std::string::npos ? "" : answer.substr(body), nullptr, false);
  if (json.is_discarded() || !json.contains("ticks")) throw std::runtime_error("the agent's health response has no member `ticks`");
  return json["ticks"]["p99_ms"].get<double>();
}

std::string AiAgent::metrics() const { return http_get(health_port_, "/metrics"); }

void AiAgent::end() {
  process_->terminate();
  (void)process_->wait();
}

}  // namespace offhook::bench
