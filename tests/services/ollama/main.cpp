// offhook_ollama_sim: a simulated Ollama on loopback for tests and measurements (README.md in this folder).
#include <offhook/tests/services/ollama/sim_server.hpp>
#include <offhook/tests/services/openai/sim_program.hpp>

#include <utility>

using namespace offhook::services;

namespace {

openai::OpenSim open_sim(const std::string& text, const openai::SimLog& log, const Certificate& certificate) {
  const auto read = ollama::read_scenario(text);
  if (!read.error.empty()) return {nullptr, 0, 0, read.error};
  using Both = std::pair<std::unique_ptr<ollama::SimServer>, std::unique_ptr<ollama::SimServer>>;
  const auto both = std::make_shared<Both>(ollama::SimServer::open(read.scenario, log),
                                           ollama::SimServer::open(read.scenario, log, certificate.certificate_pem, certificate.key_pem));
  if (!both->first || !both->second) return {nullptr, 0, 0, "no port on loopback"};
  return {both, both->first->port(), both->second->port(), {}};
}

}  // namespace

int main(int count, char** arguments) { return openai::run_simulator("offhook_ollama_sim", count, arguments, open_sim); }
