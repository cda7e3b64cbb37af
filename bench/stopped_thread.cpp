#include <offhook/bench/stopped_thread.hpp>

#include <sys/ptrace.h>
#include <sys/wait.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <thread>

namespace offhook::bench {

namespace {

namespace fs = std::filesystem;

fs::path folder_of(pid_t process, const std::string& name) {
  for (const auto& task : fs::directory_iterator("/proc/" + std::to_string(process) + "/task")) {
    std::string found;
    std::getline(std::ifstream(task.path() / "comm"), found);
    if (found == name) return task.path();
  }
  throw std::runtime_error("process " + std::to_string(process) + " has no thread " + name);
}

bool sleeps(const fs::path& task) {
  std::string stat;
  std::getline(std::ifstream(task / "stat"), stat);
  return stat.find(") S ") != std::string::npos;
}

void call_ptrace(__ptrace_request request, pid_t thread) {
  if (::ptrace(request, thread, nullptr, nullptr) != 0) throw std::runtime_error("cannot stop thread " + std::to_string(thread) + ": " + std::strerror(errno));
}

}  // namespace

StoppedThread::StoppedThread(pid_t process, const std::string& name) {
  const fs::path task = folder_of(process, name);
  thread_ = static_cast<pid_t>(std::stol(task.filename()));
  call_ptrace(PTRACE_SEIZE, thread_);
  for (int tries = 0; tries < 10'000 && !sleeps(task); ++tries) std::this_thread::sleep_for(std::chrono::microseconds(100));
  call_ptrace(PTRACE_INTERRUPT, thread_);
  if (::waitpid(thread_, nullptr, __WALL) != thread_) throw std::runtime_error("thread " + std::to_string(thread_) + " does not stop");
}

StoppedThread::~StoppedThread() { (void)::ptrace(PTRACE_DETACH, thread_, nullptr, nullptr); }

}  // namespace offhook::bench
