// offhook_ollama_sim: a simulated Ollama on loopback for tests and measurements (README.md in this folder).
#include <offhook/tests/services/ollama/sim_server.hpp>
#include <offhook/tests/services/both_ports.hpp>

namespace {

using namespace offhook::services;

std::unique_ptr<RunningSim> begin(const std::string& scenario, const SimNote& note, const Certificate& certificate, std::string& error) {
  const auto read = ollama::read_scenario(scenario);
  error = read.error;
  return error.empty() ? open_both_ports<ollama::SimServer>(read.scenario, note, certificate, error) : nullptr;
}

}  // namespace

int main(int count, char** arguments) { return run_simulator("offhook_ollama_sim", count, arguments, begin); }
