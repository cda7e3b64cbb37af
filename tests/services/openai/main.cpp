// offhook_openai_sim: a simulated OpenAI on loopback for tests and measurements (README.md in this folder).
#include <offhook/tests/services/certificate.hpp>
#include <offhook/tests/services/openai/sim_server.hpp>

#include <csignal>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <map>
#include <mutex>
#include <sstream>

namespace {

using namespace offhook;

int complain(const std::string& what) {
  std::cerr << "offhook_openai_sim: " << what << "\n"
            << "usage: offhook_openai_sim --scenario FILE [--log FILE] [--certificate FILE]\n";
  return 2;
}

class LogFile {
 public:
  explicit LogFile(const std::string& path) : file_(path.empty() ? nullptr : std::fopen(path.c_str(), "w")) {}
  ~LogFile() {
    if (file_ != nullptr) std::fclose(file_);
  }
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;
  [[nodiscard]] bool is_open() const { return file_ != nullptr; }

  void write(base::TimePoint when, std::string_view what, nlohmann::json members) {
    if (file_ == nullptr) return;
    members["t_us"] = services::openai::microseconds(when);
    members["what"] = what;
    const std::string line = members.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
    const std::lock_guard lock(mutex_);
    std::fwrite(line.data(), 1, line.size(), file_);
    std::fflush(file_);
  }

 private:
  std::FILE* file_;
  std::mutex mutex_;
};

}  // namespace

int main(int count, char** arguments) {
  std::map<std::string, std::string> options;
  for (int i = 1; i < count; i += 2) {
    const std::string name = arguments[i];
    if (i + 1 == count || (name != "--scenario" && name != "--log" && name != "--certificate")) return complain("what is " + name + "?");
    options[name] = arguments[i + 1];
  }
  std::ifstream file(options["--scenario"]);
  std::stringstream text;
  text << file.rdbuf();
  if (!file) return complain("the scenario " + options["--scenario"] + " cannot be read");
  const auto read = services::openai::read_scenario(text.str());
  if (!read.error.empty()) return complain(options["--scenario"] + ": " + read.error);

  // Blocked before any thread begins, so that the wait below is the one to get them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);

  LogFile log(options["--log"]);
  if (!options["--log"].empty() && !log.is_open()) return complain("the log " + options["--log"] + " cannot be written");
  const auto note = [&log](base::TimePoint when, std::string_view what, nlohmann::json members) { log.write(when, what, std::move(members)); };
  const auto certificate = services::make_certificate();
  if (!options["--certificate"].empty()) std::ofstream(options["--certificate"]) << certificate.certificate_pem;
  constexpr unsigned kFirstSecureSession = 100001;  // So that the numbers of both ports stay apart in the log.
  const auto plain = services::openai::SimServer::open(read.scenario, note);
  const auto secure = services::openai::SimServer::open(read.scenario, note, {certificate.certificate_pem, certificate.key_pem, kFirstSecureSession});
  if (!plain || !secure) return complain("no port on loopback, or no voice \"" + read.scenario.voice + "\"");
  std::cout << nlohmann::json{{"http", plain->port()}, {"https", secure->port()}}.dump() << std::endl;
  int signal = 0;
  sigwait(&signals, &signal);
  return 0;
}
