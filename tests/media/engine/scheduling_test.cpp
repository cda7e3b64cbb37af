#include <offhook/media/engine/scheduling.hpp>

#include "talker.hpp"

#include <linux/capability.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <string>
#include <thread>

using namespace offhook_test;
using media::Scheduling;

namespace {

/// Returns the kernel's scheduling of a thread of this process.
Scheduling scheduling_of(pid_t thread) {
  if (::sched_getscheduler(thread) == SCHED_FIFO) return Scheduling::RealTime;
  return ::getpriority(PRIO_PROCESS, static_cast<id_t>(thread)) < 0 ? Scheduling::Raised : Scheduling::Usual;
}

/// Returns the scheduling of all media workers of this process, or nullopt if they differ.
std::optional<Scheduling> scheduling_of_workers() {
  std::optional<Scheduling> common;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::string name;
    std::getline(std::ifstream(task.path() / "comm"), name);
    if (name != "offhook-media") continue;
    const auto one = scheduling_of(std::stoi(task.path().filename().string()));
    if (common && *common != one) return std::nullopt;
    common = one;
  }
  return common;
}

/// Runs `what` on a thread without capabilities, so that only the limits of this process apply. On Linux each thread has its own
/// capabilities.
void without_privileges(const std::function<void()>& what) {
  std::thread([&] {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3]{};
    CHECK(::syscall(SYS_capset, &header, none) == 0);
    what();
  }).join();
}

/// Sets a limit of this process as long as the object exists. is_set() returns false if the system refuses the value.
class Limit {
 public:
  Limit(int what, rlim_t value) : what_(what) {
    ::getrlimit(what_, &before_);
    rlimit now = before_;
    now.rlim_cur = value;
    now.rlim_max = std::max(now.rlim_max, value);
    set_ = ::setrlimit(what_, &now) == 0;
  }
  ~Limit() { ::setrlimit(what_, &before_); }
  Limit(const Limit&) = delete;
  Limit& operator=(const Limit&) = delete;
  [[nodiscard]] bool is_set() const { return set_; }

 private:
  int what_;
  rlimit before_{};
  bool set_ = false;
};

}  // namespace

TEST_CASE("go_before_others() gives a thread the highest priority that the system allows: real time, else raised, else the usual one") {
  struct Case {
    rlim_t real_time, nice;
    Scheduling expected;
  };
  for (const auto& [real_time, nice, expected] : {Case{1, 0, Scheduling::RealTime}, Case{0, 30, Scheduling::Raised}, Case{0, 0, Scheduling::Usual}}) {
    CAPTURE(media::to_string(expected));
    const Limit a(RLIMIT_RTPRIO, real_time), b(RLIMIT_NICE, nice);
    if (!a.is_set() || !b.is_set()) {
      MESSAGE("not tested: this user may not raise its limits RLIMIT_RTPRIO and RLIMIT_NICE");
      continue;
    }
    without_privileges([wanted = expected] {
      CHECK(media::go_before_others() == wanted);
      CHECK(scheduling_of(::gettid()) == wanted);
    });
  }
}

TEST_CASE("Workers have the usual priority unless goes_before_others is set. The engine's status shows the priority") {
  {
    const media::Engine usual(options(2));
    CHECK(scheduling_of_workers() == Scheduling::Usual);
    CHECK(usual.status().scheduling == Scheduling::Usual);
  }
  auto made = options(2);
  made.goes_before_others = true;
  const media::Engine engine(made);
  CHECK(engine.status().workers == 2);
  CHECK(scheduling_of_workers() == engine.status().scheduling);
  Scheduling allowed{};
  std::thread([&] {
    allowed = media::go_before_others();
    CHECK(scheduling_of(::gettid()) == allowed);
  }).join();
  CHECK(engine.status().scheduling == allowed);
}
