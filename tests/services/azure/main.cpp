// offhook_azure_sim: a simulated speech service of Azure on loopback for tests and measurements (README.md in this folder).
#include <offhook/tests/services/azure/sim_server.hpp>
#include <offhook/tests/services/both_ports.hpp>

namespace {

using namespace offhook::services;

std::unique_ptr<RunningSim> begin(const std::string& scenario, const SimNote& note, const Certificate& certificate, std::string& error) {
  const auto read = azure::read_scenario(scenario);
  error = read.error;
  return error.empty() ? open_both_ports<azure::SimServer>(read.scenario, note, certificate, error) : nullptr;
}

}  // namespace

int main(int count, char** arguments) { return run_simulator("offhook_azure_sim", count, arguments, begin); }
