#include <offhook/agent/tools/mcp/child_process.hpp>
#include <offhook/agent/tools/mcp/landlock.hpp>
#include <offhook/agent/tools/mcp/line_reader.hpp>
#include <offhook/agent/tools/mcp/stdio_wire.hpp>
#include <offhook/tests/agent/tools/mcp/waiting.hpp>
#include <offhook/tests/testkit/descriptor_limit.hpp>
#include <offhook/tests/testkit/skip.hpp>

#include <boost/asio/io_context.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

using namespace offhook;
using namespace offhook::agent;
using namespace offhook::agent::tools::mcp;
using namespace std::chrono_literals;
using test::kPatience;

namespace {

struct Child {
  explicit Child(CommandLine command) {
    ChildHandler handler;
    handler.on_output = [this](std::string_view bytes) { output += bytes; };
    handler.on_error_output = [this](std::string_view bytes) { errors += bytes; };
    handler.on_end = [this](std::string why) { ends.push_back(std::move(why)); };
    auto started = ChildProcess::start(io, command, std::move(handler));
    REQUIRE(started.has_value());
    process = std::move(*started);
    pid = process->pid();
  }
  template <class Done>
  void run_until(Done done) {
    const auto give_up = std::chrono::steady_clock::now() + kPatience;
    while (!done() && std::chrono::steady_clock::now() < give_up) {
      if (io.stopped()) io.restart();
      io.run_one_for(100ms);
    }
    REQUIRE(done());
  }
  void shut_down() {
    bool gone = false;
    process->shut_down([&gone] { gone = true; });
    run_until([&gone] { return gone; });
  }
  [[nodiscard]] bool is_gone() const { return ::kill(pid, 0) != 0; }

  boost::asio::io_context io;
  std::string output, errors;
  std::vector<std::string> ends;
  std::unique_ptr<ChildProcess> process;
  int pid = 0;
};

/// Returns true if no process has the id `pid`, or if the process is a zombie.
bool is_over(int pid) {
  std::ifstream about("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  return !std::getline(about, line) || line.find(") Z ") != std::string::npos;
}

CommandLine shell(const std::string& script) { return {{"/bin/sh", "-c", script}, {}, "/"}; }

}  // namespace

TEST_CASE("LineReader returns the same lines if it gets the octets in pieces of any size, and skips a line that is too long") {
  const std::string text = "one\r\n\nthree\n" + std::string(9, 'x') + "\nfour\nfive";
  for (std::size_t step = 1; step <= text.size(); ++step) {
    LineReader reader(8);
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < text.size(); at += step) reader.feed(std::string_view(text).substr(at, step), lines);
    CHECK(lines == std::vector<std::string>{"one", "", "three", "four"});
    CHECK(reader.passed_over() == 1);
  }
  LineReader reader(8);
  std::vector<std::string> lines;
  reader.feed("12345678\n123456789\n", lines);
  CHECK(lines == std::vector<std::string>{"12345678"});
}

TEST_CASE("fault_of_command refuses a path that is not absolute, a NUL, an invalid variable, and too many or too long arguments") {
  const auto fault = [](std::vector<std::string> argv, std::string variable = "A", std::string value = "b", std::string directory = "/") {
    return fault_of_command({std::move(argv), {{std::move(variable), Secret(std::move(value))}}, std::move(directory)}).has_value();
  };
  CHECK_FALSE(fault({"/bin/cat", "-"}));
  CHECK(fault({}));
  CHECK(fault({"cat"}));
  CHECK(fault({"./cat"}));
  CHECK(fault({"/bin/cat", std::string("a\0b", 3)}));
  CHECK(fault({"/bin/cat"}, ""));
  CHECK(fault({"/bin/cat"}, "A=B"));
  CHECK(fault({"/bin/cat"}, "A", std::string("a\0b", 3)));
  CHECK(fault({"/bin/cat"}, "A", "b", "here"));
  CHECK_FALSE(fault(std::vector<std::string>(64, "/a")));
  CHECK(fault(std::vector<std::string>(65, "/a")));
  CHECK_FALSE(fault({"/a", std::string(4096, 'a')}));
  CHECK(fault({"/a", std::string(4097, 'a')}));
}

TEST_CASE("If the program does not exist, the error of ChildProcess::start() names the program") {
  boost::asio::io_context io;
  const auto started = ChildProcess::start(io, {{"/nowhere/at/all"}, {}, "/"}, {});
  REQUIRE_FALSE(started.has_value());
  CHECK(started.error().detail.find("/nowhere/at/all") != std::string::npos);
}

TEST_CASE("A program gets a soft limit of at most FD_SETSIZE descriptors, and the hard limit of the parent") {
  rlimit ours{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &ours) == 0);
  const auto allowed = [] {
    Child child(shell("read go; ulimit -n; ulimit -Hn"));
    child.process->write("go\n");
    child.run_until([&] { return std::count(child.output.begin(), child.output.end(), '\n') == 2; });
    child.shut_down();
    return child.output;
  };
  const std::string hard = std::to_string(ours.rlim_max);
  for (const rlim_t soft : {rlim_t{FD_SETSIZE - 1}, rlim_t{FD_SETSIZE}, rlim_t{FD_SETSIZE + 1}}) {
    const offhook_test::DescriptorLimit limit(soft);
    CHECK(allowed() == std::to_string(std::min<rlim_t>(soft, FD_SETSIZE)) + "\n" + hard + "\n");
  }
}

TEST_CASE("A program reads what ChildProcess writes, ChildProcess reads its output, and its arguments arrive unchanged") {
  Child child({{"/bin/sh", "-c", "printf '%s|' \"$@\"; cat; echo done >&2", "sh", "a b", "$(date)", "*"}, {}, "/"});
  child.process->write("hello\n");
  child.run_until([&] { return child.output == "a b|$(date)|*|hello\n"; });
  child.shut_down();
  CHECK(child.is_gone());
  CHECK(child.ends.empty());
}

TEST_CASE("A program cannot open the memory of the parent process, although both have the same user") {
  bool has_landlock = false;
  std::thread([&] { has_landlock = enter_landlock_domain(); }).join();
  if (!has_landlock) return offhook_test::skip("this kernel has no Landlock");
  Child child(shell("(: </proc/$PPID/mem) 2>/dev/null && echo opened; (: </proc/self/mem) && echo own; echo end"));
  child.run_until([&] { return child.output.ends_with("end\n"); });
  CHECK(child.output == "own\nend\n");
  CHECK(std::ifstream("/proc/self/mem").good());  // Only the thread is in the Landlock domain, not the whole process.
  child.shut_down();
}

TEST_CASE("A program gets its own environment, directory, process group and descriptors, and none of the parent") {
  ::setenv("OFFHOOK_TEST_SECRET", "leaked", 1);
  const int ours = ::fcntl(STDIN_FILENO, F_DUPFD, 100);  // This descriptor has no close-on-exec flag.
  REQUIRE(ours >= 100);
  CommandLine command = shell("env; pwd; echo fds $(ls /proc/self/fd) .; echo end");
  command.environment = {{"TOKEN", Secret("t")}};
  command.directory = "/usr";
  Child child(command);
  child.run_until([&] { return child.output.find("end\n") != std::string::npos; });
  CHECK(child.output.find("OFFHOOK_TEST_SECRET") == std::string::npos);
  CHECK(child.output.find("TOKEN=t\n") != std::string::npos);
  CHECK(child.output.find("PATH=/usr/local/bin:/usr/bin:/bin\n") != std::string::npos);
  CHECK(child.output.find("\n/usr\n") != std::string::npos);
  CHECK(child.output.find(" " + std::to_string(ours) + " ") == std::string::npos);
  CHECK(::getpgid(child.pid) == child.pid);
  ::close(ours);
  ::unsetenv("OFFHOOK_TEST_SECRET");
}

TEST_CASE("ChildProcess reports the end of a program once, after the last output") {
  Child child(shell("echo bye; echo why >&2; exit 3"));
  child.run_until([&] { return !child.ends.empty(); });
  CHECK(child.output == "bye\n");
  CHECK(child.errors == "why\n");
  CHECK(child.ends.size() == 1);
  child.process->write("more\n");
  child.shut_down();
  CHECK(child.ends.size() == 1);
  CHECK(child.is_gone());
}

TEST_CASE("ChildProcess reads a program's standard error without a limit") {
  Child child(shell("head -c 1000000 /dev/zero >&2; echo end; read line"));
  child.run_until([&] { return child.output == "end\n" && child.errors.size() == 1000000; });
}

TEST_CASE("If a program does not end after its input ends, ChildProcess sends SIGTERM and then SIGKILL [MCP 2025-11-25 basic/lifecycle]") {
  Child polite(shell("trap 'exit 0' TERM; while :; do sleep 0.1; done"));
  polite.shut_down();
  CHECK(polite.is_gone());
  Child stubborn(shell("trap '' TERM; echo ready; while :; do sleep 0.1; done"));
  stubborn.run_until([&] { return stubborn.output == "ready\n"; });
  stubborn.shut_down();
  CHECK(stubborn.is_gone());
}

TEST_CASE("ChildProcess also ends the processes that a program leaves in its process group") {
  Child child(shell("sleep 1000 & echo $!; cat"));
  child.run_until([&] { return child.output.ends_with('\n'); });
  const int left = std::stoi(child.output);
  child.shut_down();
  child.run_until([&] { return is_over(left); });
}

TEST_CASE("ChildProcess's destructor kills the program at once") {
  Child child(shell("trap '' TERM; while :; do sleep 0.1; done"));
  child.process.reset();
  CHECK(child.is_gone());
}

TEST_CASE("ChildProcess also ends a program that has left its process group") {
  for (const bool politely : {true, false}) {
    Child child({{OFFHOOK_MCP_STDIO_SERVER, "--leave-group", "--stubborn"}, {}, "/"});
    child.run_until([&] { return child.errors.find("left") != std::string::npos; });
    REQUIRE(::getpgid(child.pid) != child.pid);
    if (politely) {
      child.shut_down();
    } else {
      child.process.reset();
    }
    CHECK(child.is_gone());
  }
}

TEST_CASE("If another part of this process has reaped the program, ChildProcess sends no signal, because another process may have the pid") {
  Child child(shell("exec sleep 1000"));
  REQUIRE(::kill(child.pid, SIGKILL) == 0);
  int status = 0;
  REQUIRE(::waitpid(child.pid, &status, 0) == child.pid);
  child.shut_down();
}

TEST_CASE("If a program has closed its input, write() ends the ChildProcess, and this process gets no SIGPIPE") {
  struct sigaction usual{};
  usual.sa_handler = SIG_DFL;
  struct sigaction before{};
  REQUIRE(::sigaction(SIGPIPE, &usual, &before) == 0);
  Child child(shell("exec <&-; echo closed; exec sleep 1000"));
  child.run_until([&] { return child.output == "closed\n"; });
  child.process->write("hello\n");
  child.run_until([&] { return !child.ends.empty(); });
  CHECK(::sigaction(SIGPIPE, &before, nullptr) == 0);
}

TEST_CASE("ChildProcess ends a program that does not read its input") {
  Child child(shell("exec sleep 1000"));
  for (std::size_t sent = 0; sent <= ChildProcess::kMaxUnwritten; sent += 1U << 20U) child.process->write(std::string(1U << 20U, 'x'));
  child.run_until([&] { return !child.ends.empty(); });
}

TEST_CASE("without_secrets removes secrets from a line of a program's standard error, and shortens the line") {
  const auto told = [needles = needles_of({Secret("s3cret"), Secret("abc"), Secret("abcd"), Secret("abcdXYZ"),
                                           Secret("-----BEGIN KEY-----\r\nMIIEvQ/+\n\tsecond\"line\n-----END KEY-----\n")})](const std::string& line) {
    return without_secrets(line, needles);
  };
  CHECK(told("key s3cret, s3cret; abc") == "key ***, ***; abc");
  CHECK(told("abcd abcdXYZ abcdX") == "*** *** ***X");
  CHECK(told("  MIIEvQ/+") == "  ***");
  CHECK(told(R"({"key":"-----BEGIN KEY-----\nMIIEvQ/+\n\tsecond\"line\n"})") == R"({"key":"***\n***\n\t***\n"})");
  CHECK(told("?key=MIIEvQ%2F%2B") == "?key=***");
  const auto odd = needles_of({Secret("a\"b\\c"), Secret("tab\tbed")});
  CHECK(without_secrets("key tab\tbed", odd) == "key ***");
  CHECK(without_secrets("\x1a\"b\\c", odd) == "\\u001***");  // The escaped form would contain the secret.
  CHECK(without_secrets("a\x1b[31m", {}).find('\x1b') == std::string::npos);
  CHECK(without_secrets(std::string(10000, 'x'), {}).size() <= kMaxToldBytes + 4);
}

TEST_CASE("StdioWire reads and writes one message in each line, and reports the first lines of standard error") {
  boost::asio::io_context io;
  std::vector<std::string> texts, notes, closed;
  WireHandler handler;
  handler.on_text = [&](std::string_view json) { texts.emplace_back(json); };
  handler.on_note = [&](std::string line) { notes.push_back(std::move(line)); };
  handler.on_closed = [&](std::string why) { closed.push_back(std::move(why)); };
  CommandLine command = shell("i=0; while [ $i -lt 30 ]; do echo \"line $i of $TOKEN\" >&2; i=$((i+1)); done; read line; echo; echo \"$line\"; echo not json; read line");
  command.environment = {{"TOKEN", Secret("s3cret")}};
  auto wire = StdioWire::start(io, command, std::move(handler));
  REQUIRE(wire.has_value());
  Outgoing message;
  message.body = "{}";
  (*wire)->send(message);
  const auto give_up = std::chrono::steady_clock::now() + kPatience;
  const auto run_until = [&](auto done) {
    while (!done() && std::chrono::steady_clock::now() < give_up) io.run_one_for(100ms);
    REQUIRE(done());
  };
  run_until([&] { return texts.size() == 2 && notes.size() >= kMaxToldLines; });  // The program writes to both outputs, and the wire reads them in any order.
  CHECK(texts == std::vector<std::string>{"{}", "not json"});
  (*wire)->send(message);
  run_until([&] { return !closed.empty(); });
  CHECK(closed.size() == 1);
  CHECK(notes.size() == kMaxToldLines);
  for (const std::string& note : notes) CHECK(note.find("of ***") != std::string::npos);
}
