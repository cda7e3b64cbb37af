// offhook_openai_sim: a simulated OpenAI on loopback for tests and measurements (README.md in this folder).
#include <offhook/tests/services/openai/sim_program.hpp>
#include <offhook/tests/services/openai/sim_server.hpp>

#include <utility>
#include <vector>

using namespace offhook::services;
using namespace offhook::services::openai;

namespace {

OpenSim open_sim(const std::string& text, const SimLog& log, const Certificate& certificate) {
  const auto read = read_scenario(text);
  if (!read.error.empty()) return {nullptr, 0, 0, read.error};
  constexpr unsigned kFirstSecureSession = 100001;  // So that the numbers of both ports stay apart in the log.
  std::shared_ptr<SimServer> plain = SimServer::open(read.scenario, log);
  std::shared_ptr<SimServer> secure = SimServer::open(read.scenario, log, {certificate.certificate_pem, certificate.key_pem, kFirstSecureSession});
  if (!plain || !secure) return {nullptr, 0, 0, "no port on loopback, or no voice \"" + read.scenario.voice + "\""};
  return {std::make_shared<std::vector<std::shared_ptr<SimServer>>>(std::vector{plain, secure}), plain->port(), secure->port(), {}};
}

}  // namespace

int main(int count, char** arguments) { return run_simulator("offhook_openai_sim", count, arguments, open_sim); }
