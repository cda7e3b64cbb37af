// offhook_deepgram_sim: a simulated Deepgram on loopback for tests and measurements (README.md in this folder).
#include <offhook/tests/services/both_ports.hpp>
#include <offhook/tests/services/deepgram/sim_server.hpp>

namespace {

using namespace offhook::services;

std::unique_ptr<RunningSim> begin(const std::string& scenario, const SimNote& note, const Certificate& certificate, std::string& error) {
  const auto read = deepgram::read_scenario(scenario);
  error = read.error;
  return error.empty() ? open_both_ports<deepgram::SimServer>(read.scenario, note, certificate, error) : nullptr;
}

}  // namespace

int main(int count, char** arguments) { return run_simulator("offhook_deepgram_sim", count, arguments, begin); }
