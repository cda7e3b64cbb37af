#include <offhook/bench/process.hpp>

#include <offhook/tests/testkit/wait.hpp>

#include <doctest/doctest.h>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <string>

namespace {

/// Returns the state of a process from /proc: 'R', 'S' and so on; 'Z' for an ended process that nobody waited for; 0 if no such process exists.
char state_of(pid_t pid) {
  std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
  std::string id, name, state;
  stat >> id >> name >> state;
  return state.empty() ? '\0' : state.front();
}

TEST_CASE("A process of the benchmark ends when the benchmark is killed") {
  int pipe[2];
  REQUIRE(::pipe(pipe) == 0);
  const pid_t benchmark = ::fork();
  REQUIRE(benchmark >= 0);
  if (benchmark == 0) {
    const offhook::bench::Process load({"sleep", "600"}, "/dev/null");
    const pid_t pid = load.pid();
    (void)!::write(pipe[1], &pid, sizeof pid);
    ::pause();
    ::_exit(0);
  }
  pid_t load = 0;
  REQUIRE(::read(pipe[0], &load, sizeof load) == sizeof load);
  CHECK(state_of(load) != '\0');
  ::kill(benchmark, SIGKILL);
  ::waitpid(benchmark, nullptr, 0);
  CHECK(offhook_test::wait_until([load] { return state_of(load) == '\0' || state_of(load) == 'Z'; }));
  ::kill(load, SIGKILL);
  ::close(pipe[0]);
  ::close(pipe[1]);
}

TEST_CASE("A program that cannot be started ends with code 127") {
  offhook::bench::Process none({"/nonexistent/program"}, "/dev/null");
  CHECK(none.wait() == 127);
}

}  // namespace
