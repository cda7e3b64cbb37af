// Kills a writer under load at random times, many times in one folder. The files must have every record that the writer reported.
// OFFHOOK_KILLS=N: number of kills (20). OFFHOOK_SEED=N: first seed (1).
#include <offhook/agent/support/log.hpp>
#include <offhook/agent/records/record_reader.hpp>
#include <offhook/agent/records/record_writer.hpp>
#include <offhook/base/random.hpp>
#include <offhook/tests/testkit/folder.hpp>

#include <doctest/doctest.h>

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <set>
#include <string>
#include <thread>
#include <vector>

using namespace offhook;
using namespace offhook::agent::records;
using namespace offhook::agent::store;

namespace {

std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

CallRecord call_with_turns(const std::string& id, std::size_t turns) {
  CallRecord record;
  record.id = id;
  record.from.display = "\r\n\"hostile\"";
  record.turns.assign(turns,
                      {Turn::Kind::Speech, 1, std::string(300, 'h'), 300, 1, false, "intent", 1, std::string(300, 's'), 1, 1});
  return record;
}

/// Runs in the child: two threads end calls as fast as the writer accepts them, and write each reported id to the pipe.
[[noreturn]] void write_until_killed(const std::string& folder, int report, int life) {
  agent::log::configure({agent::log::Level::Off, agent::log::Format::Text, false});
  WriterOptions options;
  options.journal = {folder, 2U << 20U, true, 10000};
  RecordWriter writer(posix_file_system(), options, [report](const CallRecord& record) {
    const std::string line = record.id + "\n";  // The kernel writes at most PIPE_BUF octets whole or not at all.
    if (::write(report, line.data(), line.size()) != static_cast<ssize_t>(line.size())) ::_exit(3);
  });
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 2; ++thread) {
    threads.emplace_back([&writer, life, thread] {
      for (int n = 0;; ++n) {
        CallRecord record =
            call_with_turns(std::to_string(life) + "-" + std::to_string(thread) + "-" + std::to_string(n), static_cast<std::size_t>(n % 7));
        if (!writer.began(record) || !writer.ended(std::move(record))) std::this_thread::yield();
      }
    });
  }
  for (auto& thread : threads) thread.join();
  ::_exit(0);
}

/// Reads the ids from the child. Kills the child `microseconds` after it has reported `after` records. Returns the ids.
std::string read_and_kill(pid_t child, int pipe, std::uint64_t after, std::uint64_t microseconds) {
  std::string text;
  char buffer[4096];
  std::uint64_t lines = 0;
  for (bool killed = false;;) {
    const auto got = ::read(pipe, buffer, sizeof buffer);
    if (got <= 0) break;
    for (ssize_t i = 0; i < got; ++i) lines += buffer[i] == '\n' ? 1 : 0;
    text.append(buffer, static_cast<std::size_t>(got));
    if (!killed && lines >= after) {
      std::this_thread::sleep_for(std::chrono::microseconds(microseconds));  // The kill comes at a random moment.
      ::kill(child, SIGKILL);
      killed = true;
    }
  }
  return text;
}

}  // namespace

TEST_CASE("When the process is killed at any time under load, no reported record is lost or damaged") {
  const auto kills = setting("OFFHOOK_KILLS", 20);
  const auto seed = setting("OFFHOOK_SEED", 1);
  CAPTURE(seed);
  base::SeededRandom random(seed);
  const test::Folder folder;
  std::set<std::string> reported;
  for (std::uint64_t life = 0; life < kills; ++life) {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      ::close(ends[0]);
      write_until_killed(folder.path, ends[1], static_cast<int>(life));
    }
    ::close(ends[1]);
    const std::string text = read_and_kill(child, ends[0], random.below(60), random.below(20000));
    ::close(ends[0]);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK((WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL));
    for (std::size_t at = 0, end = 0; (end = text.find('\n', at)) != std::string::npos; at = end + 1)
      reported.insert(text.substr(at, end - at));
  }
  std::error_code none;
  const auto torn = std::filesystem::file_size(folder.path + "/calls-1.torn", none);
  std::set<std::string> found;
  std::uint64_t interrupted = 0;
  const auto summary = read_calls(folder.path, [&](const StoredCall& stored) {
    if (stored.state == StoredCall::State::Ended)
      found.insert(stored.record.id);
    else
      ++interrupted;
  });
  REQUIRE(summary);
  for (const auto& id : reported) {
    CAPTURE(id);
    CHECK(found.contains(id));
  }
  MESSAGE(kills, " kills: ", reported.size(), " records reported, ", found.size(), " found, ", interrupted, " calls interrupted, ",
          none ? 0 : torn, " octets of cut lines set aside, ", summary->files, " files");
  CHECK(reported.size() > kills);
  CHECK(summary->repeated == 0);
  CHECK(summary->skipped <= 1);  // Only the last process can leave a cut line, because each start repairs the file.
}
