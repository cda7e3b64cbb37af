#include <offhook/bench/key_callers.hpp>
#include <offhook/bench/process.hpp>
#include <offhook/bench/stopped_thread.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

using namespace offhook;
using namespace offhook::bench;
using namespace std::chrono_literals;

namespace {

/// Returns the state of a process from proc(5): 't' when a tracer has stopped it.
char stop_state_of(pid_t process) {
  std::string stat;
  std::getline(std::ifstream("/proc/" + std::to_string(process) + "/stat"), stat);
  return stat.at(stat.rfind(')') + 2);
}

/// Callers with their audio ports. The test replaces their media engine: it pushes the frames that the callers hear.
struct Line {
  KeyCallers callers;
  base::TimePoint now{};
  std::uint64_t tick = 0;

  void hear(media::AudioPort& port, int frames, bool speech) {
    for (int i = 0; i < frames; ++i) {
      media::HeardFrame frame;
      frame.tick = ++tick;
      frame.speech = speech;
      REQUIRE(port.heard.try_push(frame));
      callers.poll(now);
    }
  }
  std::string keys_of(media::AudioPort& port) const {
    std::string keys;
    for (media::PlayoutCommand command; port.commands.try_pop(command);) keys += command.digit;
    return keys;
  }
};

}  // namespace

TEST_CASE("StoppedThread stops a thread of another process, and its destructor lets the thread continue") {
  const Process sleeper({"sleep", "60"}, "/dev/null");
  for (std::string name; name != "sleep";) std::getline(std::ifstream("/proc/" + std::to_string(sleeper.pid()) + "/comm"), name);
  {
    const StoppedThread stopped(sleeper.pid(), "sleep");
    CHECK(stop_state_of(sleeper.pid()) == 't');
  }
  CHECK(stop_state_of(sleeper.pid()) != 't');
  CHECK_THROWS_AS(StoppedThread(sleeper.pid(), "no-such-thread"), std::runtime_error);
}

TEST_CASE_FIXTURE(Line, "KeyCallers presses the callers' keys one after the other, and measures an answer's time from the key to the first voiced frame") {
  const auto first = callers.add(), second = callers.add();
  callers.ask(now, 10s);
  hear(*first, 1, false);
  CHECK(keys_of(*first) == "1#");
  CHECK(keys_of(*second).empty());
  now += 5s;
  hear(*first, 9, false);
  CHECK(keys_of(*second) == "1#");
  hear(*first, 2, true);
  const auto answers = callers.answers();
  CHECK(answers.asked == 2);
  REQUIRE(answers.ms.size() == 1);
  CHECK(answers.ms.front() == 200);  // ten frames
}

TEST_CASE_FIXTURE(Line, "KeyCallers counts a voice within five seconds of the key as an answer, but not a later voice") {
  for (const bool in_time : {true, false}) {
    const auto caller = callers.add();
    callers.ask(now, 0s);
    hear(*caller, 1, false);
    hear(*caller, static_cast<int>(KeyCallers::kPatienceTicks) - (in_time ? 2 : 1), false);
    hear(*caller, 1, true);
    CHECK(callers.answers().ms.size() == (in_time ? 1 : 0));
  }
}
