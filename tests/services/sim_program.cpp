#include <offhook/tests/services/sim_program.hpp>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <map>
#include <mutex>
#include <sstream>
#include <utility>

namespace offhook::services {

namespace {

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
    members["t_us"] = std::chrono::duration_cast<std::chrono::microseconds>(when.time_since_epoch()).count();
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

int run_simulator(const std::string& program, int count, char** arguments, const BeginSim& begin) {
  const auto complain = [&program](const std::string& what) {
    std::cerr << program << ": " << what << "\nusage: " << program << " --scenario FILE [--log FILE] [--certificate FILE]\n";
    return 2;
  };
  std::map<std::string, std::string> options;
  for (int i = 1; i < count; i += 2) {
    const std::string name = arguments[i];
    if (i + 1 == count || (name != "--scenario" && name != "--log" && name != "--certificate")) return complain("the option " + name + " is unknown or has no value");
    options[name] = arguments[i + 1];
  }
  std::ifstream file(options["--scenario"]);
  std::stringstream text;
  text << file.rdbuf();
  if (!file) return complain("the scenario " + options["--scenario"] + " cannot be read");

  // Blocks the signals before any thread starts, so that only the wait below receives them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);

  LogFile log(options["--log"]);
  if (!options["--log"].empty() && !log.is_open()) return complain("the log " + options["--log"] + " cannot be written");
  const auto note = [&log](base::TimePoint when, std::string_view what, nlohmann::json members) { log.write(when, what, std::move(members)); };
  const auto certificate = make_certificate();
  if (!options["--certificate"].empty()) std::ofstream(options["--certificate"]) << certificate.certificate_pem;
  std::string error;
  const auto running = begin(text.str(), note, certificate, error);
  if (!running) return complain(options["--scenario"] + ": " + error);
  std::cout << nlohmann::json{{"http", running->http()}, {"https", running->https()}}.dump() << std::endl;
  int signal = 0;
  sigwait(&signals, &signal);
  return 0;
}

}  // namespace offhook::services
