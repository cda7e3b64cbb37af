#include <offhook/tests/services/openai/sim_program.hpp>

#include <csignal>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <map>
#include <mutex>
#include <sstream>

namespace offhook::services::openai {

namespace {

int complain(const std::string& name, const std::string& what) {
  std::cerr << name << ": " << what << "\n"
            << "usage: " << name << " --scenario FILE [--log FILE] [--certificate FILE]\n";
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
    members["t_us"] = microseconds(when);
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

int run_simulator(const std::string& name, int count, char** arguments, const SimOpener& open) {
  std::map<std::string, std::string> options;
  for (int i = 1; i < count; i += 2) {
    const std::string option = arguments[i];
    if (i + 1 == count || (option != "--scenario" && option != "--log" && option != "--certificate")) return complain(name, "what is " + option + "?");
    options[option] = arguments[i + 1];
  }
  std::ifstream file(options["--scenario"]);
  std::stringstream text;
  text << file.rdbuf();
  if (!file) return complain(name, "the scenario " + options["--scenario"] + " cannot be read");

  // Blocked before any thread begins, so that the wait below is the one to get them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);

  LogFile log(options["--log"]);
  if (!options["--log"].empty() && !log.is_open()) return complain(name, "the log " + options["--log"] + " cannot be written");
  const auto note = [&log](base::TimePoint when, std::string_view what, nlohmann::json members) { log.write(when, what, std::move(members)); };
  const Certificate certificate = make_certificate();
  if (!options["--certificate"].empty()) std::ofstream(options["--certificate"]) << certificate.certificate_pem;
  const OpenSim sim = open(text.str(), note, certificate);
  if (!sim.error.empty()) return complain(name, options["--scenario"] + ": " + sim.error);
  std::cout << nlohmann::json{{"http", sim.http}, {"https", sim.https}}.dump() << std::endl;
  int signal = 0;
  sigwait(&signals, &signal);
  return 0;
}

}  // namespace offhook::services::openai
