#include <offhook/bench/process.hpp>

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <stdexcept>
#include <thread>

namespace offhook::bench {

Process::Process(const std::vector<std::string>& command, const std::string& log, const std::vector<std::string>& environment) {
  std::vector<char*> arguments;
  for (const auto& word : command) arguments.push_back(const_cast<char*>(word.c_str()));  // exec does not modify the strings.
  arguments.push_back(nullptr);
  const int output = ::open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (output < 0) throw std::runtime_error("cannot write " + log);
  const pid_t self = ::getpid();
  pid_ = ::fork();
  if (pid_ < 0) throw std::runtime_error("cannot start a process for " + command.front());
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != self) ::_exit(127);  // The parent has ended before prctl took effect.
    ::dup2(output, STDOUT_FILENO);
    ::dup2(output, STDERR_FILENO);
    for (const auto& setting : environment) ::putenv(const_cast<char*>(setting.c_str()));
    ::execvp(arguments.front(), arguments.data());
    ::_exit(127);
  }
  ::close(output);
}

Process::~Process() {
  if (!running()) return;
  terminate();
  for (int i = 0; i < 100 && running(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(100));
  if (!running()) return;
  ::kill(pid_, SIGKILL);
  (void)wait();
}

bool Process::running() {
  if (!over_) over_ = ::waitpid(pid_, &status_, WNOHANG) == pid_;
  return !over_;
}

int Process::wait() {
  if (!over_) over_ = ::waitpid(pid_, &status_, 0) == pid_;
  return WIFEXITED(status_) ? WEXITSTATUS(status_) : -1;
}

void Process::terminate() const {
  ::kill(pid_, SIGTERM);
}

}  // namespace offhook::bench
