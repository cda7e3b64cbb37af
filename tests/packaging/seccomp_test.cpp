// The container's seccomp profile: what it lets pass, and what it must not.
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <set>
#include <string>

namespace {

struct Profile {
  nlohmann::json json;
  std::set<std::string> refused;

  Profile() {
    std::ifstream file("packaging/seccomp.json");
    REQUIRE(file);
    json = nlohmann::json::parse(file);
    for (const auto& rule : json["syscalls"]) {
      REQUIRE(rule["action"] == "SCMP_ACT_ERRNO");  // The process goes on, and says what it may not.
      CHECK(rule["errnoRet"] == 1);                 // EPERM
      for (const auto& name : rule["names"]) CHECK(refused.insert(name.get<std::string>()).second);
    }
  }
};

}  // namespace

TEST_CASE_FIXTURE(Profile, "What is not refused passes, on both kinds of machine") {
  CHECK(json["defaultAction"] == "SCMP_ACT_ALLOW");
  std::set<std::string> machines;
  for (const auto& each : json["archMap"]) machines.insert(each["architecture"].get<std::string>());
  CHECK(machines == std::set<std::string>{"SCMP_ARCH_X86_64", "SCMP_ARCH_AARCH64"});
}

TEST_CASE_FIXTURE(Profile, "Nothing is refused that io_uring, sockets, threads, files and real time want") {
  for (const char* wanted : {"io_uring_setup", "io_uring_enter", "io_uring_register", "mmap", "munmap", "madvise", "mlock", "eventfd2", "epoll_create1",
                             "epoll_ctl", "epoll_wait", "epoll_pwait", "socket", "bind", "connect", "listen", "accept4", "sendmsg", "sendmmsg", "recvmsg",
                             "recvmmsg", "sendto", "recvfrom", "setsockopt", "getsockopt", "clone", "clone3", "futex", "rseq", "sched_setscheduler",
                             "sched_setaffinity", "setpriority", "prlimit64", "timerfd_create", "timerfd_settime", "clock_nanosleep", "getrandom", "openat",
                             "fsync", "fdatasync", "rename", "unlink", "flock", "statx", "statfs", "pipe2", "execve", "wait4", "kill", "memfd_create"}) {
    CAPTURE(wanted);
    CHECK_FALSE(refused.contains(wanted));
  }
}

TEST_CASE_FIXTURE(Profile, "What opens the machine is refused though a capability were left") {
  for (const char* dangerous : {"bpf", "mount", "umount2", "move_mount", "pivot_root", "chroot", "setns", "unshare", "ptrace", "process_vm_writev", "kexec_load",
                                "init_module", "finit_module", "delete_module", "reboot", "perf_event_open", "open_by_handle_at", "userfaultfd", "keyctl"}) {
    CAPTURE(dangerous);
    CHECK(refused.contains(dangerous));
  }
}
